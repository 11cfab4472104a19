//! The failures of commands, and their exit codes.

use std::error::Error;
use std::fmt::Write as _;
use std::io::{ErrorKind, Write as _};
use std::process::ExitCode;

use keyward_domain::ports::RepositoryError;
use keyward_persistence::{BackupError, StoreError};

use crate::config::ConfigError;
use crate::tls::TlsError;

/// Why a command failed. Each message says what to do next where possible.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// It can't be done in the present state.
    #[error("{0}")]
    Refused(String),
    /// The configuration is wrong.
    #[error("configuration: {0}")]
    Config(#[from] ConfigError),
    /// The certificate of a listener, or what belongs to it, can't be used.
    #[error("TLS: {0}")]
    Tls(#[from] TlsError),
    /// The store can't be used.
    #[error("store: {0}")]
    Store(#[from] StoreError),
    /// The store failed in the middle of a command.
    #[error("store: {0}")]
    Repository(#[from] RepositoryError),
    /// The store can't be backed up.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// Checks of `keyward doctor` have failed; their findings are written already.
    #[error("{failed} checks failed")]
    Unhealthy {
        /// How many.
        failed: usize,
        /// The exit code of the first one.
        code: u8,
    },
    /// The schema is not the one of this binary.
    #[error("{0}")]
    Schema(String),
    /// A file, socket or stream failed.
    #[error("{what}")]
    Io {
        /// The operation that failed.
        what: String,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
}

impl Failure {
    /// Adds the operation to an I/O error.
    pub(crate) fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.into();
        move |source| Self::Io { what, source }
    }

    fn exit_code(&self) -> u8 {
        match self {
            Self::Unhealthy { failed: _, code } => *code,
            Self::Refused(_)
            | Self::Backup(_)
            | Self::Io { .. }
            | Self::Store(StoreError::NoRuntime(_))
            | Self::Repository(RepositoryError::Corrupt(_)) => 1,
            Self::Config(_) | Self::Tls(_) | Self::Store(StoreError::RootCertificates { .. }) => 3,
            Self::Store(StoreError::Unreachable { .. })
            | Self::Repository(
                RepositoryError::Unavailable(_) | RepositoryError::OutcomeUnknown(_),
            ) => 4,
            Self::Schema(_) | Self::Store(StoreError::Schema(_) | StoreError::Migration(_)) => 5,
        }
    }

    /// Whether the reader of the output has closed it (`| head`), which is not a failure.
    fn is_broken_pipe(&self) -> bool {
        if let Self::Io { source, .. } = self {
            source.kind() == ErrorKind::BrokenPipe
        } else {
            false
        }
    }

    /// Writes the failure to stderr, with all causes on one line, and returns the exit code.
    pub(crate) fn report(&self) -> ExitCode {
        if self.is_broken_pipe() {
            return ExitCode::SUCCESS;
        }
        let message = format!("keyward: {}", with_causes(self));
        // Without stderr there is nowhere to report to.
        let _nobody_listens = writeln!(std::io::stderr(), "{message}");
        ExitCode::from(self.exit_code())
    }
}

/// An error with all its causes, on one line.
pub(crate) fn with_causes(error: &dyn Error) -> String {
    let mut message = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if !message.contains(&text) {
            // Writing to a `String` can't fail.
            let _infallible = write!(message, ": {text}");
        }
        cause = error.source();
    }
    message
}
