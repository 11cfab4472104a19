//! In which language an answer is (contract §6), and all its prose.
//!
//! [`negotiate()`] reads `Accept-Language` into one of the languages that Keyward speaks; [`message()`]
//! says a [`MessageId`] in it. The words live in `locales`, one Fluent file a language.

mod accept_language;
mod bundle;
mod message;
mod message_id;
mod negotiate;

pub use self::negotiate::negotiate;
pub(crate) use self::{message::message, message_id::MessageId};
