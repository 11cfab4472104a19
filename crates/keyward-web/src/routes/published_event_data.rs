use keyward_domain::{
    DeploymentEvent, Exposure, FoundAt, Notice, NoticeKind, PublishedContent, PublishedEvent,
    Timestamp, TrailPoint, UserId, WorkspaceId,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::deployment_event_data::{DeploymentChangeData, DeploymentStateData};
use super::event_data::{ActorData, EventData};
use super::security_event_data::SecurityEventData;

/// A published event (contract §12), with the contract's members in its order.
#[derive(Serialize, ToSchema)]
#[schema(as = PublishedEvent)]
#[serde(rename_all = "camelCase")]
pub(super) struct PublishedEventData<'a> {
    /// The same whenever the event is published or sent.
    #[schema(
        pattern = "^evt_[0-9A-Za-z]{22}$",
        example = "evt_3Yv8mB1cQx0pR7sT2uW9zA"
    )]
    id: String,
    #[serde(rename = "type")]
    #[schema(example = "api_key.created")]
    event_type: &'static str,
    /// When it happened.
    #[schema(format = DateTime, example = "2026-03-21T00:00:00Z")]
    timestamp: String,
    /// The position among all events of the deployment; absent for owners.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 1)]
    position: Option<u64>,
    /// The position among the events about keys of the workspace, without gaps; null for other events.
    #[schema(required, minimum = 1)]
    sequence: Option<u64>,
    #[schema(required, example = "ws_1")]
    workspace_id: Option<&'a str>,
    #[schema(required, example = "sk_live_0352LgEZNa95dBFUcIVbVc")]
    api_key_id: Option<String>,
    trail: TrailPointData,
    data: ContentData<'a>,
}

/// Where the event is in its trail; for a notice, the last event before it.
#[derive(Serialize, ToSchema)]
#[schema(as = TrailPoint)]
struct TrailPointData {
    position: u64,
    /// SHA-256 over this event and all before it, in hexadecimal digits.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    hash: String,
}

/// What happened.
#[derive(Serialize, ToSchema)]
#[schema(as = PublishedContent)]
#[serde(untagged)]
enum ContentData<'a> {
    KeyEvent(Box<EventData<'a>>),
    DeploymentEvent(DeploymentEventData<'a>),
    Notice(NoticeData<'a>),
}

/// A change of a workspace, a member, a plan, a scope, a resource or a webhook.
#[derive(Serialize, ToSchema)]
#[schema(as = DeploymentEvent)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct DeploymentEventData<'a> {
    action: &'static str,
    actor: ActorData<'a>,
    #[schema(required)]
    address: Option<String>,
    request_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    user_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    scope: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    plan: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    webhook_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    resource: Option<&'a str>,
    /// The state before: of a member its role, otherwise an object; null when there was none.
    #[schema(required, value_type = Option<serde_json::Value>)]
    before: Option<DeploymentStateData<'a>>,
    /// The state after; null when there is none.
    #[schema(required, value_type = Option<serde_json::Value>)]
    after: Option<DeploymentStateData<'a>>,
}

/// Something that happened to a key without a change.
#[derive(Default, Serialize, ToSchema)]
#[schema(as = Notice)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NoticeData<'a> {
    /// Of `api_key.expiring` and `api_key.expired`; of `api_key.exposed` with `EXPIRING`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime)]
    expires_at: Option<String>,
    /// Of `api_key.expiring`: 14, 7 or 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    within_days: Option<u8>,
    /// Of `api_key.denied_use`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(
        nullable = false,
        pattern = "^(WRONG_ADDRESS|STILL_CALLED|MANY_DENIALS)$"
    )]
    alarm: Option<&'static str>,
    /// Of `api_key.denied_use`: the denials that are the reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    denied: Option<u64>,
    /// Of `api_key.denied_use`: the address of the last call. Of `api_key.exposed`: that of the report.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    address: Option<String>,
    /// Of `api_key.exposed`, and so on: the hint of the secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    secret_hint: Option<String>,
    /// Whether it is the old secret of a rotation.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    is_previous_secret: Option<bool>,
    /// Who reported it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, pattern = "^(HOLDER|GITHUB|SCANNER)$")]
    source: Option<&'static str>,
    /// Where it was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    url: Option<&'a str>,
    /// What was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(
        nullable = false,
        pattern = "^(NONE|NOTIFIED|DISABLED|EXPIRING|PREVIOUS_SECRET_ENDED)$"
    )]
    reaction: Option<&'static str>,
}

/// The event as JSON, as an operator gets it.
#[must_use]
pub fn published_event_json(event: &PublishedEvent) -> String {
    // Serializing it can't fail.
    serde_json::to_string(&PublishedEventData::for_operator(event)).unwrap_or_default()
}

/// The event as JSON, as a webhook gets it: one of a workspace as its owner does.
pub(crate) fn published_event_message(event: &PublishedEvent, is_of_workspace: bool) -> String {
    let data = if is_of_workspace {
        PublishedEventData::for_owner(event)
    } else {
        PublishedEventData::for_operator(event)
    };
    // Serializing it can't fail.
    serde_json::to_string(&data).unwrap_or_default()
}

/// The event as the claims of a security event token for a receiver; `None` when CAEP has no form for it.
pub(crate) fn security_event_claims(
    event: &PublishedEvent,
    receiver: &str,
    at: Timestamp,
) -> Option<String> {
    let data = SecurityEventData::of(event, Some(receiver), at)?;
    serde_json::to_string(&data).ok()
}

impl<'a> PublishedEventData<'a> {
    /// For an owner, who must not learn how many events other workspaces have.
    pub(super) fn for_owner(event: &'a PublishedEvent) -> Self {
        Self {
            position: None,
            ..Self::for_operator(event)
        }
    }

    pub(super) fn for_operator(event: &'a PublishedEvent) -> Self {
        Self {
            id: event.id.to_string(),
            event_type: event.event_type().as_str(),
            timestamp: event.occurred_at().to_string(),
            position: Some(event.position),
            sequence: event.sequence,
            workspace_id: event.workspace_id().map(WorkspaceId::as_str),
            api_key_id: event.api_key_id().map(|id| id.to_string()),
            trail: TrailPointData::of(event.trail()),
            data: ContentData::of(&event.content),
        }
    }
}

impl TrailPointData {
    fn of(TrailPoint { position, hash }: TrailPoint) -> Self {
        Self {
            position,
            hash: hash.to_string(),
        }
    }
}

impl<'a> ContentData<'a> {
    fn of(content: &'a PublishedContent) -> Self {
        match content {
            PublishedContent::KeyEvent { event, trail } => {
                Self::KeyEvent(Box::new(EventData::at(trail.position, event)))
            }
            PublishedContent::DeploymentEvent { event, .. } => {
                Self::DeploymentEvent(DeploymentEventData::of(event))
            }
            PublishedContent::Notice { notice, .. } => Self::Notice(NoticeData::of(notice)),
        }
    }
}

impl<'a> DeploymentEventData<'a> {
    fn of(DeploymentEvent { change, by }: &'a DeploymentEvent) -> Self {
        let DeploymentChangeData {
            user_id,
            scope,
            plan,
            webhook_id,
            resource,
            before,
            after,
        } = DeploymentChangeData::of(change);
        Self {
            action: change.action(),
            actor: ActorData::of(&by.actor),
            address: by.origin.address.map(|address| address.ip().to_string()),
            request_id: by.origin.request_id.as_str(),
            user_id: user_id.map(UserId::as_str),
            scope,
            plan,
            webhook_id,
            resource,
            before,
            after,
        }
    }
}

impl<'a> NoticeData<'a> {
    fn of(notice: &'a Notice) -> Self {
        match &notice.kind {
            NoticeKind::Expiring {
                expires_at,
                within_days,
            } => Self {
                expires_at: Some(expires_at.to_string()),
                within_days: Some(within_days.get()),
                ..Self::default()
            },
            NoticeKind::Expired { expires_at } => Self {
                expires_at: Some(expires_at.to_string()),
                ..Self::default()
            },
            NoticeKind::DeniedUse {
                alarm,
                count,
                address,
            } => Self {
                alarm: Some(alarm.as_str()),
                denied: Some(*count),
                address: address.map(|address| address.ip().to_string()),
                ..Self::default()
            },
            NoticeKind::QuotaReached => Self::default(),
            NoticeKind::Exposed(exposure) => Self::of_exposure(notice, exposure),
        }
    }

    fn of_exposure(notice: &Notice, exposure: &'a Exposure) -> Self {
        Self {
            expires_at: exposure.reaction.expires_at().map(|at| at.to_string()),
            secret_hint: Some(exposure.secret_hint.masked(notice.api_key_id)),
            is_previous_secret: Some(exposure.is_previous),
            source: Some(exposure.source.as_str()),
            url: exposure.url.as_ref().map(FoundAt::as_str),
            address: exposure.address.map(|address| address.ip().to_string()),
            reaction: Some(exposure.reaction.as_str()),
            ..Self::default()
        }
    }
}
