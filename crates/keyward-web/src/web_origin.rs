use std::fmt;

use url::{Host, Url};

/// The origin of a web page, exactly as browsers write it in `Origin`: `https://portal.example.com`
/// or `http://localhost:3000` (RFC 6454, section 6.2).
///
/// The scheme is `https`, or `http` for this machine: a page that came without encryption may have
/// been changed on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebOrigin(String);

/// A text that is no [`WebOrigin`]. Each message continues a sentence that names the text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidWebOrigin {
    /// It has a wildcard.
    #[error(
        "has a wildcard, which would allow sites that nobody has named; \
         list each origin, such as https://portal.example.com"
    )]
    Wildcard,
    /// It is `null`.
    #[error(
        "is what a browser sends for a local file or a sandboxed frame, whoever made it; \
         write an origin such as https://portal.example.com"
    )]
    Null,
    /// It is not an origin of a web page.
    #[error("is not an origin; write scheme and host, such as https://portal.example.com")]
    NotAnOrigin,
    /// It is without encryption, and not of this machine.
    #[error(
        "is not encrypted, which is allowed for this machine only (http://localhost:3000); write {0}"
    )]
    NotEncrypted(String),
    /// Browsers write it differently.
    #[error("is not written as browsers send it; write {0}")]
    WrittenDifferently(String),
}

impl WebOrigin {
    /// Parses an origin.
    ///
    /// # Errors
    /// [`InvalidWebOrigin`] with what would be right.
    pub fn parse(text: &str) -> Result<Self, InvalidWebOrigin> {
        if text.contains('*') {
            return Err(InvalidWebOrigin::Wildcard);
        }
        if text.eq_ignore_ascii_case("null") {
            return Err(InvalidWebOrigin::Null);
        }
        let mut url = Url::parse(text).map_err(|_details| InvalidWebOrigin::NotAnOrigin)?;
        let is_web = matches!(url.scheme(), "https" | "http");
        if !is_web || !url.host().is_some_and(|host| is_plain(&host)) {
            return Err(InvalidWebOrigin::NotAnOrigin);
        }
        if url.scheme() == "http" && !url.host().is_some_and(|host| is_this_machine(&host)) {
            // The encrypted origin has another default port.
            return match url.set_scheme("https") {
                Ok(()) => Err(InvalidWebOrigin::NotEncrypted(written(&url))),
                Err(()) => Err(InvalidWebOrigin::NotAnOrigin),
            };
        }
        let written = written(&url);
        if written == text {
            Ok(Self(written))
        } else {
            Err(InvalidWebOrigin::WrittenDifferently(written))
        }
    }

    /// The origin as browsers write it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for WebOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The origin of a page, as its browser writes it (WHATWG HTML, "serialization of an origin").
fn written(url: &Url) -> String {
    url.origin().ascii_serialization()
}

/// Whether a name has only characters of host names. Others, such as `;`, have a meaning in the
/// headers that list origins.
fn is_plain(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte)),
        Host::Ipv4(_) | Host::Ipv6(_) => true,
    }
}

/// Whether browsers look for the host on the machine that they run on.
fn is_this_machine(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost" || name.ends_with(".localhost"),
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_taken_as_browsers_write_it() {
        for origin in [
            "https://portal.example.com",
            "https://portal.example.com:8443",
            "https://xn--bcher-kva.example",
            "https://192.0.2.7",
            "https://[2001:db8::7]:8443",
            "https://intranet",
            "http://localhost",
            "http://localhost:3000",
            "http://portal.localhost:3000",
            "http://127.0.0.1:3000",
            "http://[::1]:3000",
        ] {
            let parsed = WebOrigin::parse(origin).unwrap();
            assert_eq!(parsed.as_str(), origin);
            assert_eq!(parsed.to_string(), origin);
        }
    }

    #[test]
    fn what_would_be_right_is_said() {
        let right = "https://portal.example.com";
        for wrong in [
            "https://portal.example.com/",
            "https://portal.example.com/keys",
            "https://portal.example.com?x",
            "https://portal.example.com#x",
            "https://portal.example.com:443",
            "https://portal.example.com:",
            "HTTPS://portal.example.com",
            "https://Portal.example.com",
            "https://user:password@portal.example.com",
            "https://portal.example.com\\",
            "https:portal.example.com",
        ] {
            let expected = InvalidWebOrigin::WrittenDifferently(right.to_owned());
            assert_eq!(WebOrigin::parse(wrong), Err(expected), "{wrong}");
        }
        for (wrong, right) in [
            ("https://bücher.example", "https://xn--bcher-kva.example"),
            ("https://h.example:08443", "https://h.example:8443"),
            ("http://127.1:3000", "http://127.0.0.1:3000"),
            ("http://localhost:80", "http://localhost"),
            ("http://[0:0::1]:3000/", "http://[::1]:3000"),
        ] {
            let expected = InvalidWebOrigin::WrittenDifferently(right.to_owned());
            assert_eq!(WebOrigin::parse(wrong), Err(expected), "{wrong}");
        }
    }

    #[test]
    fn without_encryption_only_this_machine_is_taken() {
        for (wrong, right) in [
            ("http://portal.example.com", "https://portal.example.com"),
            ("http://portal.example.com/", "https://portal.example.com"),
            ("http://portal.example.com:80", "https://portal.example.com"),
            ("http://192.168.1.7:3000", "https://192.168.1.7:3000"),
            ("http://localhost.example", "https://localhost.example"),
            ("http://[2001:db8::7]", "https://[2001:db8::7]"),
        ] {
            let expected = InvalidWebOrigin::NotEncrypted(right.to_owned());
            assert_eq!(WebOrigin::parse(wrong), Err(expected), "{wrong}");
        }
    }

    #[test]
    fn neither_a_wildcard_nor_null_is_taken() {
        for wrong in ["*", "https://*", "https://*.example.com", "*.example.com"] {
            let refused = WebOrigin::parse(wrong);
            assert_eq!(refused, Err(InvalidWebOrigin::Wildcard), "{wrong}");
        }
        for wrong in ["null", "NULL"] {
            let refused = WebOrigin::parse(wrong);
            assert_eq!(refused, Err(InvalidWebOrigin::Null), "{wrong}");
        }
    }

    #[test]
    fn what_is_no_origin_is_refused() {
        for wrong in [
            "",
            "portal",
            "portal.example.com",
            "portal.example.com:8443",
            "localhost:3000",
            "//portal.example.com",
            "https://",
            "https://:443",
            "https://a b.example",
            "https://a.example:65536",
            "https://a.example:x",
            "https://a.example;script-src",
            "https://a.example'",
            "ftp://portal.example.com",
            "file:///etc",
            "data:text/html,x",
            "chrome-extension://abcdefgh",
        ] {
            let refused = WebOrigin::parse(wrong);
            assert_eq!(refused, Err(InvalidWebOrigin::NotAnOrigin), "{wrong}");
        }
    }
}
