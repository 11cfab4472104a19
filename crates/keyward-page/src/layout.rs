//! What every page has.

pub(crate) mod notice;
pub(crate) mod page;
