//! The verifier that asks a Keyward node over HTTP.

mod config;
mod connection;
mod error;
mod limit_data;
mod node;
mod node_tls;
mod node_url;
mod question_data;
#[cfg(test)]
mod tests;
mod verdict_data;
mod verifier;

#[cfg(feature = "local")]
pub(crate) use self::node::{Node, NodeBody, NodeError};
pub use self::{
    config::HttpVerifierConfig,
    error::HttpVerifierError,
    node_tls::{InvalidNodeTls, NodeTls},
    verifier::HttpVerifier,
};
