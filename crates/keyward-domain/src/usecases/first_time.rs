//! A request that was carried out before is told so before it is judged otherwise (contract §5).

use crate::caller::workspace::OwnedWorkspace;
use crate::key::id::ApiKeyId;
use crate::ports::{CarriedOut, RepositoryError};
use crate::request::idempotency::{Idempotency, RepeatableOperation};
use crate::usecases::ManageApiKeys;

/// A request that was not carried out before: its idempotency record was looked up, or it has no
/// idempotency key.
///
/// Only [`ManageApiKeys::first_time`] makes one with an idempotency key, so that no operation can
/// judge such a request without the look-up.
#[derive(Debug)]
pub struct FirstTime(Option<Idempotency>);

impl FirstTime {
    /// A request without an idempotency key.
    pub const WITHOUT_KEY: Self = Self(None);

    pub(super) fn into_idempotency(self) -> Option<Idempotency> {
        self.0
    }
}

/// Why a request is not judged any further.
#[derive(Debug, thiserror::Error)]
pub enum RepeatError {
    /// This very request was carried out before, and made or changed this key.
    #[error("this request was already carried out")]
    AlreadyCarriedOut(ApiKeyId),
    /// The idempotency key stands for another request.
    #[error("the idempotency key was used with a different request")]
    IdempotencyKeyReused,
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

impl ManageApiKeys {
    /// Looks up the idempotency record of a request. To be called as soon as the caller is known to
    /// own the workspace and the body has arrived, before anything in the body is judged: what was
    /// carried out is told as carried out, whatever has changed since.
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

    /// The look-up itself. It is made once more when a request is refused: the same request may
    /// have been carried out in between, and may be why.
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
