use keyward_domain::{
    Actor, Annotations, ApiKey, ApiKeyFields, AuditAction, AuditEvent, Description, EventHash,
    Expiry, ExternalId, IpAllowlist, IpRule, KeyName, LastUse, Metadata, Mode, Origin, Portal,
    PreviousSecret, Principal, RecordedEvent, RequestId, Scope, Secret, StoredSecret, Timestamp,
    UserId, WorkspaceId,
};
use zeroize::Zeroizing;

use super::{key_id, now};

fn at(text: &str) -> Timestamp {
    Timestamp::parse_rfc3339(text).unwrap()
}

/// The current secret of a key before any rotation.
pub fn old_secret() -> Secret {
    Secret::from_entropy(Mode::Live, &Zeroizing::new([2; 32]))
}

/// The previous secret of a rotated key.
pub fn older_secret() -> Secret {
    Secret::from_entropy(Mode::Live, &Zeroizing::new([3; 32]))
}

/// A key of version 3 with every field but a previous secret.
pub fn key() -> ApiKey {
    let created_at = at("2026-03-01T08:00:00Z");
    let scopes = ["payment:read", "payment:write"].map(|code| Scope::parse(code).unwrap());
    let secret = StoredSecret {
        last_use: Some(LastUse {
            at: at("2026-03-20T10:00:00Z"),
            address: None,
            count: 7,
        }),
        ..StoredSecret::of(&old_secret(), created_at)
    };
    ApiKey::from_fields(ApiKeyFields {
        id: key_id(Mode::Live),
        workspace_id: WorkspaceId::parse("ws_1").unwrap(),
        name: KeyName::parse("Production Key").unwrap(),
        scopes: scopes.into_iter().collect(),
        ip_allowlist: [IpRule::parse("192.168.1.0/24").unwrap()]
            .into_iter()
            .collect(),
        expires_at: Some(Expiry::from_timestamp(at("2027-01-31T12:00:00Z"))),
        annotations: Annotations::default(),
        is_disabled: false,
        secret,
        previous_secret: None,
        last_used_at: Some(at("2026-03-20T10:00:00Z")),
        created_at,
        created_by: Some(UserId::parse("user_1").unwrap()),
        version: 3,
        deleted_at: None,
    })
}

/// A key with all annotations.
pub fn annotated_key() -> ApiKey {
    ApiKey::from_fields(ApiKeyFields {
        annotations: Annotations {
            description: Some(Description::parse("For the report").unwrap()),
            external_id: Some(ExternalId::parse("customer-4711").unwrap()),
            metadata: Metadata::parse([("plan", "gold"), ("Team", "\"支\"")]).unwrap(),
        },
        ..key().into_fields()
    })
}

/// A key of an operator without any optional field.
pub fn bare_key() -> ApiKey {
    let fields = key().into_fields();
    ApiKey::from_fields(ApiKeyFields {
        scopes: std::iter::empty().collect(),
        ip_allowlist: IpAllowlist::default(),
        expires_at: None,
        secret: StoredSecret::of(&old_secret(), fields.created_at),
        last_used_at: None,
        created_by: None,
        version: 1,
        ..fields
    })
}

/// A key whose previous secret is valid for another hour.
pub fn key_in_overlap() -> ApiKey {
    let fields = key().into_fields();
    ApiKey::from_fields(ApiKeyFields {
        previous_secret: Some(PreviousSecret {
            secret: StoredSecret::of(&older_secret(), at("2026-02-01T08:00:00Z")),
            ends_at: now().plus_seconds(3_600),
        }),
        ..fields
    })
}

/// A key that expires at this instant.
pub fn expired_key() -> ApiKey {
    ApiKey::from_fields(ApiKeyFields {
        expires_at: Some(Expiry::from_timestamp(now())),
        ..key().into_fields()
    })
}

/// The first entry of a key's history.
pub fn created_event() -> RecordedEvent {
    let key = key().into_fields();
    RecordedEvent {
        position: 1,
        hash: EventHash::START,
        event: AuditEvent {
            after: Some(key.audited(key.created_at).into()),
            workspace_id: key.workspace_id,
            api_key_id: key.id,
            action: AuditAction::Created,
            actor: Actor::User(Principal {
                user_id: UserId::parse("user_1").unwrap(),
                portal: Portal::Partner,
            }),
            origin: Origin {
                address: None,
                request_id: RequestId::parse("request-1").unwrap(),
            },
            occurred_at: key.created_at,
            before: None,
        },
    }
}
