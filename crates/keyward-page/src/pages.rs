//! One file per page or action.

pub(crate) mod actions;
mod arrival;
pub(crate) mod asset;
pub(crate) mod choose_language;
pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod edit;
mod error_page;
pub(crate) mod find;
pub(crate) mod key;
pub(crate) mod list;
pub(crate) mod preview;
mod respond;
pub(crate) mod reveal;
pub(crate) mod rotate;
mod sent_before;
pub(crate) mod settings;
pub(crate) mod several;
pub(crate) mod sign_in;
pub(crate) mod try_key;
pub(crate) mod webhooks;
