use std::time::Duration;

use keyward_domain::WebhookEncoding;

use super::listing_query::{SIZE, bounded, size, whole_number};
use super::query::Query;
use crate::error::RequestError;
use crate::language::MessageId;
use crate::problem::Problem;

pub(super) const AFTER: &str = "after";
const WAIT: &str = "wait";
const ENCODING: &str = "encoding";

/// The longest time that a request may wait for events, in seconds.
const WAIT_MAX: u32 = 30;

/// A part of the published events (contract §12).
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct EventsQuery {
    /// Only events after this one.
    pub(crate) after: u64,
    /// The maximum number of events.
    pub(crate) size: u32,
    /// How long to wait for the first one.
    pub(crate) wait: Duration,
    /// The form of the events.
    pub(crate) encoding: WebhookEncoding,
}

/// The events that a query asks for.
///
/// # Errors
/// [`RequestError::Invalid`] with every invalid parameter.
pub(crate) fn events_query(query: &str) -> Result<EventsQuery, RequestError> {
    let mut query = Query::read(query, &[AFTER, SIZE, WAIT, ENCODING]);
    let after = place(&mut query, AFTER);
    let size = size(&mut query);
    let wait = query.take(WAIT, |text| {
        whole_number(text)
            .filter(|seconds| *seconds <= WAIT_MAX)
            .ok_or_else(|| bounded(WAIT, 0, WAIT_MAX))
    });
    let encoding = query.take(ENCODING, |text| {
        WebhookEncoding::parse(text)
            .ok_or_else(|| Problem::new(ENCODING, MessageId::EncodingInvalid))
    });
    let problems = query.into_problems();
    if problems.is_empty() {
        Ok(EventsQuery {
            after: after.unwrap_or(0),
            size,
            wait: Duration::from_secs(wait.unwrap_or(0).into()),
            encoding: encoding.unwrap_or_default(),
        })
    } else {
        Err(RequestError::Invalid(problems))
    }
}

/// A place among the events. No store has a greater one than the largest `i64`.
pub(super) fn place(query: &mut Query, name: &'static str) -> Option<u64> {
    query.take(name, |text| {
        let place = whole_number::<i64>(text);
        let place = place.and_then(|place| u64::try_from(place).ok());
        place.ok_or_else(|| bounded(name, 0, i64::MAX))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_parameters_it_is_the_first_page_at_once() {
        for query in ["", "after=&size=&wait=", "after=0&size=20&wait=0"] {
            let read = events_query(query).unwrap();
            assert_eq!(
                (read.after, read.size, read.wait),
                (0, 20, Duration::ZERO),
                "{query}"
            );
        }
        let read = events_query("after=9223372036854775807&size=100&wait=30").unwrap();
        let wait = Duration::from_secs(30);
        assert_eq!(
            (read.after, read.size, read.wait),
            (9_223_372_036_854_775_807, 100, wait)
        );
    }

    #[test]
    fn every_wrong_parameter_is_named() {
        for (query, field) in [
            ("after=-1", "after"),
            ("after=%2B1", "after"),
            ("after=9223372036854775808", "after"),
            ("after=evt_1", "after"),
            ("size=101", "size"),
            ("wait=31", "wait"),
            ("wait=1.5", "wait"),
            ("encoding=caep", "encoding"),
            ("since=1", "since"),
        ] {
            let Err(RequestError::Invalid(problems)) = events_query(query) else {
                panic!("{query}");
            };
            assert_eq!(problems.len(), 1, "{query}");
            assert_eq!(problems[0].field, field, "{query}");
        }
    }
}
