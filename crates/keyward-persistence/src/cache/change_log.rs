use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use keyward_domain::ports::{ChangePosition, KeyChange};
use tokio::sync::watch;
use uuid::Uuid;

/// How many changes are kept for guards that were away. A guard that missed more reads all its keys
/// again.
const CHANGES_MAX: usize = 4_096;

/// The last changes that this process knows, in the order in which it learned them.
pub(crate) struct ChangeLog {
    epoch: Uuid,
    recent: Mutex<Recent>,
    latest: watch::Sender<u64>,
}

#[derive(Default)]
struct Recent {
    changes: VecDeque<KeyChange>,
    /// The number of the last change.
    latest: u64,
}

impl Default for ChangeLog {
    fn default() -> Self {
        Self {
            epoch: new_epoch(),
            recent: Mutex::default(),
            latest: watch::Sender::new(0),
        }
    }
}

impl ChangeLog {
    pub(crate) fn epoch(&self) -> Uuid {
        self.epoch
    }

    /// The number of the last change; 0 before the first.
    pub(crate) fn latest(&self) -> u64 {
        self.recent().latest
    }

    /// Wakes whoever waits for changes.
    pub(crate) fn subscribe(&self) -> watch::Receiver<u64> {
        self.latest.subscribe()
    }

    pub(crate) fn push(&self, change: KeyChange) {
        let mut recent = self.recent();
        recent.latest += 1;
        if recent.changes.len() == CHANGES_MAX {
            recent.changes.pop_front();
        }
        recent.changes.push_back(change);
        self.latest.send_replace(recent.latest);
    }

    /// All changes after this number, each with its position. When some of them are no longer known,
    /// one that stands for all.
    pub(crate) fn after(&self, number: u64) -> Vec<(ChangePosition, KeyChange)> {
        let recent = self.recent();
        let missing = recent.latest.checked_sub(number);
        let missing = missing.and_then(|missing| usize::try_from(missing).ok());
        let skipped = missing.and_then(|missing| recent.changes.len().checked_sub(missing));
        let Some(skipped) = skipped else {
            return vec![(self.at(recent.latest), KeyChange::AllKeys)];
        };
        let changes = recent.changes.iter().skip(skipped);
        let numbers = number.saturating_add(1)..;
        numbers
            .zip(changes)
            .map(|(number, change)| (self.at(number), *change))
            .collect()
    }

    fn at(&self, number: u64) -> ChangePosition {
        ChangePosition {
            epoch: self.epoch,
            number,
        }
    }

    fn recent(&self) -> MutexGuard<'_, Recent> {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "an epoch is not secret: it only distinguishes the starts of nodes"
)]
fn new_epoch() -> Uuid {
    Uuid::new_v4()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: u64) -> KeyChange {
        KeyChange::Key(Uuid::from_u128(number.into()))
    }

    fn numbers(log: &ChangeLog, after: u64) -> Vec<u64> {
        let changes = log.after(after).into_iter();
        changes
            .map(|(at, change)| {
                assert_eq!((at.epoch, change), (log.epoch(), key(at.number)));
                at.number
            })
            .collect()
    }

    #[test]
    fn changes_come_in_their_order_from_any_position() {
        let log = ChangeLog::default();
        assert_eq!((log.latest(), log.after(0)), (0, vec![]));
        (1..=3).for_each(|number| log.push(key(number)));
        assert_eq!(numbers(&log, 0), [1, 2, 3]);
        assert_eq!(numbers(&log, 2), [3]);
        assert_eq!(numbers(&log, 3), [0; 0]);
    }

    #[test]
    fn whoever_was_away_for_too_long_or_is_ahead_must_read_all_again() {
        let log = ChangeLog::default();
        let max = u64::try_from(CHANGES_MAX).unwrap();
        (1..=max + 1).for_each(|number| log.push(key(number)));
        let all = vec![(log.at(max + 1), KeyChange::AllKeys)];
        assert_eq!(log.after(0), all);
        assert_eq!(log.after(max + 2), all);
        assert_eq!(log.after(u64::MAX), all);
        assert_eq!(numbers(&log, 1).len(), CHANGES_MAX);
    }
}
