//! Mocks of all ports, for the tests of the use cases.

use std::collections::BTreeSet;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::ManageApiKeys;
use crate::caller::origin::{Origin, RequestId};
use crate::caller::workspace::{Actor, OwnedWorkspace, Portal, Principal, UserId, WorkspaceId};
use crate::key::annotations::Annotations;
use crate::key::api_key::ApiKey;
use crate::key::id::ApiKeyId;
use crate::key::ip_rule::IpAllowlist;
use crate::key::mode::Mode;
use crate::key::name::KeyName;
use crate::key::scope::{Scope, ScopeSet};
use crate::key::secret::Secret;
use crate::ports::{MockApiKeys, MockAuditEvents, MockClock, MockScopeCatalogue, MockSecrets};
use crate::request::draft::ApiKeyDraft;
use crate::timestamp::Timestamp;

pub(super) struct World {
    pub(super) api_keys: MockApiKeys,
    pub(super) audit_events: MockAuditEvents,
    pub(super) secrets: MockSecrets,
}

pub(super) fn now() -> Timestamp {
    Timestamp::from_unix_seconds(1_800_000_000).unwrap()
}

pub(super) fn owned(portal: Portal) -> OwnedWorkspace {
    let user_id = UserId::parse("user_1").unwrap();
    let actor = Actor::User(Principal { user_id, portal });
    OwnedWorkspace::new(WorkspaceId::parse("ws_1").unwrap(), actor)
}

pub(super) fn origin() -> Origin {
    Origin {
        address: None,
        request_id: RequestId::parse("r").unwrap(),
    }
}

pub(super) fn secret(number: u8) -> Secret {
    Secret::from_entropy(Mode::Live, &Zeroizing::new([number; 32]))
}

pub(super) fn api_key_id() -> ApiKeyId {
    ApiKeyId::from_entropy(Mode::Live, now(), [9; 10])
}

/// An active key with secret 1, created now.
pub(super) fn key() -> ApiKey {
    let draft = ApiKeyDraft {
        name: KeyName::parse("Key").unwrap(),
        scopes: ScopeSet::default(),
        mode: Mode::Live,
        ip_allowlist: IpAllowlist::default(),
        expires_at: None,
        annotations: Annotations::default(),
    };
    let workspace = owned(Portal::Tenant);
    let issued = ApiKey::issue(&workspace, draft, api_key_id(), &secret(1), now(), origin());
    issued.unwrap().0
}

impl World {
    /// The catalogue has `payment:read`, new secrets are number 5, and the time stands still.
    pub(super) fn with(api_keys: MockApiKeys) -> Self {
        let mut secrets = MockSecrets::new();
        secrets
            .expect_new_secret()
            .returning(|mode| Ok(Secret::from_entropy(mode, &Zeroizing::new([5; 32]))));
        secrets
            .expect_new_id()
            .returning(|mode, now| Ok(ApiKeyId::from_entropy(mode, now, [6; 10])));
        Self {
            api_keys,
            audit_events: MockAuditEvents::new(),
            secrets,
        }
    }

    pub(super) fn manage(self) -> ManageApiKeys {
        let mut scope_catalogue = MockScopeCatalogue::new();
        scope_catalogue
            .expect_existing()
            .returning(|_| Ok(BTreeSet::from([Scope::parse("payment:read").unwrap()])));
        let mut clock = MockClock::new();
        clock.expect_now().returning(now);
        ManageApiKeys {
            api_keys: Arc::new(self.api_keys),
            audit_events: Arc::new(self.audit_events),
            scope_catalogue: Arc::new(scope_catalogue),
            secrets: Arc::new(self.secrets),
            clock: Arc::new(clock),
            key_count_max: 7,
            changes_per_minute_max: Some(9),
        }
    }
}
