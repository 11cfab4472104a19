//! Creates an API key (contract §1).

use crate::caller::origin::Origin;
use crate::caller::workspace::OwnedWorkspace;
use crate::key::api_key::{ApiKey, TestModeRefused};
use crate::key::id::ApiKeyId;
use crate::key::secret::Secret;
use crate::key::stored_secret::StoredSecret;
use crate::ports::{EntropyUnavailable, Inserted, NewApiKey, RepositoryError};
use crate::request::draft::{ApiKeyDraft, RawDraft};
use crate::request::idempotency::{Idempotency, RepeatableOperation};
use crate::request::violation::Violation;
use crate::usecases::{FirstTime, ManageApiKeys, RepeatError};

/// A new key, and its secret, which is shown only once.
#[derive(Debug)]
pub struct CreatedApiKey {
    /// The key.
    pub key: ApiKey,
    /// Its secret.
    pub secret: Secret,
}

/// Why no key was created.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// Some fields are invalid: all violations.
    #[error("the request is invalid")]
    Invalid(Vec<Violation>),
    /// The portal may not create TEST keys.
    #[error(transparent)]
    TestModeRefused(#[from] TestModeRefused),
    /// A key has the imported secret, or had it: the key, if the secret is its current or previous one
    /// and it belongs to the same workspace.
    #[error("an API key has or had this secret")]
    SecretTaken(Option<ApiKeyId>),
    /// The workspace has reached its limit of keys.
    #[error("the workspace has reached its limit of API keys")]
    LimitReached,
    /// The workspace was changed too often in the last minute.
    #[error("the workspace was changed too often in the last minute")]
    TooManyChanges {
        /// After this time there is room again.
        retry_after_seconds: u32,
    },
    /// The same request was already carried out, and created this key.
    #[error("this request was already carried out")]
    AlreadyCarriedOut(ApiKeyId),
    /// The idempotency key was used for a different request.
    #[error("the idempotency key was used with a different request")]
    IdempotencyKeyReused,
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
    /// The operating system provided no random bytes.
    #[error(transparent)]
    Entropy(#[from] EntropyUnavailable),
}

impl CreateError {
    /// Whether the request was checked and refused.
    fn is_refusal(&self) -> bool {
        match self {
            Self::Invalid(_)
            | Self::TestModeRefused(_)
            | Self::SecretTaken(_)
            | Self::LimitReached
            | Self::TooManyChanges { .. } => true,
            Self::AlreadyCarriedOut(_)
            | Self::IdempotencyKeyReused
            | Self::Repository(_)
            | Self::Entropy(_) => false,
        }
    }
}

impl From<RepeatError> for CreateError {
    fn from(error: RepeatError) -> Self {
        match error {
            RepeatError::AlreadyCarriedOut(id) => Self::AlreadyCarriedOut(id),
            RepeatError::IdempotencyKeyReused => Self::IdempotencyKeyReused,
            RepeatError::Repository(error) => Self::Repository(error),
        }
    }
}

impl ManageApiKeys {
    /// Checks the draft and the portal, then creates the key unless the workspace has reached its
    /// limit. Of two concurrent requests with the same idempotency key, one creates the key and the
    /// other gets [`CreateError::AlreadyCarriedOut`].
    ///
    /// # Errors
    /// [`CreateError`]. Nothing was changed, unless the outcome is unknown.
    pub async fn create(
        &self,
        workspace: &OwnedWorkspace,
        draft: RawDraft,
        origin: Origin,
        first_time: FirstTime,
    ) -> Result<CreatedApiKey, CreateError> {
        let idempotency = first_time.into_idempotency();
        let created = self.judge_and_create(workspace, draft, origin, idempotency.clone());
        let created = created.await;
        self.unless_repeated(workspace, idempotency.as_ref(), created)
            .await
    }

    /// The result of creating a key. When it was refused, the same request may have been carried out in
    /// the meantime.
    pub(super) async fn unless_repeated<T>(
        &self,
        workspace: &OwnedWorkspace,
        idempotency: Option<&Idempotency>,
        created: Result<T, CreateError>,
    ) -> Result<T, CreateError> {
        if created.as_ref().is_err_and(CreateError::is_refusal) {
            let operation = RepeatableOperation::Create;
            self.refuse_repeat(workspace, operation, idempotency)
                .await?;
        }
        created
    }

    async fn judge_and_create(
        &self,
        workspace: &OwnedWorkspace,
        draft: RawDraft,
        origin: Origin,
        idempotency: Option<Idempotency>,
    ) -> Result<CreatedApiKey, CreateError> {
        let (workspace_id, scopes) = (workspace.workspace_id(), draft.named_scopes());
        let rules = self.api_keys.field_rules(workspace_id, &scopes).await?;
        let now = self.clock.now();
        let draft = draft.parse(
            now,
            &rules.existing_scopes,
            &rules.lifetime_policy,
            &rules.plan,
        );
        let draft = draft.map_err(CreateError::Invalid)?;
        ApiKey::may_issue(workspace.actor(), draft.mode)?;
        let secret = self.secrets.new_secret(self.key_prefix, draft.mode)?;
        let stored = StoredSecret::of(&secret, now);
        let key = self.insert(workspace, draft, stored, origin, idempotency);
        let key = key.await?;
        Ok(CreatedApiKey { key, secret })
    }

    /// Stores a new key with this secret, which was made now.
    pub(super) async fn insert(
        &self,
        workspace: &OwnedWorkspace,
        draft: ApiKeyDraft,
        secret: StoredSecret,
        origin: Origin,
        idempotency: Option<Idempotency>,
    ) -> Result<ApiKey, CreateError> {
        let now = secret.created_at;
        let id = self.secrets.new_id(self.key_prefix, draft.mode, now)?;
        let (key, event) = ApiKey::issue(workspace, draft, id, secret, origin)?;
        let new = NewApiKey {
            key: key.clone(),
            events_per_minute_max: self.events_per_minute_max(&event),
            event,
            idempotency,
            key_count_max: self.key_count_max,
        };
        match self.api_keys.insert(new).await? {
            Inserted::Created => Ok(key),
            Inserted::Replayed(id) => Err(CreateError::AlreadyCarriedOut(id)),
            Inserted::KeyReused => Err(CreateError::IdempotencyKeyReused),
            Inserted::SecretTaken(taken) => Err(CreateError::SecretTaken(taken.key)),
            Inserted::LimitReached => Err(CreateError::LimitReached),
            Inserted::TooManyEvents {
                retry_after_seconds,
            } => Err(CreateError::TooManyChanges {
                retry_after_seconds,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caller::workspace::Portal;
    use crate::key::mode::Mode;
    use crate::ports::{MockApiKeys, MockSecrets};
    use crate::request::draft::RawDraft;
    use crate::request::raw_field::RawField;
    use crate::testing::{
        api_key_id, api_key_id_with, key_prefix, origin, owned_workspace, secret, secret_of, user,
    };
    use crate::usecases::testing::World;

    fn draft(mode: i64) -> RawDraft {
        RawDraft {
            name: RawField::Value("Key".into()),
            scopes: RawField::Value(vec![RawField::Value("payment:read".into())]),
            mode: RawField::Value(mode),
            ..RawDraft::default()
        }
    }

    fn run(
        api_keys: MockApiKeys,
        portal: Portal,
        draft: RawDraft,
    ) -> Result<CreatedApiKey, CreateError> {
        let manage = World::with(api_keys).manage();
        let first_time = FirstTime::WITHOUT_KEY;
        pollster::block_on(manage.create(
            &owned_workspace(user(portal)),
            draft,
            origin(),
            first_time,
        ))
    }

    fn answering(answer: Inserted) -> MockApiKeys {
        let mut api_keys = MockApiKeys::new();
        api_keys
            .expect_insert()
            .times(1)
            .returning(move |_| Ok(answer.clone()));
        api_keys
    }

    #[test]
    fn the_stored_key_is_the_one_returned_and_holds_the_hash_alone() {
        let mut api_keys = MockApiKeys::new();
        api_keys
            .expect_insert()
            .times(1)
            .withf(|new| {
                let fields = new.key.fields();
                let secret = secret(5);
                fields.secret.hash == secret.hash()
                    && fields.secret.hint == secret.hint()
                    && new.event.api_key_id == new.key.id()
                    && new.key_count_max == 7
                    && new.events_per_minute_max == Some(9)
                    && !format!("{new:?}").contains(secret.expose())
            })
            .returning(|_| Ok(Inserted::Created));
        let created = run(api_keys, Portal::Tenant, draft(1)).unwrap();
        assert_eq!(created.key.fields().secret.hash, created.secret.hash());
    }

    #[test]
    fn a_violation_is_told_before_the_portal_is_judged() {
        let mut invalid = draft(2);
        invalid.name = RawField::Absent;
        let refused = run(MockApiKeys::new(), Portal::Tenant, invalid);
        assert!(
            matches!(refused, Err(CreateError::Invalid(_))),
            "{refused:?}"
        );
        let refused = run(MockApiKeys::new(), Portal::Tenant, draft(2));
        assert!(
            matches!(refused, Err(CreateError::TestModeRefused(_))),
            "{refused:?}"
        );
    }

    #[test]
    fn what_the_store_answers_is_told() {
        let id = api_key_id(1);
        let replayed = run(answering(Inserted::Replayed(id)), Portal::Tenant, draft(1));
        assert!(matches!(replayed, Err(CreateError::AlreadyCarriedOut(of)) if of == id));
        let reused = run(answering(Inserted::KeyReused), Portal::Tenant, draft(1));
        assert!(matches!(reused, Err(CreateError::IdempotencyKeyReused)));
        let full = run(answering(Inserted::LimitReached), Portal::Tenant, draft(1));
        assert!(matches!(full, Err(CreateError::LimitReached)));
    }

    #[test]
    fn no_randomness_means_no_key() {
        let mut secrets = MockSecrets::new();
        secrets
            .expect_new_id()
            .returning(|prefix, mode, now| Ok(api_key_id_with(prefix, mode, now, 6)));
        secrets
            .expect_new_secret()
            .returning(|_, _| Err(EntropyUnavailable));
        let world = World {
            secrets,
            ..World::with(MockApiKeys::new())
        };
        let manage = world.manage();
        let workspace = owned_workspace(user(Portal::Tenant));
        let created = manage.create(&workspace, draft(1), origin(), FirstTime::WITHOUT_KEY);
        let refused = pollster::block_on(created);
        assert!(
            matches!(refused, Err(CreateError::Entropy(_))),
            "{refused:?}"
        );
    }

    #[test]
    fn a_secret_of_the_mode_that_was_asked_for() {
        let created = run(answering(Inserted::Created), Portal::Partner, draft(2)).unwrap();
        assert_eq!(created.key.mode(), Mode::Test);
        let secret = secret_of(Mode::Test, 5);
        assert_eq!(created.secret.expose(), secret.expose());
    }

    #[test]
    fn a_new_key_has_the_configured_prefix() {
        let mut manage = World::with(answering(Inserted::Created)).manage();
        manage.key_prefix = key_prefix("acme");
        let workspace = owned_workspace(user(Portal::Tenant));
        let created = manage.create(&workspace, draft(1), origin(), FirstTime::WITHOUT_KEY);
        let created = pollster::block_on(created).unwrap();
        assert!(created.key.id().to_string().starts_with("acme_live_"));
        assert!(created.secret.expose().starts_with("acme_live_"));
    }
}
