use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use keyward_domain::ports::RepositoryError;
use keyward_domain::{Generation, SecretHash, VerificationKey};
use tokio::runtime::Handle;
use tokio::sync::oneshot;

use super::LookupBounds;
use crate::cache::batch_lookup::{BatchLookup, FoundKeys};
use crate::cache::invalidations::Invalidations;
use crate::error::{NotDone, SharedFailure, unavailable};

/// The maximum number of hashes in a statement. With more, the cost of a hash would hardly be
/// lower, and all would wait for the last.
const HASHES_MAX: usize = 64;

/// The number of statements at once while they are quick: one is on its way while another runs.
/// With more, each would answer fewer questions at the same cost.
const QUICK_MAX: usize = 2;

/// A statement that takes longer is slow. The database may be far away, or the statement may wait
/// for a lock. So it keeps its place, and one more statement may begin.
const QUICK: Duration = Duration::from_millis(5);

/// The look-ups in the store. The questions that wait while statements are under way share the next
/// statement, the oldest first. A question that finds a free place is sent at once.
pub(super) struct GatheredLookups {
    lookup: Arc<dyn BatchLookup>,
    invalidations: Arc<Invalidations>,
    bounds: LookupBounds,
    runtime: Handle,
    queue: Mutex<Queue>,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Asked>,
    /// The statements under way.
    statements: usize,
    /// Those of them that are not slow.
    quick: usize,
}

/// A question that waits.
struct Asked {
    hash: SecretHash,
    reply: oneshot::Sender<Result<Answer, RepositoryError>>,
}

/// The store's answer.
pub(super) struct Answer {
    /// The key; `None` when no key has the secret.
    pub(super) key: Option<Arc<VerificationKey>>,
    /// The generation of invalidations before the store was asked.
    pub(super) read: Generation,
    /// When the store was asked.
    pub(super) read_at: Instant,
}

/// The right to one statement, until the store has finished it.
struct Place {
    lookups: Arc<GatheredLookups>,
    is_quick: bool,
}

impl GatheredLookups {
    /// Statements run on `runtime`.
    pub(super) fn new(
        lookup: Arc<dyn BatchLookup>,
        invalidations: Arc<Invalidations>,
        bounds: LookupBounds,
        runtime: Handle,
    ) -> Self {
        Self {
            lookup,
            invalidations,
            bounds,
            runtime,
            queue: Mutex::default(),
        }
    }

    /// The number of statements under way.
    pub(super) fn in_flight(&self) -> usize {
        self.queue().statements
    }

    /// Asks the store for the key that has this secret. Statements go on when the caller goes away;
    /// a question that still waits is forgotten.
    pub(super) async fn ask(self: &Arc<Self>, hash: SecretHash) -> Result<Answer, RepositoryError> {
        let (reply, answer) = oneshot::channel();
        self.queue()
            .add(Asked { hash, reply }, self.bounds.waiting_max)?;
        self.begin();
        answer
            .await
            .unwrap_or_else(|_panicked| Err(unavailable(NotDone::Panicked)))
    }

    /// Begins a statement if a question waits and there is a place.
    fn begin(self: &Arc<Self>) {
        if !self.queue().take_place(self.bounds.lookups_max) {
            return;
        }
        let place = Place {
            lookups: Arc::clone(self),
            is_quick: true,
        };
        self.runtime.spawn(Arc::clone(self).answer_waiting(place));
    }

    /// Asks the store for those who wait now. More may have come since the place was taken.
    async fn answer_waiting(self: Arc<Self>, mut place: Place) {
        let batch = self.queue().take_batch();
        let hashes: Vec<SecretHash> = batch.iter().map(|asked| asked.hash).collect();
        let (read, read_at) = (self.invalidations.generation(), Instant::now());
        let found = self.find_all(hashes, &mut place).await;
        drop(place);
        self.begin();
        let found = found.map_err(SharedFailure::from);
        for asked in batch {
            let key = match &found {
                Ok(found) => found.of(&asked.hash),
                Err(failure) => Err(failure.to_error()),
            };
            // A caller that has gone away needs no answer.
            let _unheard = asked
                .reply
                .send(key.map(|key| Answer { key, read, read_at }));
        }
    }

    async fn find_all(
        self: &Arc<Self>,
        hashes: Vec<SecretHash>,
        place: &mut Place,
    ) -> Result<FoundKeys, RepositoryError> {
        if hashes.is_empty() {
            return Ok(FoundKeys::default());
        }
        let mut finding = self.lookup.find_all(hashes);
        if let Ok(found) = tokio::time::timeout(QUICK, &mut finding).await {
            return found;
        }
        place.becomes_slow();
        self.begin();
        finding.await
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    fn add(&mut self, asked: Asked, waiting_max: usize) -> Result<(), RepositoryError> {
        if self.waiting.len() >= waiting_max {
            return Err(unavailable(NotDone::TooManyCalls));
        }
        self.waiting.push_back(asked);
        Ok(())
    }

    /// Whether a question waits and a place was free, which is taken now.
    fn take_place(&mut self, lookups_max: usize) -> bool {
        let is_free = self.quick < QUICK_MAX && self.statements < lookups_max.max(1);
        let takes = is_free && !self.waiting.is_empty();
        if takes {
            self.statements += 1;
            self.quick += 1;
        }
        takes
    }

    /// The oldest questions that someone still waits for.
    fn take_batch(&mut self) -> Vec<Asked> {
        let mut batch = Vec::new();
        while batch.len() < HASHES_MAX
            && let Some(asked) = self.waiting.pop_front()
        {
            if !asked.reply.is_closed() {
                batch.push(asked);
            }
        }
        batch
    }
}

impl Place {
    fn becomes_slow(&mut self) {
        if std::mem::take(&mut self.is_quick) {
            self.lookups.queue().quick -= 1;
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.becomes_slow();
        self.lookups.queue().statements -= 1;
    }
}
