use keyward_domain::testing::{altered, key_name, limit, origin, scopes, secret, user, user_id};
use keyward_domain::{
    Annotations, ApiKey, AuditAction, AuditEvent, Description, EventHash, Expiry, ExternalId,
    FoundPlaces, IpAllowlist, IpRule, LastUse, Limits, Metadata, Mode, Portal, PreviousSecret,
    RecordedEvent, ScopeSet, Secret, StoredSecret, Timestamp,
};

use super::{key_id, now};

fn time(text: &str) -> Timestamp {
    Timestamp::parse_rfc3339(text).unwrap()
}

/// The current secret of a key before any rotation.
pub fn old_secret() -> Secret {
    secret(2)
}

/// The previous secret of a rotated key.
pub fn older_secret() -> Secret {
    secret(3)
}

/// A key of version 3 with every field but a previous secret.
pub fn key() -> ApiKey {
    altered(keyward_domain::testing::key(), |fields| {
        fields.id = key_id(Mode::Live);
        fields.name = key_name("Production Key");
        fields.scopes = scopes(&["payment:read", "payment:write"]);
        fields.ip_allowlist = [IpRule::parse("192.168.1.0/24").unwrap()]
            .into_iter()
            .collect();
        fields.expires_at = Some(Expiry::from_timestamp(time("2027-01-31T12:00:00Z")));
        fields.created_at = time("2026-03-01T08:00:00Z");
        fields.created_by = Some(user_id("user_1"));
        fields.secret = StoredSecret {
            last_use: Some(LastUse {
                at: time("2026-03-20T10:00:00Z"),
                address: None,
                count: 7,
            }),
            ..StoredSecret::of(&old_secret(), fields.created_at)
        };
        fields.last_used_at = Some(time("2026-03-20T10:00:00Z"));
        fields.version = 3;
    })
}

/// A key with all annotations.
pub fn annotated_key() -> ApiKey {
    altered(key(), |fields| {
        fields.annotations = Annotations {
            description: Some(Description::parse("For the report").unwrap()),
            external_id: Some(ExternalId::parse("customer-4711").unwrap()),
            metadata: Metadata::parse([("plan", "gold"), ("Team", "\"支\"")]).unwrap(),
        };
    })
}

/// A key with a limit and a quota.
pub fn limited_key() -> ApiKey {
    altered(key(), |fields| {
        let limits = vec![limit("requests", 100, "1m"), limit("tokens", 5_000, "day")];
        fields.limits = Limits::of(limits).unwrap();
    })
}

/// A key that an operator has created, without optional fields.
pub fn bare_key() -> ApiKey {
    altered(key(), |fields| {
        fields.scopes = ScopeSet::default();
        fields.ip_allowlist = IpAllowlist::default();
        fields.expires_at = None;
        fields.secret = StoredSecret::of(&old_secret(), fields.created_at);
        fields.last_used_at = None;
        fields.created_by = None;
        fields.version = 1;
    })
}

/// A key whose previous secret is valid for another hour.
pub fn key_in_overlap() -> ApiKey {
    altered(key(), |fields| {
        fields.previous_secret = Some(PreviousSecret {
            secret: StoredSecret::of(&older_secret(), time("2026-02-01T08:00:00Z")),
            ends_at: now().plus_seconds(3_600),
        });
    })
}

/// A key that expires at this instant.
pub fn expired_key() -> ApiKey {
    altered(key(), |fields| {
        fields.expires_at = Some(Expiry::from_timestamp(now()));
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
            actor: user(Portal::Partner),
            origin: origin(),
            occurred_at: key.created_at,
            before: None,
            found_at: FoundPlaces::default(),
        },
    }
}
