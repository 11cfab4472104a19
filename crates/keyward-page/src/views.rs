//! What pages show of keys, scopes and events.

pub(crate) mod catalogue;
pub(crate) mod key_form;
pub(crate) mod key_view;
pub(crate) mod moment;
pub(crate) mod trail_view;
