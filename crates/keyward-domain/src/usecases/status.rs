use crate::key::change::Change;
use crate::usecases::ManageApiKeys;
use crate::usecases::change::{ChangeError, Target, always};

impl ManageApiKeys {
    /// Switches a key off; no effect when it is off.
    ///
    /// # Errors
    /// [`ChangeError`]; but for an unknown outcome of the store, nothing was changed then.
    pub async fn disable(&self, target: Target<'_>) -> Result<(), ChangeError> {
        self.change(target, &Change::Disable, None, always)
            .await
            .map(drop)
    }

    /// Switches a key on again; no effect when it is on. A key past its end stays as it is.
    ///
    /// # Errors
    /// [`ChangeError`]; but for an unknown outcome of the store, nothing was changed then.
    pub async fn enable(&self, target: Target<'_>) -> Result<(), ChangeError> {
        self.change(target, &Change::Enable, None, always)
            .await
            .map(drop)
    }
}
