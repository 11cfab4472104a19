//! One body a query, for both databases.

use futures_util::future::BoxFuture;

use crate::error::QueryError;
use crate::postgres::Postgres;
use crate::sqlite::Sqlite;

/// The database that a store talks to.
pub(crate) enum Backend {
    Postgres(Postgres),
    Sqlite(Sqlite),
}

/// What a query's body comes to, while it borrows the connection.
pub(crate) type Body<'c, T> = BoxFuture<'c, Result<T, QueryError>>;

/// How a transaction ends well: with its changes kept, or with none made after all.
pub(crate) enum Change<T> {
    Keep(T),
    Undo(T),
}

/// Runs a body of one reading statement. It is expanded once for each database, with `$conn` as a
/// connection to it.
macro_rules! query {
    ($store:expr, |$conn:ident| $body:expr) => {
        $crate::backend::expand!(query, $store, |$conn| $body)
    };
}

/// Runs a body of several reading statements, all of which see the same state.
macro_rules! snapshot {
    ($store:expr, |$conn:ident| $body:expr) => {
        $crate::backend::expand!(snapshot, $store, |$conn| $body)
    };
}

/// Runs a body in a writing transaction, which ends as its [`Change`] says, and undoes everything
/// on an error. Answers after the commit.
macro_rules! transact {
    ($store:expr, |$conn:ident| $body:expr) => {
        $crate::backend::expand!(transact, $store, |$conn| $body)
    };
}

macro_rules! expand {
    ($method:ident, $store:expr, |$conn:ident| $body:expr) => {
        match $store.backend() {
            $crate::backend::Backend::Postgres(postgres) => {
                postgres
                    .$method(move |$conn| Box::pin(async move { $body }))
                    .await
            }
            $crate::backend::Backend::Sqlite(sqlite) => {
                sqlite
                    .$method(move |$conn| Box::pin(async move { $body }))
                    .await
            }
        }
    };
}

pub(crate) use {expand, query, snapshot, transact};
