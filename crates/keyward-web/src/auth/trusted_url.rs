use std::net::IpAddr;

use reqwest::Url;

/// Which servers may be asked without TLS. Whoever can answer in the place of such a server can sign
/// tokens, or make users members.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlainHttp {
    /// None.
    Never,
    /// Those of this machine.
    ThisMachine,
    /// Any: for a cluster whose network is trusted.
    AnyHost,
}

/// The URL of a server that is trusted: https, or http where [`PlainHttp`] allows it, without
/// credentials.
#[derive(Clone, Debug)]
pub struct TrustedUrl(Url);

/// The URL can't be used. The error does not contain the URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UntrustedUrl {
    /// The URL does not authenticate the server.
    #[error(
        "it must be an https URL, or an http URL of this machine (localhost, 127.0.0.1 or [::1])"
    )]
    NotTrusted,
    /// The document came by https, so its URLs must be https as well.
    #[error("it must be an https URL")]
    NotHttps,
    /// It is not even an http URL.
    #[error("it must be an https or http URL")]
    NotHttp,
    /// Credentials in the URL would appear in logs.
    #[error("it must be without a user name and password, which logs would show")]
    Credentials,
}

impl TrustedUrl {
    /// Checks the URL without a request.
    ///
    /// # Errors
    /// [`UntrustedUrl`].
    pub fn parse(text: &str, plain_http: PlainHttp) -> Result<Self, UntrustedUrl> {
        let refusal = match plain_http {
            PlainHttp::Never => UntrustedUrl::NotHttps,
            PlainHttp::ThisMachine => UntrustedUrl::NotTrusted,
            PlainHttp::AnyHost => UntrustedUrl::NotHttp,
        };
        let url = Url::parse(text).map_err(|_unhelpful| refusal)?;
        let trusted = match (url.scheme(), plain_http) {
            ("https", _) | ("http", PlainHttp::AnyHost) => url.has_host(),
            ("http", PlainHttp::ThisMachine) => is_this_machine(&url),
            (_, _) => false,
        };
        if !trusted {
            return Err(refusal);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(UntrustedUrl::Credentials);
        }
        Ok(Self(url))
    }

    /// Whether it is https.
    pub(crate) fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// Whether it is http of another machine.
    #[must_use]
    pub fn is_plain_http_elsewhere(&self) -> bool {
        !self.is_https() && !is_this_machine(&self.0)
    }

    /// Whether it has a query or a fragment.
    #[must_use]
    pub fn has_query_or_fragment(&self) -> bool {
        self.0.query().is_some() || self.0.fragment().is_some()
    }

    /// The URL of another path of the same server.
    pub(super) fn with_path(&self, path: &str) -> Self {
        let mut url = self.0.clone();
        url.set_path(path);
        Self(url)
    }

    /// Its path.
    pub(super) fn path(&self) -> &str {
        self.0.path()
    }

    /// The URL itself.
    pub(crate) fn url(&self) -> &Url {
        &self.0
    }
}

fn is_this_machine(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || address
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HTTPS: [&str; 3] = [
        "https://id.example/jwks.json",
        "https://id.example:8443/a?b=c",
        "https://10.0.0.1/jwks",
    ];
    const OF_THIS_MACHINE: [&str; 4] = [
        "http://localhost:9000/jwks",
        "http://127.0.0.1/jwks",
        "http://127.8.8.8/jwks",
        "http://[::1]:9000/jwks",
    ];
    const HTTP: [&str; 6] = [
        "http://id.example/jwks",
        "http://keycloak.auth.svc:8080/realms/a",
        "http://10.0.0.1/jwks",
        "http://localhost.evil.example/jwks",
        "http://127.0.0.1.evil.example/jwks",
        "http://[::2]/jwks",
    ];
    const NEVER: [&str; 9] = [
        "",
        "jwks.json",
        "/etc/jwks.json",
        "id.example/jwks",
        "file:///etc/jwks.json",
        "ftp://localhost/jwks",
        "data:application/json,{}",
        "https://",
        "http://",
    ];

    #[test]
    fn keys_come_by_https_or_by_http_where_that_is_allowed() {
        use PlainHttp::{AnyHost, Never, ThisMachine};
        let check = |urls: &[&str], allowed: &[PlainHttp], why: [UntrustedUrl; 3]| {
            for (policy, why) in [Never, ThisMachine, AnyHost].into_iter().zip(why) {
                for url in urls {
                    let parsed = TrustedUrl::parse(url, policy);
                    if allowed.contains(&policy) {
                        assert!(parsed.is_ok(), "{url} {policy:?}");
                    } else {
                        assert_eq!(parsed.err(), Some(why), "{url} {policy:?}");
                    }
                }
            }
        };
        let why = [
            UntrustedUrl::NotHttps,
            UntrustedUrl::NotTrusted,
            UntrustedUrl::NotHttp,
        ];
        check(&HTTPS, &[Never, ThisMachine, AnyHost], why);
        check(&OF_THIS_MACHINE, &[ThisMachine, AnyHost], why);
        check(&HTTP, &[AnyHost], why);
        check(&NEVER, &[], why);
    }

    #[test]
    fn a_url_has_no_credentials_and_none_are_repeated() {
        for url in [
            "https://user:hunter2@id.example/",
            "https://hunter2@id.example/",
            "http://user:hunter2@id.example/",
        ] {
            let refused = TrustedUrl::parse(url, PlainHttp::AnyHost).unwrap_err();
            assert_eq!(refused, UntrustedUrl::Credentials, "{url}");
            assert!(
                !format!("{refused} {refused:?}").contains("hunter2"),
                "{url}"
            );
        }
    }
}
