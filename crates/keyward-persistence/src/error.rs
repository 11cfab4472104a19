use std::fmt::Write as _;

use keyward_domain::ports::RepositoryError;

/// Any cause, kept for the log.
pub(crate) type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why a store can't be opened, migrated, or asked after its schema. None of it tells a password.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database can't be reached, refuses, or takes too long.
    #[error("can't reach {database}")]
    Unreachable {
        /// Which database, without its password.
        database: String,
        /// Why.
        #[source]
        source: Cause,
    },
    /// The file that `sslrootcert` names can't be used.
    #[error("can't use the certificates of sslrootcert={file}")]
    RootCertificates {
        /// Which file.
        file: String,
        /// Why.
        #[source]
        source: Cause,
    },
    /// What the database says of its migrations can't be understood.
    #[error("the state of the schema can't be read")]
    Schema(#[source] Cause),
    /// A migration failed. What it did was undone; those before it stay.
    #[error("the schema can't be migrated")]
    Migration(#[source] Cause),
    /// A store was opened outside of a Tokio runtime.
    #[error("a store needs a Tokio runtime")]
    NoRuntime(#[source] tokio::runtime::TryCurrentError),
}

/// Why a call was not carried out.
#[derive(Clone, Copy, Debug, thiserror::Error)]
pub(crate) enum NotDone {
    #[error("too many calls are under way")]
    TooManyCalls,
    #[error("the store is closed")]
    Closed,
    #[error("the call ran out of time")]
    OutOfTime,
    #[error("the call panicked")]
    Panicked,
}

/// A row that holds what no domain type can be. Says where, never what.
#[derive(Debug, thiserror::Error)]
#[error("{table} {id}: {column} can't be read")]
pub(crate) struct CorruptRow {
    pub(crate) table: &'static str,
    pub(crate) id: String,
    pub(crate) column: &'static str,
    #[source]
    pub(crate) source: Cause,
}

/// What ends a query's body early.
#[derive(Debug, thiserror::Error)]
pub(crate) enum QueryError {
    #[error(transparent)]
    Database(#[from] diesel::result::Error),
    #[error(transparent)]
    Corrupt(#[from] CorruptRow),
}

impl From<QueryError> for RepositoryError {
    fn from(error: QueryError) -> Self {
        match error {
            QueryError::Corrupt(row) => Self::Corrupt(Box::new(row)),
            QueryError::Database(diesel::result::Error::DeserializationError(source)) => {
                Self::Corrupt(source)
            }
            QueryError::Database(error) => Self::Unavailable(with_hint(error)),
        }
    }
}

pub(crate) fn unavailable(cause: impl Into<Cause>) -> RepositoryError {
    RepositoryError::Unavailable(cause.into())
}

pub(crate) fn outcome_unknown(cause: impl Into<Cause>) -> RepositoryError {
    RepositoryError::OutcomeUnknown(cause.into())
}

/// An error and its causes on one line: the first alone often says only that something went wrong.
pub(crate) fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        // Writing into a String can't fail.
        let _infallible = write!(text, ": {error}");
        cause = error.source();
    }
    text
}

/// A database's error, and what to do about one that only the way to it explains.
pub(crate) fn with_hint(error: diesel::result::Error) -> Cause {
    let diesel::result::Error::DatabaseError(_, info) = &error else {
        return error.into();
    };
    if info.message().starts_with(PREPARED_STATEMENT) {
        format!("{error}: {PREPARED_STATEMENTS_LOST}").into()
    } else {
        error.into()
    }
}

/// How PostgreSQL begins when it has no such statement, or has one of that name already.
const PREPARED_STATEMENT: &str = "prepared statement \"";
const PREPARED_STATEMENTS_LOST: &str = "the database URL leads through a pooler that loses \
     prepared statements; use PgBouncer 1.21 or later with max_prepared_statements above 0, or its \
     session mode";
