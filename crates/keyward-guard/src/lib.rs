//! Middleware for Rust services that only accept calls with an API key of Keyward.
//!
//! A [`Guard`] has a [`Verifier`], which decides about each call: an [`InProcessVerifier`], or with
//! the feature `http-client` an `HttpVerifier`, which asks a Keyward node. [`Guard::require`] takes
//! the required scopes and returns a [`Require`]. That is the middleware: for actix-web with the
//! feature `actix`, for tower (axum, tonic, hyper) with the feature `tower`. Handlers behind it can
//! take a [`Caller`]. An undecided call never passes: it gets 503.
//!
//! With the feature `local`, a `LocalVerifier` decides in this process, with keys that a node keeps
//! up to date: most calls need no request, and a change is still used at once.
//!
#![cfg_attr(feature = "local", doc = "```no_run")]
#![cfg_attr(not(feature = "local"), doc = "```text")]
//! use keyward_guard::{Guard, LocalVerifier, LocalVerifierConfig};
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let keyward = LocalVerifier::start(LocalVerifierConfig::at("http://127.0.0.1:8081"))?;
//! let reads = Guard::new(keyward).require(&["payment:read"])?;
//! # drop(reads);
//! # Ok(())
//! # }
//! ```
//!
//! For other frameworks, [`Require::decide`] decides about a request's headers.
//!
//! # actix-web
//!
#![cfg_attr(all(feature = "actix", feature = "http-client"), doc = "```no_run")]
#![cfg_attr(not(all(feature = "actix", feature = "http-client")), doc = "```text")]
//! use actix_web::{App, HttpServer, web};
//! use keyward_guard::{Caller, Guard, HttpVerifier, HttpVerifierConfig};
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let keyward = HttpVerifier::new(HttpVerifierConfig::at("http://127.0.0.1:8081"))?;
//! let reads = Guard::new(keyward).require(&["payment:read"])?;
//! HttpServer::new(move || {
//!     let greet = async |caller: Caller| format!("Hello {}", caller.name());
//!     App::new().service(web::resource("/payments").wrap(reads.clone()).get(greet))
//! })
//! .bind("127.0.0.1:9000")?
//! .run()
//! .await?;
//! # Ok(())
//! # }
//! ```
//!
//! # axum
//!
#![cfg_attr(all(feature = "tower", feature = "http-client"), doc = "```no_run")]
#![cfg_attr(not(all(feature = "tower", feature = "http-client")), doc = "```text")]
//! use std::net::SocketAddr;
//!
//! use axum::extract::ConnectInfo;
//! use axum::{Extension, Router, routing};
//! use keyward_guard::{Caller, Guard, HttpVerifier, HttpVerifierConfig};
//!
//! /// axum only provides the peer's address to a service with `ConnectInfo`.
//! fn peer(extensions: &http::Extensions) -> Option<SocketAddr> {
//!     let info = extensions.get::<ConnectInfo<SocketAddr>>();
//!     info.map(|ConnectInfo(peer)| *peer)
//! }
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let keyward = HttpVerifier::new(HttpVerifierConfig::at("http://127.0.0.1:8081"))?;
//! let reads = Guard::new(keyward).require(&["payment:read"])?;
//! let greet = async |Extension(caller): Extension<Caller>| format!("Hello {}", caller.name());
//! let app = Router::new().route("/payments", routing::get(greet).layer(reads.layer(peer)));
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:9000").await?;
//! let service = app.into_make_service_with_connect_info::<SocketAddr>();
//! axum::serve(listener, service).await?;
//! # Ok(())
//! # }
//! ```
//!
//! # A tour, in reading order
//!
//! 1. [`Guard`] and [`Require`]: a service creates these. Its handlers get a [`Caller`].
//! 2. [`Verifier`], [`Verdict`], [`Undecided`]: the decision about a call.
//! 3. [`headers`]: reads the credential and the client's address.
//! 4. [`Answer`]: the response to a call that is denied or undecided.
//! 5. `actix` and `tower`: the middleware.

#[cfg(feature = "actix")]
pub mod actix;
mod answer;
mod caller;
mod guard;
pub mod headers;
#[cfg(feature = "http-client")]
mod http_client;
mod in_process;
mod internal_token;
#[cfg(feature = "leases")]
mod leased_limits;
#[cfg(feature = "local")]
mod local;
#[cfg(test)]
mod testing;
#[cfg(feature = "tower")]
pub mod tower;
mod verifier;

#[cfg(feature = "http-client")]
pub use self::http_client::{
    HttpVerifier, HttpVerifierConfig, HttpVerifierError, InvalidNodeTls, NodeTls,
};
#[cfg(feature = "leases")]
pub use self::leased_limits::{LeasedLimits, RefillCounts};
#[cfg(feature = "local")]
pub use self::local::{LocalVerifier, LocalVerifierConfig};
pub use self::{
    answer::{Answer, AnswerStatus},
    caller::Caller,
    guard::{Guard, Require},
    in_process::InProcessVerifier,
    internal_token::{InternalToken, InvalidInternalToken},
    verifier::{Undecided, Verdict, Verifier},
};
