use crate::key::api_key::ApiKey;
use crate::key::change::{Change, WrongState};
use crate::key::secret::Secret;
use crate::key::secret_hint::SecretHint;
use crate::key::stored_secret::StoredSecret;
use crate::request::idempotency::{Idempotency, RepeatableOperation};
use crate::request::rotation::RawRotation;
use crate::timestamp::Timestamp;
use crate::usecases::change::{ChangeError, Target, always};
use crate::usecases::{FirstTime, ManageApiKeys};

/// A rotated key, and its new secret, which is shown only once.
#[derive(Debug)]
pub struct RotatedApiKey {
    /// The key.
    pub key: ApiKey,
    /// Its new secret.
    pub secret: Secret,
    /// When the previous secret becomes invalid. It may be in the past.
    pub overlap_ends_at: Timestamp,
    /// The older secret that was still valid from an earlier rotation. This rotation ended it.
    pub ended: Option<SecretHint>,
}

impl ManageApiKeys {
    /// Gives a key a new secret. Of two concurrent rotations one succeeds. The other gets
    /// [`ChangeError::WrongState`], or [`ChangeError::AlreadyCarriedOut`] when both have the same
    /// idempotency key.
    ///
    /// # Errors
    /// [`ChangeError`]. Nothing was changed, unless the outcome is unknown.
    pub async fn rotate(
        &self,
        target: Target<'_>,
        rotation: RawRotation,
        first_time: FirstTime,
    ) -> Result<RotatedApiKey, ChangeError> {
        let idempotency = first_time.into_idempotency();
        let rotated = self
            .judge_and_rotate(target, rotation, idempotency.as_ref())
            .await;
        if rotated.as_ref().is_err_and(ChangeError::is_refusal) {
            let operation = RepeatableOperation::Rotate;
            self.refuse_repeat(target.workspace, operation, idempotency.as_ref())
                .await?;
        }
        rotated
    }

    async fn judge_and_rotate(
        &self,
        target: Target<'_>,
        rotation: RawRotation,
        idempotency: Option<&Idempotency>,
    ) -> Result<RotatedApiKey, ChangeError> {
        let overlap = rotation.parse().map_err(ChangeError::Invalid)?;
        let id = target.api_key_id;
        let secret = self.secrets.new_secret(id.prefix(), id.mode())?;
        let now = self.clock.now();
        let change = Change::Rotate {
            secret: StoredSecret::of(&secret, now),
            overlap,
        };
        let outcome = self
            .change(target, &change, idempotency, has_same_secret)
            .await?;
        let (before, after) = (outcome.before.fields(), outcome.after.fields());
        let ended = before.live_previous_secret(now);
        Ok(RotatedApiKey {
            overlap_ends_at: after
                .previous_secret
                .as_ref()
                .map_or(now, |previous| previous.ends_at),
            ended: ended.map(|previous| previous.secret.hint),
            key: outcome.after,
            secret,
        })
    }

    /// Ends the overlap of a rotation at once; no effect when there is none.
    ///
    /// # Errors
    /// [`ChangeError`]. Nothing was changed, unless the outcome is unknown.
    pub async fn end_overlap(&self, target: Target<'_>) -> Result<(), ChangeError> {
        self.change(target, &Change::EndOverlap, None, always)
            .await
            .map(drop)
    }
}

/// A retry is only safe while the key still has the secret that the caller wanted to replace.
fn has_same_secret(first: &ApiKey, now: &ApiKey) -> Result<(), ChangeError> {
    if first.fields().secret.hash == now.fields().secret.hash {
        Ok(())
    } else {
        Err(WrongState.into())
    }
}
