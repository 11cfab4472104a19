//! The chain of all events of a workspace, and that of the deployment's events, by which an altered,
//! removed or reordered one is found.
//!
//! The hash of an event is SHA-256 over the hash of the event before it in the trail and the event's own
//! digest; the first follows [`EventHash::START`]. The store keeps how many events
//! there are and the last hash, the head, beside the workspace: a trail that was cut short differs
//! from it.

use std::fmt;
use std::ops::RangeInclusive;

use sha2::{Digest as _, Sha256};

use crate::audit::digest::{ChainedEvent, EventDigest};
use crate::audit::event::AuditEvent;
use crate::caller::workspace::{Role, UserId, WorkspaceId};
use crate::key::id::ApiKeyId;
use crate::timestamp::Timestamp;

/// What stands for an event and all before it in its workspace.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct EventHash([u8; 32]);

/// Where an event stands among those of all workspaces: by its instant first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EventPlace {
    /// When it occurred.
    pub occurred_at: Timestamp,
    /// In which workspace's trail it is.
    pub workspace_id: WorkspaceId,
    /// Where in that trail.
    pub position: u64,
}

/// An event in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedEvent {
    /// Which of the workspace's events it is, from 1.
    pub position: u64,
    /// Its hash, as it was kept.
    pub hash: EventHash,
    /// What it says.
    pub event: AuditEvent,
}

impl RecordedEvent {
    /// Where it stands among the events of all workspaces.
    #[must_use]
    pub fn place(&self) -> EventPlace {
        EventPlace {
            occurred_at: self.event.occurred_at,
            workspace_id: self.event.workspace_id.clone(),
            position: self.position,
        }
    }
}

/// One line of a trail as a store gives it back, readable or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrailLine<E = AuditEvent> {
    /// Which of the trail's events it claims to be.
    pub position: u64,
    /// The hash that it claims; `None` when it is none.
    pub hash: Option<EventHash>,
    /// What it says; `None` when that can't be read.
    pub event: Option<E>,
}

/// How long a workspace's trail is, and where it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrailHead {
    /// How many events there are.
    pub event_count: u64,
    /// The hash of the last.
    pub hash: EventHash,
}

/// What is wrong with a trail.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrailFault {
    /// The event doesn't follow from the one before: its content or its place is not what it was.
    #[error("event {position} was altered or moved")]
    Altered {
        /// Which.
        position: u64,
    },
    /// The event can't be read any more.
    #[error("event {position} can't be read")]
    Unreadable {
        /// Which.
        position: u64,
    },
    /// Events are gone.
    #[error("{}", missing(.positions))]
    Missing {
        /// Which.
        positions: RangeInclusive<u64>,
    },
    /// There is an event that was never recorded.
    #[error("event {position} was added behind the last one")]
    Surplus {
        /// Where.
        position: u64,
    },
    /// All events follow from each other, and yet end elsewhere than they did.
    #[error("the last event is another than the one that was recorded last")]
    OtherHead,
    /// The workspace was removed, which nobody can do by Keyward while it has events.
    #[error("the workspace is gone, and {event_count} events of it are left")]
    WorkspaceGone {
        /// How many.
        event_count: u64,
    },
    /// A key is not what its events tell: it was changed without one.
    #[error("API key {api_key_id} is not what its events tell")]
    KeyDiffers {
        /// Which.
        api_key_id: ApiKeyId,
    },
    /// Before an event a key was not what the events up to there tell: it was changed without one.
    #[error("API key {api_key_id} was changed without an event before event {position}")]
    KeyDiffered {
        /// Which.
        api_key_id: ApiKeyId,
        /// Before which event.
        position: u64,
    },
    /// No event tells of a key.
    #[error("no event tells of API key {api_key_id}")]
    KeyUnrecorded {
        /// Which.
        api_key_id: ApiKeyId,
    },
    /// A key is gone, and no event says that it was deleted.
    #[error("API key {api_key_id} is gone, and no event tells of it")]
    KeyMissing {
        /// Which.
        api_key_id: ApiKeyId,
    },
    /// A key can't be read any more.
    #[error("there is an API key that can't be read")]
    KeysUnreadable,
    /// The members of a workspace can't be read any more.
    #[error("workspace {workspace_id} has a member that can't be read")]
    MembersUnreadable {
        /// Which.
        workspace_id: WorkspaceId,
    },
    /// A user has another role in a workspace than the deployment's events tell.
    #[error("{user_id} is {} of workspace {workspace_id}, and by the events {}", role(*.found), role(*.told))]
    MemberDiffers {
        /// In which workspace.
        workspace_id: WorkspaceId,
        /// Who.
        user_id: UserId,
        /// The role that was found; `None` when the user is no member.
        found: Option<Role>,
        /// The role that the events tell; `None` when they tell of none.
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
    /// What the first event of a workspace follows.
    pub const START: Self = Self([0; 32]);

    /// The hash that a store gives back.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The hash that a store keeps.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The hash of the event after this one.
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

/// Walks one trail, line by line in the order of positions.
#[derive(Debug)]
pub struct TrailCheck {
    /// The hash of the line before; `None` when that can't be told.
    previous: Option<EventHash>,
    next: u64,
    faults: Vec<TrailFault>,
}

impl TrailCheck {
    /// A walk from the first event on.
    #[must_use]
    pub fn begin() -> Self {
        Self {
            previous: Some(EventHash::START),
            next: 1,
            faults: Vec::new(),
        }
    }

    /// Looks at the next line.
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

    /// All that is wrong, in the order of positions, now that there are no more lines.
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
