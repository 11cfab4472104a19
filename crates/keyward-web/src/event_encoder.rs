use std::sync::Arc;

use keyward_domain::ports::{Clock, EventEncoder};
use keyward_domain::{
    EventId, MessageContent, PublishedEvent, Webhook, WebhookEncoding, WebhookMessage,
};

use crate::routes::{published_event_message, security_event_claims, test_message};

/// Writes events as the Events API has them, or as CAEP events.
pub struct WebhookMessages(Arc<dyn Clock>);

impl WebhookMessages {
    /// Writes messages with the time of this clock.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self(clock)
    }
}

impl EventEncoder for WebhookMessages {
    fn encode(&self, event: &PublishedEvent, webhook: &Webhook) -> Option<WebhookMessage> {
        let content = match webhook.settings.encoding {
            WebhookEncoding::Keyward => {
                let is_of_workspace = webhook.workspace_id.is_some();
                MessageContent::Json(published_event_message(event, is_of_workspace))
            }
            WebhookEncoding::Caep => {
                let receiver = webhook.settings.url.without_query();
                let claims = security_event_claims(event, receiver, self.0.now())?;
                MessageContent::SecurityEvent(claims)
            }
        };
        let id = event.id.to_string();
        Some(WebhookMessage { id, content })
    }

    fn test_message(&self, webhook: &Webhook, id: EventId) -> WebhookMessage {
        let id = id.to_string();
        let content = MessageContent::Json(test_message(&id, webhook, self.0.now()));
        WebhookMessage { id, content }
    }
}

#[cfg(test)]
mod tests {
    use keyward_domain::NoticeKind;
    use keyward_domain::testing::{at, published_event, published_notice, webhook};
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{clock, now};

    fn encoded(event: &PublishedEvent, webhook: &Webhook) -> Option<(bool, Value)> {
        let encoder = WebhookMessages::new(Arc::new(clock()));
        let message = encoder.encode(event, webhook)?;
        assert_eq!(message.id, event.id.to_string());
        Some(match message.content {
            MessageContent::Json(text) => (false, serde_json::from_str(&text).unwrap()),
            MessageContent::SecurityEvent(text) => (true, serde_json::from_str(&text).unwrap()),
        })
    }

    #[test]
    fn only_the_deployment_learns_the_position() {
        let (_, of_workspace) = encoded(&published_event(1), &webhook()).unwrap();
        assert_eq!(of_workspace["type"], "api_key.deleted");
        assert_eq!(
            (&of_workspace["sequence"], &of_workspace["position"]),
            (&json!(1), &Value::Null)
        );
        let mut deployment = webhook();
        deployment.workspace_id = None;
        let (_, of_deployment) = encoded(&published_event(1), &deployment).unwrap();
        assert_eq!(of_deployment["position"], 101);
    }

    #[test]
    fn a_change_of_a_key_is_a_credential_change_of_caep() {
        let mut receiver = webhook();
        receiver.settings.encoding = WebhookEncoding::Caep;
        let event = published_event(1);
        let want = json!({
            "iss": "keyward",
            "aud": "https://hooks.example.com/keyward",
            "jti": event.id.to_string(),
            "iat": now().unix_seconds(),
            "txn": "request-1",
            "sub_id": { "format": "opaque", "id": event.api_key_id().unwrap().to_string() },
            "events": { "https://schemas.openid.net/secevent/caep/event-type/credential-change": {
                "credential_type": "api_key",
                "change_type": "delete",
                "event_timestamp": at(0).unix_seconds(),
                "initiating_entity": "admin"
            } }
        });
        assert_eq!(encoded(&event, &receiver), Some((true, want)));
        let expired = published_notice(2, NoticeKind::Expired { expires_at: at(0) });
        let (_, claims) = encoded(&expired, &receiver).unwrap();
        let changes = claims["events"].as_object().unwrap();
        let change = changes.values().next().unwrap();
        assert_eq!(
            (&change["change_type"], &change["initiating_entity"]),
            (&json!("revoke"), &json!("policy"))
        );
        let quota = published_notice(3, NoticeKind::QuotaReached);
        assert_eq!(encoded(&quota, &receiver), None);
    }

    #[test]
    fn a_test_message_names_the_webhook() {
        let encoder = WebhookMessages::new(Arc::new(clock()));
        let id = EventId::of_test(webhook().id, at(0));
        let message = encoder.test_message(&webhook(), id);
        let MessageContent::Json(text) = message.content else {
            panic!("a test message is JSON");
        };
        let text: Value = serde_json::from_str(&text).unwrap();
        let want = json!({
            "id": id.to_string(),
            "type": "webhook.test",
            "timestamp": now().to_string(),
            "data": { "webhookId": webhook().id.to_string() }
        });
        assert_eq!(text, want);
    }
}
