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
use uuid::Uuid;

use crate::counts::DeliveryCounts;

/// The maximum number of attempts at a time. It is above what slow receivers of one workspace can occupy.
const ATTEMPTS_MAX: usize = 512;

/// Deliveries are taken in such small numbers, so that a webhook gets few more than it may have.
const TAKEN_AT_ONCE: u32 = 8;

/// While a node has so many attempts for one webhook, it takes no more of it.
const ATTEMPTS_PER_WEBHOOK: usize = 8;

/// The maximum number of attempts that are recorded in one transaction, so that it stays short.
const RECORDED_AT_ONCE: usize = 32;

/// A delivery that is not finished is due again after this time. It is above the time limit of an
/// attempt.
const LEASE_SECONDS: i64 = 30;

/// How often the store is asked for deliveries to be tried again.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How often the backlog is counted.
const COUNT_EVERY: Duration = Duration::from_secs(15);

/// Deliveries that nothing makes due are looked for at every so many counts.
const COUNTS_PER_REPAIR: u32 = 20;

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
struct Work {
    attempts: JoinSet<Attempt>,
    /// The attempts that run, with the outcome that counts if they never end.
    running: HashMap<task::Id, FinishedDelivery>,
    finished: Vec<FinishedDelivery>,
    /// Whether deliveries may be due that it could take.
    may_find: bool,
}

impl Deliverer {
    /// Delivers until `ended`. It looks for work whenever `head` changes, the position of the last
    /// published event. Then running attempts get some seconds to end; what does not end is tried again by
    /// another node, or after the next start.
    pub async fn run_until(&self, ended: impl Future<Output = ()>, mut head: watch::Receiver<u64>) {
        let mut ended = std::pin::pin!(ended);
        let mut work = Work::new();
        let mut was_reached = true;
        let keeping = tokio::spawn(keep(
            Arc::clone(&self.deliveries),
            Arc::clone(&self.clock),
            Arc::clone(&self.counts),
        ));
        loop {
            let round = self.round(&mut work).await;
            if let Err(error) = &round
                && was_reached
            {
                let error: &dyn std::error::Error = error;
                tracing::warn!(error, "webhooks.not_delivered");
            }
            was_reached = round.is_ok();
            tokio::select! {
                () = &mut ended => break,
                Some(attempted) = work.attempts.join_next_with_id() => work.ends(attempted),
                // When the sender is gone, the node ends.
                Ok(()) = head.changed() => work.may_find = true,
                () = tokio::time::sleep(LOOK_EVERY) => work.may_find = true,
            }
            while let Some(attempted) = work.attempts.try_join_next_with_id() {
                work.ends(attempted);
            }
            if !was_reached {
                // Attempts that have ended do not make the store answer sooner.
                tokio::time::sleep(LOOK_EVERY).await;
            }
        }
        keeping.abort();
        self.end(work).await;
    }

    /// Records what has ended, and takes new work as long as there is some.
    async fn round(&self, work: &mut Work) -> Result<(), RepositoryError> {
        self.finish(work).await?;
        while work.may_find && work.attempts.len() < ATTEMPTS_MAX {
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
            work.may_find = count == usize::try_from(TAKEN_AT_ONCE).unwrap_or(usize::MAX);
        }
        Ok(())
    }

    fn begin(&self, work: &mut Work, lease: Uuid, taken: TakenDelivery) {
        let unreadable = Attempt {
            at: self.clock.now(),
            duration: Duration::ZERO,
            outcome: Outcome::Failed(DeliveryFailure::Unreadable),
        };
        let running = FinishedDelivery {
            lease,
            webhook_id: taken.webhook.id,
            position: taken.position,
            event_id: taken.event_id,
            attempt_number: taken.attempt,
            attempt: unreadable.clone(),
        };
        let (sender, encoder) = (Arc::clone(&self.sender), Arc::clone(&self.encoder));
        let attempt = work.attempts.spawn(async move {
            let message = taken
                .event
                .as_ref()
                .and_then(|event| encoder.encode(event, &taken.webhook));
            match message {
                Some(message) => sender.send(&taken.webhook, message).await,
                None => unreadable,
            }
        });
        work.running.insert(attempt.id(), running);
    }

    async fn finish(&self, work: &mut Work) -> Result<(), RepositoryError> {
        while !work.finished.is_empty() {
            let count = work.finished.len().min(RECORDED_AT_ONCE);
            let some: Vec<FinishedDelivery> = work.finished.iter().take(count).cloned().collect();
            self.record(some).await?;
            work.finished.drain(..count);
        }
        Ok(())
    }

    async fn record(&self, finished: Vec<FinishedDelivery>) -> Result<(), RepositoryError> {
        let outcomes: Vec<bool> = finished
            .iter()
            .map(|one| one.attempt.outcome.is_success())
            .collect();
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
        let disabled = self.deliveries.finish(finished, by).await?;
        for is_success in outcomes {
            self.counts.attempted(is_success);
        }
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

/// Counts the backlog, and repairs the order, again and again.
async fn keep(
    deliveries: Arc<dyn WebhookDeliveries>,
    clock: Arc<dyn Clock>,
    counts: Arc<DeliveryCounts>,
) {
    for number in 0_u32.. {
        match deliveries.backlog().await {
            Ok(backlog) => counts.set_backlog(backlog),
            Err(error) => log("webhooks.not_counted", &error),
        }
        if number.is_multiple_of(COUNTS_PER_REPAIR) {
            match deliveries.repair(clock.now()).await {
                Ok(0) => {}
                Ok(count) => tracing::info!(count, "webhooks.repaired"),
                Err(error) => log("webhooks.not_repaired", &error),
            }
        }
        tokio::time::sleep(COUNT_EVERY).await;
    }
}

fn log(event: &str, error: &RepositoryError) {
    let error: &dyn std::error::Error = error;
    tracing::warn!(error, "{event}");
}

impl Work {
    fn new() -> Self {
        Self {
            attempts: JoinSet::new(),
            running: HashMap::new(),
            finished: Vec::new(),
            may_find: true,
        }
    }

    fn busy(&self) -> Vec<WebhookId> {
        let mut counts: BTreeMap<WebhookId, usize> = BTreeMap::new();
        for running in self.running.values() {
            *counts.entry(running.webhook_id).or_default() += 1;
        }
        counts.retain(|_, count| *count >= ATTEMPTS_PER_WEBHOOK);
        counts.into_keys().collect()
    }

    /// An attempt that panicked has failed.
    fn ends(&mut self, attempted: Result<(task::Id, Attempt), JoinError>) {
        let (id, attempt) = match attempted {
            Ok((id, attempt)) => (id, Some(attempt)),
            Err(error) => {
                let cause: &dyn std::error::Error = &error;
                tracing::error!(error = cause, "webhooks.attempt_lost");
                (error.id(), None)
            }
        };
        let Some(mut finished) = self.running.remove(&id) else {
            return;
        };
        if let Some(attempt) = attempt {
            finished.attempt = attempt;
        }
        // There may be more to take of it now.
        let running = self.running.values();
        let of_webhook = running.filter(|one| one.webhook_id == finished.webhook_id);
        self.may_find |= of_webhook.count() < ATTEMPTS_PER_WEBHOOK;
        self.finished.push(finished);
    }
}

#[cfg(test)]
mod tests;
