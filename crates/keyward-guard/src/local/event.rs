use std::time::Duration;

use keyward_domain::ports::{ChangePosition, KeyChange};
use serde::Deserialize;
use uuid::Uuid;

/// The maximum length of an event. Keyward's events are shorter.
const EVENT_BYTES_MAX: usize = 4 * 1024;

/// An event of the stream (contract §10).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    Opened {
        stream: Uuid,
        staleness: Duration,
    },
    Changed(ChangePosition, KeyChange),
    Heartbeat {
        number: u64,
        position: ChangePosition,
        now_micros: i64,
        unconfirmed_for: Option<Duration>,
    },
    /// Of a newer node.
    Unknown,
}

/// The stream is not what a node writes.
#[derive(Debug, thiserror::Error)]
#[error("the stream of changes is not from Keyward")]
pub(super) struct MalformedStream;

/// Reads events from the parts of a stream.
#[derive(Default)]
pub(super) struct EventReader {
    /// What does not make a whole event yet.
    rest: Vec<u8>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OpenedData {
    stream: String,
    staleness_millis: u64,
}

#[derive(Deserialize)]
struct ChangedData {
    uuid: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct HeartbeatData {
    number: u64,
    position: String,
    now_micros: i64,
    unconfirmed_millis: Option<u64>,
}

impl EventReader {
    /// The events that are complete with this part.
    pub(super) fn read(&mut self, part: &[u8]) -> Result<Vec<Event>, MalformedStream> {
        self.rest.extend_from_slice(part);
        let mut events = Vec::new();
        let mut begin = 0;
        let is_end = |pair: &[u8]| pair == b"\n\n";
        while let Some(rest) = self.rest.get(begin..)
            && let Some(length) = rest.windows(2).position(is_end)
        {
            let event = rest.get(..length).unwrap_or_default();
            events.push(parsed(event).ok_or(MalformedStream)?);
            begin += length + 2;
        }
        self.rest.drain(..begin);
        if self.rest.len() > EVENT_BYTES_MAX {
            return Err(MalformedStream);
        }
        Ok(events)
    }
}

fn parsed(event: &[u8]) -> Option<Event> {
    let event = std::str::from_utf8(event).ok()?;
    let field = |name: &str| {
        let mut lines = event.lines();
        lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    };
    let position = || ChangePosition::parse(field("id")?);
    let data = field("data").unwrap_or_default();
    Some(match field("event").unwrap_or_default() {
        "opened" => {
            let data: OpenedData = serde_json::from_str(data).ok()?;
            Event::Opened {
                stream: Uuid::try_parse(&data.stream).ok()?,
                staleness: Duration::from_millis(data.staleness_millis),
            }
        }
        "changed" => {
            let data: ChangedData = serde_json::from_str(data).ok()?;
            let id = Uuid::try_parse(&data.uuid).ok()?;
            Event::Changed(position()?, KeyChange::Key(id))
        }
        "all" => Event::Changed(position()?, KeyChange::AllKeys),
        "heartbeat" => {
            let data: HeartbeatData = serde_json::from_str(data).ok()?;
            Event::Heartbeat {
                number: data.number,
                position: ChangePosition::parse(&data.position)?,
                now_micros: data.now_micros,
                unconfirmed_for: data.unconfirmed_millis.map(Duration::from_millis),
            }
        }
        _ => Event::Unknown,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const EPOCH: &str = "0000000000000000000000000000000e";

    #[test]
    fn events_are_read_however_they_are_cut() {
        let at = |number| ChangePosition {
            epoch: Uuid::from_u128(0xE),
            number,
        };
        let text = format!(
            "event: opened\ndata: {{\"stream\":\"{EPOCH}\",\"stalenessMillis\":1000}}\n\n\
             id: {EPOCH}-1\nevent: all\ndata: {{}}\n\n\
             id: {EPOCH}-2\nevent: changed\n\
             data: {{\"uuid\":\"00000000-0000-0000-0000-00000000000a\"}}\n\n\
             event: heartbeat\n\
             data: {{\"number\":7,\"position\":\"{EPOCH}-2\",\"nowMicros\":5,\"unconfirmedMillis\":3}}\n\n\
             event: other\ndata: x\n\n"
        );
        let want = [
            Event::Opened {
                stream: Uuid::from_u128(0xE),
                staleness: Duration::from_secs(1),
            },
            Event::Changed(at(1), KeyChange::AllKeys),
            Event::Changed(at(2), KeyChange::Key(Uuid::from_u128(0xA))),
            Event::Heartbeat {
                number: 7,
                position: at(2),
                now_micros: 5,
                unconfirmed_for: Some(Duration::from_millis(3)),
            },
            Event::Unknown,
        ];
        for part in [1, 7, 64, text.len()] {
            let mut reader = EventReader::default();
            let mut events = Vec::new();
            for part in text.as_bytes().chunks(part) {
                events.extend(reader.read(part).unwrap());
            }
            assert_eq!(events, want, "{part}");
        }
    }

    #[test]
    fn what_no_node_writes_is_refused() {
        for text in [
            "event: changed\ndata: {}\n\n",
            "event: opened\ndata: 1\n\n",
            "event: all\n\n",
            "id: x\nevent: all\n\n",
            "event: heartbeat\ndata: {\"number\":1}\n\n",
            "\u{FF}\n\nevent: all\n\n",
        ] {
            let read = EventReader::default().read(text.as_bytes());
            assert!(read.is_err(), "{text}");
        }
        assert!(EventReader::default().read(&vec![b'x'; 10_000]).is_err());
    }
}
