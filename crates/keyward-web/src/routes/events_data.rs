use keyward_domain::{PublishedEvent, Timestamp, WebhookEncoding};
use serde::Serialize;
use utoipa::ToSchema;

use super::published_event_data::PublishedEventData;
use super::security_event_data::SecurityEventData;

/// The next events.
#[derive(Serialize, ToSchema)]
#[schema(as = Events)]
pub(super) struct EventsData<'a> {
    /// The oldest first.
    items: Vec<EncodedEventData<'a>>,
    /// The `after` of the next request.
    #[schema(minimum = 0)]
    next: u64,
}

/// An event in the encoding that was asked for.
#[derive(Serialize, ToSchema)]
#[schema(as = EncodedEvent)]
#[serde(untagged)]
enum EncodedEventData<'a> {
    Keyward(Box<PublishedEventData<'a>>),
    Caep(SecurityEventData<'a>),
}

impl<'a> EventsData<'a> {
    /// The events as `plain` shows them, or as CAEP events, without those that CAEP has no form for.
    pub(super) fn of(
        events: &'a [PublishedEvent],
        encoding: WebhookEncoding,
        next: u64,
        now: Timestamp,
        plain: impl Fn(&'a PublishedEvent) -> PublishedEventData<'a>,
    ) -> Self {
        let encode = |event: &'a PublishedEvent| match encoding {
            WebhookEncoding::Keyward => Some(EncodedEventData::Keyward(Box::new(plain(event)))),
            WebhookEncoding::Caep => {
                SecurityEventData::of(event, None, now).map(EncodedEventData::Caep)
            }
        };
        Self {
            items: events.iter().filter_map(encode).collect(),
            next,
        }
    }
}
