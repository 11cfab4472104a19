use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use keyward_domain::ports::{
    Clock, DeliveryLease, EventEncoder, FinishedDelivery, RepositoryError, TakenDelivery,
    WebhookDeliveries, WebhookSender,
};
use keyward_domain::{
    Actor, Attempt, Authorship, CallerName, DeliveryFailure, DisabledReason, Origin, Outcome,
    RequestId, WebhookId,
};
use tokio::sync::watch;
use tokio::task::{self, JoinError, JoinSet};
use tokio::time::Instant;
use uuid::Uuid;

use crate::counts::DeliveryCounts;

/// The maximum number of attempts at a time.
const ATTEMPTS_MAX: usize = 256;

/// Deliveries are taken in such small numbers, so that a slow receiver can't occupy a node.
const TAKEN_AT_ONCE: u32 = 8;

/// While a node has so many attempts for one webhook, it takes no more of it.
const ATTEMPTS_PER_WEBHOOK: usize = 8;

/// A delivery that is not finished is due again after this time. It is above the time limit of an
/// attempt.
const LEASE_SECONDS: i64 = 30;

/// How often the store is asked for deliveries to be tried again.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How often the backlog is counted.
const COUNT_EVERY: Duration = Duration::from_secs(15);

/// At the end, running attempts get this time.
const END_WITHIN: Duration = Duration::from_secs(5);

/// Delivers the events that are due. Any number of nodes can run one.
pub struct Deliverer {
    /// The work of all nodes.
    pub deliveries: Arc<dyn WebhookDeliveries>,
    /// Sends messages.
    pub sender: Arc<dyn WebhookSender>,
    /// Writes messages.
    pub encoder: Arc<dyn EventEncoder>,
    /// The current time.
    pub clock: Arc<dyn Clock>,
    /// What it has done.
    pub counts: Arc<DeliveryCounts>,
}

/// What a node is doing.
#[derive(Default)]
struct Work {
    attempts: JoinSet<FinishedDelivery>,
    receivers: HashMap<task::Id, WebhookId>,
    finished: Vec<FinishedDelivery>,
}

impl Deliverer {
    /// Delivers until `ended`. It looks for work whenever `head` changes, the position of the last
    /// published event. Then running attempts get some seconds to end; what does not end is tried again by
    /// another node, or after the next start.
    pub async fn run_until(&self, ended: impl Future<Output = ()>, mut head: watch::Receiver<u64>) {
        let mut ended = std::pin::pin!(ended);
        let mut work = Work::default();
        let (mut counted_at, mut was_reached) = (None, true);
        loop {
            let round = self.round(&mut work).await;
            if let Err(error) = &round
                && was_reached
            {
                let error: &dyn std::error::Error = error;
                tracing::warn!(error, "webhooks.not_delivered");
            }
            was_reached = round.is_ok();
            if counted_at.is_none_or(|at: Instant| at.elapsed() >= COUNT_EVERY) {
                self.count().await;
                counted_at = Some(Instant::now());
            }
            tokio::select! {
                () = &mut ended => break,
                Some(attempted) = work.attempts.join_next_with_id() => work.ends(attempted),
                // When the sender is gone, the node ends.
                Ok(()) = head.changed() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
            while let Some(attempted) = work.attempts.try_join_next_with_id() {
                work.ends(attempted);
            }
            if !was_reached {
                // Attempts that have ended do not make the store answer sooner.
                tokio::time::sleep(LOOK_EVERY).await;
            }
        }
        self.end(work).await;
    }

    /// Records what has ended, and takes new work as long as there is some.
    async fn round(&self, work: &mut Work) -> Result<(), RepositoryError> {
        self.finish(work).await?;
        while work.attempts.len() < ATTEMPTS_MAX {
            let lease = DeliveryLease {
                id: new_id(),
                until: self.clock.now().plus_seconds(LEASE_SECONDS),
            };
            let taking = self
                .deliveries
                .take(TAKEN_AT_ONCE, work.busy(), lease, self.clock.now());
            let taken = taking.await?;
            let count = taken.len();
            for delivery in taken {
                self.begin(work, lease.id, delivery);
            }
            if count < usize::try_from(TAKEN_AT_ONCE).unwrap_or(usize::MAX) {
                return Ok(());
            }
        }
        Ok(())
    }

    fn begin(&self, work: &mut Work, lease: Uuid, taken: TakenDelivery) {
        let receiver = taken.webhook.id;
        let (sender, encoder) = (Arc::clone(&self.sender), Arc::clone(&self.encoder));
        let (clock, counts) = (Arc::clone(&self.clock), Arc::clone(&self.counts));
        let attempt = work.attempts.spawn(async move {
            let message = taken
                .event
                .as_ref()
                .and_then(|event| encoder.encode(event, &taken.webhook));
            let attempt = match message {
                Some(message) => sender.send(&taken.webhook, message).await,
                None => Attempt {
                    at: clock.now(),
                    duration: Duration::ZERO,
                    outcome: Outcome::Failed(DeliveryFailure::Unreadable),
                },
            };
            counts.attempted(attempt.outcome.is_success());
            FinishedDelivery {
                lease,
                webhook_id: taken.webhook.id,
                position: taken.position,
                event_id: taken.event_id,
                attempt_number: taken.attempt,
                attempt,
            }
        });
        work.receivers.insert(attempt.id(), receiver);
    }

    async fn finish(&self, work: &mut Work) -> Result<(), RepositoryError> {
        if work.finished.is_empty() {
            return Ok(());
        }
        let by = Authorship {
            actor: Actor::Service {
                name: CallerName::webhooks(),
            },
            origin: Origin {
                address: None,
                request_id: RequestId::from(new_id()),
            },
            occurred_at: self.clock.now(),
        };
        let disabled = self.deliveries.finish(work.finished.clone(), by).await?;
        work.finished.clear();
        for webhook in disabled {
            let workspace_id = webhook.workspace_id.as_ref().map(ToString::to_string);
            let reason = webhook.settings.disabled.map(DisabledReason::as_str);
            tracing::warn!(
                webhook_id = %webhook.id,
                workspace_id,
                reason,
                "webhook.disabled"
            );
        }
        Ok(())
    }

    async fn count(&self) {
        if let Ok(backlog) = self.deliveries.backlog().await {
            self.counts.set_backlog(backlog);
        }
    }

    async fn end(&self, mut work: Work) {
        let all = async {
            while let Some(attempted) = work.attempts.join_next_with_id().await {
                work.ends(attempted);
            }
        };
        // What does not end in time is tried again.
        drop(tokio::time::timeout(END_WITHIN, all).await);
        if let Err(error) = self.finish(&mut work).await {
            let error: &dyn std::error::Error = &error;
            tracing::warn!(error, "webhooks.not_recorded");
        }
    }
}

/// The id of a lease or of a request. It is no secret.
#[expect(clippy::disallowed_methods, reason = "an id that must only be unique")]
fn new_id() -> Uuid {
    Uuid::new_v4()
}

impl Work {
    fn busy(&self) -> Vec<WebhookId> {
        let mut counts: BTreeMap<WebhookId, usize> = BTreeMap::new();
        for id in self.receivers.values() {
            *counts.entry(*id).or_default() += 1;
        }
        counts.retain(|_, count| *count >= ATTEMPTS_PER_WEBHOOK);
        counts.into_keys().collect()
    }

    /// An attempt that panicked is due again when its lease ends.
    fn ends(&mut self, attempted: Result<(task::Id, FinishedDelivery), JoinError>) {
        match attempted {
            Ok((id, finished)) => {
                self.receivers.remove(&id);
                self.finished.push(finished);
            }
            Err(error) => {
                self.receivers.remove(&error.id());
                let error: &dyn std::error::Error = &error;
                tracing::error!(error, "webhooks.attempt_lost");
            }
        }
    }
}

#[cfg(test)]
mod tests;
