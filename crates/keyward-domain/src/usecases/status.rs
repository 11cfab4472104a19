use crate::caller::workspace::SupervisedWorkspace;
use crate::key::change::Change;
use crate::usecases::ManageApiKeys;
use crate::usecases::change::{ChangeError, Target, always};

impl ManageApiKeys {
    /// Disables a key; no effect when it is disabled.
    ///
    /// # Errors
    /// [`ChangeError`]. Nothing was changed, unless the outcome is unknown.
    pub async fn disable(
        &self,
        target: Target<'_, SupervisedWorkspace>,
    ) -> Result<(), ChangeError> {
        self.change_supervised(target, &Change::Disable, None, always)
            .await
            .map(drop)
    }

    /// Enables a key again; no effect when it is enabled. An expired key is refused.
    ///
    /// # Errors
    /// [`ChangeError`]. Nothing was changed, unless the outcome is unknown.
    pub async fn enable(&self, target: Target<'_>) -> Result<(), ChangeError> {
        self.change(target, &Change::Enable, None, always)
            .await
            .map(drop)
    }
}
