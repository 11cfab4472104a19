//! In which language an answer is (contract §6), and all its prose.
//!
//! [`negotiate()`] reads `Accept-Language` into one of the languages that Keyward speaks; [`message()`]
//! says a [`MessageId`] in it. The words live in `locales`, one Fluent file a language.

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
