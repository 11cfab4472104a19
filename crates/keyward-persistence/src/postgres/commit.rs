use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use keyward_domain::ports::RepositoryError;

use crate::error::{Cause, outcome_unknown, unavailable};

/// Whether the commit of a transaction was sent. After that, only the server's answer tells the
/// outcome.
#[derive(Clone, Default)]
pub(super) struct Commit(Arc<AtomicBool>);

impl Commit {
    pub(super) fn mark_sent(&self) {
        self.0.store(true, Ordering::Release);
    }

    pub(super) fn was_sent(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    /// The error for a failure at this point.
    pub(super) fn failure(&self, cause: impl Into<Cause>) -> RepositoryError {
        if self.was_sent() {
            outcome_unknown(cause)
        } else {
            unavailable(cause)
        }
    }
}
