//! The steps of every change: load, change, save, and retry after a concurrent change.

use crate::caller::origin::Origin;
use crate::caller::workspace::{OwnedWorkspace, SupervisedWorkspace};
use crate::key::api_key::ApiKey;
use crate::key::change::{Applied, Change, WrongState};
use crate::key::id::ApiKeyId;
use crate::ports::{ChangedApiKey, EntropyUnavailable, RepositoryError, Saved};
use crate::request::idempotency::Idempotency;
use crate::request::violation::Violation;
use crate::usecases::{ManageApiKeys, RepeatError};

/// How often a change is retried after concurrent changes. Each time another change succeeded.
const ATTEMPTS_MAX: u32 = 256;

/// The versions of the key that a change may be based on (`If-Match`, RFC 9110, section 13.1.1).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Precondition {
    /// Any version.
    #[default]
    Anything,
    /// One of these versions.
    Versions(Vec<u32>),
}

/// The key to change, and the caller who changes it.
#[derive(Debug)]
pub struct Target<'a, W = OwnedWorkspace> {
    /// The proof that the caller may make the change: [`OwnedWorkspace`], or
    /// [`SupervisedWorkspace`] to disable.
    pub workspace: &'a W,
    /// The key.
    pub api_key_id: ApiKeyId,
    /// The versions of the key that may be changed.
    pub precondition: &'a Precondition,
    /// The address and the request id.
    pub origin: &'a Origin,
}

impl<W> Clone for Target<'_, W> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<W> Copy for Target<'_, W> {}

impl<'a> Target<'a> {
    /// The same key, for an operation that only needs supervision.
    #[must_use]
    pub fn supervised(self) -> Target<'a, SupervisedWorkspace> {
        Target {
            workspace: self.workspace,
            api_key_id: self.api_key_id,
            precondition: self.precondition,
            origin: self.origin,
        }
    }
}

/// Why a key was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// The workspace has no such key.
    #[error("the workspace has no such API key")]
    NotFound,
    /// Some fields are invalid: all violations.
    #[error("the request is invalid")]
    Invalid(Vec<Violation>),
    /// The key is at none of the versions in the precondition.
    #[error("the API key was changed by someone else")]
    ChangedBySomeoneElse,
    /// The key's state does not allow the change.
    #[error(transparent)]
    WrongState(#[from] WrongState),
    /// The workspace was changed too often in the last minute.
    #[error("the workspace was changed too often in the last minute")]
    TooManyChanges {
        /// After this time there is room again.
        retry_after_seconds: u32,
    },
    /// The same request was already carried out on this key.
    #[error("this request was already carried out")]
    AlreadyCarriedOut(ApiKeyId),
    /// The idempotency key was used for a different request.
    #[error("the idempotency key was used with a different request")]
    IdempotencyKeyReused,
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
    /// The operating system provided no random bytes.
    #[error(transparent)]
    Entropy(#[from] EntropyUnavailable),
}

impl ChangeError {
    /// Whether the request was checked and refused.
    pub(super) fn is_refusal(&self) -> bool {
        match self {
            Self::NotFound
            | Self::Invalid(_)
            | Self::ChangedBySomeoneElse
            | Self::WrongState(_)
            | Self::TooManyChanges { .. } => true,
            Self::AlreadyCarriedOut(_)
            | Self::IdempotencyKeyReused
            | Self::Repository(_)
            | Self::Entropy(_) => false,
        }
    }
}

impl From<RepeatError> for ChangeError {
    fn from(error: RepeatError) -> Self {
        match error {
            RepeatError::AlreadyCarriedOut(id) => Self::AlreadyCarriedOut(id),
            RepeatError::IdempotencyKeyReused => Self::IdempotencyKeyReused,
            RepeatError::Repository(error) => Self::Repository(error),
        }
    }
}

/// Every retry met another concurrent change; nothing was changed.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("others kept changing the API key")]
pub(super) struct Contended;

/// A key before and after a change; both are equal when it had no effect.
pub(super) struct Outcome {
    pub(super) before: ApiKey,
    pub(super) after: ApiKey,
}

impl ManageApiKeys {
    /// Changes a key, with retries after concurrent changes. Before each attempt, `judge` gets the
    /// key at the first attempt and the key now. It refuses what the caller can't want any more, or
    /// may not do with this key.
    pub(super) async fn change(
        &self,
        target: Target<'_>,
        change: &Change,
        idempotency: Option<&Idempotency>,
        judge: impl Fn(&ApiKey, &ApiKey) -> Result<(), ChangeError>,
    ) -> Result<Outcome, ChangeError> {
        self.change_supervised(target.supervised(), change, idempotency, judge)
            .await
    }

    /// The same for an actor who may only supervise the key. The use case checks that the change is
    /// one of theirs.
    pub(super) async fn change_supervised(
        &self,
        target: Target<'_, SupervisedWorkspace>,
        change: &Change,
        idempotency: Option<&Idempotency>,
        judge: impl Fn(&ApiKey, &ApiKey) -> Result<(), ChangeError>,
    ) -> Result<Outcome, ChangeError> {
        let first = self.seen_key(target).await?;
        let mut before = first.clone();
        for _attempt in 0..ATTEMPTS_MAX {
            judge(&first, &before)?;
            let origin = target.origin.clone();
            let now = self.clock.now();
            let (after, event) =
                match before.apply_as(change, target.workspace.actor(), now, origin)? {
                    Applied::Changed(changed) => *changed,
                    Applied::NoEffect => {
                        let after = before.clone();
                        return Ok(Outcome { before, after });
                    }
                };
            let changed = ChangedApiKey {
                key: after.clone(),
                events_per_minute_max: self.events_per_minute_max(&event),
                event,
                idempotency: idempotency.cloned(),
                notices: Vec::new(),
            };
            if self.save(changed).await? {
                return Ok(Outcome { before, after });
            }
            before = self.seen_key(target).await?;
        }
        Err(RepositoryError::Unavailable(Box::new(Contended)).into())
    }

    /// `false` when a concurrent change came first.
    pub(super) async fn save(&self, changed: ChangedApiKey) -> Result<bool, ChangeError> {
        match self.api_keys.save(changed).await? {
            Saved::Done => Ok(true),
            Saved::Superseded => Ok(false),
            Saved::Replayed(id) => Err(ChangeError::AlreadyCarriedOut(id)),
            Saved::KeyReused => Err(ChangeError::IdempotencyKeyReused),
            Saved::TooManyEvents {
                retry_after_seconds,
            } => Err(ChangeError::TooManyChanges {
                retry_after_seconds,
            }),
        }
    }

    async fn seen_key(
        &self,
        target: Target<'_, SupervisedWorkspace>,
    ) -> Result<ApiKey, ChangeError> {
        let workspace_id = target.workspace.workspace_id();
        let key = self.api_keys.get(workspace_id, target.api_key_id).await?;
        let key = key.ok_or(ChangeError::NotFound)?;
        match target.precondition {
            Precondition::Versions(versions) if !versions.contains(&key.fields().version) => {
                Err(ChangeError::ChangedBySomeoneElse)
            }
            Precondition::Versions(_) | Precondition::Anything => Ok(key),
        }
    }
}

/// For changes that any state of the key allows.
#[expect(
    clippy::unnecessary_wraps,
    reason = "the same type as the other judges"
)]
pub(super) fn always(_first: &ApiKey, _now: &ApiKey) -> Result<(), ChangeError> {
    Ok(())
}

#[cfg(test)]
mod tests;
