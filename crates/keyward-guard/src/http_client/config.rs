use std::time::Duration;

use super::node_tls::NodeTls;
use crate::internal_token::InternalToken;

/// The configuration of an [`HttpVerifier`](super::HttpVerifier).
#[derive(Debug)]
pub struct HttpVerifierConfig {
    /// The URL of the node's internal listener: `https://…`, or `http://…` in a trusted network.
    pub url: String,
    /// Whom to trust by https, and the certificate of this client, if the node requires one.
    pub tls: NodeTls,
    /// The internal token, if the node requires one.
    pub token: Option<InternalToken>,
    /// The deadline of a request. A call that takes longer is undecided.
    pub timeout: Duration,
}

impl HttpVerifierConfig {
    /// For the node at `url`: no token, a timeout of 500 ms.
    #[must_use]
    pub fn at(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            tls: NodeTls::default(),
            token: None,
            timeout: Duration::from_millis(500),
        }
    }
}
