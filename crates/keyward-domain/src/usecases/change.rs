//! How every change of a key goes: load, change, save; again when somebody else was faster.

use crate::caller::origin::Origin;
use crate::caller::workspace::OwnedWorkspace;
use crate::key::api_key::ApiKey;
use crate::key::change::{Applied, Change, WrongState};
use crate::key::id::ApiKeyId;
use crate::ports::{ChangedApiKey, EntropyUnavailable, RepositoryError, Saved};
use crate::request::idempotency::Idempotency;
use crate::request::violation::Violation;
use crate::usecases::{ManageApiKeys, RepeatError};

/// How often a change is made anew because others were faster. Each time one of them got through.
const ATTEMPTS_MAX: u32 = 256;

/// Which versions of the key a change may be made from (`If-Match`, RFC 9110, section 13.1.1).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Precondition {
    /// It doesn't say; whatever the key is now, it is changed.
    #[default]
    Anything,
    /// One of these; the key is changed only if it is still so.
    Versions(Vec<u32>),
}

/// Who asks, from where, and for which key.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    /// The proof that the caller may.
    pub workspace: &'a OwnedWorkspace,
    /// Which key.
    pub api_key_id: ApiKeyId,
    /// Which versions of it may be changed.
    pub precondition: &'a Precondition,
    /// From where the request came.
    pub origin: &'a Origin,
}

/// Why a key was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// The workspace has no such key.
    #[error("the workspace has no such API key")]
    NotFound,
    /// Fields are wrong: all of them.
    #[error("the request is invalid")]
    Invalid(Vec<Violation>),
    /// The key is none of the versions that the caller has seen.
    #[error("the API key was changed by someone else")]
    ChangedBySomeoneElse,
    /// The key's state forbids it.
    #[error(transparent)]
    WrongState(#[from] WrongState),
    /// The workspace was changed too often in the last minute.
    #[error("the workspace was changed too often in the last minute")]
    TooManyChanges {
        /// When there is room again.
        retry_after_seconds: u32,
    },
    /// This very request was carried out before, on this key.
    #[error("this request was already carried out")]
    AlreadyCarriedOut(ApiKeyId),
    /// The idempotency key stands for another request.
    #[error("the idempotency key was used with a different request")]
    IdempotencyKeyReused,
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
    /// No secret could be made.
    #[error(transparent)]
    Entropy(#[from] EntropyUnavailable),
}

impl ChangeError {
    /// Whether the request was judged, and found wanting.
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

/// Others kept changing the key; nothing was changed here.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("others kept changing the API key")]
struct Contended;

/// A key before and after a change; the same where it had no effect.
pub(super) struct Outcome {
    pub(super) before: ApiKey,
    pub(super) after: ApiKey,
}

impl ManageApiKeys {
    /// Changes a key, whatever it is by then. `may_retry` says, given the key as the change was
    /// first made from and as it is now, whether the change is still what was meant.
    pub(super) async fn change(
        &self,
        target: Target<'_>,
        change: &Change,
        idempotency: Option<&Idempotency>,
        may_retry: fn(&ApiKey, &ApiKey) -> bool,
    ) -> Result<Outcome, ChangeError> {
        let first = self.seen_key(target).await?;
        let mut before = first.clone();
        for _attempt in 0..ATTEMPTS_MAX {
            let origin = target.origin.clone();
            let now = self.clock.now();
            let (after, event) = match before.apply(change, target.workspace, now, origin)? {
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
            };
            match self.api_keys.save(changed).await? {
                Saved::Done => return Ok(Outcome { before, after }),
                Saved::Replayed(id) => return Err(ChangeError::AlreadyCarriedOut(id)),
                Saved::KeyReused => return Err(ChangeError::IdempotencyKeyReused),
                Saved::TooManyEvents {
                    retry_after_seconds,
                } => {
                    return Err(ChangeError::TooManyChanges {
                        retry_after_seconds,
                    });
                }
                Saved::Superseded => {}
            }
            before = self.seen_key(target).await?;
            if !may_retry(&first, &before) {
                return Err(ChangeError::WrongState(WrongState));
            }
        }
        Err(RepositoryError::Unavailable(Box::new(Contended)).into())
    }

    async fn seen_key(&self, target: Target<'_>) -> Result<ApiKey, ChangeError> {
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

/// For changes that mean the same whatever the key has become.
pub(super) fn always(_first: &ApiKey, _now: &ApiKey) -> bool {
    true
}

#[cfg(test)]
mod tests;
