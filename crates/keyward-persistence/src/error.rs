use std::fmt::Write as _;
use std::sync::Arc;

use keyward_domain::ports::RepositoryError;

/// Any cause, for the log.
pub(crate) type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why a store can't be opened or migrated, or its schema can't be read. It never contains a
/// password.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database is unreachable, refuses the connection, or takes too long.
    #[error("can't reach {database}")]
    Unreachable {
        /// The database URL without its password.
        database: String,
        /// The cause.
        #[source]
        source: Cause,
    },
    /// The file of `sslrootcert` can't be used.
    #[error("can't use the certificates of sslrootcert={file}")]
    RootCertificates {
        /// The file.
        file: String,
        /// The cause.
        #[source]
        source: Cause,
    },
    /// The database's record of its migrations can't be read.
    #[error("the state of the schema can't be read")]
    Schema(#[source] Cause),
    /// A migration failed and was rolled back. Earlier migrations stay.
    #[error("the schema can't be migrated")]
    Migration(#[source] Cause),
    /// A store was opened outside a Tokio runtime.
    #[error("a store needs a Tokio runtime")]
    NoRuntime(#[source] tokio::runtime::TryCurrentError),
}

/// Why a store can't be backed up.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// PostgreSQL has its own tools.
    #[error("a PostgreSQL store is backed up with pg_dump, or with a base backup and the WAL")]
    Postgres,
    /// The copy could not be written, or is damaged. No file is left.
    #[error("can't back up to {file}")]
    Failed {
        /// The file.
        file: String,
        /// The cause.
        #[source]
        source: Cause,
    },
}

/// Why a call was not carried out.
#[derive(Clone, Copy, Debug, thiserror::Error)]
pub(crate) enum NotDone {
    #[error("too many calls are in progress")]
    TooManyCalls,
    #[error("the store is closed")]
    Closed,
    #[error("the call ran out of time")]
    OutOfTime,
    #[error("another database server has taken over during the call")]
    Replaced,
    #[error("the call panicked")]
    Panicked,
}

/// A row that can't be converted to a domain type. Shows the place, never the value.
#[derive(Debug, thiserror::Error)]
#[error("{table} {id}: {column} can't be read")]
pub(crate) struct CorruptRow {
    pub(crate) table: &'static str,
    pub(crate) id: String,
    pub(crate) column: &'static str,
    #[source]
    pub(crate) source: Cause,
}

/// An error in the body of a query.
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

/// A failure that several callers receive.
#[derive(Clone)]
pub(crate) struct SharedFailure {
    kind: fn(Cause) -> RepositoryError,
    cause: Arc<dyn std::error::Error + Send + Sync>,
}

impl SharedFailure {
    pub(crate) fn to_error(&self) -> RepositoryError {
        (self.kind)(Box::new(Arc::clone(&self.cause)))
    }
}

impl From<RepositoryError> for SharedFailure {
    fn from(error: RepositoryError) -> Self {
        let (kind, cause): (fn(Cause) -> RepositoryError, Cause) = match error {
            RepositoryError::Unavailable(cause) => (RepositoryError::Unavailable, cause),
            RepositoryError::OutcomeUnknown(cause) => (RepositoryError::OutcomeUnknown, cause),
            RepositoryError::Corrupt(cause) => (RepositoryError::Corrupt, cause),
        };
        Self {
            kind,
            cause: cause.into(),
        }
    }
}

pub(crate) fn unavailable(cause: impl Into<Cause>) -> RepositoryError {
    RepositoryError::Unavailable(cause.into())
}

pub(crate) fn outcome_unknown(cause: impl Into<Cause>) -> RepositoryError {
    RepositoryError::OutcomeUnknown(cause.into())
}

/// An error and its causes on one line. The first message alone often says only that something went
/// wrong.
pub(crate) fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        // Writing into a `String` can't fail.
        let _infallible = write!(text, ": {error}");
        cause = error.source();
    }
    text
}

/// A database error, with advice when a pooler is the cause.
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

/// The beginning of PostgreSQL's message about a missing or duplicate prepared statement.
const PREPARED_STATEMENT: &str = "prepared statement \"";
const PREPARED_STATEMENTS_LOST: &str = "the database URL leads through a pooler that loses \
     prepared statements; use PgBouncer 1.21 or later with max_prepared_statements above 0, or its \
     session mode";
