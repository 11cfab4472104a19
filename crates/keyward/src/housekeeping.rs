//! What a server removes by itself, beside its work: deleted keys, idempotency records, counts of denials
//! and ended sessions past their time.

use std::time::Duration;

use keyward_domain::ports::{Clock, RepositoryError};
use keyward_domain::usecases::{Purge, PurgeStep};
use keyward_persistence::Store;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::config::HousekeepingConfig;
use crate::wiring;

/// Between two batches, so that a long round leaves the store to others.
const BATCH_PAUSE: Duration = Duration::from_millis(50);

/// The longest time before the first round.
const FIRST_WITHIN: Duration = Duration::from_mins(1);

/// Purges again and again until it is ended.
pub(crate) struct Housekeeper {
    end: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

/// What one round has removed.
#[derive(Debug, Default, PartialEq, Eq)]
struct Removed {
    api_keys: u64,
    idempotency_records: u64,
    denial_counts: u64,
    ended_sessions: u64,
}

impl Housekeeper {
    /// Begins, unless it is switched off. The first round comes after a minute at most, also on nodes
    /// that are restarted more often than the interval.
    pub(crate) fn start(store: Store, config: HousekeepingConfig) -> Option<Self> {
        let every = config.every?;
        let (end, mut ended) = oneshot::channel::<()>();
        let task = tokio::spawn(async move {
            let mut pause = every.min(FIRST_WITHIN);
            loop {
                tokio::select! {
                    // It ends when the sender goes.
                    _ = &mut ended => return,
                    () = tokio::time::sleep(pause) => pause = every,
                }
                tokio::select! {
                    _ = &mut ended => return,
                    () = round(&store, config.deleted_for_seconds) => {}
                }
            }
        });
        Some(Self { end, task })
    }

    /// Ends it. A batch under way is committed or undone as a whole by the store.
    pub(crate) async fn end(self) {
        drop(self.end);
        if let Err(error) = self.task.await {
            let error: &dyn std::error::Error = &error;
            tracing::error!(error, "housekeeping.lost");
        }
    }
}

async fn round(store: &Store, deleted_for_seconds: i64) {
    let mut removed = Removed::default();
    let done = purge(store, deleted_for_seconds, &mut removed).await;
    if removed != Removed::default() {
        tracing::info!(
            api_keys = removed.api_keys,
            idempotency_records = removed.idempotency_records,
            denial_counts = removed.denial_counts,
            ended_sessions = removed.ended_sessions,
            "housekeeping.purged"
        );
    }
    if let Err(error) = done {
        let error: &dyn std::error::Error = &error;
        tracing::warn!(error, "housekeeping.failed");
    }
}

/// Removes until nothing is left, or another node has begun to.
async fn purge(
    store: &Store,
    deleted_for_seconds: i64,
    removed: &mut Removed,
) -> Result<(), RepositoryError> {
    let mut purge = Purge::at(wiring::clock(store).now(), deleted_for_seconds);
    loop {
        match purge.step(store).await? {
            PurgeStep::ApiKeys(count) => removed.api_keys += count,
            PurgeStep::IdempotencyRecords(count) => removed.idempotency_records += count,
            PurgeStep::Denials(count) => removed.denial_counts += count,
            PurgeStep::EndedSessions(count) => removed.ended_sessions += count,
            PurgeStep::Elsewhere | PurgeStep::Finished => return Ok(()),
        }
        tokio::time::sleep(BATCH_PAUSE).await;
    }
}
