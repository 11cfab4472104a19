mod failure_log;
mod store_down_while_verifying;

use std::error::Error;
use std::fmt::Write as _;

use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::http::{ConnectionType, StatusCode};
use actix_web::{HttpResponse, ResponseError};
use keyward_domain::ports::{EntropyUnavailable, RepositoryError};
use keyward_domain::usecases::authorize::{AuthorizeError, ServiceError};
use keyward_domain::usecases::{ChangeError, CreateError, RepeatError};
use keyward_domain::{ApiKeyId, Permission, TestModeRefused, Violation, WrongState};
use keyward_guard::headers::BearerTokenError;
use serde::Serialize;

use crate::auth::{SessionError, SignatureError, TokenError};
use crate::codes::Code;
use crate::envelope;
use crate::headers::ascii_header_value;
use crate::members;
use crate::metrics::Metrics;
use crate::problem::Problem;
use crate::request_context::RequestContext;

/// After this many seconds a caller may retry when something was unavailable.
const RETRY_AFTER_SECONDS: &str = "5";

/// Marks a 5xx response whose cause has its own rate-limited lines. A log line for each request would
/// not be limited.
pub(crate) struct WarnedOf;

/// Every failure of a request.
#[derive(Debug, thiserror::Error)]
pub enum RequestError {
    /// No token was presented.
    #[error("no bearer token")]
    TokenMissing,
    /// The presented token is invalid; the reason is only for our log.
    #[error("the token is invalid: {0}")]
    TokenRefused(&'static str),
    /// The listener requires a client certificate, and the client has shown none.
    #[error("no client certificate")]
    CertificateMissing,
    /// A gateway's internal token is missing or wrong, or it has no certificate: its client's key was not
    /// checked.
    #[error("the gateway is unknown")]
    GatewayUnknown,
    /// The caller is known, but may not do this.
    #[error("the token does not have the permission {0}")]
    PermissionMissing(Permission),
    /// The token can't be checked now.
    #[error("the token keys are unavailable")]
    TokenKeysUnavailable,
    /// It is not known that a report is from GitHub.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// The headers, the body or its members are invalid: all problems.
    #[error("the request is invalid")]
    Invalid(Vec<Problem>),
    /// The body's transfer was interrupted or malformed.
    #[error("the body could not be read")]
    BodyUnreadable(#[source] actix_web::error::PayloadError),
    /// The caller does not accept JSON.
    #[error("the caller does not accept JSON")]
    NotAcceptable,
    /// The caller is not the workspace's owner, for whatever reason.
    #[error("not a workspace owner")]
    NotOwner,
    /// The body is not plain JSON.
    #[error("the body is not plain JSON")]
    WrongContentType,
    /// The body is larger than allowed.
    #[error("the body is too large")]
    BodyTooLarge,
    /// The body of a batch is larger than allowed.
    #[error("the batch is too large")]
    BatchTooLarge,
    /// The body did not arrive in time.
    #[error("the body did not arrive in time")]
    BodyLate,
    /// The portal may not create TEST keys.
    #[error(transparent)]
    TestModeRefused(#[from] TestModeRefused),
    /// The workspace has no such key.
    #[error("no such API key")]
    ApiKeyNotFound,
    /// There is no such workspace.
    #[error("no such workspace")]
    WorkspaceNotFound,
    /// The workspace has no such member.
    #[error("no such member")]
    MemberNotFound,
    /// The catalogue has no such scope.
    #[error("no such scope")]
    ScopeNotFound,
    /// There is no such plan.
    #[error("no such plan")]
    PlanNotFound,
    /// There is no such webhook.
    #[error("no such webhook")]
    WebhookNotFound,
    /// The workspace has as many webhooks as it may.
    #[error("too many webhooks")]
    TooManyWebhooks,
    /// Some of the reported secrets have not ended yet.
    #[error("some of the reported secrets have not ended yet")]
    ReportUnfinished,
    /// A workspace has the plan.
    #[error("a workspace has the plan")]
    PlanInUse,
    /// The workspace has keys or events.
    #[error("the workspace has keys or events")]
    WorkspaceNotEmpty,
    /// The key is at none of the versions in `If-Match`.
    #[error("the API key was changed by someone else")]
    ChangedBySomeoneElse,
    /// The key's state does not allow the change.
    #[error(transparent)]
    WrongState(#[from] WrongState),
    /// The workspace has reached its limit of keys.
    #[error("the workspace has reached its limit")]
    LimitReached,
    /// The workspace was changed too often in the last minute. Contains the seconds until there is
    /// room.
    #[error("the workspace was changed too often in the last minute")]
    TooManyChanges(u32),
    /// The same request was already carried out, with this key.
    #[error("already carried out")]
    AlreadyCarriedOut(ApiKeyId),
    /// A key has the imported secret, or had it: the key, if the caller may know it.
    #[error("an API key has or had this secret")]
    SecretTaken(Option<ApiKeyId>),
    /// The idempotency key was used for a different request.
    #[error("the idempotency key was used with a different request")]
    IdempotencyKeyReused,
    /// A form of the page that was not created for this session.
    #[error("the form is not from this session")]
    ForeignForm,
    /// No further guard can get changes from this node.
    #[error("no further stream of changes")]
    NoMoreStreams,
    /// The path does not exist.
    #[error("no such resource")]
    NoSuchResource,
    /// The path only supports these methods.
    #[error("method not allowed")]
    MethodNotAllowed(&'static str),
    /// The key can't be read; only this key is denied.
    #[error("the API key can't be read")]
    KeyUnreadable(#[source] RepositoryError),
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
    /// The operating system provided no random bytes.
    #[error(transparent)]
    Entropy(#[from] EntropyUnavailable),
    /// The handler panicked. The panic message is dropped, because it may contain anything.
    #[error("the handler panicked")]
    Panicked,
    /// The framework failed in a handler.
    #[error("the framework failed: {0}")]
    Framework(actix_web::Error),
}

/// The `data` of `4091`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MadeBefore {
    api_key_id: String,
}

impl RequestError {
    /// All problems of a body that may have the `expected` members.
    pub(crate) fn invalid(violations: &[Violation], expected: &[&'static str]) -> Self {
        let problems = violations.iter();
        Self::Invalid(
            problems
                .map(|violation| Problem::of(violation, expected))
                .collect(),
        )
    }

    /// The failure of a change that may have the `expected` members.
    #[must_use]
    pub fn of_change(error: ChangeError, expected: &[&'static str]) -> Self {
        match error {
            ChangeError::NotFound => Self::ApiKeyNotFound,
            ChangeError::Invalid(violations) => Self::invalid(&violations, expected),
            ChangeError::ChangedBySomeoneElse => Self::ChangedBySomeoneElse,
            ChangeError::WrongState(wrong) => Self::WrongState(wrong),
            ChangeError::TooManyChanges {
                retry_after_seconds,
            } => Self::TooManyChanges(retry_after_seconds),
            ChangeError::AlreadyCarriedOut(id) => Self::AlreadyCarriedOut(id),
            ChangeError::IdempotencyKeyReused => Self::IdempotencyKeyReused,
            ChangeError::Repository(error) => Self::Repository(error),
            ChangeError::Entropy(error) => Self::Entropy(error),
        }
    }

    /// The code of the response.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::TokenMissing | Self::TokenRefused(_) => Code::InvalidToken,
            Self::CertificateMissing => Code::CertificateMissing,
            Self::Signature(
                SignatureError::Malformed | SignatureError::UnknownKey | SignatureError::Wrong,
            ) => Code::InvalidSignature,
            Self::Invalid(_) | Self::BodyUnreadable(_) | Self::ForeignForm => Code::InvalidRequest,
            Self::PermissionMissing(_) => Code::PermissionMissing,
            Self::NotAcceptable => Code::NotAcceptable,
            Self::NotOwner => Code::NotOwner,
            Self::WrongContentType => Code::WrongContentType,
            Self::BodyTooLarge => Code::BodyTooLarge,
            Self::BatchTooLarge => Code::BatchTooLarge,
            Self::BodyLate => Code::RequestTimeout,
            Self::TestModeRefused(_) => Code::TestModeRefused,
            Self::ApiKeyNotFound => Code::ApiKeyNotFound,
            Self::WorkspaceNotFound => Code::WorkspaceNotFound,
            Self::MemberNotFound => Code::MemberNotFound,
            Self::ScopeNotFound => Code::ScopeNotFound,
            Self::PlanNotFound => Code::PlanNotFound,
            Self::WebhookNotFound => Code::WebhookNotFound,
            Self::TooManyWebhooks => Code::TooManyWebhooks,
            Self::PlanInUse => Code::PlanInUse,
            Self::WorkspaceNotEmpty => Code::WorkspaceNotEmpty,
            Self::ChangedBySomeoneElse => Code::ChangedBySomeoneElse,
            Self::WrongState(_) => Code::WrongState,
            Self::LimitReached => Code::LimitReached,
            Self::TooManyChanges(_) => Code::TooManyRequests,
            Self::AlreadyCarriedOut(_) => Code::AlreadyCarriedOut,
            Self::SecretTaken(_) => Code::SecretTaken,
            Self::IdempotencyKeyReused => Code::IdempotencyKeyReused,
            Self::NoSuchResource => Code::NoSuchResource,
            Self::MethodNotAllowed(_) => Code::MethodNotAllowed,
            Self::GatewayUnknown
            | Self::NoMoreStreams
            | Self::ReportUnfinished
            | Self::TokenKeysUnavailable
            | Self::Signature(SignatureError::KeysUnavailable)
            | Self::KeyUnreadable(_)
            | Self::Repository(
                RepositoryError::Unavailable(_) | RepositoryError::OutcomeUnknown(_),
            ) => Code::Unavailable,
            Self::Repository(RepositoryError::Corrupt(_))
            | Self::Entropy(_)
            | Self::Panicked
            | Self::Framework(_) => Code::InternalError,
        }
    }

    /// Creates the response, and logs what the response does not contain. Call it once per failure.
    #[must_use]
    pub fn answer(&self, context: &RequestContext) -> HttpResponse {
        let is_logged = self.log(context);
        let mut response = envelope::failure(
            context,
            self.code(),
            self.made_before().as_ref(),
            self.problems(),
        );
        if let Some((name, value)) = self.header() {
            response.headers_mut().insert(name, value);
        }
        if !is_logged {
            response.extensions_mut().insert(WarnedOf);
        }
        if matches!(self, Self::BodyLate) {
            // The rest of the body may still arrive and must not be read as the next request.
            response
                .head_mut()
                .set_connection_type(ConnectionType::Close);
        }
        response
    }

    /// All problems with their fields, if any.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        if let Self::Invalid(problems) = self {
            problems
        } else {
            &[]
        }
    }

    fn made_before(&self) -> Option<MadeBefore> {
        if let Self::AlreadyCarriedOut(id) | Self::SecretTaken(Some(id)) = self {
            Some(MadeBefore {
                api_key_id: id.to_string(),
            })
        } else {
            None
        }
    }

    /// The header that belongs to the status (RFC 6750, section 3, for 401 and 403).
    pub fn header(&self) -> Option<(HeaderName, HeaderValue)> {
        let fixed = |name, value| Some((name, HeaderValue::from_static(value)));
        if let Self::TokenMissing = self {
            fixed(header::WWW_AUTHENTICATE, "Bearer")
        } else if let Self::TokenRefused(_) = self {
            fixed(header::WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"")
        } else if let Self::CertificateMissing = self {
            fixed(header::WWW_AUTHENTICATE, "ClientCertificate")
        } else if let Self::PermissionMissing(permission) = self {
            let value = format!("Bearer error=\"insufficient_scope\", scope=\"{permission}\"");
            Some((header::WWW_AUTHENTICATE, ascii_header_value(&value)))
        } else if let Self::MethodNotAllowed(allowed) = self {
            fixed(header::ALLOW, allowed)
        } else if self.code() == Code::InvalidSignature {
            fixed(header::WWW_AUTHENTICATE, "Github-Public-Key-Signature")
        } else if let Self::TooManyChanges(retry_after_seconds) = self {
            Some((header::RETRY_AFTER, (*retry_after_seconds).into()))
        } else if self.code() == Code::Unavailable {
            fixed(header::RETRY_AFTER, RETRY_AFTER_SECONDS)
        } else {
            None
        }
    }

    /// Logs and counts why a portal session was refused. The reason is one of a fixed set and contains
    /// nothing of the token.
    pub fn note_refused_token(&self, context: &RequestContext, metrics: &Metrics) {
        if let Self::TokenRefused(reason) = self {
            metrics.token_refused(reason);
            let request_id = context.request_id.as_str();
            tracing::info!(request_id, reason, "token.refused");
        }
    }

    /// Logs what the response does not contain. Returns `false` when the line of a 5xx response was left
    /// out, because its cause has a line already.
    pub fn log(&self, context: &RequestContext) -> bool {
        let request_id = context.request_id.as_str();
        let code = self.code();
        if let Self::Repository(RepositoryError::OutcomeUnknown(_)) = self {
            // Each one, because an operator may have to find out what became of it.
            tracing::error!(
                request_id,
                code = code.as_str(),
                error = chain(self),
                "outcome unknown"
            );
            true
        } else if matches!(self, Self::GatewayUnknown) {
            // It has a rate-limited warning where it is refused.
            false
        } else if code.status().is_server_error() {
            let error = chain(self);
            let line = failure_log::begins(&error);
            if let Some(left_out) = line {
                tracing::error!(
                    request_id,
                    code = code.as_str(),
                    error,
                    left_out,
                    "request.failed"
                );
            }
            line.is_some()
        } else {
            tracing::debug!(
                request_id,
                code = code.as_str(),
                error = chain(self),
                "request.refused"
            );
            true
        }
    }
}

/// Handlers return the failure. The middleware creates the response, because it needs the request's
/// id and language.
impl ResponseError for RequestError {
    fn status_code(&self) -> StatusCode {
        self.code().status()
    }

    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}

/// An error and its causes in one line.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        // Writing to a `String` can't fail.
        let _infallible = write!(text, ": {cause}");
        source = cause.source();
    }
    text
}

impl From<Problem> for RequestError {
    fn from(problem: Problem) -> Self {
        Self::Invalid(vec![problem])
    }
}

impl From<BearerTokenError> for RequestError {
    fn from(error: BearerTokenError) -> Self {
        match error {
            BearerTokenError::Missing => Self::TokenMissing,
            BearerTokenError::Refused(reason) => Self::TokenRefused(reason),
        }
    }
}

impl From<TokenError> for RequestError {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::Invalid(reason) => Self::TokenRefused(reason),
            TokenError::UnknownKey => Self::TokenRefused("unknown kid"),
            TokenError::KeysUnavailable => Self::TokenKeysUnavailable,
        }
    }
}

impl From<SessionError> for RequestError {
    fn from(error: SessionError) -> Self {
        match error {
            SessionError::Token(error) => error.into(),
            SessionError::Repository(error) => Self::Repository(error),
        }
    }
}

impl From<AuthorizeError> for RequestError {
    fn from(error: AuthorizeError) -> Self {
        match error {
            AuthorizeError::NotOwner => Self::NotOwner,
            AuthorizeError::Repository(error) => Self::Repository(error),
        }
    }
}

impl From<ServiceError> for RequestError {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::Unknown => Self::TokenRefused("not a valid service token"),
            ServiceError::NotPermitted {
                name: _,
                permission,
            } => Self::PermissionMissing(permission),
            ServiceError::Repository(error) => Self::Repository(error),
        }
    }
}

impl From<RepeatError> for RequestError {
    fn from(error: RepeatError) -> Self {
        match error {
            RepeatError::AlreadyCarriedOut(id) => Self::AlreadyCarriedOut(id),
            RepeatError::IdempotencyKeyReused => Self::IdempotencyKeyReused,
            RepeatError::Repository(error) => Self::Repository(error),
        }
    }
}

impl From<CreateError> for RequestError {
    fn from(error: CreateError) -> Self {
        Self::of_create(error, members::DRAFT)
    }
}

impl RequestError {
    /// The failure to create a key by a body that may have the `expected` members.
    pub(crate) fn of_create(error: CreateError, expected: &[&'static str]) -> Self {
        match error {
            CreateError::Invalid(violations) => Self::invalid(&violations, expected),
            CreateError::SecretTaken(id) => Self::SecretTaken(id),
            CreateError::TestModeRefused(refused) => Self::TestModeRefused(refused),
            CreateError::LimitReached => Self::LimitReached,
            CreateError::TooManyChanges {
                retry_after_seconds,
            } => Self::TooManyChanges(retry_after_seconds),
            CreateError::AlreadyCarriedOut(id) => Self::AlreadyCarriedOut(id),
            CreateError::IdempotencyKeyReused => Self::IdempotencyKeyReused,
            CreateError::Repository(error) => Self::Repository(error),
            CreateError::Entropy(error) => Self::Entropy(error),
        }
    }
}
