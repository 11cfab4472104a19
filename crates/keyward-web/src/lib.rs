//! The HTTP adapter of Keyward: the contract's status codes, headers and messages, but none of its
//! rules.
//!
//! A tour, in reading order:
//!
//! 1. [`public_app`] and [`internal_app`]: the applications of the two listeners. [`FastPath`]
//!    answers usual questions before the internal one.
//! 2. `middleware`: the access log, the handling of panics, and browsers on other origins, around
//!    every request.
//!    `request_context`: a request's id, language and address. `headers`: reads and writes headers.
//! 3. `extract`: a header, a path, a query or a body becomes a typed value, or a failure.
//! 4. `routes`: one file per operation, which calls the use case and creates the response.
//! 5. `error` and [`Code`]: the response to each failure, in one table. `envelope` creates it.
//! 6. [`Sessions`] and [`TokenVerifier`]: authentication (contract §7). [`negotiate`]: the language
//!    of a response (contract §6).

mod allowed_origins;
mod apps;
mod auth;
mod codes;
mod denials;
mod envelope;
mod error;
mod event_encoder;
mod event_feed;
pub mod extract;
mod fast_path;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod gateway_request;
mod headers;
mod host;
mod internal_callers;
mod json;
mod language;
pub mod members;
mod memberships;
mod metrics;
mod middleware;
mod openapi;
mod path_segment_set;
mod problem;
mod proof;
mod readiness;
mod request_context;
mod routes;
mod schemas;
mod secret_reports;
mod silence;
mod state;
mod static_files;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod web_origin;

pub use keyward_guard::{InternalToken, InvalidInternalToken, LeasedLimits, RefillCounts};

pub use self::{
    allowed_origins::{ALLOWED_ORIGINS_MAX, AllowedOrigins, InvalidAllowedOrigins},
    apps::{internal_app, public_app},
    auth::{
        AmbiguousRole, ClaimMapping, ClaimName, GitHubClientError, GitHubKeys, HmacSecret,
        HmacSecretTooShort, InvalidClaimName, InvalidIssuerUrl, InvalidKeySet, IssuerConfig,
        IssuerUrl, KeySetFile, KeySetFileError, KeySource, KeysAge, Leeway, MintError,
        MintedClaims, PlainHttp, RolesClaim, Session, SessionError, Sessions, SignatureError,
        TokenConfig, TokenConfigError, TokenError, TokenVerifier, TooMuchLeeway, TrustedUrl,
        UntrustedUrl, mint,
    },
    codes::Code,
    denials::DenialLog,
    error::RequestError,
    event_encoder::WebhookMessages,
    event_feed::EventFeed,
    extract::{BATCH_BYTES_MAX, BODY_BYTES_MAX},
    fast_path::FastPath,
    gateway_request::{Credential, GatewayRequest},
    internal_callers::{
        Admission, ClientCertificate, INTERNAL_CALLERS_MAX, InternalCallers, InvalidInternalCallers,
    },
    language::{Bundles, Message, MessageId, message, negotiate},
    memberships::{
        ClaimedMemberships, InvalidPlatformToken, PlatformClientError, PlatformConfig,
        PlatformMemberships, PlatformToken,
    },
    metrics::Metrics,
    middleware::{AskedByHead, Refused},
    openapi::{configure as api_docs, openapi_json},
    path_segment_set::PATH_SEGMENT,
    problem::{Problem, of_ip_rule},
    proof::Proof,
    readiness::{NotReady, Readiness, Ready},
    request_context::RequestContext,
    routes::{
        AuditedKeyData, DeploymentChangeData, DeploymentStateData, KeyData, KeyLifetimeData,
        LeakPolicyData, LimitData, PlanData, SecretData, await_propagation, method_not_allowed,
        published_event_json,
    },
    secret_reports::SecretReports,
    silence::Silence,
    state::{AdminState, InternalState, PublicState},
    static_files::{StaticFile, takes_gzip},
    web_origin::{InvalidWebOrigin, WebOrigin},
};
