use http::Uri;
use http::uri::{Authority, Scheme};

use super::error::HttpVerifierError;

/// The URL of a node.
pub(super) struct NodeUrl {
    scheme: Scheme,
    authority: Authority,
}

impl NodeUrl {
    /// Parses the URL of a node. Only scheme, host and port are allowed.
    ///
    /// # Errors
    /// [`HttpVerifierError::Url`].
    pub(super) fn parse(text: &str) -> Result<Self, HttpVerifierError> {
        let wrong = || HttpVerifierError::Url;
        let url: Uri = text.parse().map_err(|_unhelpful| wrong())?;
        let scheme = url.scheme().ok_or_else(wrong)?.clone();
        let authority = url.authority().ok_or_else(wrong)?.clone();
        let is_https = scheme == Scheme::HTTPS;
        let port = authority.as_str().strip_prefix(authority.host());
        let is_node = (is_https || scheme == Scheme::HTTP)
            && port.is_some_and(is_port)
            && url.path() == "/"
            && url.query().is_none()
            && !text.contains('#');
        if !is_node {
            return Err(wrong());
        }
        Ok(Self { scheme, authority })
    }

    /// Whether connections use TLS.
    pub(super) fn is_https(&self) -> bool {
        self.scheme == Scheme::HTTPS
    }

    /// The URL of an operation.
    pub(super) fn at(&self, path_and_query: &str) -> Result<Uri, http::Error> {
        Uri::builder()
            .scheme(self.scheme.clone())
            .authority(self.authority.clone())
            .path_and_query(path_and_query)
            .build()
    }
}

/// Whether the text after the host is empty or a port. The HTTP client would replace an invalid
/// port by the default port of the scheme.
fn is_port(text: &str) -> bool {
    let port = text.strip_prefix(':').map(str::parse);
    text.is_empty() || matches!(port, Some(Ok(1_u16..)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_has_a_plain_url() {
        for (url, verify) in [
            ("http://127.0.0.1:8081", "http://127.0.0.1:8081"),
            ("https://keyward.internal/", "https://keyward.internal"),
            ("http://[::1]:8081", "http://[::1]:8081"),
            ("HTTP://keyward", "http://keyward"),
        ] {
            let parsed = NodeUrl::parse(url).unwrap();
            let asked = format!("{verify}/internal/v1/api-keys/verify");
            let at = parsed.at("/internal/v1/api-keys/verify").unwrap();
            assert_eq!(at.to_string(), asked);
            assert_eq!(parsed.is_https(), verify.starts_with("https"), "{url}");
        }
        for wrong in [
            "",
            "/",
            "127.0.0.1:8081",
            "http://",
            "ftp://x",
            "http://u:p@x",
            "http://u@x",
            "http://x/path",
            "http://x?q",
            "http://x/#f",
            "http://x:",
            "http://x:0",
            "http://x:99999",
            "http://x:port",
            "http://x y",
            "http://é",
        ] {
            assert!(NodeUrl::parse(wrong).is_err(), "{wrong}");
        }
    }
}
