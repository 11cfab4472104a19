//! Requests: the raw fields, and the parsed values or all violations.

pub(crate) mod annotations;
pub(crate) mod checks;
pub(crate) mod draft;
pub(crate) mod idempotency;
pub(crate) mod import;
pub(crate) mod limits;
pub(crate) mod plan;
pub(crate) mod question;
pub(crate) mod raw_field;
pub(crate) mod rotation;
pub(crate) mod update;
pub(crate) mod violation;
pub(crate) mod webhook;
