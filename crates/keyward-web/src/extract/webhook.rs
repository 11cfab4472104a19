use keyward_domain::RawWebhook;

use super::body_members::BodyMembers;
use super::events_query::{AFTER, place};
use super::listing_query::{SIZE, size};
use super::query::Query;
use crate::error::RequestError;
use crate::json::JsonObject;
use crate::members;

const BEFORE: &str = "before";

/// A part of the deliveries of a webhook (contract §14).
#[derive(Debug, PartialEq, Eq)]
pub struct DeliveriesQuery {
    /// Only events before this one.
    pub before: Option<u64>,
    /// The maximum number of deliveries.
    pub size: u32,
}

/// Reads the members of a new webhook. None is ignored; the domain checks their values.
pub(crate) fn webhook(object: JsonObject) -> RawWebhook {
    let mut members = BodyMembers::of(object, members::WEBHOOK);
    RawWebhook {
        url: members.text("url"),
        event_types: members.texts("eventTypes"),
        encoding: members.text("encoding"),
        unexpected: members.into_unexpected(),
    }
}

/// The event after which events are sent again.
///
/// # Errors
/// [`RequestError::Invalid`] with every invalid parameter.
pub(crate) fn replay_query(query: &str) -> Result<u64, RequestError> {
    let mut query = Query::read(query, &[AFTER]);
    let after = place(&mut query, AFTER);
    let problems = query.into_problems();
    if problems.is_empty() {
        Ok(after.unwrap_or(0))
    } else {
        Err(RequestError::Invalid(problems))
    }
}

/// The deliveries that a query asks for.
///
/// # Errors
/// [`RequestError::Invalid`] with every invalid parameter.
pub fn deliveries_query(query: &str) -> Result<DeliveriesQuery, RequestError> {
    let mut query = Query::read(query, &[BEFORE, SIZE]);
    let before = place(&mut query, BEFORE);
    let size = size(&mut query);
    let problems = query.into_problems();
    if problems.is_empty() {
        Ok(DeliveriesQuery { before, size })
    } else {
        Err(RequestError::Invalid(problems))
    }
}

#[cfg(test)]
mod tests {
    use keyward_domain::{RawField, Unexpected};

    use super::*;
    use crate::json::object;

    #[test]
    fn a_webhook_has_a_url_types_and_an_encoding() {
        let read = |text: &str| webhook(object(text.as_bytes()).unwrap());
        assert_eq!(read("{}"), RawWebhook::default());
        let raw =
            read(r#"{"url":"https://a.example","eventTypes":[1],"encoding":null,"secret":""}"#);
        assert_eq!(raw.url, RawField::Value("https://a.example".to_owned()));
        assert_eq!(raw.event_types, RawField::Value(vec![RawField::WrongType]));
        assert_eq!(raw.encoding, RawField::Null);
        assert_eq!(raw.unexpected, [Unexpected::Unknown("secret".into())]);
    }

    #[test]
    fn a_replay_begins_after_an_event() {
        assert_eq!(replay_query("").unwrap(), 0);
        assert_eq!(replay_query("after=7").unwrap(), 7);
        for query in ["after=-1", "after=evt_1", "before=1"] {
            assert!(replay_query(query).is_err(), "{query}");
        }
    }

    #[test]
    fn deliveries_are_listed_from_before_an_event() {
        let part = |before, size| DeliveriesQuery { before, size };
        assert_eq!(deliveries_query("").unwrap(), part(None, 20));
        assert_eq!(
            deliveries_query("before=7&size=100").unwrap(),
            part(Some(7), 100)
        );
        for query in ["before=-1", "size=0", "after=1"] {
            assert!(deliveries_query(query).is_err(), "{query}");
        }
    }
}
