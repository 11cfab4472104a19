use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Used units, and when they can be used again.
#[derive(Clone, Copy)]
pub(super) struct Spent {
    pub(super) units: u64,
    /// The first use.
    begun: Instant,
    /// Counted from the last use; `None` with the calendar period.
    pub(super) until: Option<Instant>,
}

/// The used units that a node counts. Uses that are near each other are one part.
///
/// Each call pays into the newest part. It is kept apart, with the time at which the oldest one is free, so
/// that most calls do not look at the others, which are in other memory.
#[derive(Default)]
pub(super) struct SpentUnits {
    total: u64,
    newest: Option<Spent>,
    next_free: Option<Instant>,
    /// The oldest first.
    older: VecDeque<Spent>,
}

impl SpentUnits {
    /// How many there are.
    pub(super) fn total(&self) -> u64 {
        self.total
    }

    /// Counts units that are used at `now`. Uses within `step` are one part, and those of a calendar
    /// period, which have no `until`, too.
    pub(super) fn add(&mut self, units: u64, now: Instant, until: Option<Instant>, step: Duration) {
        self.total += units;
        let is_near = |newest: &&mut Spent| until.is_none() || now < newest.begun + step;
        if let Some(newest) = self.newest.as_mut().filter(is_near) {
            newest.units += units;
            newest.until = until;
            if self.older.is_empty() {
                self.next_free = until;
            }
            return;
        }
        let begun = now;
        let part = Spent {
            units,
            begun,
            until,
        };
        self.older.extend(self.newest.replace(part));
        if self.older.is_empty() {
            self.next_free = until;
        }
    }

    /// Forgets those that can be used again at `now`.
    pub(super) fn free(&mut self, now: Instant) {
        while self.next_free.is_some_and(|at| at <= now) {
            let oldest = self.older.pop_front().or_else(|| self.newest.take());
            self.total -= oldest.map_or(0, |oldest| oldest.units);
            self.next_free = self.oldest().and_then(|oldest| oldest.until);
        }
    }

    /// When all can be used again; `None` with the calendar period, and without any.
    pub(super) fn all_free_at(&self) -> Option<Instant> {
        self.newest.and_then(|newest| newest.until)
    }

    /// The parts, the oldest first.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Spent> {
        self.older.iter().chain(&self.newest)
    }

    fn oldest(&self) -> Option<Spent> {
        self.older.front().copied().or(self.newest)
    }

    /// Removes the parts that do not stay.
    pub(super) fn hand_over(&mut self, stays: impl Fn(&Spent) -> bool) -> Vec<Spent> {
        let (mut retained, over): (Vec<Spent>, Vec<Spent>) = self.iter().copied().partition(stays);
        self.total = retained.iter().map(|part| part.units).sum();
        self.newest = retained.pop();
        self.older = retained.into();
        self.next_free = self.oldest().and_then(|oldest| oldest.until);
        over
    }
}
