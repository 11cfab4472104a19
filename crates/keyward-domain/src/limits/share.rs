//! A node's part of one limit: the units that it has leased, and how many of them are used.

use std::time::{Duration, Instant};

use uuid::Uuid;

use super::limit::{Cost, Limit, LimitUnits};
use super::refill::{LEASE, Refill, RefillRequest, SpentForNow};
use super::spent_units::{Spent, SpentUnits};
use super::window::LimitWindow;
use crate::timestamp::Timestamp;

/// A lease is refilled at most this often at a steady load.
pub(super) const REFILL_EVERY: Duration = Duration::from_secs(1);

/// A lease in use that misses nothing is renewed after half of its time, but not before this one. When
/// few units are free, it is renewed then, so that other nodes soon get what is no longer needed here.
const RENEW_AFTER_MIN: Duration = Duration::from_secs(2);

/// A lease that was not used for this time is given back.
const IDLE_AFTER: Duration = Duration::from_secs(4);

/// Used units that can be used again within this time stay with the node. Later ones are handed over
/// to the store, so that they are not lost with the node.
const RETAINED: Duration = Duration::from_mins(15);

/// Uses within this part of the window are counted as one.
const STEPS_PER_WINDOW: u32 = 256;

/// The units of the first refill, if the cost is not higher and the limit is large enough.
const FIRST_UNITS: u64 = 64;

/// A node's part of one limit.
pub(super) struct Share {
    max: LimitUnits,
    window: LimitWindow,
    /// Uses within this time are counted as one.
    step: Duration,
    /// The leased units, with the used ones that are counted here.
    held: u64,
    /// At most so many of them can be in use at a time.
    target: u64,
    /// The used units that are counted here.
    spent: SpentUnits,
    valid_until: Option<Instant>,
    /// When it is renewed, counted from the last request.
    renew_after: Duration,
    period_end: Option<Timestamp>,
    period_ends: Option<Instant>,
    since: SinceRefill,
    sent_at: Option<Instant>,
    in_flight: Option<InFlight>,
    /// Handed over in requests whose outcome is unknown.
    unacknowledged: Vec<Spent>,
    /// When the store had too few free units.
    exhausted_at: Option<Instant>,
    /// When a refill failed.
    failed_at: Option<Instant>,
    /// The units that no node had at the last refill.
    free_elsewhere: u64,
    next_free: Option<Instant>,
}

/// What happened after the last request was sent.
#[derive(Default)]
struct SinceRefill {
    is_used: bool,
    /// The largest cost that could not be paid.
    missing: u64,
    /// The largest cost.
    cost: u64,
    /// The most units that were spent at a time.
    spent_peak: u64,
    /// The units that were paid.
    paid: u64,
}

struct InFlight {
    number: u64,
    max: LimitUnits,
    window: LimitWindow,
    sent_at: Instant,
    handed_over: Vec<Spent>,
    wanted: u64,
}

/// Whether a call can be paid from a share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Afford {
    /// There are enough units.
    Yes,
    /// There are not, and the store has no more.
    No,
    /// Only after a refill.
    AfterRefill,
    /// The last refill has just failed.
    Unavailable,
}

/// What a share shows of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ShareState {
    /// The units that can still be used, here and as far as is known elsewhere.
    pub(super) remaining: u64,
    /// When a call with the cost can be paid, or for a cost that can be paid, when all units can be
    /// used again, as far as is known.
    pub(super) resets_in: Duration,
}

fn step(window: LimitWindow) -> Duration {
    window.duration_max() / STEPS_PER_WINDOW
}

impl Share {
    pub(super) fn of(limit: &Limit) -> Self {
        Self {
            max: limit.max,
            window: limit.window,
            step: step(limit.window),
            held: 0,
            target: 0,
            spent: SpentUnits::default(),
            valid_until: None,
            renew_after: LEASE / 2,
            period_end: None,
            period_ends: None,
            since: SinceRefill::default(),
            sent_at: None,
            in_flight: None,
            unacknowledged: Vec::new(),
            exhausted_at: None,
            failed_at: None,
            free_elsewhere: 0,
            next_free: None,
        }
    }

    /// Whether a call with this cost can be paid. Pays nothing.
    pub(super) fn afford(&mut self, limit: &Limit, cost: Cost, now: Instant) -> Afford {
        self.redefine(limit);
        self.spent.free(now);
        self.since.is_used = true;
        let cost = cost.get();
        self.since.cost = self.since.cost.max(cost);
        if self.has(cost, now) {
            return Afford::Yes;
        }
        self.since.missing = self.since.missing.max(cost.max(1));
        let is_recent = |at: Option<Instant>| at.is_some_and(|at| now < at + REFILL_EVERY);
        if self.in_flight.is_some() {
            Afford::AfterRefill
        } else if is_recent(self.failed_at) {
            Afford::Unavailable
        } else if self.is_valid(now) && is_recent(self.exhausted_at) {
            Afford::No
        } else {
            Afford::AfterRefill
        }
    }

    /// Pays a cost, after [`afford`](Self::afford) at the same instant. Returns whether it could.
    pub(super) fn pay(&mut self, cost: Cost, now: Instant) -> bool {
        let units = cost.get();
        if units == 0 || !self.has(units, now) {
            return self.has(units, now);
        }
        let until = match self.window {
            LimitWindow::Sliding(window) => Some(now + window.duration()),
            LimitWindow::Day | LimitWindow::Month => None,
        };
        self.spent.add(units, now, until, self.step);
        self.since.paid += units;
        self.since.spent_peak = self.since.spent_peak.max(self.spent.total());
        true
    }

    /// What it shows of itself, for a call with this cost.
    pub(super) fn state(&self, cost: Cost, now: Instant) -> ShareState {
        let here = if self.is_valid(now) {
            self.available()
        } else {
            0
        };
        let remaining = here.saturating_add(self.free_elsewhere);
        let resets_at = if let Some(end) = self.period_ends {
            Some(end)
        } else if cost.get() <= here {
            self.spent.all_free_at()
        } else {
            let here = self.enough_at(cost.get() - here);
            here.into_iter().chain(self.next_free).min()
        };
        let window = self.window.duration_max();
        let resets_in = match resets_at {
            Some(at) => at.saturating_duration_since(now).min(window),
            None if cost.get() <= here => Duration::ZERO,
            // Other nodes have the units.
            None => REFILL_EVERY,
        };
        ShareState {
            remaining: remaining.min(self.max.get()),
            resets_in,
        }
    }

    /// Whether a request is to be sent now. An urgent one is for a call that waits.
    pub(super) fn is_due(&self, now: Instant) -> bool {
        let has_passed = |at: Option<Instant>, time: Duration| at.is_none_or(|at| at + time <= now);
        if self.in_flight.is_some() || !has_passed(self.failed_at, REFILL_EVERY) {
            return false;
        }
        let is_urgent = self.since.missing > 0
            && (!self.is_valid(now) || has_passed(self.exhausted_at, REFILL_EVERY));
        // A second after the failure: the lease still counts then.
        let is_repeated = self.since.is_used && self.failed_at.is_some();
        let after = if !self.since.is_used {
            IDLE_AFTER
        } else if self.is_scarce() {
            RENEW_AFTER_MIN
        } else {
            self.renew_after
        };
        is_urgent || is_repeated || (!self.is_idle() && has_passed(self.sent_at, after))
    }

    /// Forgets the load, so that the next request gives back everything. Returns whether there can be
    /// one.
    pub(super) fn returns_all(&mut self) -> bool {
        self.since = SinceRefill::default();
        self.in_flight.is_none() && !self.is_idle()
    }

    /// Whether it can be forgotten: it is idle, and what it knows of the store is old.
    pub(super) fn is_over(&self, now: Instant) -> bool {
        self.is_idle() && self.sent_at.is_none_or(|at| at + IDLE_AFTER <= now)
    }

    /// Whether the node has no units and counts none.
    fn is_idle(&self) -> bool {
        !self.since.is_used
            && self.in_flight.is_none()
            && self.held == 0
            && self.unacknowledged.is_empty()
    }

    /// The next request of this node. Until it is answered, the node uses only what it keeps.
    pub(super) fn begin_refill(&mut self, node: Uuid, number: u64, now: Instant) -> RefillRequest {
        self.spent.free(now);
        let since = std::mem::take(&mut self.since);
        let mut handed_over = std::mem::take(&mut self.unacknowledged);
        handed_over.retain(|spent| spent.until.is_none_or(|until| now < until));
        let stays = |spent: &Spent| {
            since.is_used && spent.until.is_some_and(|until| until <= now + RETAINED)
        };
        let over = self.spent.hand_over(stays);
        let over_units: u64 = over.iter().map(|spent| spent.units).sum();
        handed_over.extend(over);
        let held = self.held.saturating_sub(over_units);
        let target = self.target.saturating_sub(over_units);
        let needed = if since.is_used {
            self.needed(&since, now)
        } else {
            0
        };
        let kept = needed.min(held).min(target).max(self.spent.total());
        let desired = if since.missing > 0 {
            let first = FIRST_UNITS.min(self.max.get() / 16);
            let doubled = self.held.saturating_mul(2);
            let missing = self.spent.total().saturating_add(since.missing);
            needed.max(missing).max(doubled).max(first)
        } else {
            needed
        };
        let wanted = desired.min(self.max.get()).saturating_sub(kept);
        self.held = kept;
        self.since.spent_peak = self.spent.total();
        self.sent_at = Some(now);
        let rests = |spent: &Spent| SpentForNow {
            units: spent.units,
            rests: spent
                .until
                .map_or(Duration::ZERO, |until| until.saturating_duration_since(now)),
        };
        let spent = handed_over.iter().map(rests).collect();
        self.in_flight = Some(InFlight {
            number,
            max: self.max,
            window: self.window,
            sent_at: now,
            handed_over,
            wanted,
        });
        RefillRequest {
            node,
            number,
            max: self.max,
            window: self.window,
            kept,
            spent,
            wanted,
            period_end: self.period_end,
        }
    }

    /// The store has answered the request with this number.
    pub(super) fn refilled(&mut self, number: u64, refill: &Refill, now: Instant) {
        let Some(in_flight) = self.in_flight.take_if(|sent| sent.number == number) else {
            return;
        };
        let kept = if refill.is_continued {
            self.held
        } else {
            // The store counts what was spent before.
            self.spent = SpentUnits::default();
            self.since.spent_peak = 0;
            0
        };
        let granted = refill.units.saturating_sub(kept);
        let is_of_this_limit = in_flight.max == self.max && in_flight.window == self.window;
        // The limit was changed meanwhile: units of the old one are given back with the next request.
        self.held = if is_of_this_limit { refill.units } else { kept };
        self.target = refill.target;
        self.valid_until = Some(in_flight.sent_at + refill.valid_for);
        self.renew_after = RENEW_AFTER_MIN.max(refill.valid_for / 2);
        self.period_end = refill.period_end;
        self.period_ends = refill.period_remaining.map(|time| in_flight.sent_at + time);
        self.free_elsewhere = refill.free;
        self.next_free = refill.next_free_in.map(|time| now + time);
        let has_all = granted == in_flight.wanted && refill.target == refill.units;
        self.exhausted_at = (!has_all || refill.free == 0).then_some(now);
        self.failed_at = None;
    }

    /// The outcome of the request with this number is unknown.
    pub(super) fn refill_failed(&mut self, number: u64, now: Instant) {
        if let Some(in_flight) = self.in_flight.take_if(|sent| sent.number == number) {
            self.unacknowledged = in_flight.handed_over;
            self.failed_at = Some(now);
        }
    }

    /// The limit may have been changed. The units that are not in use were leased under the old one.
    fn redefine(&mut self, limit: &Limit) {
        if self.max != limit.max || self.window != limit.window {
            self.max = limit.max;
            self.window = limit.window;
            self.step = step(limit.window);
            self.held = self.spent.total();
            self.exhausted_at = None;
            self.free_elsewhere = 0;
        }
    }

    fn has(&self, units: u64, now: Instant) -> bool {
        self.is_valid(now) && units <= self.available()
    }

    fn is_valid(&self, now: Instant) -> bool {
        self.valid_until.is_some_and(|until| now < until)
    }

    fn available(&self) -> u64 {
        self.held
            .min(self.target)
            .saturating_sub(self.spent.total())
    }

    /// The units that the same load as since the last request needs until the next one, and a little
    /// more.
    fn needed(&self, since: &SinceRefill, now: Instant) -> u64 {
        let is_retained = match self.window {
            LimitWindow::Sliding(window) => window.duration() <= RETAINED,
            LimitWindow::Day | LimitWindow::Month => false,
        };
        let more = if is_retained { 32 } else { 8 };
        let growth = if is_retained && !self.is_scarce() {
            self.growth(since, now)
        } else {
            0
        };
        since.spent_peak + growth.max(since.spent_peak / more) + since.cost
    }

    /// Whether few units are free, so that another node may soon need what this one has.
    fn is_scarce(&self) -> bool {
        self.free_elsewhere.saturating_mul(4) < self.max.get()
    }

    /// How many more units will be spent at a time until the next renewal, at the same load. While a
    /// load is younger than the window, fewer units become free than are used.
    fn growth(&self, since: &SinceRefill, now: Instant) -> u64 {
        let Some(sent_at) = self.sent_at else {
            return 0;
        };
        let elapsed = now.saturating_duration_since(sent_at).max(REFILL_EVERY);
        let paid_in = |time: Duration| {
            let [time, elapsed] =
                [time, elapsed].map(|time| u64::try_from(time.as_millis()).unwrap_or(u64::MAX));
            since.paid.saturating_mul(time) / elapsed
        };
        let is_freed = |spent: &&Spent| spent.until.is_some_and(|at| at <= now + self.renew_after);
        let freed = self.spent.iter().take_while(is_freed);
        let growth = paid_in(self.renew_after).saturating_sub(freed.map(|spent| spent.units).sum());
        growth.min(paid_in(self.window.duration_max()).saturating_sub(since.spent_peak))
    }

    /// When this many more units can be used again.
    fn enough_at(&self, units: u64) -> Option<Instant> {
        let mut free = 0;
        let enough = self.spent.iter().find(|spent| {
            free += spent.units;
            free >= units
        });
        enough?.until
    }
}
