//! One body a query, for both databases.

use crate::postgres::Postgres;
use crate::sqlite::Sqlite;

/// The database that a store talks to.
pub(crate) enum Backend {
    Postgres(Postgres),
    Sqlite(Sqlite),
}

/// Runs a body of one reading statement, in the general lane unless another is named. It is
/// expanded once for each database, with `$conn` as a connection to it.
macro_rules! query {
    ($store:expr, |$conn:ident| $body:expr) => {
        $crate::backend::query!($store, $crate::tx::Lane::General, |$conn| $body)
    };
    ($store:expr, $lane:expr, |$conn:ident| $body:expr) => {
        $crate::backend::expand!(query($lane), $store, |$conn| $body)
    };
}

/// Runs a body of several reading statements, all of which see the same state; lanes as in `query!`.
macro_rules! snapshot {
    ($store:expr, |$conn:ident| $body:expr) => {
        $crate::backend::snapshot!($store, $crate::tx::Lane::General, |$conn| $body)
    };
    ($store:expr, $lane:expr, |$conn:ident| $body:expr) => {
        $crate::backend::expand!(snapshot($lane), $store, |$conn| $body)
    };
}

/// Runs a body in a writing transaction, which ends as its [`TxOutcome`](crate::tx::TxOutcome) says, and
/// is rolled back on an error. Answers after the commit.
///
/// `changing` names the key whose verification the transaction changes: the key counts as changed
/// when the commit has ended, whatever its outcome, also when nobody waits for it any more.
macro_rules! transact {
    ($store:expr, |$conn:ident| $body:expr) => {
        $crate::backend::expand!(transact(None), $store, |$conn| $body)
    };
    ($store:expr, changing $id:expr, |$conn:ident| $body:expr) => {
        $crate::backend::expand!(transact(Some($id)), $store, |$conn| $body)
    };
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
