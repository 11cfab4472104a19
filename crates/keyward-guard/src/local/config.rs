use std::time::Duration;

use crate::http_client::NodeTls;
use crate::internal_token::InternalToken;

/// The configuration of a [`LocalVerifier`](super::LocalVerifier).
#[derive(Debug)]
pub struct LocalVerifierConfig {
    /// The URL of the node's internal listener: `https://…`, or `http://…` in a trusted network. A
    /// proxy in front of the node must pass on each event at once.
    pub url: String,
    /// Whom to trust by https, and the certificate of this client, if the node requires one.
    pub tls: NodeTls,
    /// The internal token, if the node requires one.
    pub token: Option<InternalToken>,
    /// The deadline of a look-up. A call that takes longer is undecided.
    pub timeout: Duration,
    /// The maximum number of cached keys. Each takes about half a kilobyte.
    pub keys_max: usize,
    /// How often uses and denials are reported to the node.
    pub report_every: Duration,
}

impl LocalVerifierConfig {
    /// For the node at `url`: no token, a timeout of 500 ms, 100,000 keys, a report every 5 s.
    #[must_use]
    pub fn at(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            tls: NodeTls::default(),
            token: None,
            timeout: Duration::from_millis(500),
            keys_max: 100_000,
            report_every: Duration::from_secs(5),
        }
    }
}
