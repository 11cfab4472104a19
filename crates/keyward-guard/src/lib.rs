//! What another Rust service needs to require an API key of Keyward, and nothing else.
//!
//! A [`Guard`] has a [`Verifier`] that decides: [`InProcessVerifier`] by itself, or with the feature
//! `http-client` an `HttpVerifier` that asks a Keyward node. [`Guard::require`] says what a key must be able
//! to do, and the [`Require`] that it makes is a middleware: of actix-web with the feature `actix`, of tower
//! (axum, tonic, hyper) with the feature `tower`. Handlers behind it take the [`Caller`]. What can't be
//! decided never passes: it is answered with 503.
//!
//! Without a middleware, [`Require::decide`] decides about the headers of any framework.
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
//!     let greet = async |caller: Caller| format!("Hello {}", caller.name);
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
//! /// axum knows the peer when the service is made with its connect info.
//! fn peer(extensions: &http::Extensions) -> Option<SocketAddr> {
//!     let info = extensions.get::<ConnectInfo<SocketAddr>>();
//!     info.map(|ConnectInfo(peer)| *peer)
//! }
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let keyward = HttpVerifier::new(HttpVerifierConfig::at("http://127.0.0.1:8081"))?;
//! let reads = Guard::new(keyward).require(&["payment:read"])?;
//! let greet = async |Extension(caller): Extension<Caller>| format!("Hello {}", caller.name);
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
//! 1. [`Guard`] and [`Require`]: what a service writes. [`Caller`]: what its handlers get.
//! 2. [`Verifier`], [`Verdict`], [`Undecided`]: who decides, and what is decided.
//! 3. [`headers`]: how the credential and the caller's address are read.
//! 4. [`Answer`]: what a call that may not pass is answered.
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
#[cfg(test)]
mod testing;
#[cfg(feature = "tower")]
pub mod tower;
mod verifier;

#[cfg(feature = "http-client")]
pub use self::http_client::{HttpVerifier, HttpVerifierConfig, HttpVerifierError};
pub use self::{
    answer::{Answer, AnswerStatus},
    caller::Caller,
    guard::{Guard, Require},
    in_process::InProcessVerifier,
    internal_token::{InternalToken, InvalidInternalToken},
    verifier::{Undecided, Verdict, Verifier},
};
