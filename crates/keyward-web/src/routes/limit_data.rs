use keyward_domain::{Limit, LimitState, LimitWindow, Limits};
use keyward_guard::headers::reset_seconds;
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

use crate::schemas::on_unavailable;

/// A limit (contract §11), with the contract's members in its order.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Limit)]
#[serde(rename_all = "camelCase")]
pub struct LimitData<'a> {
    /// Its name.
    #[schema(example = "requests")]
    pub name: &'a str,
    /// How many units may be used in a window.
    #[schema(minimum = 1, maximum = 1_000_000_000, example = 100)]
    pub max: u64,
    /// The window, with the largest unit that fits.
    #[schema(pattern = "^([1-9][0-9]*[smhd]|day|month)$", example = "1m")]
    pub window: String,
    /// What happens to a call when the limit can't be judged.
    #[schema(schema_with = on_unavailable)]
    pub on_unavailable: &'static str,
}

impl<'a> LimitData<'a> {
    /// The limit.
    #[must_use]
    pub fn of(limit: &'a Limit) -> Self {
        Self {
            name: limit.name.as_str(),
            max: limit.max.get(),
            window: limit.window.to_string(),
            on_unavailable: limit.on_unavailable.as_str(),
        }
    }

    /// These limits, ordered by name.
    #[must_use]
    pub fn all(limits: &'a Limits) -> Vec<Self> {
        limits.as_slice().iter().map(Self::of).collect()
    }
}

/// A limit after a call (contract §11). Of a limit that the call could never pay, only the limit.
#[derive(Serialize)]
pub(super) struct LimitStateData<'a> {
    name: &'a str,
    limit: u64,
    window: WindowText,
    #[serde(skip_serializing_if = "Option::is_none")]
    remaining: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reset: Option<u64>,
}

/// A window as text.
struct WindowText(LimitWindow);

impl Serialize for WindowText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'a> LimitStateData<'a> {
    pub(super) fn of(state: &'a LimitState) -> Self {
        Self {
            remaining: Some(state.remaining),
            reset: Some(reset_seconds(state)),
            ..Self::of_limit(&state.limit)
        }
    }

    pub(super) fn of_limit(limit: &'a Limit) -> Self {
        Self {
            name: limit.name.as_str(),
            limit: limit.max.get(),
            window: WindowText(limit.window),
            remaining: None,
            reset: None,
        }
    }
}
