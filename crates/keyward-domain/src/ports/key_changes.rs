use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use uuid::Uuid;

/// What a guard that keeps keys in its memory must know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyChange {
    /// The key with this UUID has changed.
    Key(Uuid),
    /// Any key may have changed.
    AllKeys,
}

/// A position in the changes of one node, since it started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChangePosition {
    /// Another one after each start of the node.
    pub epoch: Uuid,
    /// The number of the change, from 1; 0 before the first.
    pub number: u64,
}

/// Where a stream of changes begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StreamStart {
    /// The last change that the guard knows; `None` when it knows nothing.
    pub after: Option<ChangePosition>,
    /// The guard's earlier stream, which this one replaces.
    pub stream: Option<Uuid>,
}

/// A guard is there, and has applied all changes up to here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GuardHeartbeat {
    /// The guard's stream.
    pub stream: Uuid,
    /// The number of the heartbeat.
    pub number: u64,
    /// The number of the last change that the guard has applied.
    pub applied: u64,
}

/// One message to a guard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GuardMessage {
    /// The first one.
    Opened {
        /// The id of the stream.
        stream: Uuid,
        /// How long a guard may use its keys after a heartbeat.
        staleness_max: Duration,
    },
    /// A change, with its position.
    Changed(ChangePosition, KeyChange),
    /// The answer to a heartbeat. All changes that the node knew when it heard the heartbeat were
    /// sent before.
    Heartbeat {
        /// The heartbeat's number.
        number: u64,
        /// The last change that was sent.
        position: ChangePosition,
        /// The node knows all changes that were made before this time ago; `None` when it can't
        /// tell.
        unconfirmed_for: Option<Duration>,
    },
}

/// The changes of keys, for guards that keep keys in their memory. A guard counts for
/// [`Propagation`](super::Propagation) while it may use its keys.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
pub trait KeyChanges: Send + Sync {
    /// The epoch of this node.
    fn epoch(&self) -> Uuid;

    /// Begins a stream. It begins with [`KeyChange::AllKeys`] when the changes after
    /// [`StreamStart::after`] are no longer known. `None` when there are too many streams, or the
    /// node shuts down.
    fn stream(&self, start: StreamStart) -> Option<Box<dyn KeyChangeStream>>;

    /// Answers a heartbeat on its stream. `false` when there is no such stream.
    fn heard(&self, heartbeat: GuardHeartbeat) -> bool;
}

/// A stream of messages to one guard.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait KeyChangeStream: Send {
    /// Waits for the next messages. `None` at the end: the guard was silent for too long or has
    /// begun another stream, or the node shuts down.
    async fn next(&mut self) -> Option<Vec<GuardMessage>>;
}

/// `EPOCH-NUMBER`.
impl fmt::Display for ChangePosition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.epoch.simple(), self.number)
    }
}

impl ChangePosition {
    /// Parses the text of [`Display`](fmt::Display).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (epoch, number) = text.rsplit_once('-')?;
        Some(Self {
            epoch: Uuid::try_parse(epoch).ok()?,
            number: number.parse().ok()?,
        })
    }
}
