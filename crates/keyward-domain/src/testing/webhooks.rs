use super::{at, workspace_id};
use crate::webhooks::event_types::EventTypes;
use crate::webhooks::url::WebhookUrl;
use crate::webhooks::webhook::{Webhook, WebhookEncoding, WebhookSettings};
use crate::webhooks::webhook_id::WebhookId;

/// The id of a webhook.
pub fn webhook_id(number: u8) -> WebhookId {
    WebhookId::from_entropy(at(number.into()), [number; 10])
}

/// A URL of a webhook.
pub fn webhook_url(text: &str) -> WebhookUrl {
    WebhookUrl::parse(text).unwrap()
}

/// A webhook of `ws_1` for all events about keys.
pub fn webhook() -> Webhook {
    Webhook {
        id: webhook_id(1),
        workspace_id: Some(workspace_id("ws_1")),
        settings: WebhookSettings {
            url: webhook_url("https://hooks.example.com/keyward"),
            event_types: EventTypes::default(),
            encoding: WebhookEncoding::Keyward,
            disabled: None,
            secret_generation: 0,
        },
        created_at: at(0),
        previous_secret_until: None,
        failing_since: None,
        disabled_at: None,
    }
}
