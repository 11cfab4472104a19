use keyward_domain::ports::SigningKeys;
use keyward_domain::usecases::WebhookWithKeys;
use keyward_domain::{Attempt, Delivery, DisabledReason, EventType, Outcome, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

/// A webhook.
#[derive(Serialize, ToSchema)]
#[schema(as = Webhook)]
#[serde(rename_all = "camelCase")]
pub(super) struct WebhookData<'a> {
    #[schema(
        pattern = "^whk_[0-9A-Za-z]{22}$",
        example = "whk_0352LgEZNa95dBFUcIVbVc"
    )]
    id: String,
    #[schema(example = "https://hooks.example.com/keyward")]
    url: &'a str,
    /// The types of events that it gets; empty for all.
    #[schema(example = json!(["api_key.disabled", "api_key.exposed"]))]
    event_types: Vec<&'static str>,
    #[schema(pattern = "^(KEYWARD|CAEP)$")]
    encoding: &'static str,
    #[schema(pattern = "^(ENABLED|DISABLED)$")]
    status: &'static str,
    /// Why it is disabled: only failures for five days, or the answer 410.
    #[schema(required, pattern = "^(FAILING|GONE)$")]
    disabled_reason: Option<&'static str>,
    #[schema(required, format = DateTime)]
    disabled_at: Option<String>,
    /// Since when there are only failures.
    #[schema(required, format = DateTime)]
    failing_since: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    /// The Ed25519 key for `v1a` signatures: `whpk_` and base64.
    #[schema(pattern = "^whpk_[0-9A-Za-z+/]{43}=$")]
    public_key: &'a str,
    /// Until when messages are also signed with the keys before the last rotation.
    #[schema(required, format = DateTime)]
    previous_secret_ends_at: Option<String>,
    /// The secret for `v1` signatures, only after a creation and a rotation: `whsec_` and base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, pattern = "^whsec_[0-9A-Za-z+/]{43}=$")]
    secret: Option<&'a str>,
}

/// The webhooks of a workspace, the oldest first.
#[derive(Serialize, ToSchema)]
#[schema(as = Webhooks)]
pub(super) struct WebhooksData<'a> {
    pub(super) items: Vec<WebhookData<'a>>,
}

/// What became of an event.
#[derive(Serialize, ToSchema)]
#[schema(as = Delivery)]
#[serde(rename_all = "camelCase")]
pub(super) struct DeliveryData<'a> {
    #[schema(
        pattern = "^evt_[0-9A-Za-z]{22}$",
        example = "evt_3Yv8mB1cQx0pR7sT2uW9zA"
    )]
    event_id: String,
    #[schema(example = "api_key.created")]
    event_type: &'static str,
    /// The position among the events about keys of the workspace.
    #[schema(required, minimum = 1)]
    sequence: Option<u64>,
    #[schema(pattern = "^(PENDING|DELIVERED|FAILED)$")]
    status: &'static str,
    /// How often it was tried.
    attempts: u32,
    /// When it is tried again. Null when it is not, or only after an earlier event of the same key.
    #[schema(required, format = DateTime)]
    due_at: Option<String>,
    #[schema(required)]
    last_attempt: Option<AttemptData<'a>>,
}

/// An attempt to deliver.
#[derive(Serialize, ToSchema)]
#[schema(as = DeliveryAttempt)]
#[serde(rename_all = "camelCase")]
pub(super) struct AttemptData<'a> {
    #[schema(format = DateTime)]
    at: String,
    duration_milliseconds: u64,
    /// The HTTP status of the answer; null when there was none.
    #[schema(required, minimum = 100, maximum = 999)]
    answer_status: Option<u16>,
    /// The beginning of the answer's body; null when there was no answer.
    #[schema(required, max_length = 512)]
    answer: Option<&'a str>,
    /// Why there was no answer; null when there was one.
    #[schema(
        required,
        pattern = "^(ADDRESS_REFUSED|HOST_UNKNOWN|NOT_CONNECTED|NOT_SECURE|TIMED_OUT|UNREADABLE)$"
    )]
    failure: Option<&'static str>,
}

impl<'a> WebhookData<'a> {
    /// Without the secret.
    pub(super) fn of(WebhookWithKeys { webhook, keys }: &'a WebhookWithKeys) -> Self {
        let settings = &webhook.settings;
        let shown = |at: Option<Timestamp>| at.map(|at| at.to_string());
        Self {
            id: webhook.id.to_string(),
            url: settings.url.as_str(),
            event_types: settings.event_types.iter().map(EventType::as_str).collect(),
            encoding: settings.encoding.as_str(),
            status: if settings.disabled.is_some() {
                "DISABLED"
            } else {
                "ENABLED"
            },
            disabled_reason: settings.disabled.map(DisabledReason::as_str),
            disabled_at: shown(webhook.disabled_at),
            failing_since: shown(webhook.failing_since),
            created_at: webhook.created_at.to_string(),
            public_key: &keys.public_key,
            previous_secret_ends_at: shown(webhook.previous_secret_until),
            secret: None,
        }
    }

    /// With the secret, after a creation and a rotation.
    pub(super) fn with_secret(webhook: &'a WebhookWithKeys) -> Self {
        let SigningKeys { secret, .. } = &webhook.keys;
        Self {
            secret: Some(secret),
            ..Self::of(webhook)
        }
    }
}

impl<'a> DeliveryData<'a> {
    pub(super) fn of(delivery: &'a Delivery) -> Self {
        Self {
            event_id: delivery.event_id.to_string(),
            event_type: delivery.event_type.as_str(),
            sequence: delivery.sequence,
            status: delivery.status.as_str(),
            attempts: delivery.attempts,
            due_at: delivery.due_at.map(|at| at.to_string()),
            last_attempt: delivery.last_attempt.as_ref().map(AttemptData::of),
        }
    }
}

impl<'a> AttemptData<'a> {
    pub(super) fn of(attempt: &'a Attempt) -> Self {
        let (answer_status, answer, failure) = match &attempt.outcome {
            Outcome::Answered { status, answer } => (Some(*status), Some(answer.as_str()), None),
            Outcome::Failed(failure) => (None, None, Some(failure.as_str())),
        };
        Self {
            at: attempt.at.to_string(),
            duration_milliseconds: u64::try_from(attempt.duration.as_millis()).unwrap_or(u64::MAX),
            answer_status,
            answer,
            failure,
        }
    }
}
