//! The limits of every call: a permit for one of the concurrent calls, and a deadline.

use std::sync::Arc;
use std::time::Duration;

use keyward_domain::ports::RepositoryError;
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError};

use crate::error::{NotDone, unavailable};

#[derive(Clone)]
pub(crate) struct Calls {
    places: Arc<Semaphore>,
    places_max: u32,
    deadline: Duration,
    runtime: Handle,
}

/// The permit of a call, released on drop.
pub(crate) type Permit = OwnedSemaphorePermit;

impl Calls {
    pub(crate) fn new(places_max: u32, deadline: Duration, runtime: Handle) -> Self {
        let places_max = places_max.max(1);
        // A semaphore allows fewer permits than `usize::MAX`.
        let permits = usize::try_from(places_max)
            .unwrap_or(usize::MAX)
            .min(Semaphore::MAX_PERMITS);
        Self {
            places: Arc::new(Semaphore::new(permits)),
            places_max,
            deadline,
            runtime,
        }
    }

    /// Other limits on the same runtime.
    pub(crate) fn bounded_by(&self, places_max: u32, deadline: Duration) -> Self {
        Self::new(places_max, deadline, self.runtime.clone())
    }

    /// A permit, or an immediate error: waiting here would only increase the load.
    pub(crate) fn begin(&self) -> Result<Permit, RepositoryError> {
        Arc::clone(&self.places)
            .try_acquire_owned()
            .map_err(|error| match error {
                TryAcquireError::Closed => unavailable(NotDone::Closed),
                TryAcquireError::NoPermits => unavailable(NotDone::TooManyCalls),
            })
    }

    /// Refuses new calls and waits for those in progress. A commit may outlast its call's deadline,
    /// so the wait is twice as long. After that, the database decides the outcome.
    pub(crate) async fn close(&self) {
        let all = {
            let _context = self.runtime.enter();
            let most = self.deadline.saturating_mul(2);
            tokio::time::timeout(most, self.places.acquire_many(self.places_max))
        };
        // An inner error means that it was closed before.
        if all.await.is_err() {
            tracing::error!("store.close_timed_out");
        }
        self.places.close();
    }

    pub(crate) fn in_flight(&self) -> usize {
        let places_max = usize::try_from(self.places_max).unwrap_or(usize::MAX);
        places_max.saturating_sub(self.places.available_permits())
    }

    pub(crate) fn deadline(&self) -> Duration {
        self.deadline
    }

    pub(crate) fn places_max(&self) -> u32 {
        self.places_max
    }

    /// Calls run on the runtime that opened the store, whichever thread makes them.
    pub(crate) fn runtime(&self) -> &Handle {
        &self.runtime
    }
}
