use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use keyward_domain::ports::{ChangePosition, KeyChange};
use keyward_domain::{ClockSample, FollowedClock, Generations};
use uuid::Uuid;

/// A guard never uses its keys for longer than this after a confirmation, whatever the node says.
const STALENESS_MAX: Duration = Duration::from_mins(1);

/// What this guard knows about changes, and until when it may use its keys.
pub(super) struct Freshness {
    pub(super) generations: Generations,
    pub(super) clock: Arc<FollowedClock>,
    /// How long keys may be used after a confirmation, in microseconds. 0 before the first stream.
    staleness_micros: AtomicU64,
    /// The last change that was applied.
    applied: Mutex<Option<ChangePosition>>,
}

/// A heartbeat that came back over the stream.
pub(super) struct Confirmation {
    pub(super) sent_at: Instant,
    pub(super) received_at: Instant,
    /// The node's time when it answered.
    pub(super) now_micros: i64,
    /// How long the node itself was unconfirmed then.
    pub(super) unconfirmed_for: Option<Duration>,
}

impl Freshness {
    pub(super) fn begin(now: Instant) -> Self {
        Self {
            generations: Generations::begin(now),
            clock: Arc::new(FollowedClock::begin(now)),
            staleness_micros: AtomicU64::new(0),
            applied: Mutex::default(),
        }
    }

    /// For how long changes may have been missed at `now`, if cached keys may be used.
    pub(super) fn trusted_age(&self, now: Instant) -> Option<Duration> {
        let staleness = Duration::from_micros(self.staleness_micros.load(Ordering::SeqCst));
        let age = self.generations.unconfirmed_for(now)?;
        (age < staleness).then_some(age)
    }

    /// The last change that was applied.
    pub(super) fn applied(&self) -> Option<ChangePosition> {
        *self.lock()
    }

    /// Whether a key that this node has just read may be kept.
    pub(super) fn is_of(&self, epoch: Uuid) -> bool {
        self.applied().is_some_and(|applied| applied.epoch == epoch)
    }

    /// A stream has begun.
    pub(super) fn opened(&self, staleness: Duration) {
        let micros = staleness.min(STALENESS_MAX).as_micros();
        let micros = u64::try_from(micros).unwrap_or(0);
        self.staleness_micros.store(micros, Ordering::SeqCst);
    }

    /// Applies the next change of the stream. Returns `false` when one is missing before it.
    pub(super) fn apply(&self, position: ChangePosition, change: KeyChange) -> bool {
        let mut applied = self.lock();
        let same = applied.filter(|applied| applied.epoch == position.epoch);
        match change {
            KeyChange::Key(id) => {
                let next = same.and_then(|applied| applied.number.checked_add(1));
                if next != Some(position.number) {
                    return false;
                }
                self.generations.changed(id);
            }
            KeyChange::AllKeys => {
                if same.is_none() {
                    // What another node has confirmed says nothing about this one.
                    self.generations.unconfirm();
                }
                self.generations.all_changed();
            }
        }
        *applied = Some(position);
        true
    }

    /// Forgets everything: the stream can't be believed.
    pub(super) fn reset(&self) {
        let mut applied = self.lock();
        *applied = None;
        self.generations.unconfirm();
        self.generations.all_changed();
    }

    /// All changes that the node knew when it answered the heartbeat were applied before.
    pub(super) fn confirm(&self, confirmation: &Confirmation) {
        self.measure(
            confirmation.now_micros,
            confirmation.sent_at,
            confirmation.received_at,
        );
        let confirmed = confirmation
            .unconfirmed_for
            .and_then(|age| confirmation.sent_at.checked_sub(age));
        match confirmed {
            Some(instant) => self.generations.confirmed(instant),
            None => self.generations.unconfirm(),
        }
    }

    /// A reading of the node's clock.
    pub(super) fn measure(&self, now_micros: i64, sent_at: Instant, received_at: Instant) {
        self.clock.take(ClockSample {
            followed_micros: now_micros,
            sent_at,
            received_at,
        });
    }

    fn lock(&self) -> MutexGuard<'_, Option<ChangePosition>> {
        self.applied.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
