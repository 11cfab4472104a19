//! The languages of responses (contract §6) and all their messages.
//!
//! [`negotiate()`] selects a language by `Accept-Language`; [`message()`] formats a [`MessageId`]
//! in it. `locales` has one Fluent file per language.

mod accept_language;
mod bundles;
mod message;
mod message_id;
mod negotiate;

#[cfg(any(test, feature = "testing"))]
pub(crate) use self::message::say;
pub use self::{
    bundles::Bundles,
    message::{Message, message},
    message_id::MessageId,
    negotiate::negotiate,
};
