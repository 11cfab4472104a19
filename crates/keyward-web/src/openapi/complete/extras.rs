use crate::codes::Code;
use crate::extract::OptionalHeaders;

/// An operation with its special parts.
pub(super) struct Extra {
    pub(super) operation: &'static str,
    optional: OptionalHeaders,
    pub(super) has_body: bool,
    pub(super) failures: &'static [Code],
}

/// The owner's operations.
pub(super) const EXTRAS: [Extra; 22] = [
    Extra::new("createApiKey", OptionalHeaders::IDEMPOTENCY_KEY)
        .with_body()
        .failing(&[
            Code::TestModeRefused,
            Code::AlreadyCarriedOut,
            Code::LimitReached,
            Code::IdempotencyKeyReused,
        ]),
    Extra::new("listApiKeys", OptionalHeaders::NONE),
    Extra::new("getApiKey", OptionalHeaders::NONE).failing(&[Code::ApiKeyNotFound]),
    Extra::new("updateApiKey", OptionalHeaders::IF_MATCH)
        .with_body()
        .failing(&[Code::ApiKeyNotFound]),
    Extra::new("deleteApiKey", OptionalHeaders::IF_MATCH).failing(&[Code::ApiKeyNotFound]),
    Extra::new("deleteNamedApiKey", OptionalHeaders::IF_MATCH)
        .with_body()
        .failing(&[Code::ApiKeyNotFound]),
    Extra::new("disableApiKey", OptionalHeaders::IF_MATCH).failing(&[Code::ApiKeyNotFound]),
    Extra::new("enableApiKey", OptionalHeaders::IF_MATCH)
        .failing(&[Code::ApiKeyNotFound, Code::WrongState]),
    Extra::new("rotateApiKey", OptionalHeaders::BOTH)
        .with_body()
        .failing(&[
            Code::ApiKeyNotFound,
            Code::WrongState,
            Code::AlreadyCarriedOut,
            Code::IdempotencyKeyReused,
        ]),
    Extra::new("finishRotation", OptionalHeaders::IF_MATCH).failing(&[Code::ApiKeyNotFound]),
    Extra::new("listApiKeyEvents", OptionalHeaders::NONE).failing(&[Code::ApiKeyNotFound]),
    Extra::new("getApiKeyUsage", OptionalHeaders::NONE).failing(&[Code::ApiKeyNotFound]),
    Extra::new("listWorkspaceEvents", OptionalHeaders::NONE),
    Extra::new("listWebhooks", OptionalHeaders::NONE),
    Extra::new("createWebhook", OptionalHeaders::NONE)
        .with_body()
        .failing(&[Code::WorkspaceNotFound, Code::TooManyWebhooks]),
    Extra::new("getWebhook", OptionalHeaders::NONE).failing(&[Code::WebhookNotFound]),
    Extra::new("deleteWebhook", OptionalHeaders::NONE).failing(&[Code::WebhookNotFound]),
    Extra::new("enableWebhook", OptionalHeaders::NONE).failing(&[Code::WebhookNotFound]),
    Extra::new("rotateWebhookSecret", OptionalHeaders::NONE).failing(&[Code::WebhookNotFound]),
    Extra::new("testWebhook", OptionalHeaders::NONE).failing(&[Code::WebhookNotFound]),
    Extra::new("replayWebhook", OptionalHeaders::NONE).failing(&[Code::WebhookNotFound]),
    Extra::new("listWebhookDeliveries", OptionalHeaders::NONE).failing(&[Code::WebhookNotFound]),
];

impl Extra {
    const fn new(operation: &'static str, optional: OptionalHeaders) -> Self {
        Self {
            operation,
            optional,
            has_body: false,
            failures: &[],
        }
    }

    const fn with_body(self) -> Self {
        Self {
            has_body: true,
            ..self
        }
    }

    const fn failing(self, failures: &'static [Code]) -> Self {
        Self { failures, ..self }
    }

    /// Whether the operation reads `Idempotency-Key`.
    pub(super) const fn reads_idempotency_key(&self) -> bool {
        self.optional.idempotency_key
    }

    /// Every change of an existing key reads `If-Match` and reports its propagation.
    pub(super) const fn reads_if_match(&self) -> bool {
        self.optional.if_match
    }
}
