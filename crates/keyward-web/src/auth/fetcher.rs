use std::time::Duration;

use reqwest::header::ACCEPT;
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode};

use super::key_set::KEY_SET_LENGTH_MAX;
use super::trusted_url::TrustedUrl;

/// The time limit for finding keys: for all requests together, with their responses.
pub(super) const TIMEOUT: Duration = Duration::from_secs(3);

/// Fetches the keys that a service publishes. Requests use no redirects, proxies or credentials, and
/// read at most 256 KiB.
pub(super) struct Fetcher(Client);

/// Why keys can't be fetched at the moment.
#[derive(Debug, thiserror::Error)]
pub(super) enum FetchError {
    #[error("the service does not answer: {0}")]
    Unreachable(&'static str, #[source] reqwest::Error),
    #[error("the service does not answer: timeout after 3 s")]
    Timeout,
    #[error("the service answers {0} instead of 200")]
    Status(StatusCode),
    #[error("the answer of the service is larger than 256 KiB")]
    TooLarge,
}

impl From<reqwest::Error> for FetchError {
    fn from(error: reqwest::Error) -> Self {
        let what = if error.is_connect() {
            "no connection"
        } else {
            "the response ended early"
        };
        Self::Unreachable(what, error.without_url())
    }
}

impl Fetcher {
    /// A fetcher that refuses http when `https_only`.
    pub(super) fn new(https_only: bool) -> reqwest::Result<Self> {
        Client::builder()
            .https_only(https_only)
            .no_proxy()
            .redirect(Policy::none())
            // A connection belongs to the runtime that opened it, and every worker has its own
            // runtime.
            .pool_max_idle_per_host(0)
            .user_agent(concat!("keyward/", env!("CARGO_PKG_VERSION")))
            .build()
            .map(Self)
    }

    /// The body of a response with the status 200. Has no time limit of its own.
    pub(super) async fn get(&self, url: &TrustedUrl) -> Result<Vec<u8>, FetchError> {
        let request = self.0.get(url.url().clone());
        let mut response = request.header(ACCEPT, "application/json").send().await?;
        if response.status() != StatusCode::OK {
            return Err(FetchError::Status(response.status()));
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            body.extend_from_slice(&chunk);
            if body.len() > KEY_SET_LENGTH_MAX {
                return Err(FetchError::TooLarge);
            }
        }
        Ok(body)
    }
}
