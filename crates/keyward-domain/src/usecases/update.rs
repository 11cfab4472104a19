use crate::key::api_key::ApiKey;
use crate::key::change::Change;
use crate::key::lifetime_policy::LifetimePolicy;
use crate::request::update::RawUpdate;
use crate::usecases::ManageApiKeys;
use crate::usecases::change::{ChangeError, Target};

impl ManageApiKeys {
    /// Checks the fields, then updates the key. Returns the updated key. The lifetime policy of the
    /// workspace only counts for a different expiry than the key's, so that an old key can still be
    /// changed.
    ///
    /// # Errors
    /// [`ChangeError`]. Nothing was changed, unless the outcome is unknown.
    pub async fn update(
        &self,
        target: Target<'_>,
        update: RawUpdate,
    ) -> Result<ApiKey, ChangeError> {
        let existing = self.existing_scopes(update.named_scopes()).await?;
        let now = self.clock.now();
        let update = update.parse(now, &existing);
        let update = update.map_err(ChangeError::Invalid)?;
        let policy = if update.expires_at.is_some() {
            let workspace_id = target.workspace.workspace_id();
            self.key_lifetimes.policy(workspace_id).await?
        } else {
            LifetimePolicy::default()
        };
        let asked = update.clone();
        let judge = |_first: &ApiKey, key: &ApiKey| {
            let checked = asked.check_lifetime(key.fields(), &policy, now);
            checked.map_err(ChangeError::Invalid)
        };
        let outcome = self
            .change(target, &Change::Update(update), None, judge)
            .await?;
        Ok(outcome.after)
    }
}
