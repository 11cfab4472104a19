//! Another server has taken the place of the one that this store was connected to.

use std::future::pending;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use keyward_domain::ports::RepositoryError;
use tokio::sync::watch;

use crate::error::{NotDone, outcome_unknown};

/// The failovers that this process has seen. The change feed notes them, because its connection notices
/// a server that no longer answers.
pub(crate) struct Failovers {
    last: watch::Sender<Option<Instant>>,
    count: AtomicU64,
    changes_lost: AtomicU64,
}

/// Whether there was a failover since a moment.
#[derive(Clone)]
pub(super) struct FailoverSince(watch::Receiver<Option<Instant>>);

impl Default for Failovers {
    fn default() -> Self {
        Self {
            last: watch::Sender::new(None),
            count: AtomicU64::new(0),
            changes_lost: AtomicU64::new(0),
        }
    }
}

impl Failovers {
    /// Another server answers now.
    pub(crate) fn note(&self) {
        self.count.fetch_add(1, Ordering::Relaxed);
        self.last.send_replace(Some(Instant::now()));
    }

    /// When the last one was noted.
    pub(crate) fn last(&self) -> Option<Instant> {
        *self.last.borrow()
    }

    /// Acknowledged changes were lost by one.
    pub(crate) fn lost(&self, changes: usize) {
        let changes = u64::try_from(changes).unwrap_or(u64::MAX);
        self.changes_lost.fetch_add(changes, Ordering::Relaxed);
    }

    /// How many there were, and how many acknowledged changes they lost.
    pub(crate) fn counts(&self) -> (u64, u64) {
        let count = self.count.load(Ordering::Relaxed);
        (count, self.changes_lost.load(Ordering::Relaxed))
    }

    /// From now on.
    pub(super) fn since_now(&self) -> FailoverSince {
        FailoverSince(self.last.subscribe())
    }
}

impl FailoverSince {
    /// Waits for one.
    pub(super) async fn happens(&mut self) {
        if self.0.changed().await.is_err() {
            pending::<()>().await;
        }
    }

    /// The outcome of a commit. It is unknown when there was a failover in the meantime: a server that was
    /// replaced may never answer, and its answer no longer counts.
    pub(super) async fn outcome<T>(
        self,
        commit: impl Future<Output = Result<T, RepositoryError>>,
    ) -> Result<T, RepositoryError> {
        let mut watched = self.clone();
        let outcome = tokio::select! {
            outcome = commit => outcome,
            () = watched.happens() => return Err(outcome_unknown(NotDone::Replaced)),
        };
        match self.0.has_changed() {
            Ok(true) if outcome.is_ok() => Err(outcome_unknown(NotDone::Replaced)),
            _ => outcome,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::ready;

    use super::*;

    #[tokio::test]
    async fn a_commit_during_a_failover_has_no_known_outcome() {
        let failovers = Failovers::default();
        assert_eq!(failovers.last(), None);
        let before = failovers.since_now();
        let committed = || ready(Ok::<u8, RepositoryError>(1));
        assert!(matches!(before.clone().outcome(committed()).await, Ok(1)));
        failovers.note();
        assert!(failovers.last().is_some());
        let is_unknown = |outcome| matches!(outcome, Err(RepositoryError::OutcomeUnknown(_)));
        assert!(is_unknown(before.clone().outcome(committed()).await));
        let after = failovers.since_now();
        assert!(matches!(after.outcome(committed()).await, Ok(1)));
        // A server that never answers.
        let endless = pending::<Result<u8, RepositoryError>>();
        assert!(is_unknown(before.outcome(endless).await));
    }
}
