//! Keys, scopes and events as pages show them.

pub(crate) mod catalogue;
mod field_problems;
pub(crate) mod key_form;
pub(crate) mod key_view;
pub(crate) mod moment;
pub(crate) mod trail_view;
