//! A repeated request gets its answer before any other check (contract §5).

use crate::caller::workspace::OwnedWorkspace;
use crate::key::id::ApiKeyId;
use crate::ports::{CarriedOut, RepositoryError};
use crate::request::idempotency::{Idempotency, RepeatableOperation};
use crate::usecases::ManageApiKeys;

/// A request that was not carried out before: it has no idempotency key, or no record was found.
///
/// Only [`ManageApiKeys::first_time`] creates one with an idempotency key, so that no operation can
/// skip the look-up.
#[derive(Debug)]
pub struct FirstTime(Option<Idempotency>);

impl FirstTime {
    /// A request without an idempotency key.
    pub const WITHOUT_KEY: Self = Self(None);

    pub(super) fn into_idempotency(self) -> Option<Idempotency> {
        self.0
    }
}

/// Why a request is not processed further.
#[derive(Debug, thiserror::Error)]
pub enum RepeatError {
    /// The same request was already carried out, and created or changed this key.
    #[error("this request was already carried out")]
    AlreadyCarriedOut(ApiKeyId),
    /// The idempotency key was used for a different request.
    #[error("the idempotency key was used with a different request")]
    IdempotencyKeyReused,
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

impl ManageApiKeys {
    /// Looks up the idempotency record of a request. Call it as soon as ownership is proven and the
    /// body has arrived, before the body is checked: a request that was carried out is reported as
    /// such, whatever has changed since.
    ///
    /// # Errors
    /// [`RepeatError`].
    pub async fn first_time(
        &self,
        workspace: &OwnedWorkspace,
        operation: RepeatableOperation,
        idempotency: Option<Idempotency>,
    ) -> Result<FirstTime, RepeatError> {
        self.refuse_repeat(workspace, operation, idempotency.as_ref())
            .await?;
        Ok(FirstTime(idempotency))
    }

    /// The look-up itself. It is repeated when a request is refused: the same request may have been
    /// carried out in the meantime, and may be the reason for the refusal.
    pub(super) async fn refuse_repeat(
        &self,
        workspace: &OwnedWorkspace,
        operation: RepeatableOperation,
        idempotency: Option<&Idempotency>,
    ) -> Result<(), RepeatError> {
        let Some(idempotency) = idempotency else {
            return Ok(());
        };
        let workspace_id = workspace.workspace_id();
        let now = self.clock.now();
        let carried_out = self
            .api_keys
            .carried_out(workspace_id, operation, idempotency, now)
            .await?;
        match carried_out {
            None => Ok(()),
            Some(CarriedOut::SameRequest(id)) => Err(RepeatError::AlreadyCarriedOut(id)),
            Some(CarriedOut::OtherRequest) => Err(RepeatError::IdempotencyKeyReused),
        }
    }
}

#[cfg(test)]
mod tests;
