use keyward_domain::ports::RepositoryError;

use super::RequestError;

impl RequestError {
    /// Why there is no decision about a call: the store failed, and no key in the cache could answer. The
    /// response is 503 `5030` (contract §4), also for a key that can't be read: the call is not allowed.
    #[must_use]
    pub fn of_verification(error: RepositoryError) -> Self {
        match error {
            RepositoryError::Corrupt(_) => Self::KeyUnreadable(error),
            RepositoryError::Unavailable(_) | RepositoryError::OutcomeUnknown(_) => error.into(),
        }
    }
}
