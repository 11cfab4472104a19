use async_trait::async_trait;
use uuid::Uuid;

use crate::audit::deployment_event::Authorship;
use crate::events::event_id::EventId;
use crate::events::published_event::PublishedEvent;
use crate::ports::RepositoryError;
use crate::timestamp::Timestamp;
use crate::webhooks::attempt::Attempt;
use crate::webhooks::webhook::Webhook;
use crate::webhooks::webhook_id::WebhookId;

/// A delivery that a node has taken: nobody else tries it until the lease ends.
#[derive(Debug)]
pub struct TakenDelivery {
    /// The receiver.
    pub webhook: Webhook,
    /// The position of the event.
    pub position: u64,
    /// The id of the event.
    pub event_id: EventId,
    /// The number of this attempt, from 1.
    pub attempt: u32,
    /// The event; `None` when it can't be read.
    pub event: Option<PublishedEvent>,
}

/// For whom, and for how long, deliveries are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeliveryLease {
    /// A new random id.
    pub id: Uuid,
    /// Then they are due again.
    pub until: Timestamp,
}

/// An attempt that has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FinishedDelivery {
    /// The id of the lease.
    pub lease: Uuid,
    /// The receiver.
    pub webhook_id: WebhookId,
    /// The position of the event.
    pub position: u64,
    /// The id of the event.
    pub event_id: EventId,
    /// The number of this attempt, from 1.
    pub attempt_number: u32,
    /// The attempt.
    pub attempt: Attempt,
}

/// What is to be delivered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backlog {
    /// How many deliveries of enabled webhooks are pending.
    pub pending: u64,
    /// When the oldest event among them was published.
    pub oldest_published_at: Option<Timestamp>,
}

/// The work of delivering events, which all nodes share.
///
/// Events of one key are delivered to a webhook one after the other: the next one is due when the one
/// before it was delivered, or has failed for good. The same counts for events that are about no key.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait WebhookDeliveries: Send + Sync {
    /// Takes at most `limit` deliveries that are due at `now`, the longest due first, except those to
    /// the webhooks in `busy`. They are due again when the lease ends, unless they are finished before.
    async fn take(
        &self,
        limit: u32,
        busy: Vec<WebhookId>,
        lease: DeliveryLease,
        now: Timestamp,
    ) -> Result<Vec<TakenDelivery>, RepositoryError>;

    /// Records attempts that have ended by `by.occurred_at`, all in one transaction, with what follows from
    /// them
    /// ([`AfterAttempt`](crate::AfterAttempt)). An attempt is ignored when its lease has ended
    /// and the delivery was taken again. Returns the webhooks that were disabled.
    async fn finish(
        &self,
        finished: Vec<FinishedDelivery>,
        by: Authorship,
    ) -> Result<Vec<Webhook>, RepositoryError>;

    /// Makes deliveries due that nothing else will make due, because the event before them was purged, for
    /// example. Returns how many.
    async fn repair(&self, now: Timestamp) -> Result<u64, RepositoryError>;

    /// What is to be delivered.
    async fn backlog(&self) -> Result<Backlog, RepositoryError>;
}
