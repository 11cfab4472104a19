use std::fmt;
use std::time::Duration;

use uuid::Uuid;

/// The upper limit of `staleness_max` for any node. Anyone who can connect to the database can send
/// a message, so a larger value is ignored.
pub(crate) const STALENESS_MAX: Duration = Duration::from_mins(1);

/// The messages between nodes, and from the database to nodes: the payload of a notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Message {
    /// A key was changed. Sent by the database's trigger.
    Changed(Uuid),
    /// All keys may have changed.
    AllChanged,
    /// A node is alive, and uses its cached keys for this long after it has received this message.
    Heartbeat {
        node: Uuid,
        number: u64,
        staleness_max: Duration,
    },
    /// A node asks who has received everything up to here.
    Ask { node: Uuid, number: u64 },
    /// A node has received everything up to the question.
    Ack {
        node: Uuid,
        asker: Uuid,
        number: u64,
    },
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed(id) => write!(f, "changed {id}"),
            Self::AllChanged => f.write_str("changed all"),
            Self::Heartbeat {
                node,
                number,
                staleness_max,
            } => write!(f, "beat {node} {number} {}", staleness_max.as_millis()),
            Self::Ask { node, number } => write!(f, "ask {node} {number}"),
            Self::Ack {
                node,
                asker,
                number,
            } => write!(f, "seen {node} {asker} {number}"),
        }
    }
}

impl Message {
    /// `None` for a message that this version does not know.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut words = text.split(' ');
        let kind = words.next()?;
        let rest: Vec<&str> = words.collect();
        match (kind, rest.as_slice()) {
            ("changed", ["all"]) => Some(Self::AllChanged),
            ("changed", [id]) => Some(Self::Changed(id.parse().ok()?)),
            ("beat", [node, number, staleness_max]) => Some(Self::Heartbeat {
                node: node.parse().ok()?,
                number: number.parse().ok()?,
                staleness_max: Some(Duration::from_millis(staleness_max.parse().ok()?))
                    .filter(|staleness_max| *staleness_max <= STALENESS_MAX)?,
            }),
            ("ask", [node, number]) => Some(Self::Ask {
                node: node.parse().ok()?,
                number: number.parse().ok()?,
            }),
            ("seen", [node, asker, number]) => Some(Self::Ack {
                node: node.parse().ok()?,
                asker: asker.parse().ok()?,
                number: number.parse().ok()?,
            }),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_read_as_it_was_written() {
        let [node, asker] = [1, 2].map(Uuid::from_u128);
        let number = 7;
        for message in [
            Message::Changed(node),
            Message::AllChanged,
            Message::Heartbeat {
                node,
                number,
                staleness_max: Duration::from_mins(1),
            },
            Message::Ask { node, number },
            Message::Ack {
                node,
                asker,
                number,
            },
        ] {
            assert_eq!(Message::parse(&message.to_string()), Some(message));
        }
    }

    #[test]
    fn what_is_no_message_is_none() {
        for text in [
            "",
            "changed",
            "changed x",
            "beat 1 2",
            "beat 00000000-0000-0000-0000-000000000001 1 60001",
            "beat 00000000-0000-0000-0000-000000000001 1 18446744073709551615",
            "ask",
            "seen a b c",
            "other 1",
        ] {
            assert_eq!(Message::parse(text), None, "{text}");
        }
    }
}
