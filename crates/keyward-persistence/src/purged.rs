use std::sync::atomic::{AtomicU64, Ordering};

use keyward_domain::ports::Purgeable;

/// How many records this process has purged.
#[derive(Debug, Default)]
pub(crate) struct PurgedCounts {
    api_keys: AtomicU64,
    idempotency_records: AtomicU64,
    denial_counts: AtomicU64,
    use_counts: AtomicU64,
    ended_sessions: AtomicU64,
}

impl PurgedCounts {
    pub(crate) fn add_api_keys(&self, count: Option<u64>) {
        let count = count.unwrap_or(0);
        self.api_keys.fetch_add(count, Ordering::Relaxed);
    }

    pub(crate) fn add_idempotency_records(&self, count: Option<u64>) {
        let count = count.unwrap_or(0);
        self.idempotency_records.fetch_add(count, Ordering::Relaxed);
    }

    pub(crate) fn add_denial_counts(&self, count: Option<u64>) {
        let count = count.unwrap_or(0);
        self.denial_counts.fetch_add(count, Ordering::Relaxed);
    }

    pub(crate) fn add_use_counts(&self, count: Option<u64>) {
        let count = count.unwrap_or(0);
        self.use_counts.fetch_add(count, Ordering::Relaxed);
    }

    pub(crate) fn add_ended_sessions(&self, count: Option<u64>) {
        let count = count.unwrap_or(0);
        self.ended_sessions.fetch_add(count, Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> Purgeable {
        Purgeable {
            api_keys: self.api_keys.load(Ordering::Relaxed),
            idempotency_records: self.idempotency_records.load(Ordering::Relaxed),
            denial_counts: self.denial_counts.load(Ordering::Relaxed),
            use_counts: self.use_counts.load(Ordering::Relaxed),
            ended_sessions: self.ended_sessions.load(Ordering::Relaxed),
        }
    }
}
