use keyward_domain::{Lifetime, LifetimePolicy};
use serde::Serialize;
use utoipa::ToSchema;

use crate::schemas::existing_keys;

/// A policy for the lifetime of keys.
#[derive(Serialize, ToSchema)]
#[schema(as = KeyLifetime)]
#[serde(rename_all = "camelCase")]
pub struct KeyLifetimeData {
    /// The lifetime of a new key without `expiresAt`, if there is a default.
    #[schema(minimum = 1, maximum = 3650, example = 30)]
    default_days: Option<u16>,
    /// The maximum lifetime of a key's secret, if there is one.
    #[schema(minimum = 1, maximum = 3650, example = 90)]
    max_days: Option<u16>,
    /// Whether keys may be without an expiry.
    never_expires: bool,
    #[schema(schema_with = existing_keys)]
    existing: &'static str,
}

impl KeyLifetimeData {
    /// The data of a policy.
    #[must_use]
    pub fn of(policy: &LifetimePolicy) -> Self {
        Self {
            default_days: policy.default_lifetime().map(Lifetime::days),
            max_days: policy.max().map(Lifetime::days),
            never_expires: policy.may_never_expire(),
            existing: policy.existing().as_str(),
        }
    }
}
