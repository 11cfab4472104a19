use std::time::Duration;

use reqwest::header::ACCEPT;
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode, Url};

use super::key_set::{InvalidKeySet, KEY_SET_LENGTH_MAX, KeySet};

/// The time limit for a complete response of the identity service.
const TIMEOUT: Duration = Duration::from_secs(3);

/// The URL where the identity service publishes its keys. Requests use no redirects, proxies or
/// credentials, take at most 3 seconds, and read at most 256 KiB.
pub(super) struct JwksEndpoint {
    client: Client,
    url: Url,
}

/// The URL can't be used for a key set. The error does not contain the URL.
#[derive(Debug, thiserror::Error)]
pub enum JwksEndpointError {
    /// The URL does not authenticate the server.
    #[error(
        "it must be an https URL, or an http URL of this machine (localhost, 127.0.0.1 or [::1])"
    )]
    NotTrusted,
    /// Credentials in the URL would appear in logs.
    #[error("it must be without a user name and password; a key set is public")]
    Credentials,
    /// The HTTP client can't be created.
    #[error("the HTTP client can't be created")]
    Client(#[source] reqwest::Error),
}

/// Why the key set can't be fetched at the moment.
#[derive(Debug, thiserror::Error)]
pub(super) enum FetchError {
    #[error("the identity service does not answer: {0}")]
    Unreachable(&'static str, #[source] reqwest::Error),
    #[error("the identity service answers {0} instead of 200")]
    Status(StatusCode),
    #[error("the key set of the identity service can't be used")]
    Invalid(#[from] InvalidKeySet),
}

impl From<reqwest::Error> for FetchError {
    fn from(error: reqwest::Error) -> Self {
        let what = if error.is_timeout() {
            "timeout after 3 s"
        } else if error.is_connect() {
            "no connection"
        } else {
            "the response ended early"
        };
        Self::Unreachable(what, error.without_url())
    }
}

impl JwksEndpoint {
    /// Checks the URL without a request.
    pub(super) fn new(url: &str) -> Result<Self, JwksEndpointError> {
        let url = Url::parse(url).map_err(|_unhelpful| JwksEndpointError::NotTrusted)?;
        let trusted = match url.scheme() {
            "https" => url.has_host(),
            "http" => is_this_machine(&url),
            _ => false,
        };
        if !trusted {
            return Err(JwksEndpointError::NotTrusted);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(JwksEndpointError::Credentials);
        }
        let client = Client::builder()
            .https_only(url.scheme() == "https")
            .no_proxy()
            .redirect(Policy::none())
            .timeout(TIMEOUT)
            // A connection belongs to the runtime that opened it, and every worker has its own
            // runtime.
            .pool_max_idle_per_host(0)
            .user_agent(concat!("keyward/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(JwksEndpointError::Client)?;
        Ok(Self { client, url })
    }

    /// Fetches the key set once.
    pub(super) async fn fetch(&self) -> Result<KeySet, FetchError> {
        let request = self.client.get(self.url.clone());
        let mut response = request.header(ACCEPT, "application/json").send().await?;
        if response.status() != StatusCode::OK {
            return Err(FetchError::Status(response.status()));
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            body.extend_from_slice(&chunk);
            if body.len() > KEY_SET_LENGTH_MAX {
                return Err(InvalidKeySet::TooLarge.into());
            }
        }
        Ok(KeySet::parse(&body)?)
    }
}

fn is_this_machine(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || address
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_by_https_or_from_this_machine() {
        for url in [
            "https://id.example/jwks.json",
            "https://id.example:8443/a?b=c",
            "https://10.0.0.1/jwks",
            "http://localhost:9000/jwks",
            "http://127.0.0.1/jwks",
            "http://127.8.8.8/jwks",
            "http://[::1]:9000/jwks",
        ] {
            assert!(JwksEndpoint::new(url).is_ok(), "{url}");
        }
        for url in [
            "",
            "jwks.json",
            "/etc/jwks.json",
            "id.example/jwks",
            "http://id.example/jwks",
            "http://10.0.0.1/jwks",
            "http://localhost.evil.example/jwks",
            "http://127.0.0.1.evil.example/jwks",
            "http://[::2]/jwks",
            "file:///etc/jwks.json",
            "ftp://localhost/jwks",
            "data:application/json,{}",
            "https://",
        ] {
            let refused = JwksEndpoint::new(url).err();
            assert!(
                matches!(refused, Some(JwksEndpointError::NotTrusted)),
                "{url}: {refused:?}"
            );
        }
    }

    #[test]
    fn a_url_has_no_credentials_and_none_are_repeated() {
        for url in [
            "https://user:hunter2@id.example/",
            "https://hunter2@id.example/",
        ] {
            let refused = JwksEndpoint::new(url).err().unwrap();
            assert!(matches!(refused, JwksEndpointError::Credentials), "{url}");
            assert!(
                !format!("{refused} {refused:?}").contains("hunter2"),
                "{url}"
            );
        }
    }
}
