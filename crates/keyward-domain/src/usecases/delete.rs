use crate::key::change::Change;
use crate::usecases::ManageApiKeys;
use crate::usecases::change::{ChangeError, Target, always};

impl ManageApiKeys {
    /// Deletes a key, for good. Only its history stays.
    ///
    /// # Errors
    /// [`ChangeError`]; but for an unknown outcome of the store, nothing was changed then.
    pub async fn delete(&self, target: Target<'_>) -> Result<(), ChangeError> {
        self.change(target, &Change::Delete, None, always)
            .await
            .map(drop)
    }
}
