//! Keyward over HTTP: the contract's status codes, headers and prose, and nothing of its rules.
//!
//! A tour, in reading order:
//!
//! 1. [`public_app`] and [`internal_app`]: what the two listeners serve.
//! 2. `middleware`: what every request passes first and last: the access log, and the net under a panic;
//!    `request_context`: its id, its language, its address. `headers`: what a header says.
//! 3. `extract`: a header, a path, a query or a body becomes a typed value, or a failure.
//! 4. `routes`: one file an operation; it calls the use case and writes the answer.
//! 5. `error` and [`Code`]: what each failure is answered with, in one table; `envelope` writes it.
//! 6. [`guard`]: for other services, which let only holders of keys in.
//! 7. [`Sessions`] and [`TokenVerifier`]: who asks (contract §7); [`negotiate`]: in which language (contract §6).

mod apps;
mod auth;
mod codes;
mod denials;
mod envelope;
mod error;
pub mod extract;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
pub mod guard;
mod headers;
mod host;
mod internal_callers;
mod json;
mod language;
pub mod members;
mod metrics;
mod middleware;
mod openapi;
mod problem;
mod readiness;
mod request_context;
mod routes;
mod schemas;
mod silence;
mod state;
mod static_files;
#[cfg(any(test, feature = "testing"))]
pub mod testing;

pub use self::{
    apps::{internal_app, public_app},
    auth::{
        HmacSecret, HmacSecretTooShort, InternalToken, InvalidInternalToken, InvalidKeySet,
        JwksEndpointError, KeySource, MintError, MintedClaims, Session, SessionError, Sessions,
        TokenConfig, TokenConfigError, TokenError, TokenVerifier, mint,
    },
    codes::Code,
    denials::DenialLog,
    error::RequestError,
    internal_callers::{
        CallerName, INTERNAL_CALLERS_MAX, InternalCallers, InvalidCallerName,
        InvalidInternalCallers,
    },
    language::{Bundles, Message, MessageId, message, negotiate},
    metrics::Metrics,
    middleware::{AskedByHead, Refused},
    openapi::{configure as api_docs, openapi_json},
    problem::{Problem, of_ip_rule},
    readiness::{NotReady, Readiness, Ready},
    request_context::RequestContext,
    routes::{
        AuditedKeyData, KeyData, PATH_SEGMENT, SecretData, UseData, await_propagation,
        method_not_allowed,
    },
    state::{InternalState, PublicState},
    static_files::StaticFile,
};
