use crate::audit::event::{AuditAction, AuditEvent, AuditedKey, AuditedOverlap, AuditedState};
use crate::caller::origin::Origin;
use crate::caller::workspace::{Actor, OwnedWorkspace, UserId, WorkspaceId};
use crate::events::found_at::FoundPlaces;
use crate::key::annotations::Annotations;
use crate::key::expiry::Expiry;
use crate::key::id::ApiKeyId;
use crate::key::ip_rule::IpAllowlist;
use crate::key::lifetime::Lifetime;
use crate::key::mode::Mode;
use crate::key::name::KeyName;
use crate::key::scope::ScopeSet;
use crate::key::status::Status;
use crate::key::stored_secret::{PreviousSecret, StoredSecret};
use crate::limits::set::Limits;
use crate::request::draft::ApiKeyDraft;
use crate::timestamp::Timestamp;

/// The record that an owner manages. Its methods are the possible changes. Each returns the changed
/// key and the event that records the change, or the reason for refusing it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    fields: ApiKeyFields,
}

/// All stored fields of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKeyFields {
    /// The key id.
    pub id: ApiKeyId,
    /// The workspace that it belongs to.
    pub workspace_id: WorkspaceId,
    /// The display name.
    pub name: KeyName,
    /// The scopes that it has.
    pub scopes: ScopeSet,
    /// The addresses from which it may be used.
    pub ip_allowlist: IpAllowlist,
    /// When it expires, if ever.
    pub expires_at: Option<Expiry>,
    /// Description, external id and metadata.
    pub annotations: Annotations,
    /// Its own limits. The plan of its workspace may add others.
    pub limits: Limits,
    /// Whether its owner has disabled it.
    pub is_disabled: bool,
    /// The current secret.
    pub secret: StoredSecret,
    /// The previous secret after a rotation with an overlap. The overlap may have ended: see
    /// [`live_previous_secret`](Self::live_previous_secret).
    pub previous_secret: Option<PreviousSecret>,
    /// When any of its secrets was last used, ended ones included.
    pub last_used_at: Option<Timestamp>,
    /// When it was created.
    pub created_at: Timestamp,
    /// The user who created it; `None` for an operator.
    pub created_by: Option<UserId>,
    /// The number of changes, from 1. A change is only saved over the version that it was based on.
    pub version: u32,
    /// When it was deleted, if it was. A store never returns a deleted key.
    pub deleted_at: Option<Timestamp>,
    /// Its secrets can't be used longer than this, by the policy of its workspace at the time of
    /// reading. A store ignores it in a key that it stores.
    pub lifetime_max: Option<Lifetime>,
}

impl ApiKeyFields {
    /// When the key expires: at its own expiry, or before it when its current secret may not be
    /// used so long.
    #[must_use]
    pub fn ends_at(&self) -> Option<Expiry> {
        Lifetime::end_of_key(self.lifetime_max, self.expires_at, self.secret.created_at)
    }

    /// Whether the key has only expired at `now` because of the policy, not by its own expiry. A new
    /// secret renews it.
    #[must_use]
    pub fn is_too_old(&self, now: Timestamp) -> bool {
        let is_past = |end: Option<Expiry>| end.is_some_and(|end| end.is_past(now));
        is_past(self.ends_at()) && !is_past(self.expires_at)
    }

    /// The previous secret, if it is still valid at `now`.
    #[must_use]
    pub fn live_previous_secret(&self, now: Timestamp) -> Option<&PreviousSecret> {
        self.overlap(now)
            .filter(|previous| now < self.previous_ends_at(previous))
    }

    /// The previous secret, if the overlap has not ended at `now`. The policy of the workspace does
    /// not count.
    pub(crate) fn overlap(&self, now: Timestamp) -> Option<&PreviousSecret> {
        self.previous_secret
            .as_ref()
            .filter(|previous| now < previous.ends_at)
    }

    /// When the previous secret ends: with its overlap, or before it by the policy of the workspace.
    pub(crate) fn previous_ends_at(&self, previous: &PreviousSecret) -> Timestamp {
        let created_at = previous.secret.created_at;
        Lifetime::end_of_overlap(self.lifetime_max, previous.ends_at, created_at)
    }

    /// The valid secrets at `now`, each with its end. The current one comes first and has no end.
    pub fn live_secrets(
        &self,
        now: Timestamp,
    ) -> impl Iterator<Item = (&StoredSecret, Option<Timestamp>)> {
        let previous = self.live_previous_secret(now);
        let previous =
            previous.map(|previous| (&previous.secret, Some(self.previous_ends_at(previous))));
        std::iter::once((&self.secret, None)).chain(previous)
    }

    /// The fields that the key's status is derived from, as they are stored.
    #[must_use]
    pub fn state(&self) -> AuditedState {
        AuditedState {
            expires_at: self.expires_at,
            is_disabled: self.is_disabled,
            is_deleted: self.deleted_at.is_some(),
        }
    }

    /// The key at `now`, as the audit trail records it.
    #[must_use]
    pub fn audited(&self, now: Timestamp) -> AuditedKey {
        let overlap = self.overlap(now);
        AuditedKey {
            name: self.name.clone(),
            scopes: self.scopes.clone(),
            ip_allowlist: self.ip_allowlist.clone(),
            state: self.state(),
            secret_hint: self.secret.hint,
            overlap: overlap.map(|previous| AuditedOverlap {
                secret_hint: previous.secret.hint,
                ends_at: previous.ends_at,
            }),
            annotations: self.annotations.clone(),
            limits: self.limits.clone(),
        }
    }
}

/// Only the PARTNER portal can create TEST keys (contract §1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("only the PARTNER portal can create TEST keys")]
pub struct TestModeRefused;

impl ApiKey {
    /// Creates a new, active key with this secret, which was made now.
    ///
    /// # Errors
    /// [`TestModeRefused`] when the draft asks for TEST and the actor's portal may not create TEST
    /// keys.
    pub fn issue(
        workspace: &OwnedWorkspace,
        draft: ApiKeyDraft,
        id: ApiKeyId,
        secret: StoredSecret,
        origin: Origin,
    ) -> Result<(Self, AuditEvent), TestModeRefused> {
        let now = secret.created_at;
        Self::may_issue(workspace.actor(), draft.mode)?;
        let key = Self {
            fields: ApiKeyFields {
                id,
                workspace_id: workspace.workspace_id().clone(),
                name: draft.name,
                scopes: draft.scopes,
                ip_allowlist: draft.ip_allowlist,
                expires_at: draft.expires_at,
                annotations: draft.annotations,
                limits: draft.limits,
                is_disabled: false,
                secret,
                previous_secret: None,
                last_used_at: None,
                created_at: now,
                created_by: workspace.actor().user_id().cloned(),
                version: 1,
                deleted_at: None,
                lifetime_max: None,
            },
        };
        let event = AuditEvent {
            workspace_id: key.fields.workspace_id.clone(),
            api_key_id: id,
            action: AuditAction::Created,
            actor: workspace.actor().clone(),
            origin,
            occurred_at: now,
            before: None,
            after: Some(key.fields.audited(now).into()),
            found_at: FoundPlaces::default(),
        };
        Ok((key, event))
    }

    /// Checks that the actor may create a key of this mode.
    ///
    /// # Errors
    /// [`TestModeRefused`] when the actor may not.
    pub fn may_issue(actor: &Actor, mode: Mode) -> Result<(), TestModeRefused> {
        match mode {
            Mode::Test if !actor.may_create_test_keys() => Err(TestModeRefused),
            Mode::Test | Mode::Live => Ok(()),
        }
    }

    /// Restores a key from its stored fields.
    #[must_use]
    pub fn from_fields(fields: ApiKeyFields) -> Self {
        Self { fields }
    }

    /// The fields to store.
    #[must_use]
    pub fn into_fields(self) -> ApiKeyFields {
        self.fields
    }

    /// All its fields.
    #[must_use]
    pub fn fields(&self) -> &ApiKeyFields {
        &self.fields
    }

    /// The key id.
    #[must_use]
    pub fn id(&self) -> ApiKeyId {
        self.fields.id
    }

    /// LIVE or TEST.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.fields.id.mode()
    }

    /// The status at `now`. A disabled key is `DISABLED` even after its expiry.
    #[must_use]
    pub fn status(&self, now: Timestamp) -> Status {
        let state = AuditedState {
            expires_at: self.fields.ends_at(),
            ..self.fields.state()
        };
        state.status(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caller::workspace::Portal;
    use crate::testing::{
        altered, api_key_id_of, at, expiry, key_name, origin, owned_workspace, secret_of, user,
    };

    fn issue(
        portal: impl Into<Option<Portal>>,
        mode: Mode,
    ) -> Result<(ApiKey, AuditEvent), TestModeRefused> {
        let draft = ApiKeyDraft {
            name: key_name("Key"),
            scopes: ScopeSet::default(),
            mode,
            ip_allowlist: IpAllowlist::default(),
            expires_at: Some(expiry(60)),
            annotations: Annotations::default(),
            limits: Limits::default(),
        };
        let (id, secret) = (api_key_id_of(mode, at(0), 1), secret_of(mode, 1));
        let workspace = owned_workspace(user(portal));
        ApiKey::issue(
            &workspace,
            draft,
            id,
            StoredSecret::of(&secret, at(0)),
            origin(),
        )
    }

    #[test]
    fn only_the_partner_portal_can_create_test_keys() {
        for portal in Portal::ALL.map(Some).into_iter().chain([None]) {
            assert!(issue(portal, Mode::Live).is_ok());
            assert_eq!(
                issue(portal, Mode::Test).is_ok(),
                portal == Some(Portal::Partner),
                "{portal:?}"
            );
        }
    }

    #[test]
    fn issuing_tells_of_itself() {
        let (key, event) = issue(Portal::Tenant, Mode::Live).unwrap();
        assert_eq!(event.action, AuditAction::Created);
        assert_eq!(event.api_key_id, key.id());
        assert_eq!(event.before, None);
        let whole = key.fields().audited(event.occurred_at);
        assert_eq!(event.after, Some(whole.into()));
        assert_eq!(event.actor.user_id(), key.fields().created_by.as_ref());
    }

    #[test]
    fn expired_is_derived_from_the_clock() {
        let (key, _event) = issue(Portal::Tenant, Mode::Live).unwrap();
        assert_eq!(key.status(at(59)), Status::Active);
        assert_eq!(key.status(at(60)), Status::Expired);
        let disabled = altered(key, |fields| fields.is_disabled = true);
        assert_eq!(disabled.status(at(60)), Status::Disabled);
    }
}
