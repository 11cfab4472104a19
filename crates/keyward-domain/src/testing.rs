//! Values for tests: the same instants, ids, secrets and keys in the tests of every crate.
//!
//! A number stands for a value: two of one number are equal, two of different numbers differ. The
//! mocks of the ports are in [`ports`](crate::ports).

#![expect(
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    clippy::unwrap_used,
    reason = "a test fails where a value is wrong"
)]

mod callers;
mod events;
mod keys;
mod webhooks;

pub use self::{
    callers::{
        address, by_operator, origin, owned_workspace, principal, service_secret, user, user_id,
        workspace_id,
    },
    events::{published_event, published_notice},
    keys::{
        altered, api_key_id, api_key_id_of, api_key_id_with, expiry, key, key_name, key_prefix,
        limit, new_api_key, resource, resource_names, scope, scopes, secret, secret_of,
        secret_with, used_once, verification_key,
    },
    webhooks::{webhook, webhook_id, webhook_url},
};
use crate::timestamp::Timestamp;

/// This many seconds after 2027-01-15T08:00:00Z.
pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix_seconds(1_800_000_000 + seconds).unwrap()
}

/// Any prefix of keys.
#[cfg(test)]
pub(crate) fn any_prefix() -> impl proptest::strategy::Strategy<Value = crate::KeyPrefix> {
    use proptest::strategy::Strategy as _;
    "[a-z][a-z0-9]{1,11}".prop_filter_map("reserved", |text| crate::KeyPrefix::parse(&text).ok())
}
