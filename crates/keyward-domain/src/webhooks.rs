//! Published events that are sent to receivers over HTTP.

pub(crate) mod attempt;
pub(crate) mod delivery;
pub(crate) mod event_types;
pub(crate) mod message;
pub(crate) mod retries;
pub(crate) mod url;
pub(crate) mod webhook;
pub(crate) mod webhook_id;
