//! Keyward over HTTP: the contract's status codes, headers and prose, and nothing of its rules.
//!
//! A tour, in reading order:
//!
//! 1. [`public_app`] and [`internal_app`]: what the two listeners serve.
//! 2. `middleware`: what every request passes first and last: the access log, and the net under a panic;
//!    `request_context`: its id, its language, its address. `headers`: what a header says.
//! 3. `extract`: a header, a path, a query or a body becomes a typed value, or a failure.
//! 4. `routes`: one file an operation; it calls the use case and writes the answer.
//! 5. `portal`: the page, which calls the same use cases.
//! 6. `error` and [`Code`]: what each failure is answered with, in one table; `envelope` writes it.
//! 7. [`Sessions`] and [`TokenVerifier`]: who asks (contract §7); [`negotiate`]: in which language (contract §6).

mod apps;
mod auth;
mod codes;
mod denials;
mod envelope;
mod error;
mod extract;
pub mod fuzzing;
mod headers;
mod host;
mod internal_callers;
mod language;
mod member;
mod metrics;
mod middleware;
mod openapi;
mod portal;
mod problem;
mod readiness;
mod request_context;
mod routes;
mod schemas;
mod silence;
mod state;
mod static_files;
#[cfg(test)]
mod testing;

pub use keyward_guard::{InternalToken, InvalidInternalToken};

pub use self::{
    apps::{internal_app, public_app},
    auth::{
        HmacSecret, HmacSecretTooShort, InvalidKeySet, JwksEndpointError, KeySource, MintError,
        MintedClaims, OneTimeLink, Session, Sessions, TokenConfig, TokenConfigError, TokenError,
        TokenVerifier, mint,
    },
    codes::Code,
    denials::DenialLog,
    internal_callers::{
        CallerName, INTERNAL_CALLERS_MAX, InternalCallers, InvalidCallerName,
        InvalidInternalCallers,
    },
    language::negotiate,
    metrics::Metrics,
    openapi::openapi_json,
    readiness::{NotReady, Readiness, Ready},
    state::{InternalState, PublicState},
};
