use crate::key::change::Change;
use crate::usecases::ManageApiKeys;
use crate::usecases::change::{ChangeError, Target, always};

impl ManageApiKeys {
    /// Deletes a key permanently. Only its history stays.
    ///
    /// # Errors
    /// [`ChangeError`]. Nothing was changed, unless the outcome is unknown.
    pub async fn delete(&self, target: Target<'_>) -> Result<(), ChangeError> {
        self.change(target, &Change::Delete, None, always)
            .await
            .map(drop)
    }
}
