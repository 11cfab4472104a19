//! What a body of statements is, runs on, and ends as; whichever the database.

use futures_util::future::BoxFuture;

use crate::error::QueryError;

/// What a query's body comes to, while it borrows the connection.
pub(crate) type Body<'c, T> = BoxFuture<'c, Result<T, QueryError>>;

/// How a transaction ends well: with its changes kept, or with none made after all.
pub(crate) enum TxOutcome<T> {
    Commit(T),
    Rollback(T),
}

/// Which connections a call uses. Each lane has connections and a bound of its own, so that one
/// that is exhausted stops none of the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lane {
    /// Everything that is in no other lane.
    General,
    /// Look-ups of keys that are verified.
    Lookups,
    /// What a node asks about its database.
    Control,
}
