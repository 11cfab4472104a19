use keyward_domain::{
    Annotations, ApiKey, ApiKeyFields, ApiKeyId, ExternalId, IpAllowlist, KeyName, Metadata, Mode,
    Scope, Secret, StoredSecret, Timestamp, WorkspaceId,
};

use crate::Caller;

fn now() -> Timestamp {
    Timestamp::parse_rfc3339("2026-03-21T00:00:00Z").unwrap()
}

/// Who holds a LIVE key that may read payments.
pub(crate) fn caller() -> Caller {
    Caller {
        api_key_id: ApiKeyId::from_entropy(Mode::Live, now(), [7; 10]),
        workspace_id: WorkspaceId::parse("ws_1").unwrap(),
        scopes: vec![Scope::parse("payment:read").unwrap()],
        name: "Key".to_owned(),
        external_id: Some("customer-4711".to_owned()),
        metadata: [("plan".to_owned(), "gold".to_owned())].into(),
    }
}

/// The key of the caller, with this secret.
pub(crate) fn key_of(secret: &Secret) -> ApiKey {
    let caller = caller();
    ApiKey::from_fields(ApiKeyFields {
        id: caller.api_key_id,
        workspace_id: caller.workspace_id,
        name: KeyName::parse(&caller.name).unwrap(),
        scopes: caller.scopes.into_iter().collect(),
        ip_allowlist: IpAllowlist::default(),
        expires_at: None,
        annotations: Annotations {
            description: None,
            external_id: Some(ExternalId::parse("customer-4711").unwrap()),
            metadata: Metadata::parse([("plan", "gold")]).unwrap(),
        },
        is_disabled: false,
        secret: StoredSecret::of(secret, now()),
        previous_secret: None,
        last_used_at: None,
        created_at: now(),
        created_by: None,
        version: 1,
        deleted_at: None,
    })
}
