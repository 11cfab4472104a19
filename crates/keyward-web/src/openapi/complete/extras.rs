use crate::codes::Code;
use crate::extract::Heeded;

/// An operation, and what it has beyond what all of its kind have.
pub(super) struct Extra {
    pub(super) operation: &'static str,
    heeded: Heeded,
    pub(super) has_body: bool,
    pub(super) failures: &'static [Code],
}

/// The owner's operations.
pub(super) const EXTRAS: [Extra; 11] = [
    Extra::new("createApiKey", Heeded::IdempotencyKey)
        .with_body()
        .failing(&[
            Code::TestModeRefused,
            Code::AlreadyCarriedOut,
            Code::LimitReached,
            Code::IdempotencyKeyReused,
        ]),
    Extra::new("listApiKeys", Heeded::Neither),
    Extra::new("getApiKey", Heeded::Neither).failing(&[Code::ApiKeyNotFound]),
    Extra::new("updateApiKey", Heeded::IfMatch)
        .with_body()
        .failing(&[Code::ApiKeyNotFound]),
    Extra::new("deleteApiKey", Heeded::IfMatch).failing(&[Code::ApiKeyNotFound]),
    Extra::new("deleteNamedApiKey", Heeded::IfMatch)
        .with_body()
        .failing(&[Code::ApiKeyNotFound]),
    Extra::new("disableApiKey", Heeded::IfMatch).failing(&[Code::ApiKeyNotFound]),
    Extra::new("enableApiKey", Heeded::IfMatch).failing(&[Code::ApiKeyNotFound, Code::WrongState]),
    Extra::new("rotateApiKey", Heeded::Both)
        .with_body()
        .failing(&[
            Code::ApiKeyNotFound,
            Code::WrongState,
            Code::AlreadyCarriedOut,
            Code::IdempotencyKeyReused,
        ]),
    Extra::new("finishRotation", Heeded::IfMatch).failing(&[Code::ApiKeyNotFound]),
    Extra::new("listApiKeyEvents", Heeded::Neither).failing(&[Code::ApiKeyNotFound]),
];

impl Extra {
    const fn new(operation: &'static str, heeded: Heeded) -> Self {
        Self {
            operation,
            heeded,
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

    /// Whether `Idempotency-Key` is heeded.
    pub(super) const fn heeds_idempotency_key(&self) -> bool {
        matches!(self.heeded, Heeded::IdempotencyKey | Heeded::Both)
    }

    /// Every change of a key that is there heeds it, and tells how far it is known.
    pub(super) const fn heeds_if_match(&self) -> bool {
        matches!(self.heeded, Heeded::IfMatch | Heeded::Both)
    }
}
