//! The languages of responses (contract §6) and all their messages.
//!
//! [`negotiate()`] selects a language by `Accept-Language`; [`message()`] formats a [`MessageId`]
//! in it. `locales` has one Fluent file per language.

mod accept_language;
mod bundle;
mod message;
mod message_id;
mod negotiate;

pub use self::negotiate::negotiate;
pub(crate) use self::{message::message, message_id::MessageId};
