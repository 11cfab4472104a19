use std::time::Duration;

use super::costs::Costs;
use super::limit::Limit;
use super::window::LimitWindow;

/// One limit after a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitState {
    /// The limit.
    pub limit: Limit,
    /// How many units can still be used, as far as this node knows.
    pub remaining: u64,
    /// For an allowed call, when all units can be used again; for a denied one, when it may be
    /// allowed.
    pub resets_in: Duration,
}

/// Whether the limits allow a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LimitVerdict {
    /// All limits allow it, and its costs are paid.
    Allowed(Vec<LimitState>),
    /// This limit does not allow it now. Nothing was paid.
    Reached(LimitState),
    /// The cost is above the limit's `max`, so it never will be allowed. Nothing was paid.
    CostAboveLimit(Limit),
}

/// The verdict, or why there is none yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShareAnswer {
    /// The verdict.
    Verdict(LimitVerdict),
    /// A refill must come first: see [`Shares::begin_refills`](crate::Shares::begin_refills).
    NeedsRefill,
    /// The store did not answer, and a limit needs it.
    Unavailable,
}

impl LimitVerdict {
    /// Whether the call is allowed.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        match self {
            Self::Allowed(_) => true,
            Self::Reached(_) | Self::CostAboveLimit(_) => false,
        }
    }

    /// The verdict about a call with these costs, by what a call without any has shown.
    #[must_use]
    pub fn before(self, costs: &Costs) -> Self {
        let Self::Allowed(states) = self else {
            return self;
        };
        let cost = |limit: &Limit| costs.get(&limit.name).get();
        let is_above = |state: &&LimitState| cost(&state.limit) > state.limit.max.get();
        let is_reached = |state: &&LimitState| cost(&state.limit) > state.remaining;
        if let Some(state) = states.iter().find(is_above) {
            Self::CostAboveLimit(state.limit.clone())
        } else if let Some(state) = states.iter().find(is_reached) {
            Self::Reached(state.clone())
        } else {
            Self::Allowed(states)
        }
    }
}

impl LimitState {
    /// Whether it is a quota, which counts in a calendar period.
    #[must_use]
    pub fn is_quota(&self) -> bool {
        match self.limit.window {
            LimitWindow::Sliding(_) => false,
            LimitWindow::Day | LimitWindow::Month => true,
        }
    }
}
