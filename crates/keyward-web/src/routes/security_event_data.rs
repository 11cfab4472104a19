use std::collections::BTreeMap;

use keyward_domain::{
    Actor, ApiKeyId, EventType, NoticeKind, PublishedContent, PublishedEvent, Timestamp,
};
use serde::Serialize;
use utoipa::ToSchema;

/// The type of a CAEP event about a credential.
const CREDENTIAL_CHANGE: &str =
    "https://schemas.openid.net/secevent/caep/event-type/credential-change";

/// The claims of a security event token (RFC 8417) about a credential: the second encoding of a change of
/// a key (contract §14), by the `OpenID` Continuous Access Evaluation Profile 1.0.
#[derive(Serialize, ToSchema)]
#[schema(as = SecurityEvent)]
#[serde(deny_unknown_fields)]
pub(super) struct SecurityEventData<'a> {
    #[schema(pattern = "^keyward$")]
    iss: &'static str,
    /// The receiver; absent in answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    aud: Option<&'a str>,
    /// The id of the event.
    #[schema(
        pattern = "^evt_[0-9A-Za-z]{22}$",
        example = "evt_3Yv8mB1cQx0pR7sT2uW9zA"
    )]
    jti: String,
    /// When it was published or sent, in seconds since the Unix epoch.
    iat: i64,
    /// The id of the request that caused it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    txn: Option<&'a str>,
    sub_id: SubjectData,
    /// One member: `https://schemas.openid.net/secevent/caep/event-type/credential-change`.
    events: BTreeMap<&'static str, CredentialChangeData>,
}

/// The key (RFC 9493, section 3.2.6).
#[derive(Serialize, ToSchema)]
#[schema(as = SecurityEventSubject)]
#[serde(deny_unknown_fields)]
struct SubjectData {
    #[schema(pattern = "^opaque$")]
    format: &'static str,
    #[schema(example = "sk_live_0352LgEZNa95dBFUcIVbVc")]
    id: String,
}

/// How the credential was changed.
#[derive(Serialize, ToSchema)]
#[schema(as = CredentialChange)]
#[serde(deny_unknown_fields)]
struct CredentialChangeData {
    #[schema(pattern = "^api_key$")]
    credential_type: &'static str,
    #[schema(pattern = "^(create|update|revoke|delete)$")]
    change_type: &'static str,
    /// In seconds since the Unix epoch.
    event_timestamp: i64,
    #[schema(pattern = "^(admin|user|policy|system)$")]
    initiating_entity: &'static str,
}

/// What CAEP tells of an event.
struct Told<'a> {
    api_key_id: ApiKeyId,
    change_type: &'static str,
    initiating_entity: &'static str,
    request_id: Option<&'a str>,
}

impl<'a> SecurityEventData<'a> {
    /// The event for a receiver; `None` when CAEP has no form for it.
    pub(super) fn of(
        event: &'a PublishedEvent,
        aud: Option<&'a str>,
        at: Timestamp,
    ) -> Option<Self> {
        let told = Told::of(event)?;
        let change = CredentialChangeData {
            credential_type: "api_key",
            change_type: told.change_type,
            event_timestamp: event.occurred_at().unix_seconds(),
            initiating_entity: told.initiating_entity,
        };
        Some(Self {
            iss: "keyward",
            aud,
            jti: event.id.to_string(),
            iat: at.unix_seconds(),
            txn: told.request_id,
            sub_id: SubjectData {
                format: "opaque",
                id: told.api_key_id.to_string(),
            },
            events: [(CREDENTIAL_CHANGE, change)].into(),
        })
    }
}

impl<'a> Told<'a> {
    fn of(event: &'a PublishedEvent) -> Option<Self> {
        let change_type = change_type(event.event_type())?;
        match &event.content {
            PublishedContent::KeyEvent { event, .. } => Some(Self {
                api_key_id: event.api_key_id,
                change_type,
                initiating_entity: initiating_entity(&event.actor),
                request_id: Some(event.origin.request_id.as_str()),
            }),
            PublishedContent::Notice { notice, .. } => match notice.kind {
                NoticeKind::Expired { .. } => Some(Self {
                    api_key_id: notice.api_key_id,
                    change_type,
                    initiating_entity: "policy",
                    request_id: None,
                }),
                NoticeKind::Expiring { .. }
                | NoticeKind::DeniedUse { .. }
                | NoticeKind::QuotaReached
                | NoticeKind::Exposed(_) => None,
            },
            PublishedContent::DeploymentEvent { .. } => None,
        }
    }
}

/// How CAEP names the changes of a credential.
const CHANGES: [(EventType, &str); 8] = [
    (EventType::ApiKeyCreated, "create"),
    (EventType::ApiKeyUpdated, "update"),
    (EventType::ApiKeyEnabled, "update"),
    (EventType::ApiKeyRotated, "update"),
    (EventType::ApiKeyOverlapEnded, "update"),
    (EventType::ApiKeyDisabled, "revoke"),
    (EventType::ApiKeyExpired, "revoke"),
    (EventType::ApiKeyDeleted, "delete"),
];

/// `None` for an event that is no change of a credential.
fn change_type(event_type: EventType) -> Option<&'static str> {
    let mut changes = CHANGES.into_iter();
    let change = changes.find(|(one, _change)| *one == event_type)?;
    Some(change.1)
}

fn initiating_entity(actor: &Actor) -> &'static str {
    match actor {
        Actor::User(_) => "user",
        Actor::Operator => "admin",
        Actor::Service { .. } => "system",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_change_of_a_credential_has_a_name() {
        for event_type in EventType::ALL {
            let has_name = change_type(event_type).is_some();
            assert_eq!(
                has_name,
                event_type.is_credential_change(),
                "{event_type:?}"
            );
        }
    }
}
