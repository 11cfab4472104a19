//! The store's record of one limit: which units are leased to a node, and which are spent.
//!
//! Every unit is in one of three states: leased to one node, spent until an instant, or free. Only a
//! free unit is leased. A unit that may have been used is spent until it could not have been used
//! within the window. So all nodes together never use more than `max` in a window.

use std::time::Duration;

use uuid::Uuid;

use super::refill::{LEASE, LONG_LEASE, Refill, RefillRequest};
use super::window::LimitWindow;
use crate::timestamp::Timestamp;

/// The store waits so much longer than the node for the end of a lease. So a step of its clock up to
/// this size ends no lease too early.
const GRACE: Duration = Duration::from_secs(10);

/// Spent units become free later by this part of the window, and at most by [`GRACE`], for the same
/// reason.
const WINDOWS_PER_GRACE: u32 = 32;

/// How long a node's wish counts.
const WISH: Duration = Duration::from_secs(3);

/// A lease is long when this many of its size are free. So a lost node takes at most this part of them.
const FREE_PER_LONG_LEASE: u64 = 64;

/// The instants at which spent units become free are rounded up to this part of the window.
const STEPS_PER_WINDOW: i64 = 128;

/// The maximum number of such instants.
const SPENT_MAX: usize = 192;

/// The record of one limit of a key or a workspace. An empty one is a limit of which nothing is used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    /// When it was last changed. Time never goes back for it.
    pub updated_at: Option<Timestamp>,
    /// The spent units, by the instant at which they become free.
    pub spent: Vec<SpentUntil>,
    /// The leases, one for each node.
    pub leases: Vec<Lease>,
}

/// Units that can be used again from an instant on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpentUntil {
    /// The instant.
    pub until: Timestamp,
    /// How many.
    pub units: u64,
}

/// The units that a node may use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The node.
    pub node: Uuid,
    /// The number of the last request that was carried out.
    pub number: u64,
    /// How many units the node has.
    pub units: u64,
    /// How many it would like to have.
    pub wanted: u64,
    /// After this instant the node is considered lost, and its units spent.
    pub ends_at: Timestamp,
    /// The end of the calendar period that the units are for.
    pub period_end: Option<Timestamp>,
}

impl Ledger {
    /// Carries out a request of a node. `now` is the store's time.
    pub fn refill(&mut self, request: &RefillRequest, now: Timestamp) -> Refill {
        let now = self.updated_at.map_or(now, |updated| updated.max(now));
        self.updated_at = Some(now);
        self.settle(request.window, now);
        let period_end = request.window.period_end(now);
        let at = self
            .leases
            .iter()
            .position(|lease| lease.node == request.node);
        let known = at.map(|at| self.leases.swap_remove(at));
        if let Some(lease) = known
            .as_ref()
            .filter(|lease| request.number <= lease.number)
        {
            let refill = self.answer(request, lease, true, now);
            self.leases.extend(known);
            return refill;
        }
        let is_continued = known
            .as_ref()
            .is_some_and(|lease| lease.period_end == request.period_end);
        let kept = match known {
            Some(lease) if is_continued => {
                for spent in &request.spent {
                    let until = period_end
                        .unwrap_or_else(|| later(now, spent.rests + grace(request.window)));
                    self.add_spent(request.window, until, spent.units);
                }
                request.kept.min(lease.units)
            }
            Some(lease) => {
                self.add_all_spent(request.window, &lease, now);
                0
            }
            None => 0,
        };
        let units = kept + self.granted(request, kept, now);
        let lease = Lease {
            node: request.node,
            number: request.number,
            units,
            wanted: request.kept.saturating_add(request.wanted),
            ends_at: later(now, self.lease_time(request, units) + GRACE),
            period_end,
        };
        let refill = self.answer(request, &lease, is_continued, now);
        if lease.units > 0 || lease.wanted > 0 {
            self.leases.push(lease);
        }
        refill
    }

    /// How many units are neither free nor leased at `now`.
    #[must_use]
    pub fn spent_at(&self, now: Timestamp) -> u64 {
        let spent = self.spent.iter().filter(|spent| now < spent.until);
        spent.map(|spent| spent.units).sum()
    }

    /// Whether it says the same as an empty one.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.spent.is_empty() && self.leases.is_empty()
    }

    /// Frees what can be used again, and counts the units of lost nodes as spent.
    fn settle(&mut self, window: LimitWindow, now: Timestamp) {
        let (lost, live): (Vec<Lease>, Vec<Lease>) = std::mem::take(&mut self.leases)
            .into_iter()
            .partition(|lease| {
                let is_of_old_period = lease.period_end.is_some_and(|end| end <= now);
                is_of_old_period || lease.ends_at <= now
            });
        self.leases = live;
        for lease in lost {
            self.add_all_spent(window, &lease, lease.ends_at);
        }
        self.spent.retain(|spent| now < spent.until);
    }

    /// Counts all units of a lease as spent, the last of them at `used_at`.
    fn add_all_spent(&mut self, window: LimitWindow, lease: &Lease, used_at: Timestamp) {
        let until = match (lease.period_end, window) {
            (Some(period_end), _) => period_end,
            (None, LimitWindow::Sliding(window)) => later(used_at, window.duration()),
            // The limit was sliding before.
            (None, LimitWindow::Day | LimitWindow::Month) => {
                window.period_end(used_at).unwrap_or(Timestamp::MAX)
            }
        };
        self.add_spent(window, until, lease.units);
    }

    fn add_spent(&mut self, window: LimitWindow, until: Timestamp, units: u64) {
        if units == 0 {
            return;
        }
        let until = match window {
            LimitWindow::Sliding(window) => rounded_up(
                until,
                i64::from(window.seconds()) * 1_000_000 / STEPS_PER_WINDOW,
            ),
            LimitWindow::Day | LimitWindow::Month => until,
        };
        let at = self.spent.partition_point(|spent| spent.until < until);
        match self.spent.get_mut(at).filter(|spent| spent.until == until) {
            Some(spent) => spent.units = spent.units.saturating_add(units),
            None => self.spent.insert(at, SpentUntil { until, units }),
        }
        if self.spent.len() > SPENT_MAX {
            self.join_two();
        }
    }

    /// Joins the two neighbours between which the least time passes. The units of the first become
    /// free with those of the second.
    fn join_two(&mut self) {
        let pairs = self.spent.iter().zip(self.spent.iter().skip(1));
        let gaps = pairs.map(|(one, next)| next.until.unix_micros() - one.until.unix_micros());
        let smallest = gaps.enumerate().min_by_key(|(_at, gap)| *gap);
        if let Some((at, _gap)) = smallest {
            let joined = self.spent.remove(at);
            if let Some(next) = self.spent.get_mut(at) {
                next.units = next.units.saturating_add(joined.units);
            }
        }
    }

    fn spent_units(&self) -> u64 {
        self.spent.iter().map(|spent| spent.units).sum()
    }

    fn leased_units(&self) -> u64 {
        self.leases.iter().map(|lease| lease.units).sum()
    }

    /// Without the lease of the node that asks.
    fn free(&self, request: &RefillRequest, own: u64) -> u64 {
        let used = self.spent_units().saturating_add(self.leased_units());
        request.max.get().saturating_sub(used.saturating_add(own))
    }

    /// The units that each node could have if all wanted the same.
    fn even_share(&self, request: &RefillRequest) -> u64 {
        let nodes = u64::try_from(self.leases.len())
            .unwrap_or(u64::MAX)
            .saturating_add(1);
        (request.max.get().saturating_sub(self.spent_units()) / nodes).max(1)
    }

    /// How long a lease of these units is.
    fn lease_time(&self, request: &RefillRequest, units: u64) -> Duration {
        let is_small = units.saturating_mul(FREE_PER_LONG_LEASE) <= self.free(request, units);
        if is_small { LONG_LEASE } else { LEASE }
    }

    /// What the other nodes miss of an even share, as far as they want it. A node with a long lease has
    /// all that it wanted, so its time does not matter.
    fn missing_elsewhere(&self, request: &RefillRequest, now: Timestamp) -> u64 {
        let even = self.even_share(request);
        let wishes = self.leases.iter().filter(|lease| {
            let refilled_at = lease.ends_at.unix_micros() - micros(LEASE + GRACE);
            now.unix_micros() - refilled_at < micros(WISH)
        });
        wishes
            .map(|lease| lease.wanted.min(even).saturating_sub(lease.units))
            .sum()
    }

    /// More than an even share only of what the others do not miss.
    fn granted(&self, request: &RefillRequest, kept: u64, now: Timestamp) -> u64 {
        let free = self.free(request, kept);
        let to_even = self.even_share(request).saturating_sub(kept);
        let unwanted = free.saturating_sub(self.missing_elsewhere(request, now));
        request.wanted.min(free).min(to_even.max(unwanted))
    }

    fn answer(
        &self,
        request: &RefillRequest,
        lease: &Lease,
        is_continued: bool,
        now: Timestamp,
    ) -> Refill {
        let missing = self.missing_elsewhere(request, now);
        let even = self.even_share(request);
        let after = |end: Timestamp| {
            Duration::from_micros((end.unix_micros() - now.unix_micros()).unsigned_abs())
        };
        let period_remaining = lease.period_end.map(after);
        Refill {
            is_continued,
            units: lease.units,
            target: lease
                .units
                .saturating_sub(missing)
                .max(even)
                .min(lease.units),
            valid_for: after(lease.ends_at)
                .saturating_sub(GRACE)
                .min(period_remaining.unwrap_or(Duration::MAX)),
            period_end: lease.period_end,
            period_remaining,
            free: self.free(request, lease.units),
            next_free_in: self.spent.first().map(|spent| after(spent.until)),
        }
    }
}

fn later(at: Timestamp, duration: Duration) -> Timestamp {
    let micros = at.unix_micros().saturating_add(micros(duration));
    Timestamp::from_unix_micros(micros).unwrap_or(Timestamp::MAX)
}

fn grace(window: LimitWindow) -> Duration {
    GRACE.min(window.duration_max() / WINDOWS_PER_GRACE)
}

fn rounded_up(at: Timestamp, step_micros: i64) -> Timestamp {
    let step = step_micros.max(1);
    let micros = at.unix_micros();
    let rounded = micros.saturating_add((step - micros % step) % step);
    Timestamp::from_unix_micros(rounded).unwrap_or(Timestamp::MAX)
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
