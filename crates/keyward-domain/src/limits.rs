//! Limits: how often a key may be used (contract §11).
//!
//! A limit has a budget of `max` units a window. The store keeps a [`Ledger`](ledger::Ledger) of each
//! limit in use. Nodes lease units from it, so that most calls need no store: a node's
//! [`Shares`](shares::Shares) are the units that it has leased.

pub(crate) mod costs;
pub(crate) mod key_limits;
pub(crate) mod ledger;
pub(crate) mod limit;
pub(crate) mod limit_id;
#[cfg(test)]
mod model;
pub(crate) mod name;
pub(crate) mod plan;
pub(crate) mod refill;
pub(crate) mod set;
mod share;
pub(crate) mod shares;
mod spent_units;
pub(crate) mod verdict;
pub(crate) mod window;
