//! Cache invalidation: a key that was read before a change must not be used after it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use keyward_domain::ports::KeyChange;
use keyward_domain::{Generation, Generations};
use uuid::Uuid;

use super::change_log::ChangeLog;

/// The changes that this process knows, for its own cache and for guards.
pub(crate) struct Invalidations {
    generations: Generations,
    log: ChangeLog,
    /// What commits in progress may change, with the number of these commits.
    committing: Mutex<HashMap<Changing, u32>>,
    /// The size of `committing`, so that the usual check takes no lock.
    committing_count: AtomicUsize,
}

/// The keys whose verification a transaction changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Changing {
    /// This key.
    Key(Uuid),
    /// Any number of keys.
    AnyKeys,
}

impl Default for Invalidations {
    fn default() -> Self {
        Self {
            generations: Generations::begin(Instant::now()),
            log: ChangeLog::default(),
            committing: Mutex::default(),
            committing_count: AtomicUsize::new(0),
        }
    }
}

impl Invalidations {
    /// Take it before reading a key.
    pub(crate) fn generation(&self) -> Generation {
        self.generations.generation()
    }

    /// The changes for guards.
    pub(crate) fn log(&self) -> &ChangeLog {
        &self.log
    }

    /// A key has changed. Call it after the commit, and before the response.
    pub(crate) fn changed(&self, id: Uuid) {
        // In this order: a guard that asks after it was told gets the key as it is now.
        self.generations.changed(id);
        self.log.push(KeyChange::Key(id));
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
        self.generations.all_changed();
        self.log.push(KeyChange::AllKeys);
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
            may_have_changed: true,
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
        !self.is_committing(id) && self.generations.is_current(id, read)
    }

    /// All changes that anyone made before `instant` are known here.
    pub(crate) fn confirmed(&self, instant: Instant) {
        self.generations.confirmed(instant);
    }

    /// Forgets all confirmations: changes may have been missed since.
    pub(crate) fn unconfirm(&self) {
        self.generations.unconfirm();
    }

    /// The age of the last confirmation at `now`; `None` before the first.
    pub(crate) fn unconfirmed_for(&self, now: Instant) -> Option<Duration> {
        self.generations.unconfirmed_for(now)
    }
}

/// A commit whose outcome is not yet known.
pub(crate) struct Committing {
    invalidations: Arc<Invalidations>,
    changing: Changing,
    may_have_changed: bool,
}

impl Committing {
    /// The database has answered that it changed nothing.
    pub(crate) fn nothing_changed(mut self) {
        self.may_have_changed = false;
    }
}

impl Drop for Committing {
    fn drop(&mut self) {
        // First invalidate, then settle: a key that was read in between must not be used.
        if self.may_have_changed {
            self.invalidations.have_changed(self.changing);
        }
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
    fn a_commit_that_changed_nothing_leaves_what_was_read_current() {
        let invalidations = Arc::new(Invalidations::default());
        let before = invalidations.generation();
        let committing = invalidations.committing(Changing::Key(id(1)));
        assert!(!invalidations.is_current(id(1), before));
        committing.nothing_changed();
        assert!(invalidations.is_current(id(1), before));
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
}
