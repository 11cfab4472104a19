use crate::key::api_key::ApiKey;
use crate::key::change::Change;
use crate::request::update::RawUpdate;
use crate::usecases::ManageApiKeys;
use crate::usecases::change::{ChangeError, Target, always};

impl ManageApiKeys {
    /// Checks the fields, then updates the key. Returns the updated key.
    ///
    /// # Errors
    /// [`ChangeError`]. Nothing was changed, unless the outcome is unknown.
    pub async fn update(
        &self,
        target: Target<'_>,
        update: RawUpdate,
    ) -> Result<ApiKey, ChangeError> {
        let existing = self.existing_scopes(update.named_scopes()).await?;
        let update = update
            .parse(self.clock.now(), &existing)
            .map_err(ChangeError::Invalid)?;
        let outcome = self
            .change(target, &Change::Update(update), None, always)
            .await?;
        Ok(outcome.after)
    }
}
