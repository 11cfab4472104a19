//! The common parts of all pages.

pub(crate) mod notice;
pub(crate) mod page;
mod policy;
