//! The server's background purge of deleted keys, idempotency records, counts of uses and denials,
//! and ended sessions.

use std::time::Duration;

use keyward_domain::ports::{Clock, RepositoryError};
use keyward_domain::usecases::{Purge, PurgeStep};
use keyward_persistence::Store;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::config::HousekeepingConfig;
use crate::wiring;

/// The pause between two batches, so that a long purge does not block the store.
const BATCH_PAUSE: Duration = Duration::from_millis(50);

/// The maximum time before the first purge.
const FIRST_WITHIN: Duration = Duration::from_mins(1);

/// Purges periodically until it is ended.
pub(crate) struct Housekeeper {
    end: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

/// The results of one purge.
#[derive(Debug, Default, PartialEq, Eq)]
struct Removed {
    api_keys: u64,
    idempotency_records: u64,
    denial_counts: u64,
    use_counts: u64,
    ended_sessions: u64,
}

impl Housekeeper {
    /// Starts it, unless it is turned off. The first purge runs within a minute, even on nodes that
    /// restart more often than the interval.
    pub(crate) fn start(store: Store, config: HousekeepingConfig) -> Option<Self> {
        let every = config.every?;
        let (end, mut ended) = oneshot::channel::<()>();
        let task = tokio::spawn(async move {
            let mut pause = every.min(FIRST_WITHIN);
            loop {
                tokio::select! {
                    // Ends when the sender is dropped.
                    _ = &mut ended => return,
                    () = tokio::time::sleep(pause) => pause = every,
                }
                tokio::select! {
                    _ = &mut ended => return,
                    () = round(&store, config) => {}
                }
            }
        });
        Some(Self { end, task })
    }

    /// Ends it. The store commits or rolls back a batch in progress.
    pub(crate) async fn end(self) {
        drop(self.end);
        if let Err(error) = self.task.await {
            let error: &dyn std::error::Error = &error;
            tracing::error!(error, "housekeeping.lost");
        }
    }
}

async fn round(store: &Store, config: HousekeepingConfig) {
    let mut removed = Removed::default();
    let done = purge(store, config, &mut removed).await;
    if removed != Removed::default() {
        tracing::info!(
            api_keys = removed.api_keys,
            idempotency_records = removed.idempotency_records,
            denial_counts = removed.denial_counts,
            use_counts = removed.use_counts,
            ended_sessions = removed.ended_sessions,
            "housekeeping.purged"
        );
    }
    if let Err(error) = done {
        let error: &dyn std::error::Error = &error;
        tracing::warn!(error, "housekeeping.failed");
    }
}

/// Purges until nothing is left, or another node has begun a purge.
async fn purge(
    store: &Store,
    config: HousekeepingConfig,
    removed: &mut Removed,
) -> Result<(), RepositoryError> {
    let mut purge = Purge::at(
        wiring::clock(store).now(),
        config.deleted_for_seconds,
        config.counted_for_seconds,
    );
    loop {
        match purge.step(store).await? {
            PurgeStep::ApiKeys(count) => removed.api_keys += count,
            PurgeStep::IdempotencyRecords(count) => removed.idempotency_records += count,
            PurgeStep::Denials(count) => removed.denial_counts += count,
            PurgeStep::Uses(count) => removed.use_counts += count,
            PurgeStep::EndedSessions(count) => removed.ended_sessions += count,
            PurgeStep::Elsewhere | PurgeStep::Finished => return Ok(()),
        }
        tokio::time::sleep(BATCH_PAUSE).await;
    }
}
