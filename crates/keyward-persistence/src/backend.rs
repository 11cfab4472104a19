//! Each query has one body for both databases.

use crate::postgres::Postgres;
use crate::sqlite::Sqlite;

/// The database of a store.
pub(crate) enum Backend {
    Postgres(Postgres),
    Sqlite(Sqlite),
}

/// Runs one reading statement, in the general lane by default. The body is expanded once per
/// database, with `$conn` as its connection.
macro_rules! query {
    ($store:expr, |$conn:ident| $body:expr) => {
        $crate::backend::query!($store, $crate::tx::Lane::General, |$conn| $body)
    };
    ($store:expr, $lane:expr, |$conn:ident| $body:expr) => {
        $crate::backend::expand!(query($lane), $store, |$conn| $body)
    };
}

/// Runs several reading statements on one snapshot. Lanes work as in `query!`.
macro_rules! snapshot {
    ($store:expr, |$conn:ident| $body:expr) => {
        $crate::backend::snapshot!($store, $crate::tx::Lane::General, |$conn| $body)
    };
    ($store:expr, $lane:expr, |$conn:ident| $body:expr) => {
        $crate::backend::expand!(snapshot($lane), $store, |$conn| $body)
    };
}

/// Runs a writing transaction. Its [`TxOutcome`](crate::tx::TxOutcome) decides about commit or
/// rollback; an error rolls back. Returns after the commit.
///
/// `changing` is the key whose verification the transaction changes, `changing any keys` means that
/// it may be any number of them. They are invalidated when the commit ends, whatever the outcome,
/// even if the caller has gone away.
macro_rules! transact {
    ($store:expr, |$conn:ident| $body:expr) => {
        $crate::backend::expand!(transact(None), $store, |$conn| $body)
    };
    ($store:expr, changing any keys, |$conn:ident| $body:expr) => {{
        use $crate::cache::invalidations::Changing;
        $crate::backend::expand!(transact(Some(Changing::AnyKeys)), $store, |$conn| $body)
    }};
    ($store:expr, changing $id:expr, |$conn:ident| $body:expr) => {{
        use $crate::cache::invalidations::Changing;
        $crate::backend::expand!(transact(Some(Changing::Key($id))), $store, |$conn| $body)
    }};
}

macro_rules! expand {
    ($method:ident($how:expr), $store:expr, |$conn:ident| $body:expr) => {
        match $store.backend() {
            $crate::backend::Backend::Postgres(postgres) => {
                postgres
                    .$method($how, move |$conn| Box::pin(async move { $body }))
                    .await
            }
            $crate::backend::Backend::Sqlite(sqlite) => {
                sqlite
                    .$method($how, move |$conn| Box::pin(async move { $body }))
                    .await
            }
        }
    };
}

pub(crate) use {expand, query, snapshot, transact};
