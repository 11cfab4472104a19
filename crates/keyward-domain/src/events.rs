pub(crate) mod event_id;
pub(crate) mod event_type;
pub(crate) mod found_at;
pub(crate) mod notice;
pub(crate) mod published_event;
