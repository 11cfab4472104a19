use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use keyward_domain::ports::Backlog;

/// What a node has delivered, for metrics.
#[derive(Debug, Default)]
pub struct DeliveryCounts {
    delivered: AtomicU64,
    failed: AtomicU64,
    backlog: Mutex<Backlog>,
}

impl DeliveryCounts {
    /// The attempts that a receiver has answered with a 2xx status.
    pub fn delivered(&self) -> u64 {
        self.delivered.load(Ordering::Relaxed)
    }

    /// All other attempts.
    pub fn failed(&self) -> u64 {
        self.failed.load(Ordering::Relaxed)
    }

    /// What all nodes have to deliver, as of some seconds ago.
    #[must_use]
    pub fn backlog(&self) -> Backlog {
        *self
            .backlog
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    pub(crate) fn attempted(&self, is_success: bool) {
        let counter = if is_success {
            &self.delivered
        } else {
            &self.failed
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn set_backlog(&self, backlog: Backlog) {
        *self
            .backlog
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = backlog;
    }
}
