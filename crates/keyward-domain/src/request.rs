//! What a caller asks for: raw, then parsed, or all that is wrong with it.

pub(crate) mod checks;
pub(crate) mod draft;
pub(crate) mod idempotency;
pub(crate) mod question;
pub(crate) mod raw_field;
pub(crate) mod rotation;
pub(crate) mod update;
pub(crate) mod violation;
