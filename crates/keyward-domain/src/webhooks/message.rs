/// What is sent to a webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookMessage {
    /// The id: the same in every attempt, so that receivers can drop repeats.
    pub id: String,
    /// The content.
    pub content: MessageContent,
}

/// The content of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MessageContent {
    /// A JSON document.
    Json(String),
    /// The claims of a security event token (RFC 8417), as a JSON object. They are sent as a signed
    /// token.
    SecurityEvent(String),
}
