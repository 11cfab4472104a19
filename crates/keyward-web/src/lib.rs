//! The HTTP adapter of Keyward: the contract's status codes, headers and messages, but none of its
//! rules.
//!
//! A tour, in reading order:
//!
//! 1. [`public_app`] and [`internal_app`]: the applications of the two listeners.
//! 2. `middleware`: the access log and the handling of panics, around every request.
//!    `request_context`: a request's id, language and address. `headers`: reads and writes headers.
//! 3. `extract`: a header, a path, a query or a body becomes a typed value, or a failure.
//! 4. `routes`: one file per operation, which calls the use case and creates the response.
//! 5. `portal`: the page, which calls the same use cases.
//! 6. `error` and [`Code`]: the response to each failure, in one table. `envelope` creates it.
//! 7. [`guard`]: middleware for other services that only accept calls with an API key.
//! 8. [`Sessions`] and [`TokenVerifier`]: authentication (contract §7). [`negotiate`]: the language
//!    of a response (contract §6).

mod apps;
mod auth;
mod codes;
mod denials;
mod envelope;
mod error;
mod extract;
pub mod fuzzing;
pub mod guard;
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

pub use self::{
    apps::{internal_app, public_app},
    auth::{
        HmacSecret, HmacSecretTooShort, InternalToken, InvalidInternalToken, InvalidKeySet,
        JwksEndpointError, KeySource, MintError, MintedClaims, OneTimeLink, Session, Sessions,
        TokenConfig, TokenConfigError, TokenError, TokenVerifier, mint,
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
