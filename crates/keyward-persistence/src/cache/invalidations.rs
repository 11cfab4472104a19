//! Cache invalidation: a key that was read before a change must not be used after it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use uuid::Uuid;

/// Keys share stripes by their ids. A change invalidates all cached keys of its stripe, which is
/// one in 65,535. All stripes together take half a mebibyte.
const STRIPES: u16 = u16::MAX;

/// Zero microseconds means never.
const NEVER: u64 = 0;

/// Counts changes. Take a [`Generation`] before reading a key; the key is current until a later
/// generation changes it.
pub(crate) struct Invalidations {
    latest: AtomicU64,
    /// Everything that was read before this generation is outdated.
    floor: AtomicU64,
    /// The generation that last changed a key in each stripe.
    stripes: Box<[AtomicU64]>,
    /// What commits in progress may change, with the number of these commits.
    committing: Mutex<HashMap<Changing, u32>>,
    /// The size of `committing`, so that the usual check takes no lock.
    committing_count: AtomicUsize,
    begun: Instant,
    /// All changes that other nodes made before this time are known here: microseconds since
    /// `begun`.
    confirmed: AtomicU64,
}

/// The keys whose verification a transaction changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Changing {
    /// This key.
    Key(Uuid),
    /// Any number of keys.
    AnyKeys,
}

/// A point in the order of changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Generation(u64);

impl Default for Invalidations {
    fn default() -> Self {
        Self {
            latest: AtomicU64::new(0),
            floor: AtomicU64::new(0),
            stripes: (0..STRIPES).map(|_at| AtomicU64::new(0)).collect(),
            committing: Mutex::default(),
            committing_count: AtomicUsize::new(0),
            begun: Instant::now(),
            confirmed: AtomicU64::new(NEVER),
        }
    }
}

impl Invalidations {
    /// Take it before reading a key.
    pub(crate) fn generation(&self) -> Generation {
        Generation(self.latest.load(Ordering::SeqCst))
    }

    /// A key has changed. Call it after the commit, and before the response.
    pub(crate) fn changed(&self, id: Uuid) {
        let generation = self.next();
        if let Some(stripe) = self.stripe(id) {
            stripe.fetch_max(generation, Ordering::SeqCst);
        }
    }

    /// All these keys have changed, as in [`changed`](Self::changed).
    pub(crate) fn have_changed(&self, changing: Changing) {
        match changing {
            Changing::Key(id) => self.changed(id),
            Changing::AnyKeys => self.all_changed(),
        }
    }

    /// Any key may have been changed.
    pub(crate) fn all_changed(&self) {
        let generation = self.next();
        self.floor.fetch_max(generation, Ordering::SeqCst);
    }

    /// A commit that changes these keys is about to be sent. Until the guard is dropped, its outcome
    /// is unknown and nothing that was read about the keys is current. Afterwards they count as
    /// changed.
    pub(crate) fn committing(self: &Arc<Self>, changing: Changing) -> Committing {
        let mut committing = self.lock_committing();
        *committing.entry(changing).or_default() += 1;
        self.committing_count
            .store(committing.len(), Ordering::SeqCst);
        drop(committing);
        Committing {
            invalidations: Arc::clone(self),
            changing,
        }
    }

    fn is_committing(&self, id: Uuid) -> bool {
        if self.committing_count.load(Ordering::SeqCst) == 0 {
            return false;
        }
        let committing = self.lock_committing();
        committing.contains_key(&Changing::Key(id)) || committing.contains_key(&Changing::AnyKeys)
    }

    fn lock_committing(&self) -> MutexGuard<'_, HashMap<Changing, u32>> {
        self.committing
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether no later change to the key is known, and no commit in progress may change it.
    pub(crate) fn is_current(&self, id: Uuid, read: Generation) -> bool {
        if self.is_committing(id) {
            return false;
        }
        let changed = self
            .stripe(id)
            .map_or(u64::MAX, |stripe| stripe.load(Ordering::SeqCst));
        changed <= read.0 && self.floor.load(Ordering::SeqCst) <= read.0
    }

    /// All changes that anyone made before `instant` are known here.
    pub(crate) fn confirmed(&self, instant: Instant) {
        let micros = self.micros(instant).max(NEVER + 1);
        self.confirmed.fetch_max(micros, Ordering::SeqCst);
    }

    /// Forgets all confirmations: changes may have been missed since.
    pub(crate) fn unconfirm(&self) {
        self.confirmed.store(NEVER, Ordering::SeqCst);
    }

    /// The age of the last confirmation at `now`; `None` before the first.
    pub(crate) fn unconfirmed_for(&self, now: Instant) -> Option<Duration> {
        let confirmed = self.confirmed.load(Ordering::SeqCst);
        let age = self.micros(now).saturating_sub(confirmed);
        (confirmed != NEVER).then(|| Duration::from_micros(age))
    }

    fn next(&self) -> u64 {
        self.latest.fetch_add(1, Ordering::SeqCst) + 1
    }

    /// The last bits of the id are random.
    fn stripe(&self, id: Uuid) -> Option<&AtomicU64> {
        let (_time, random) = id.as_u64_pair();
        let at = usize::try_from(random % u64::from(STRIPES)).ok()?;
        self.stripes.get(at)
    }

    fn micros(&self, instant: Instant) -> u64 {
        let since = instant.saturating_duration_since(self.begun);
        u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
    }
}

/// A commit whose outcome is not yet known.
pub(crate) struct Committing {
    invalidations: Arc<Invalidations>,
    changing: Changing,
}

impl Drop for Committing {
    fn drop(&mut self) {
        // First invalidate, then settle: a key that was read in between must not be used.
        self.invalidations.have_changed(self.changing);
        let mut committing = self.invalidations.lock_committing();
        if let Some(count) = committing.get_mut(&self.changing) {
            *count -= 1;
            if *count == 0 {
                committing.remove(&self.changing);
            }
        }
        self.invalidations
            .committing_count
            .store(committing.len(), Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    #[test]
    fn what_was_read_before_a_change_is_current_no_more() {
        let invalidations = Invalidations::default();
        let before = invalidations.generation();
        assert!(invalidations.is_current(id(1), before));
        invalidations.changed(id(1));
        assert!(!invalidations.is_current(id(1), before));
        assert!(invalidations.is_current(id(2), before));
        let after = invalidations.generation();
        assert!(invalidations.is_current(id(1), after));
    }

    #[test]
    fn when_any_key_may_have_changed_all_are_read_again() {
        let invalidations = Invalidations::default();
        let before = invalidations.generation();
        invalidations.all_changed();
        assert!(
            !invalidations.is_current(id(1), before) && !invalidations.is_current(id(2), before)
        );
        assert!(invalidations.is_current(id(1), invalidations.generation()));
    }

    #[test]
    fn while_a_commit_is_under_way_nothing_read_of_its_key_is_current() {
        let invalidations = Arc::new(Invalidations::default());
        let first = invalidations.committing(Changing::Key(id(1)));
        let second = invalidations.committing(Changing::Key(id(1)));
        let meanwhile = invalidations.generation();
        assert!(!invalidations.is_current(id(1), meanwhile));
        assert!(invalidations.is_current(id(2), meanwhile));
        drop(first);
        assert!(!invalidations.is_current(id(1), invalidations.generation()));
        drop(second);
        assert!(!invalidations.is_current(id(1), meanwhile));
        assert!(invalidations.is_current(id(1), invalidations.generation()));
    }

    #[test]
    fn while_a_commit_of_any_keys_is_under_way_nothing_read_is_current() {
        let invalidations = Arc::new(Invalidations::default());
        let commit = invalidations.committing(Changing::AnyKeys);
        let meanwhile = invalidations.generation();
        for number in [1, 2] {
            assert!(!invalidations.is_current(id(number), meanwhile));
        }
        drop(commit);
        for number in [1, 2] {
            assert!(!invalidations.is_current(id(number), meanwhile));
            assert!(invalidations.is_current(id(number), invalidations.generation()));
        }
    }

    #[test]
    fn a_confirmation_that_was_taken_back_counts_no_more() {
        let invalidations = Invalidations::default();
        let begun = invalidations.begun;
        invalidations.confirmed(begun);
        invalidations.unconfirm();
        assert_eq!(invalidations.unconfirmed_for(begun), None);
    }

    #[test]
    fn every_id_has_a_stripe() {
        let invalidations = Invalidations::default();
        for number in [0, 1, u128::MAX, 0xFFFF, 0x1_0000, u128::from(u64::MAX)] {
            assert!(invalidations.is_current(id(number), invalidations.generation()));
        }
    }

    #[test]
    fn a_confirmation_never_moves_back() {
        let invalidations = Invalidations::default();
        let begun = invalidations.begun;
        let later = |ms| begun + Duration::from_millis(ms);
        assert_eq!(invalidations.unconfirmed_for(later(5)), None);
        invalidations.confirmed(later(10));
        invalidations.confirmed(later(3));
        let ms = Duration::from_millis;
        assert_eq!(invalidations.unconfirmed_for(later(10)), Some(ms(0)));
        assert_eq!(invalidations.unconfirmed_for(later(25)), Some(ms(15)));
        assert_eq!(invalidations.unconfirmed_for(later(1)), Some(ms(0)));
    }
}
