//! Collects how secrets are used and keys denied, until it is written.

pub(crate) mod gathered;
pub(crate) mod noted;
