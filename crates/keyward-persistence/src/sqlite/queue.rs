use std::sync::mpsc::{SyncSender, TrySendError};
use std::sync::{PoisonError, RwLock};

use keyward_domain::ports::RepositoryError;

use crate::error::{NotDone, unavailable};

/// The bounded queue of a thread. When it is full, a caller gets an error at once.
pub(super) struct Queue<J>(RwLock<Option<SyncSender<J>>>);

impl<J> Queue<J> {
    pub(super) fn new(sender: SyncSender<J>) -> Self {
        Self(RwLock::new(Some(sender)))
    }

    pub(super) fn push(&self, job: J) -> Result<(), RepositoryError> {
        let sender = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let Some(sender) = &*sender else {
            return Err(unavailable(NotDone::Closed));
        };
        sender.try_send(job).map_err(|refused| match refused {
            TrySendError::Full(_) => unavailable(NotDone::TooManyCalls),
            TrySendError::Disconnected(_) => unavailable(NotDone::Closed),
        })
    }

    /// Lets the thread end after the queued jobs.
    pub(super) fn close(&self) {
        drop(
            self.0
                .write()
                .unwrap_or_else(PoisonError::into_inner)
                .take(),
        );
    }
}
