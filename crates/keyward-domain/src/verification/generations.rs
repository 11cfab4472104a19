//! Whether a key that was read is still current: a key that was read before a change must not be
//! used after it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use uuid::Uuid;

/// Keys share stripes by their ids. A change outdates all keys of its stripe that were read, which
/// is one in 65,535. All stripes together take half a mebibyte.
const STRIPES: u16 = u16::MAX;

/// Zero microseconds means never.
const NEVER: u64 = 0;

/// Counts changes. Take a [`Generation`] before reading a key; the key is current until a later
/// generation changes it.
pub struct Generations {
    latest: AtomicU64,
    /// Everything that was read before this generation is outdated.
    floor: AtomicU64,
    /// The generation that last changed a key in each stripe.
    stripes: Box<[AtomicU64]>,
    begun: Instant,
    /// All changes that anyone made before this time are known here: microseconds since `begun`.
    confirmed: AtomicU64,
}

/// A point in the order of changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Generation(u64);

impl Generations {
    /// Nothing was read or changed yet. No confirmation is older than `begun`.
    #[must_use]
    pub fn begin(begun: Instant) -> Self {
        Self {
            latest: AtomicU64::new(0),
            floor: AtomicU64::new(0),
            stripes: (0..STRIPES).map(|_at| AtomicU64::new(0)).collect(),
            begun,
            confirmed: AtomicU64::new(NEVER),
        }
    }

    /// Take it before reading a key.
    #[must_use]
    pub fn generation(&self) -> Generation {
        Generation(self.latest.load(Ordering::SeqCst))
    }

    /// The key with this UUID has changed.
    pub fn changed(&self, id: Uuid) {
        let generation = self.next();
        if let Some(stripe) = self.stripe(id) {
            stripe.fetch_max(generation, Ordering::SeqCst);
        }
    }

    /// Any key may have been changed.
    pub fn all_changed(&self) {
        let generation = self.next();
        self.floor.fetch_max(generation, Ordering::SeqCst);
    }

    /// Whether no later change to the key is known.
    #[must_use]
    pub fn is_current(&self, id: Uuid, read: Generation) -> bool {
        let changed = self
            .stripe(id)
            .map_or(u64::MAX, |stripe| stripe.load(Ordering::SeqCst));
        changed <= read.0 && self.floor.load(Ordering::SeqCst) <= read.0
    }

    /// All changes that anyone made before `instant` are known here. An instant before the beginning
    /// confirms nothing that was read here.
    pub fn confirmed(&self, instant: Instant) {
        if instant < self.begun {
            return;
        }
        let micros = self.micros(instant).max(NEVER + 1);
        self.confirmed.fetch_max(micros, Ordering::SeqCst);
    }

    /// Forgets all confirmations: changes may have been missed since.
    pub fn unconfirm(&self) {
        self.confirmed.store(NEVER, Ordering::SeqCst);
    }

    /// The age of the last confirmation at `now`; `None` before the first.
    #[must_use]
    pub fn unconfirmed_for(&self, now: Instant) -> Option<Duration> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_confirmed_before_the_beginning_confirms_nothing() {
        let begun = Instant::now() + Duration::from_secs(9);
        let generations = Generations::begin(begun);
        generations.confirmed(begun.checked_sub(Duration::from_millis(1)).unwrap());
        assert_eq!(generations.unconfirmed_for(begun), None);
        generations.confirmed(begun);
        assert!(generations.unconfirmed_for(begun).is_some());
    }

    fn id(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    #[test]
    fn what_was_read_before_a_change_is_current_no_more() {
        let generations = Generations::begin(Instant::now());
        let before = generations.generation();
        assert!(generations.is_current(id(1), before));
        generations.changed(id(1));
        assert!(!generations.is_current(id(1), before));
        assert!(generations.is_current(id(2), before));
        let after = generations.generation();
        assert!(generations.is_current(id(1), after));
    }

    #[test]
    fn when_any_key_may_have_changed_all_are_read_again() {
        let generations = Generations::begin(Instant::now());
        let before = generations.generation();
        generations.all_changed();
        assert!(!generations.is_current(id(1), before) && !generations.is_current(id(2), before));
        assert!(generations.is_current(id(1), generations.generation()));
    }

    #[test]
    fn a_confirmation_that_was_taken_back_counts_no_more() {
        let begun = Instant::now();
        let generations = Generations::begin(begun);
        generations.confirmed(begun);
        generations.unconfirm();
        assert_eq!(generations.unconfirmed_for(begun), None);
    }

    #[test]
    fn every_id_has_a_stripe() {
        let generations = Generations::begin(Instant::now());
        for number in [0, 1, u128::MAX, 0xFFFF, 0x1_0000, u128::from(u64::MAX)] {
            assert!(generations.is_current(id(number), generations.generation()));
        }
    }

    #[test]
    fn a_confirmation_never_moves_back() {
        let begun = Instant::now();
        let generations = Generations::begin(begun);
        let later = |ms| begun + Duration::from_millis(ms);
        assert_eq!(generations.unconfirmed_for(later(5)), None);
        generations.confirmed(later(10));
        generations.confirmed(later(3));
        let ms = Duration::from_millis;
        assert_eq!(generations.unconfirmed_for(later(10)), Some(ms(0)));
        assert_eq!(generations.unconfirmed_for(later(25)), Some(ms(15)));
        assert_eq!(generations.unconfirmed_for(later(1)), Some(ms(0)));
    }
}
