//! Hash chains over the events of each workspace and over the deployment's events. A chain reveals
//! an event that was altered, removed or reordered.
//!
//! The hash of an event is SHA-256 over the hash of the previous event and the event's own digest.
//! The first event follows [`EventHash::START`]. The store keeps the head beside the workspace: the
//! number of events and the last hash. A truncated trail differs from its head.

use std::fmt;
use std::ops::RangeInclusive;

use sha2::{Digest as _, Sha256};

use crate::audit::digest::{ChainedEvent, EventDigest};
use crate::audit::event::AuditEvent;
use crate::caller::workspace::{Role, UserId, WorkspaceId};
use crate::key::id::ApiKeyId;
use crate::timestamp::Timestamp;

/// The hash of an event and, through the chain, of all events before it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct EventHash([u8; 32]);

/// The place of an event among the events of all workspaces, ordered by time first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EventPlace {
    /// When the event occurred.
    pub occurred_at: Timestamp,
    /// The workspace of its trail.
    pub workspace_id: WorkspaceId,
    /// Its position in that trail.
    pub position: u64,
}

/// An event with its position in a trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedEvent {
    /// The position in the workspace's trail, from 1.
    pub position: u64,
    /// The stored hash.
    pub hash: EventHash,
    /// The event.
    pub event: AuditEvent,
}

impl RecordedEvent {
    /// The place among the events of all workspaces.
    #[must_use]
    pub fn place(&self) -> EventPlace {
        EventPlace {
            occurred_at: self.event.occurred_at,
            workspace_id: self.event.workspace_id.clone(),
            position: self.position,
        }
    }
}

/// One line of a trail as the store returned it. It may be unreadable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrailLine<E = AuditEvent> {
    /// The stored position.
    pub position: u64,
    /// The stored hash; `None` when it is not a valid hash.
    pub hash: Option<EventHash>,
    /// The event; `None` when it can't be read.
    pub event: Option<E>,
}

/// The number of events in a trail, and the hash of the last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrailHead {
    /// How many events the trail has.
    pub event_count: u64,
    /// The hash of the last event.
    pub hash: EventHash,
}

/// What is wrong with a trail.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrailFault {
    /// The event does not follow from the previous one: its content or its position has changed.
    #[error("event {position} was altered or moved")]
    Altered {
        /// Its position.
        position: u64,
    },
    /// The event can't be read.
    #[error("event {position} can't be read")]
    Unreadable {
        /// Its position.
        position: u64,
    },
    /// Events are missing.
    #[error("{}", missing(.positions))]
    Missing {
        /// Their positions.
        positions: RangeInclusive<u64>,
    },
    /// An event exists that was never recorded.
    #[error("event {position} was added after the last recorded one")]
    Surplus {
        /// Its position.
        position: u64,
    },
    /// All events follow from each other, but the last hash differs from the recorded head.
    #[error("the last event differs from the recorded head")]
    OtherHead,
    /// The workspace was removed. Keyward never removes a workspace that has events.
    #[error("the workspace is gone, and {event_count} events of it are left")]
    WorkspaceGone {
        /// How many events are left.
        event_count: u64,
    },
    /// A key differs from its events: it was changed without an event.
    #[error("API key {api_key_id} differs from its events")]
    KeyDiffers {
        /// The key.
        api_key_id: ApiKeyId,
    },
    /// A key differed from its earlier events before a later event: it was changed without an
    /// event.
    #[error("API key {api_key_id} was changed without an event before event {position}")]
    KeyDiffered {
        /// The key.
        api_key_id: ApiKeyId,
        /// The position of the later event.
        position: u64,
    },
    /// A key has no event.
    #[error("API key {api_key_id} has no event")]
    KeyUnrecorded {
        /// The key.
        api_key_id: ApiKeyId,
    },
    /// A key is gone, but no event records its deletion.
    #[error("API key {api_key_id} is gone, but no event records its deletion")]
    KeyMissing {
        /// The key.
        api_key_id: ApiKeyId,
    },
    /// A key can't be read.
    #[error("an API key can't be read")]
    KeysUnreadable,
    /// The members of a workspace can't be read.
    #[error("workspace {workspace_id} has an unreadable member")]
    MembersUnreadable {
        /// The workspace.
        workspace_id: WorkspaceId,
    },
    /// A user's role in a workspace differs from the deployment's events.
    #[error("{user_id} is {} of workspace {workspace_id}, but according to the events {}", role(*.found), role(*.told))]
    MemberDiffers {
        /// The workspace.
        workspace_id: WorkspaceId,
        /// The user.
        user_id: UserId,
        /// The stored role; `None` when the user is not a member.
        found: Option<Role>,
        /// The role according to the events; `None` when they record none.
        told: Option<Role>,
    },
}

fn role(role: Option<Role>) -> &'static str {
    role.map_or("no member", Role::as_str)
}

fn missing(positions: &RangeInclusive<u64>) -> String {
    if positions.start() == positions.end() {
        format!("event {} is missing", positions.start())
    } else {
        format!(
            "events {} to {} are missing",
            positions.start(),
            positions.end()
        )
    }
}

impl EventHash {
    /// The hash that the first event of a trail follows.
    pub const START: Self = Self([0; 32]);

    /// Restores a hash from its stored bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes to store.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The hash of the next event, which has this digest.
    #[must_use]
    pub fn then(self, digest: EventDigest) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(self.0);
        hasher.update(digest.as_bytes());
        Self(hasher.finalize().into())
    }
}

/// Hexadecimal.
impl fmt::Display for EventHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for EventHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Checks one trail, line by line in the order of positions.
#[derive(Debug)]
pub struct TrailCheck {
    /// The hash of the previous line; `None` when it is unknown.
    previous: Option<EventHash>,
    next: u64,
    faults: Vec<TrailFault>,
}

impl TrailCheck {
    /// A check that starts at the first event.
    #[must_use]
    pub fn begin() -> Self {
        Self {
            previous: Some(EventHash::START),
            next: 1,
            faults: Vec::new(),
        }
    }

    /// Checks the next line.
    pub fn line<E: ChainedEvent>(&mut self, line: &TrailLine<E>) {
        let position = line.position;
        if position > self.next {
            self.miss(position - 1);
            self.previous = None;
        }
        match &line.event {
            None => self.faults.push(TrailFault::Unreadable { position }),
            Some(event) => {
                let follows = self
                    .previous
                    .is_none_or(|previous| Some(previous.then(event.digest())) == line.hash);
                if !follows || line.hash.is_none() {
                    self.faults.push(TrailFault::Altered { position });
                }
            }
        }
        self.previous = line.hash;
        self.next = position.saturating_add(1);
    }

    /// Ends the check: all faults, in the order of positions.
    #[must_use]
    pub fn finish(mut self, head: TrailHead) -> Vec<TrailFault> {
        if self.next <= head.event_count {
            self.miss(head.event_count);
        } else if self.next > head.event_count.saturating_add(1) {
            let position = head.event_count + 1;
            self.faults.push(TrailFault::Surplus { position });
        } else if self.previous.is_some_and(|last| last != head.hash) {
            self.faults.push(TrailFault::OtherHead);
        }
        self.faults
    }

    fn miss(&mut self, last: u64) {
        let positions = self.next..=last;
        self.faults.push(TrailFault::Missing { positions });
    }
}

#[cfg(test)]
mod tests;
