//! How secrets are used and keys denied: collected until it is written, and reported by hour or day.

pub(crate) mod address_sketch;
pub(crate) mod alarm;
pub(crate) mod gathered;
pub(crate) mod limit_use;
pub(crate) mod noted;
pub(crate) mod period;
pub(crate) mod raised_alarm;
pub(crate) mod report;
pub(crate) mod scope_last_use;
pub(crate) mod used_scopes;
