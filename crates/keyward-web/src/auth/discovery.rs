use serde::Deserialize;

use super::trusted_url::{PlainHttp, TrustedUrl, UntrustedUrl};
use crate::json::StrictObject;

/// The path of the document below the issuer (`OpenID` Connect Discovery 1.0, section 4).
const DOCUMENT: &str = "/.well-known/openid-configuration";
/// How much of a foreign issuer an error shows.
const SHOWN_LENGTH_MAX: usize = 200;

/// An issuer whose keys are found by `OpenID` Connect Discovery.
#[derive(Clone, Debug)]
pub struct IssuerUrl {
    /// As it is in tokens.
    text: String,
    document: TrustedUrl,
    /// From where the document may let keys be fetched without TLS.
    plain_http: PlainHttp,
}

/// The issuer is no URL by which keys can be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidIssuerUrl {
    /// The URL does not authenticate the server.
    #[error(transparent)]
    Untrusted(#[from] UntrustedUrl),
    /// An issuer is a URL without them (`OpenID` Connect Core 1.0, section 2).
    #[error("it must be a URL without ? and #")]
    QueryOrFragment,
}

/// The document at the issuer's URL can't be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum InvalidDocument {
    #[error("it must be a JSON object with the texts \"issuer\" and \"jwks_uri\"")]
    Malformed,
    #[error("it is of the issuer {0:?}, which is not exactly the configured one")]
    OtherIssuer(String),
    #[error("its jwks_uri can't be used")]
    KeySetUrl(#[from] UntrustedUrl),
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    jwks_uri: String,
}

impl IssuerUrl {
    /// Checks the URL without a request.
    ///
    /// # Errors
    /// [`InvalidIssuerUrl`].
    pub fn parse(text: &str, plain_http: PlainHttp) -> Result<Self, InvalidIssuerUrl> {
        let url = TrustedUrl::parse(text, plain_http)?;
        if url.has_query_or_fragment() {
            return Err(InvalidIssuerUrl::QueryOrFragment);
        }
        let path = url.path();
        let path = path.strip_suffix('/').unwrap_or(path);
        let document = url.with_path(&format!("{path}{DOCUMENT}"));
        // What came by https leads to https.
        let plain_http = match plain_http {
            PlainHttp::ThisMachine if url.is_https() => PlainHttp::Never,
            PlainHttp::Never | PlainHttp::ThisMachine | PlainHttp::AnyHost => plain_http,
        };
        Ok(Self {
            text: text.to_owned(),
            document,
            plain_http,
        })
    }

    /// As it is in tokens.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The URL of the document that says where the keys are.
    pub(super) fn document(&self) -> &TrustedUrl {
        &self.document
    }

    /// Whether document and keys are only fetched by https.
    pub(super) fn is_https_only(&self) -> bool {
        self.plain_http == PlainHttp::Never
    }

    /// Whether the keys may be fetched from another machine without TLS.
    pub(super) fn trusts_plain_http(&self) -> bool {
        self.plain_http == PlainHttp::AnyHost
    }

    /// The URL of the key set, by the document.
    pub(super) fn key_set_url(&self, document: &[u8]) -> Result<TrustedUrl, InvalidDocument> {
        let document: Document = serde_json::from_slice(document)
            .and_then(StrictObject::read)
            .map_err(|_unhelpful| InvalidDocument::Malformed)?;
        if document.issuer != self.text {
            let shown = document.issuer.chars().take(SHOWN_LENGTH_MAX).collect();
            return Err(InvalidDocument::OtherIssuer(shown));
        }
        Ok(TrustedUrl::parse(&document.jwks_uri, self.plain_http)?)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn the_document_is_below_the_issuer() {
        for (issuer, document) in [
            (
                "https://id.example",
                "https://id.example/.well-known/openid-configuration",
            ),
            (
                "https://id.example/",
                "https://id.example/.well-known/openid-configuration",
            ),
            (
                "https://id.example/realms/a",
                "https://id.example/realms/a/.well-known/openid-configuration",
            ),
            (
                "https://id.example:8443/a/v2.0/",
                "https://id.example:8443/a/v2.0/.well-known/openid-configuration",
            ),
            (
                "http://[::1]:9000",
                "http://[::1]:9000/.well-known/openid-configuration",
            ),
        ] {
            let issuer = IssuerUrl::parse(issuer, PlainHttp::ThisMachine).unwrap();
            assert_eq!(issuer.document().url().as_str(), document);
        }
    }

    #[test]
    fn an_issuer_is_a_url_that_can_be_trusted() {
        for issuer in [
            "keyward",
            "http://id.example",
            "https://u:p@id.example",
            "/id",
            "",
        ] {
            let refused = IssuerUrl::parse(issuer, PlainHttp::ThisMachine);
            assert!(
                matches!(refused, Err(InvalidIssuerUrl::Untrusted(_))),
                "{issuer}"
            );
        }
        for issuer in [
            "https://id.example?a=b",
            "https://id.example/#",
            "https://id.example/?",
        ] {
            let refused = IssuerUrl::parse(issuer, PlainHttp::ThisMachine).err();
            assert_eq!(refused, Some(InvalidIssuerUrl::QueryOrFragment), "{issuer}");
        }
        assert!(IssuerUrl::parse("http://id.example", PlainHttp::AnyHost).is_ok());
    }

    /// The URL of the key set, or why there is none.
    fn found(issuer: &str, plain_http: PlainHttp, document: &Value) -> Result<String, String> {
        let issuer = IssuerUrl::parse(issuer, plain_http).unwrap();
        let url = issuer.key_set_url(document.to_string().as_bytes());
        url.map(|url| url.url().to_string()).map_err(|error| {
            let source = std::error::Error::source(&error).map(ToString::to_string);
            format!("{error} {}", source.unwrap_or_default())
        })
    }

    #[test]
    fn the_document_says_where_the_keys_are() {
        let issuer = "https://id.example/";
        let document =
            json!({ "issuer": issuer, "jwks_uri": "https://keys.example/k?v=1", "x": [1] });
        let url = found(issuer, PlainHttp::ThisMachine, &document);
        assert_eq!(url.as_deref(), Ok("https://keys.example/k?v=1"));
    }

    #[test]
    fn keys_come_by_http_only_where_it_is_allowed() {
        use PlainHttp::{AnyHost, ThisMachine};
        let (https, here, cluster) = ("https://id.example", "http://127.0.0.1:1", "http://id.svc");
        for (issuer, policy, jwks_uri, is_found) in [
            (https, ThisMachine, "https://id.example/k", true),
            (https, ThisMachine, "http://id.example/k", false),
            (https, ThisMachine, "http://127.0.0.1/k", false),
            (https, AnyHost, "http://id.svc/k", true),
            (here, ThisMachine, "http://127.0.0.1:1/k", true),
            (here, ThisMachine, "http://id.svc/k", false),
            (here, ThisMachine, "https://id.example/k", true),
            (cluster, AnyHost, "http://id.svc/k", true),
            (cluster, AnyHost, "file:///etc/passwd", false),
            (https, ThisMachine, "https://u:p@id.example/k", false),
            (https, ThisMachine, "/k", false),
        ] {
            let url = found(
                issuer,
                policy,
                &json!({ "issuer": issuer, "jwks_uri": jwks_uri }),
            );
            assert_eq!(
                url.is_ok(),
                is_found,
                "{issuer} {policy:?} {jwks_uri}: {url:?}"
            );
        }
    }

    #[test]
    fn a_document_of_no_use_says_what_is_wrong() {
        let issuer = "https://id.example";
        let check = |document: &Value, part: &str| {
            let why = found(issuer, PlainHttp::ThisMachine, document).unwrap_err();
            assert!(why.contains(part), "{document}: {why}");
        };
        let uri = "https://id.example/k";
        let other = |other: &str| json!({ "issuer": other, "jwks_uri": uri });
        check(&other("https://id.example/"), r#""https://id.example/""#);
        check(&other("https://ID.example"), "not exactly");
        check(&other("https://evil.example"), "not exactly");
        check(&json!({ "issuer": issuer }), "must be a JSON object");
        check(&json!({ "jwks_uri": uri }), "must be a JSON object");
        check(
            &json!({ "issuer": [issuer], "jwks_uri": uri }),
            "must be a JSON object",
        );
        check(
            &json!({ "issuer": issuer, "jwks_uri": 7 }),
            "must be a JSON object",
        );
        check(&json!([issuer, uri]), "must be a JSON object");
        check(
            &json!({ "issuer": issuer, "jwks_uri": "http://id.example/k" }),
            "jwks_uri",
        );
        let issuer = IssuerUrl::parse(issuer, PlainHttp::ThisMachine).unwrap();
        for text in [
            "",
            "<html>",
            r#"{"issuer":"https://id.example","issuer":"https://id.example","jwks_uri":"https://id.example/k"}"#,
        ] {
            assert!(issuer.key_set_url(text.as_bytes()).is_err(), "{text}");
        }
        let long = "https://evil.example/".repeat(100);
        let shown = issuer.key_set_url(other(&long).to_string().as_bytes());
        assert!(shown.unwrap_err().to_string().len() < 400);
    }
}
