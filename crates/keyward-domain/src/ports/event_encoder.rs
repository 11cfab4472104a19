use crate::events::event_id::EventId;
use crate::events::published_event::PublishedEvent;
use crate::webhooks::message::WebhookMessage;
use crate::webhooks::webhook::Webhook;

/// Writes events in the form that a webhook gets them.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
pub trait EventEncoder: Send + Sync {
    /// The message; `None` when the webhook's encoding has no form for the event.
    fn encode(&self, event: &PublishedEvent, webhook: &Webhook) -> Option<WebhookMessage>;

    /// A message that says that the webhook works. It is no event.
    fn test_message(&self, webhook: &Webhook, id: EventId) -> WebhookMessage;
}
