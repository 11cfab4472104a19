use super::attempt::Attempt;
use crate::events::event_id::EventId;
use crate::events::event_type::EventType;
use crate::timestamp::Timestamp;

/// What became of one event for one webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The event.
    pub event_id: EventId,
    /// Its type.
    pub event_type: EventType,
    /// Its position among all events.
    pub position: u64,
    /// Its position among those of its workspace; `None` for events of the deployment.
    pub sequence: Option<u64>,
    /// Where it stands.
    pub status: DeliveryStatus,
    /// How often it was tried.
    pub attempts: u32,
    /// When it is tried again; `None` when it is not, or only after an earlier event of the same key.
    pub due_at: Option<Timestamp>,
    /// The last attempt that has ended.
    pub last_attempt: Option<Attempt>,
}

/// Where a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryStatus {
    /// It will be tried, as soon as the webhook is enabled.
    Pending,
    /// The receiver has taken the event.
    Delivered,
    /// It was tried [`ATTEMPTS_MAX`](super::retries::ATTEMPTS_MAX) times without success.
    Failed,
}

impl DeliveryStatus {
    /// `PENDING`, `DELIVERED` or `FAILED`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Delivered => "DELIVERED",
            Self::Failed => "FAILED",
        }
    }

    /// Parses the text of [`as_str`](Self::as_str).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Pending, Self::Delivered, Self::Failed]
            .into_iter()
            .find(|one| one.as_str() == text)
    }
}
