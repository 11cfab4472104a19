//! What a node and the store tell each other about a lease.

use std::time::Duration;

use uuid::Uuid;

use super::limit::LimitUnits;
use super::window::LimitWindow;
use crate::timestamp::Timestamp;

/// A node can use its units for this long after a refill.
pub const LEASE: Duration = Duration::from_secs(10);

/// The same when they are so few, compared with the free ones, that nobody misses them.
pub(super) const LONG_LEASE: Duration = Duration::from_secs(30);

/// A node's request to change its lease of one limit. It is safe to lose it, to lose its answer, and
/// to carry it out twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefillRequest {
    /// The node. Each start of a process is another one.
    pub node: Uuid,
    /// Grows with each request of the node. The store carries out no request after a later one.
    pub number: u64,
    /// How many units the limit has.
    pub max: LimitUnits,
    /// The window of the limit.
    pub window: LimitWindow,
    /// The units of the lease that the node keeps. It gives back all others.
    pub kept: u64,
    /// Units of the lease that were used, and that the node no longer counts itself.
    pub spent: Vec<SpentForNow>,
    /// How many units the node wants besides those that it keeps.
    pub wanted: u64,
    /// The end of the calendar period that the lease is for, as the last answer said.
    pub period_end: Option<Timestamp>,
}

/// Units that can be used again after a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpentForNow {
    /// How many.
    pub units: u64,
    /// How long they can't be used. Ignored for a calendar period, whose end counts.
    pub rests: Duration,
}

/// The store's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refill {
    /// Whether the lease went on. Otherwise the store has counted all its units as spent, or their
    /// calendar period has ended, and this is a new lease.
    pub is_continued: bool,
    /// The units that the node has leased now.
    pub units: u64,
    /// The node should use at most so many of them at a time, because other nodes have less.
    pub target: u64,
    /// How long the units can be used, counted from the sending of the request.
    pub valid_for: Duration,
    /// The end of the calendar period that the lease is for.
    pub period_end: Option<Timestamp>,
    /// How long the calendar period goes on.
    pub period_remaining: Option<Duration>,
    /// The units that no node has.
    pub free: u64,
    /// After this time, spent units become free; `None` when there are none.
    pub next_free_in: Option<Duration>,
}
