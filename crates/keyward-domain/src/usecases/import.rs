//! Creates keys whose secrets were made elsewhere, and of which only the hashes are known (contract
//! §9).

use crate::caller::origin::Origin;
use crate::caller::workspace::OwnedWorkspace;
use crate::key::api_key::ApiKey;
use crate::key::secret_hash::SecretHash;
use crate::key::stored_secret::StoredSecret;
use crate::ports::SecretTaken;
use crate::request::draft::ApiKeyDraft;
use crate::request::import::RawImport;
use crate::request::raw_field::RawField;
use crate::request::violation::Violation;
use crate::timestamp::Timestamp;
use crate::usecases::{CreateError, FirstTime, ManageApiKeys};

impl ManageApiKeys {
    /// Checks the import, then creates the key, as [`create`](Self::create) does.
    ///
    /// # Errors
    /// [`CreateError`]. Nothing was changed, unless the outcome is unknown.
    pub async fn import(
        &self,
        workspace: &OwnedWorkspace,
        import: RawImport,
        origin: Origin,
        first_time: FirstTime,
    ) -> Result<ApiKey, CreateError> {
        let idempotency = first_time.into_idempotency();
        let imported = async {
            let (draft, hash, now) = self.judge_import(workspace, import).await?;
            let secret = StoredSecret::imported(hash, now);
            self.insert(workspace, draft, secret, origin, idempotency.clone())
                .await
        };
        let imported = imported.await;
        self.unless_repeated(workspace, idempotency.as_ref(), imported)
            .await
    }

    /// Checks whether [`import`](Self::import) would create the key now, without changing anything.
    /// The limit of keys is not checked.
    ///
    /// # Errors
    /// [`CreateError`].
    pub async fn check_import(
        &self,
        workspace: &OwnedWorkspace,
        import: RawImport,
    ) -> Result<(), CreateError> {
        let (_draft, hash, _now) = self.judge_import(workspace, import).await?;
        let taken = self.api_keys.secret_taken(workspace.workspace_id(), &hash);
        match taken.await? {
            None => Ok(()),
            Some(taken) => Err(CreateError::SecretTaken(taken.key)),
        }
    }

    async fn judge_import(
        &self,
        workspace: &OwnedWorkspace,
        import: RawImport,
    ) -> Result<(ApiKeyDraft, SecretHash, Timestamp), CreateError> {
        let (workspace_id, scopes) = (workspace.workspace_id(), import.draft.named_scopes());
        let rules = self.api_keys.field_rules(workspace_id, &scopes).await?;
        let now = self.clock.now();
        let written = import.secret_hash.clone();
        let (draft, hash) = match import.parse(
            now,
            &rules.existing_scopes,
            &rules.lifetime_policy,
            &rules.plan,
        ) {
            Ok(parsed) => parsed,
            Err(violations) => {
                return Err(self.imported_before(workspace, &written, violations).await);
            }
        };
        ApiKey::may_issue(workspace.actor(), draft.mode)?;
        Ok((draft, hash, now))
    }

    /// Why a draft is refused. A key that was imported before is reported as such, even if it could
    /// not be imported today.
    async fn imported_before(
        &self,
        workspace: &OwnedWorkspace,
        secret_hash: &RawField<String>,
        violations: Vec<Violation>,
    ) -> CreateError {
        let RawField::Value(text) = secret_hash else {
            return CreateError::Invalid(violations);
        };
        let Ok(hash) = SecretHash::parse(text) else {
            return CreateError::Invalid(violations);
        };
        match self
            .api_keys
            .secret_taken(workspace.workspace_id(), &hash)
            .await
        {
            Ok(Some(SecretTaken { key: Some(id) })) => CreateError::SecretTaken(Some(id)),
            Ok(_) => CreateError::Invalid(violations),
            Err(error) => error.into(),
        }
    }
}
