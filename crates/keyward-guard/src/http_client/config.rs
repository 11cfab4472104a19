use std::time::Duration;

use crate::internal_token::InternalToken;

/// Where a Keyward node is, and how it is asked.
#[derive(Debug)]
pub struct HttpVerifierConfig {
    /// Its internal listener: `https://…`, or `http://…` where the network is trusted.
    pub url: String,
    /// What it asks its callers for, where it does.
    pub token: Option<InternalToken>,
    /// How long a whole answer may take; what takes longer is not decided.
    pub timeout: Duration,
}

impl HttpVerifierConfig {
    /// The node at `url`, without a token, within 500 ms.
    #[must_use]
    pub fn at(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            token: None,
            timeout: Duration::from_millis(500),
        }
    }
}
