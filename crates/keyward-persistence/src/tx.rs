//! Types that all bodies of statements share, for both databases.

use futures_util::future::BoxFuture;

use crate::error::QueryError;

/// The result of a query's body, which borrows the connection.
pub(crate) type Body<'c, T> = BoxFuture<'c, Result<T, QueryError>>;

/// How a transaction without an error ends: commit or rollback.
pub(crate) enum TxOutcome<T> {
    Commit(T),
    Rollback(T),
}

/// The connections for a call. Each lane has its own connections and limit, so that a full lane
/// does not affect the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lane {
    /// All calls that are in no other lane.
    General,
    /// Key look-ups for verification.
    Lookups,
    /// A node's questions about its database.
    Control,
}
