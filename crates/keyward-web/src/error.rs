use std::error::Error;
use std::fmt::Write as _;

use actix_web::HttpResponse;
use actix_web::http::ConnectionType;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use keyward_domain::ports::{EntropyUnavailable, RepositoryError};
use keyward_domain::usecases::authorize::AuthorizeError;
use keyward_domain::usecases::{ChangeError, CreateError, RepeatError};
use keyward_domain::{ApiKeyId, TestModeRefused, Violation, WrongState};
use keyward_guard::headers::BearerTokenError;
use serde::Serialize;

use crate::auth::{SessionError, TokenError};
use crate::codes::Code;
use crate::envelope;
use crate::member::Member;
use crate::problem::Problem;
use crate::request_context::RequestContext;

/// After how many seconds a caller may try again, when something was out of reach.
const RETRY_AFTER_SECONDS: &str = "5";

/// In the extensions of an answer of 5xx: a bounded warning tells of it. A line for each request would not
/// be bounded.
pub(crate) struct WarnedOf;

/// Every way in which a request of the public listener can fail.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RequestError {
    /// No token was presented at all.
    #[error("no bearer token")]
    TokenMissing,
    /// A token was presented, and is not believed; the reason is for our log alone.
    #[error("the token is not believed: {0}")]
    TokenRefused(&'static str),
    /// A gateway shows no internal token, or a wrong one: the key of its client was not judged.
    #[error("the gateway is not known")]
    GatewayUnknown,
    /// Nobody can say now whether a token is to be believed.
    #[error("the keys that tokens are signed with are out of reach")]
    TokenKeysUnavailable,
    /// Headers, the body or its members are wrong: all that was found.
    #[error("the request is invalid")]
    Invalid(Vec<Problem>),
    /// The body's transfer was broken off or garbled.
    #[error("the body could not be read")]
    BodyUnreadable(#[source] actix_web::error::PayloadError),
    /// The caller doesn't take JSON.
    #[error("the caller does not take JSON")]
    NotAcceptable,
    /// Not the workspace's owner, for whatever reason.
    #[error("not a workspace owner")]
    NotOwner,
    /// The body is not sent as plain JSON.
    #[error("the body is not sent as JSON")]
    WrongContentType,
    /// The body is larger than it may be.
    #[error("the body is too large")]
    BodyTooLarge,
    /// The body did not come in time.
    #[error("the body did not come in time")]
    BodyLate,
    /// The portal may not create TEST keys.
    #[error(transparent)]
    TestModeRefused(#[from] TestModeRefused),
    /// The workspace has no such key.
    #[error("no such API key")]
    ApiKeyNotFound,
    /// The key is none of the versions that the caller has seen.
    #[error("the API key was changed by someone else")]
    ChangedBySomeoneElse,
    /// The key's state forbids it.
    #[error(transparent)]
    WrongState(#[from] WrongState),
    /// The workspace is full.
    #[error("the workspace has reached its limit")]
    LimitReached,
    /// The workspace was changed too often in the last minute; so many seconds until there is room.
    #[error("the workspace was changed too often in the last minute")]
    TooManyChanges(u32),
    /// The same request was carried out before, and this is its key.
    #[error("already carried out")]
    AlreadyCarriedOut(ApiKeyId),
    /// The idempotency key stands for another request.
    #[error("the idempotency key was used with a different request")]
    IdempotencyKeyReused,
    /// A form of the page that was not written for this session.
    #[error("the form is not of this session")]
    ForeignForm,
    /// Nothing is at this path.
    #[error("no such resource")]
    NoSuchResource,
    /// Something is at this path, for these methods only.
    #[error("method not allowed")]
    MethodNotAllowed(&'static str),
    /// The key that is asked about can't be read; it is denied, and no other.
    #[error("the API key can't be read")]
    KeyUnreadable(#[source] RepositoryError),
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
    /// No secret could be made.
    #[error(transparent)]
    Entropy(#[from] EntropyUnavailable),
    /// The handler panicked. What it said may hold anything and is not kept.
    #[error("the handler panicked")]
    Panicked,
    /// The framework refused what a handler asks of it.
    #[error("the framework failed: {0}")]
    Framework(actix_web::Error),
}

/// What `4091` tells besides itself.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MadeBefore {
    api_key_id: String,
}

impl RequestError {
    /// All that is wrong with a body that can have the `expected` members.
    pub(crate) fn invalid(violations: &[Violation], expected: &[Member]) -> Self {
        let problems = violations.iter();
        Self::Invalid(
            problems
                .map(|violation| Problem::of(violation, expected))
                .collect(),
        )
    }

    /// Why a change was not made that was asked for with the `expected` members.
    pub(crate) fn of_change(error: ChangeError, expected: &[Member]) -> Self {
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

    /// Why a question could not be decided.
    pub(crate) fn of_verification(error: RepositoryError) -> Self {
        match error {
            RepositoryError::Corrupt(_) => Self::KeyUnreadable(error),
            RepositoryError::Unavailable(_) | RepositoryError::OutcomeUnknown(_) => error.into(),
        }
    }

    /// Which line of the table answers.
    pub(crate) fn code(&self) -> Code {
        match self {
            Self::TokenMissing | Self::TokenRefused(_) => Code::InvalidToken,
            Self::Invalid(_) | Self::BodyUnreadable(_) | Self::ForeignForm => Code::InvalidRequest,
            Self::NotAcceptable => Code::NotAcceptable,
            Self::NotOwner => Code::NotOwner,
            Self::WrongContentType => Code::WrongContentType,
            Self::BodyTooLarge => Code::BodyTooLarge,
            Self::BodyLate => Code::RequestTimeout,
            Self::TestModeRefused(_) => Code::TestModeRefused,
            Self::ApiKeyNotFound => Code::ApiKeyNotFound,
            Self::ChangedBySomeoneElse => Code::ChangedBySomeoneElse,
            Self::WrongState(_) => Code::WrongState,
            Self::LimitReached => Code::LimitReached,
            Self::TooManyChanges(_) => Code::TooManyRequests,
            Self::AlreadyCarriedOut(_) => Code::AlreadyCarriedOut,
            Self::IdempotencyKeyReused => Code::IdempotencyKeyReused,
            Self::NoSuchResource => Code::NoSuchResource,
            Self::MethodNotAllowed(_) => Code::MethodNotAllowed,
            Self::GatewayUnknown
            | Self::TokenKeysUnavailable
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

    /// Writes the answer, and logs what the answer doesn't say. To be called once a failure.
    pub(crate) fn answer(&self, context: &RequestContext) -> HttpResponse {
        self.log(context);
        let mut response = envelope::failure(
            context,
            self.code(),
            self.made_before().as_ref(),
            self.problems(),
        );
        if let Some((name, value)) = self.header() {
            response.headers_mut().insert(name, value);
        }
        if matches!(self, Self::GatewayUnknown) {
            response.extensions_mut().insert(WarnedOf);
        }
        if matches!(self, Self::BodyLate) {
            // The rest of the body may come yet, and must not be taken for the next request.
            response
                .head_mut()
                .set_connection_type(ConnectionType::Close);
        }
        response
    }

    /// What is wrong where, if anything is.
    pub(crate) fn problems(&self) -> &[Problem] {
        if let Self::Invalid(problems) = self {
            problems
        } else {
            &[]
        }
    }

    fn made_before(&self) -> Option<MadeBefore> {
        if let Self::AlreadyCarriedOut(id) = self {
            Some(MadeBefore {
                api_key_id: id.to_string(),
            })
        } else {
            None
        }
    }

    /// The header that the status asks for (RFC 6750, section 3, for 401).
    pub(crate) fn header(&self) -> Option<(HeaderName, HeaderValue)> {
        let fixed = |name, value| Some((name, HeaderValue::from_static(value)));
        if let Self::TokenMissing = self {
            fixed(header::WWW_AUTHENTICATE, "Bearer")
        } else if let Self::TokenRefused(_) = self {
            fixed(header::WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"")
        } else if let Self::MethodNotAllowed(allowed) = self {
            fixed(header::ALLOW, allowed)
        } else if let Self::TooManyChanges(retry_after_seconds) = self {
            Some((header::RETRY_AFTER, (*retry_after_seconds).into()))
        } else if self.code() == Code::Unavailable {
            fixed(header::RETRY_AFTER, RETRY_AFTER_SECONDS)
        } else {
            None
        }
    }

    /// Logs why a portal session was not believed. The reason is one of a fixed set, and tells nothing of
    /// the token.
    pub(crate) fn log_refused_token(&self, context: &RequestContext) {
        if let Self::TokenRefused(reason) = self {
            let request_id = context.request_id.as_str();
            tracing::info!(request_id, reason, "token.refused");
        }
    }

    /// Logs what no answer says.
    pub(crate) fn log(&self, context: &RequestContext) {
        let request_id = context.request_id.as_str();
        let code = self.code();
        if let Self::Repository(RepositoryError::OutcomeUnknown(_)) = self {
            tracing::error!(
                request_id,
                code = code.as_str(),
                error = chain(self),
                "outcome unknown"
            );
        } else if code.status().is_server_error() && !matches!(self, Self::GatewayUnknown) {
            // Unknown gateways are warned of where they are refused, in bounds.
            tracing::error!(
                request_id,
                code = code.as_str(),
                error = chain(self),
                "request.failed"
            );
        } else {
            tracing::debug!(
                request_id,
                code = code.as_str(),
                error = chain(self),
                "request.refused"
            );
        }
    }
}

/// An error and all that caused it, in one line.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        // Writing to a String can't fail.
        let _infallible = write!(text, ": {cause}");
        source = cause.source();
    }
    text
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
        match error {
            CreateError::Invalid(violations) => Self::invalid(&violations, Member::OF_DRAFT),
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
