use keyward_domain::{Limit, LimitName, LimitUnits, LimitWindow, Limits, OnUnavailable};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::error::Cause;
use crate::sql_types::Json;

/// One limit. An unknown member is an error, because it may change what the limit means.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct LimitJson {
    name: String,
    max: i64,
    window: String,
    on_unavailable: String,
}

/// An array of objects.
pub(super) fn limits_to_json(limits: &Limits) -> Value {
    let limits = limits.as_slice().iter();
    let limits = limits.map(|limit| {
        json!({
            "name": limit.name.as_str(),
            "max": limit.max.get(),
            "window": limit.window.to_string(),
            "onUnavailable": limit.on_unavailable.as_str(),
        })
    });
    limits.collect()
}

/// Reads what [`limits_to_json`] writes.
pub(super) fn limits_from_json(value: Value) -> Result<Limits, Cause> {
    let limits: Vec<LimitJson> = serde_json::from_value(value)?;
    let limits = limits.into_iter().map(|limit| {
        Ok::<_, Cause>(Limit {
            name: LimitName::parse(&limit.name)?,
            max: LimitUnits::of(limit.max)?,
            window: LimitWindow::parse(&limit.window)?,
            on_unavailable: OnUnavailable::parse(&limit.on_unavailable)
                .ok_or("neither deny nor allow")?,
        })
    });
    Ok(Limits::of(limits.collect::<Result<_, _>>()?)?)
}

/// The limits of a key to store. NULL where there are none.
pub(super) fn own_limits(limits: &Limits) -> Option<Json> {
    (!limits.is_empty()).then(|| Json(limits_to_json(limits)))
}
