use actix_web::http::StatusCode;

use crate::language::MessageId;

/// The code of a failure in a response (contract §2). A code never changes its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Code {
    /// Headers, body or fields are invalid; the response names all of them.
    InvalidRequest,
    /// The token is invalid.
    InvalidToken,
    /// The signature of a report is missing or wrong (§13).
    InvalidSignature,
    /// The listener requires a client certificate.
    CertificateMissing,
    /// Not the workspace's owner, or no such workspace.
    NotOwner,
    /// The portal may not create TEST keys.
    TestModeRefused,
    /// The caller's token does not have the permission.
    PermissionMissing,
    /// The workspace has no such key.
    ApiKeyNotFound,
    /// The path does not exist.
    NoSuchResource,
    /// There is no such workspace.
    WorkspaceNotFound,
    /// The workspace has no such member.
    MemberNotFound,
    /// The catalogue has no such scope.
    ScopeNotFound,
    /// There is no such plan.
    PlanNotFound,
    /// The workspace has no such webhook.
    WebhookNotFound,
    /// The path does not support this method.
    MethodNotAllowed,
    /// The caller does not accept JSON.
    NotAcceptable,
    /// The body did not arrive in time (our addition to the contract's table).
    RequestTimeout,
    /// The key's state does not allow the change.
    WrongState,
    /// The same request was already carried out.
    AlreadyCarriedOut,
    /// The workspace has reached its limit of keys.
    LimitReached,
    /// The workspace has keys or events, and can't be removed.
    WorkspaceNotEmpty,
    /// An API key has or had the imported secret.
    SecretTaken,
    /// A workspace has the plan, which can't be removed.
    PlanInUse,
    /// The workspace has as many webhooks as it may.
    TooManyWebhooks,
    /// The key is at another version than the caller expects.
    ChangedBySomeoneElse,
    /// The body is larger than 64 KiB.
    BodyTooLarge,
    /// The body of a batch is larger than 512 KiB.
    BatchTooLarge,
    /// The body is not plain JSON.
    WrongContentType,
    /// The idempotency key was used for a different request.
    IdempotencyKeyReused,
    /// The caller sends too many requests.
    TooManyRequests,
    /// An internal error.
    InternalError,
    /// A dependency is unavailable.
    Unavailable,
}

/// One row of the table: HTTP status, code, and message.
struct Row(StatusCode, &'static str, MessageId);

impl Code {
    /// Every code, in the order of the table.
    pub const ALL: [Self; 32] = [
        Self::InvalidRequest,
        Self::InvalidToken,
        Self::InvalidSignature,
        Self::CertificateMissing,
        Self::NotOwner,
        Self::TestModeRefused,
        Self::PermissionMissing,
        Self::ApiKeyNotFound,
        Self::NoSuchResource,
        Self::WorkspaceNotFound,
        Self::MemberNotFound,
        Self::ScopeNotFound,
        Self::PlanNotFound,
        Self::WebhookNotFound,
        Self::MethodNotAllowed,
        Self::NotAcceptable,
        Self::RequestTimeout,
        Self::WrongState,
        Self::AlreadyCarriedOut,
        Self::LimitReached,
        Self::WorkspaceNotEmpty,
        Self::SecretTaken,
        Self::PlanInUse,
        Self::TooManyWebhooks,
        Self::ChangedBySomeoneElse,
        Self::BodyTooLarge,
        Self::BatchTooLarge,
        Self::WrongContentType,
        Self::IdempotencyKeyReused,
        Self::TooManyRequests,
        Self::InternalError,
        Self::Unavailable,
    ];

    #[rustfmt::skip]
    fn row(self) -> Row {
        use MessageId as Id;
        use StatusCode as Status;
        match self {
            Self::InvalidRequest       => Row(Status::BAD_REQUEST,            "4000", Id::InvalidRequest),
            Self::InvalidToken         => Row(Status::UNAUTHORIZED,           "4010", Id::InvalidToken),
            Self::InvalidSignature     => Row(Status::UNAUTHORIZED,           "4011", Id::InvalidSignature),
            Self::CertificateMissing   => Row(Status::UNAUTHORIZED,           "4012", Id::CertificateMissing),
            Self::NotOwner             => Row(Status::FORBIDDEN,              "4030", Id::NotOwner),
            Self::TestModeRefused      => Row(Status::FORBIDDEN,              "4031", Id::TestModeRefused),
            Self::PermissionMissing    => Row(Status::FORBIDDEN,              "4032", Id::PermissionMissing),
            Self::ApiKeyNotFound       => Row(Status::NOT_FOUND,              "4040", Id::ApiKeyNotFound),
            Self::NoSuchResource       => Row(Status::NOT_FOUND,              "4041", Id::NoSuchResource),
            Self::WorkspaceNotFound    => Row(Status::NOT_FOUND,              "4042", Id::WorkspaceNotFound),
            Self::MemberNotFound       => Row(Status::NOT_FOUND,              "4043", Id::MemberNotFound),
            Self::ScopeNotFound        => Row(Status::NOT_FOUND,              "4044", Id::ScopeNotFound),
            Self::PlanNotFound         => Row(Status::NOT_FOUND,              "4045", Id::PlanNotFound),
            Self::WebhookNotFound      => Row(Status::NOT_FOUND,              "4046", Id::WebhookNotFound),
            Self::MethodNotAllowed     => Row(Status::METHOD_NOT_ALLOWED,     "4050", Id::MethodNotAllowed),
            Self::NotAcceptable        => Row(Status::NOT_ACCEPTABLE,         "4060", Id::NotAcceptable),
            Self::RequestTimeout       => Row(Status::REQUEST_TIMEOUT,        "4080", Id::RequestTimeout),
            Self::WrongState           => Row(Status::CONFLICT,               "4090", Id::WrongState),
            Self::AlreadyCarriedOut    => Row(Status::CONFLICT,               "4091", Id::AlreadyCarriedOut),
            Self::LimitReached         => Row(Status::CONFLICT,               "4092", Id::LimitReached),
            Self::WorkspaceNotEmpty    => Row(Status::CONFLICT,               "4093", Id::WorkspaceNotEmpty),
            Self::SecretTaken          => Row(Status::CONFLICT,               "4094", Id::SecretTaken),
            Self::PlanInUse            => Row(Status::CONFLICT,               "4095", Id::PlanInUse),
            Self::TooManyWebhooks      => Row(Status::CONFLICT,               "4096", Id::TooManyWebhooks),
            Self::ChangedBySomeoneElse => Row(Status::PRECONDITION_FAILED,    "4120", Id::ChangedBySomeoneElse),
            Self::BodyTooLarge         => Row(Status::PAYLOAD_TOO_LARGE,      "4130", Id::BodyTooLarge),
            Self::BatchTooLarge        => Row(Status::PAYLOAD_TOO_LARGE,      "4131", Id::BatchTooLarge),
            Self::WrongContentType     => Row(Status::UNSUPPORTED_MEDIA_TYPE, "4150", Id::WrongContentType),
            Self::IdempotencyKeyReused => Row(Status::UNPROCESSABLE_ENTITY,   "4220", Id::IdempotencyKeyReused),
            Self::TooManyRequests      => Row(Status::TOO_MANY_REQUESTS,      "4290", Id::TooManyRequests),
            Self::InternalError        => Row(Status::INTERNAL_SERVER_ERROR,  "5000", Id::InternalError),
            Self::Unavailable          => Row(Status::SERVICE_UNAVAILABLE,    "5030", Id::Unavailable),
        }
    }

    /// The HTTP status of the code.
    #[must_use]
    pub fn status(self) -> StatusCode {
        self.row().0
    }

    /// The four digits in the response's `code`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.row().1
    }

    /// The response's `message`, independent of the language.
    #[must_use]
    pub fn message(self) -> MessageId {
        self.row().2
    }
}

#[cfg(test)]
mod tests {
    use keyward_domain::Language;

    use super::*;
    use crate::language::message;

    /// The table of contract §2, and the rows that we added.
    const TABLE: [(u16, &str, &str); 32] = [
        (400, "4000", "Invalid request"),
        (401, "4010", "Invalid or expired token"),
        (401, "4011", "The signature is missing or wrong"),
        (401, "4012", "A client certificate is required"),
        (403, "4030", "Only workspace owner can manage API keys"),
        (403, "4031", "Only the PARTNER portal can create TEST keys"),
        (
            403,
            "4032",
            "The token does not have the permission for this",
        ),
        (404, "4040", "API key not found"),
        (404, "4041", "No such resource"),
        (404, "4042", "Workspace not found"),
        (404, "4043", "Member not found"),
        (404, "4044", "Scope not found"),
        (404, "4045", "Plan not found"),
        (404, "4046", "Webhook not found"),
        (405, "4050", "Method not allowed"),
        (406, "4060", "Not acceptable"),
        (408, "4080", "Request timeout"),
        (
            409,
            "4090",
            "The API key is in a state that does not allow this",
        ),
        (409, "4091", "This request was already carried out"),
        (
            409,
            "4092",
            "The workspace has reached its limit of API keys",
        ),
        (
            409,
            "4093",
            "The workspace has API keys or a history, and can't be removed",
        ),
        (409, "4094", "An API key has or had this secret"),
        (
            409,
            "4095",
            "A workspace has this plan, so it can't be removed",
        ),
        (
            409,
            "4096",
            "The workspace has reached its limit of webhooks",
        ),
        (412, "4120", "The API key was changed by someone else"),
        (413, "4130", "Request body too large (limit 64 KiB)"),
        (413, "4131", "Request body too large (limit 512 KiB)"),
        (415, "4150", "Content type must be application/json"),
        (
            422,
            "4220",
            "The Idempotency-Key was used with a different request",
        ),
        (429, "4290", "Too many requests"),
        (500, "5000", "Internal error"),
        (503, "5030", "Service temporarily unavailable"),
    ];

    #[test]
    fn every_row_of_the_contract_is_here_to_the_letter() {
        for (code, (status, digits, english)) in Code::ALL.into_iter().zip(TABLE) {
            assert_eq!(code.status().as_u16(), status, "{code:?}");
            assert_eq!(code.as_str(), digits, "{code:?}");
            assert_eq!(
                message(Language::English, code.message(), &[]),
                english,
                "{code:?}"
            );
        }
    }

    #[test]
    fn every_code_has_words_in_every_language() {
        for code in Code::ALL {
            for language in Language::ALL {
                let words = message(language, code.message(), &[]);
                let english = message(Language::English, code.message(), &[]);
                assert!(!words.is_empty(), "{code:?} {language:?}");
                assert_eq!(
                    words == english,
                    language == Language::English,
                    "{code:?} {language:?}"
                );
            }
        }
    }

    #[test]
    fn a_code_begins_with_its_status_and_is_nobody_elses() {
        let mut seen = std::collections::BTreeSet::new();
        for code in Code::ALL {
            assert!(
                code.as_str().starts_with(code.status().as_str()),
                "{code:?}"
            );
            assert!(seen.insert(code.as_str()), "{code:?}");
        }
    }
}
