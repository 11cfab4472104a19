use crate::key::api_key::ApiKey;
use crate::key::change::Change;
use crate::ports::FieldRules;
use crate::request::raw_field::RawField;
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
        let scopes = update.named_scopes();
        let rules = if scopes.is_empty()
            && update.expires_at == RawField::Absent
            && update.limits == RawField::Absent
        {
            FieldRules::default()
        } else {
            let workspace_id = target.workspace.workspace_id();
            self.api_keys.field_rules(workspace_id, &scopes).await?
        };
        let now = self.clock.now();
        let update = update.parse(now, &rules.existing_scopes, &rules.plan);
        let update = update.map_err(ChangeError::Invalid)?;
        let asked = update.clone();
        let judge = |_first: &ApiKey, key: &ApiKey| {
            let checked = asked.check_lifetime(key.fields(), &rules.lifetime_policy, now);
            checked.map_err(ChangeError::Invalid)
        };
        let outcome = self
            .change(target, &Change::Update(update), None, judge)
            .await?;
        Ok(outcome.after)
    }
}
