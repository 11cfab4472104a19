//! The guards of this node: services that keep keys in their memory.

mod known;
mod stream;

use std::future::pending;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use keyward_domain::ports::{GuardHeartbeat, KeyChangeStream, StreamStart};
use tokio::sync::watch;
use uuid::Uuid;

use self::known::{GuardState, KnownGuards};
use self::stream::GuardStream;
use crate::cache::change_log::ChangeLog;
use crate::cache::invalidations::Invalidations;

/// Extra time during which a guard is assumed to use its keys.
pub(super) const MARGIN: Duration = Duration::from_millis(50);

/// How long a guard may be silent before its stream ends.
const SILENCE_MAX: Duration = Duration::from_secs(10);

/// The guards that may use keys, and the last change that each has applied.
///
/// A guard uses its keys for `staleness_max` after it has sent the last heartbeat that came back on
/// its stream, less the time that the node itself was unconfirmed then. The node heard that
/// heartbeat after it was sent. So `staleness_max` after it was heard, the guard uses nothing that
/// it did not learn later.
pub(super) struct Guards {
    invalidations: Arc<Invalidations>,
    staleness_max: Duration,
    known: Mutex<KnownGuards>,
    /// Wakes whoever waits for guards.
    moved: watch::Sender<()>,
    is_closed: watch::Sender<bool>,
}

impl Guards {
    pub(super) fn new(invalidations: Arc<Invalidations>, staleness_max: Duration) -> Arc<Self> {
        Arc::new(Self {
            invalidations,
            staleness_max,
            known: Mutex::default(),
            moved: watch::Sender::new(()),
            is_closed: watch::Sender::new(false),
        })
    }

    pub(super) fn epoch(&self) -> Uuid {
        self.log().epoch()
    }

    /// The number of the last change that this node knows.
    pub(super) fn latest(&self) -> u64 {
        self.log().latest()
    }

    /// The number of open streams.
    pub(super) fn streams(&self) -> usize {
        self.known().streams()
    }

    /// Ends all streams, and begins no more.
    pub(super) fn close(&self) {
        self.is_closed.send_replace(true);
    }

    pub(super) fn stream(self: &Arc<Self>, start: StreamStart) -> Option<Box<dyn KeyChangeStream>> {
        if *self.is_closed.borrow() {
            return None;
        }
        let (id, connection) = self.known().connect(start.stream, Instant::now())?;
        let after = start.after.filter(|after| after.epoch == self.epoch());
        let after = after.map(|after| after.number);
        let stream = GuardStream::new(Arc::clone(self), id, connection, after);
        Some(Box::new(stream))
    }

    pub(super) fn heard(&self, heartbeat: GuardHeartbeat) -> bool {
        let latest = self.latest();
        let is_known = self
            .known()
            .heard(heartbeat, latest, self.staleness_max, Instant::now());
        self.moved.send_replace(());
        is_known
    }

    /// Waits until no guard uses a key as it was before this change.
    pub(super) async fn know(&self, number: u64) {
        let mut moved = self.moved.subscribe();
        loop {
            moved.mark_unchanged();
            let now = Instant::now();
            let until = match self.known().state(number, now) {
                GuardState::AllKnow => return,
                GuardState::Waiting(until) => until,
            };
            let ended = async {
                match until {
                    Some(until) => tokio::time::sleep_until(until.into()).await,
                    None => pending().await,
                }
            };
            tokio::select! {
                _moved = moved.changed() => {}
                () = ended => {}
            }
        }
    }

    fn log(&self) -> &ChangeLog {
        self.invalidations.log()
    }

    fn known(&self) -> MutexGuard<'_, KnownGuards> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
