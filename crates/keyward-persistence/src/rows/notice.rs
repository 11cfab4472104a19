use std::net::IpAddr;
use std::num::NonZeroU8;

use keyward_domain::{
    Alarm, ApiKeyId, ClientAddress, EventType, Expiry, Exposure, ExposureSource, FoundAt, Notice,
    NoticeKind, Reaction, SecretHint, Timestamp, WorkspaceId,
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::error::Cause;

/// A notice without its workspace, which has its own column. Instants are microseconds since the Unix
/// epoch. An unknown member is an error, because it may change what the notice means.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NoticeJson {
    #[serde(rename = "type")]
    event_type: String,
    api_key_id: String,
    occurred_at: i64,
    /// Never an array, which would be read by the order of the members.
    details: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ExpiringJson {
    expires_at: i64,
    within_days: NonZeroU8,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ExpiredJson {
    expires_at: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct DeniedUseJson {
    alarm: String,
    count: u64,
    address: Option<IpAddr>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NoDetailsJson {}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ExposureJson {
    secret_hint: String,
    is_previous: bool,
    source: String,
    url: Option<String>,
    address: Option<IpAddr>,
    reaction: String,
    /// Of `EXPIRING`.
    expires_at: Option<i64>,
}

/// An object.
pub(crate) fn notice_to_json(notice: &Notice) -> Value {
    let details = match &notice.kind {
        NoticeKind::Expiring {
            expires_at,
            within_days,
        } => json!({ "expiresAt": expires_at.unix_micros(), "withinDays": within_days }),
        NoticeKind::Expired { expires_at } => json!({ "expiresAt": expires_at.unix_micros() }),
        NoticeKind::DeniedUse {
            alarm,
            count,
            address,
        } => json!({
            "alarm": alarm.as_str(),
            "count": count,
            "address": address.map(ClientAddress::ip),
        }),
        NoticeKind::QuotaReached => json!({}),
        NoticeKind::Exposed(exposure) => json!({
            "secretHint": exposure.secret_hint.recorded(),
            "isPrevious": exposure.is_previous,
            "source": exposure.source.as_str(),
            "url": exposure.url.as_ref().map(FoundAt::as_str),
            "address": exposure.address.map(ClientAddress::ip),
            "reaction": exposure.reaction.as_str(),
            "expiresAt": exposure.reaction.expires_at().map(|at| at.timestamp().unix_micros()),
        }),
    };
    json!({
        "type": notice.kind.event_type().as_str(),
        "apiKeyId": notice.api_key_id.to_string(),
        "occurredAt": notice.occurred_at.unix_micros(),
        "details": details,
    })
}

/// Reads what [`notice_to_json`] writes.
pub(crate) fn notice_from_json(workspace_id: WorkspaceId, value: Value) -> Result<Notice, Cause> {
    let notice: NoticeJson = serde_json::from_value(value)?;
    let details = Value::Object(notice.details);
    let kind = match EventType::parse(&notice.event_type)? {
        EventType::ApiKeyExpiring => {
            let expiring: ExpiringJson = serde_json::from_value(details)?;
            NoticeKind::Expiring {
                expires_at: instant(expiring.expires_at)?,
                within_days: expiring.within_days,
            }
        }
        EventType::ApiKeyExpired => {
            let expired: ExpiredJson = serde_json::from_value(details)?;
            NoticeKind::Expired {
                expires_at: instant(expired.expires_at)?,
            }
        }
        EventType::ApiKeyDeniedUse => {
            let denied: DeniedUseJson = serde_json::from_value(details)?;
            let alarm = Alarm::ALL
                .into_iter()
                .find(|one| one.as_str() == denied.alarm);
            NoticeKind::DeniedUse {
                alarm: alarm.ok_or("an unknown alarm")?,
                count: denied.count,
                address: denied.address.map(ClientAddress::vouched_for),
            }
        }
        EventType::ApiKeyQuotaReached => {
            let NoDetailsJson {} = serde_json::from_value(details)?;
            NoticeKind::QuotaReached
        }
        EventType::ApiKeyExposed => NoticeKind::Exposed(exposure(details)?),
        EventType::ApiKeyCreated
        | EventType::ApiKeyUpdated
        | EventType::ApiKeyDisabled
        | EventType::ApiKeyEnabled
        | EventType::ApiKeyRotated
        | EventType::ApiKeyOverlapEnded
        | EventType::ApiKeyDeleted
        | EventType::WorkspaceAdded
        | EventType::WorkspaceChanged
        | EventType::WorkspaceRemoved
        | EventType::MemberAdded
        | EventType::MemberChanged
        | EventType::MemberRemoved
        | EventType::PlanAdded
        | EventType::PlanChanged
        | EventType::PlanRemoved
        | EventType::ScopeAdded
        | EventType::ScopeChanged
        | EventType::ScopeRemoved
        | EventType::ResourceChanged
        | EventType::WebhookAdded
        | EventType::WebhookChanged
        | EventType::WebhookRemoved => return Err("not the type of a notice".into()),
    };
    Ok(Notice {
        workspace_id,
        api_key_id: ApiKeyId::parse(&notice.api_key_id)?,
        occurred_at: instant(notice.occurred_at)?,
        kind,
    })
}

/// The type in what [`notice_to_json`] writes. Nothing else is read, so that a node also publishes the
/// notices of a newer one.
pub(crate) fn notice_type(value: &Value) -> Result<String, Cause> {
    let word = value.get("type").and_then(Value::as_str);
    Ok(word.ok_or("no type")?.to_owned())
}

/// The key in what [`notice_to_json`] writes. Nothing else is read, for the same reason.
pub(crate) fn notice_key(value: &Value) -> Result<ApiKeyId, Cause> {
    let id = value.get("apiKeyId").and_then(Value::as_str);
    Ok(ApiKeyId::parse(id.ok_or("no key")?)?)
}

fn exposure(details: Value) -> Result<Exposure, Cause> {
    let exposure: ExposureJson = serde_json::from_value(details)?;
    let url = exposure
        .url
        .map(|url| FoundAt::parse(&url).ok_or("not an address of a place"));
    let expires_at = exposure.expires_at.map(instant).transpose()?;
    let expires_at = expires_at.map(Expiry::from_timestamp);
    let reaction = Reaction::parse(&exposure.reaction, expires_at);
    Ok(Exposure {
        secret_hint: SecretHint::parse(&exposure.secret_hint)?,
        is_previous: exposure.is_previous,
        source: ExposureSource::parse(&exposure.source).ok_or("an unknown source")?,
        url: url.transpose()?,
        address: exposure.address.map(ClientAddress::vouched_for),
        reaction: reaction.ok_or("an unknown reaction")?,
    })
}

fn instant(micros: i64) -> Result<Timestamp, Cause> {
    Timestamp::from_unix_micros(micros).ok_or_else(|| "not between the years 1970 and 9999".into())
}

#[cfg(test)]
mod tests {
    use keyward_domain::SecretHash;
    use keyward_domain::testing::{address, api_key_id, at, expiry, workspace_id};

    use super::*;

    fn kinds() -> Vec<NoticeKind> {
        let exposure = Exposure {
            secret_hint: SecretHint::parse("a1B2").unwrap(),
            is_previous: false,
            source: ExposureSource::GitHub,
            url: FoundAt::parse("https://github.com/a/b/blob/main/.env#L1"),
            address: Some(address("203.0.113.9")),
            reaction: Reaction::Disabled,
        };
        let given_back = Exposure {
            secret_hint: SecretHint::imported(&SecretHash::from_bytes([0xf0; 32])),
            is_previous: true,
            source: ExposureSource::Holder,
            url: None,
            address: None,
            reaction: Reaction::PreviousSecretEnded,
        };
        let only_noted = Exposure {
            source: ExposureSource::Scanner,
            reaction: Reaction::None,
            ..exposure.clone()
        };
        let announced = [Reaction::Notified, Reaction::Expiring(expiry(9))];
        let announced = announced.map(|reaction| {
            NoticeKind::Exposed(Exposure {
                reaction,
                ..exposure.clone()
            })
        });
        let mut kinds = vec![
            NoticeKind::Expiring {
                expires_at: at(9),
                within_days: NonZeroU8::new(14).unwrap(),
            },
            NoticeKind::Expired {
                expires_at: Timestamp::from_unix_micros(1_800_000_000_123_456).unwrap(),
            },
            NoticeKind::QuotaReached,
            NoticeKind::Exposed(exposure),
            NoticeKind::Exposed(given_back),
            NoticeKind::Exposed(only_noted),
        ];
        kinds.extend(announced);
        for alarm in Alarm::ALL {
            for address in [None, Some(address("2001:db8::7"))] {
                kinds.push(NoticeKind::DeniedUse {
                    alarm,
                    count: u64::MAX,
                    address,
                });
            }
        }
        kinds
    }

    fn notice(kind: NoticeKind) -> Notice {
        Notice {
            workspace_id: workspace_id("ws_1"),
            api_key_id: api_key_id(1),
            occurred_at: Timestamp::from_unix_micros(1_800_000_000_654_321).unwrap(),
            kind,
        }
    }

    fn read(json: Value) -> Result<Notice, Cause> {
        notice_from_json(workspace_id("ws_1"), json)
    }

    #[test]
    fn every_kind_of_notice_reads_back() {
        for kind in kinds() {
            let notice = notice(kind);
            let json = notice_to_json(&notice);
            let event_type = notice.kind.event_type().as_str();
            assert_eq!(notice_type(&json).unwrap(), event_type);
            assert_eq!(read(json).unwrap(), notice);
        }
    }

    #[test]
    fn any_other_value_is_refused() {
        for kind in kinds() {
            let written = notice_to_json(&notice(kind));
            let details = written["details"].as_object().unwrap().clone();
            let with = |member: &str, value: Value| {
                let mut other = written.clone();
                other[member] = value;
                other
            };
            let with_detail = |member: &str, value: Value| {
                let mut other = written.clone();
                other["details"][member] = value;
                other
            };
            let mut others = vec![
                json!({}),
                json!([]),
                with("more", json!(1)),
                with("type", json!("api_key.created")),
                with("type", json!("nothing")),
                with("apiKeyId", json!("nobody")),
                with("occurredAt", json!(-1)),
                with("details", json!([])),
                with_detail("more", json!(1)),
            ];
            others.extend(details.keys().map(|name| with_detail(name, json!([]))));
            if details.contains_key("reaction") {
                let is_expiring = details["reaction"] == "EXPIRING";
                let other = if is_expiring { json!(null) } else { json!(9) };
                others.push(with_detail("expiresAt", other));
            }
            for words in ["alarm", "source", "reaction", "secretHint", "url"] {
                if details.contains_key(words) {
                    others.push(with_detail(words, json!("no word")));
                }
            }
            for other in others {
                assert!(read(other.clone()).is_err(), "{other}");
            }
        }
    }
}
