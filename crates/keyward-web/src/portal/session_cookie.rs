use std::fmt;

use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::header::{self, HeaderName};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::host;

/// What the cookie is called. Browsers take one of this name only over TLS and with `Secure` (RFC 6265bis,
/// section 4.1.3), so that nobody between can put one of theirs there.
const NAME: &str = "__Secure-keyward_session";

/// What it is called on this machine itself, where there is no TLS and nobody between.
const NAME_ON_LOOPBACK: &str = "keyward_session";

/// The most bytes that browsers are bound to keep in a cookie, its name and attributes included
/// (RFC 6265, section 6.1), less room for those.
const LENGTH_MAX: usize = 3_900;

/// A signed-in browser: the platform's token, and what goes with it. Kept by the browser alone, in a
/// cookie that no script can read; a node knows nothing of it, so that any node can answer.
#[derive(Clone)]
pub(super) struct SessionCookie {
    /// Where the front door leads.
    pub(super) workspace: String,
    /// The device that the token may be bound to.
    pub(super) client_hash: String,
    /// The platform's token, as it was given.
    pub(super) token: Zeroizing<String>,
}

/// A token that is too long for a cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooLong;

/// The browser keeps a session's value, for no script and no other site, until it is closed.
///
/// Without a path, the cookie is for where it was set and below (RFC 6265, section 5.1.4): whatever
/// path prefix a proxy puts before the page. Without `Secure` only when the browser is on this very
/// machine: a proxy may say `Host: 127.0.0.1`, and then the browser's own `Origin` is another one.
pub(super) fn cookie<'a>(request: &HttpRequest, value: &'a str) -> Cookie<'a> {
    let origin_is_local = header(request, &header::ORIGIN).is_none_or(|origin| {
        let host = origin.strip_prefix("http://");
        host.is_some_and(host::is_loopback)
    });
    let is_local = is_on_loopback(request) && origin_is_local;
    let name = if is_local { NAME_ON_LOOPBACK } else { NAME };
    let mut cookie = Cookie::new(name, value);
    cookie.set_http_only(true);
    cookie.set_same_site(SameSite::Strict);
    cookie.set_secure(!is_local);
    cookie
}

/// The session that a browser shows; `None` also when it shows two: one of them is somebody else's.
pub(super) fn shown(request: &HttpRequest) -> Option<SessionCookie> {
    let cookies = request.cookies().ok()?;
    let mut shown = cookies.iter().filter(|cookie| {
        cookie.name() == NAME || (cookie.name() == NAME_ON_LOOPBACK && is_on_loopback(request))
    });
    let value = shown.next()?.value();
    match shown.next() {
        None => SessionCookie::decode(value),
        Some(_another) => None,
    }
}

fn is_on_loopback(request: &HttpRequest) -> bool {
    header(request, &header::HOST).is_some_and(host::is_loopback)
}

/// A header as text; one that is none counts as somebody else's.
fn header<'a>(request: &'a HttpRequest, name: &HeaderName) -> Option<&'a str> {
    let value = request.headers().get(name)?;
    Some(value.to_str().unwrap_or("unreadable"))
}

impl SessionCookie {
    /// The cookie's value.
    ///
    /// # Errors
    /// [`TooLong`] when browsers would drop it.
    pub(super) fn encode(&self) -> Result<Zeroizing<String>, TooLong> {
        let workspace = URL_SAFE_NO_PAD.encode(&self.workspace);
        let client_hash = URL_SAFE_NO_PAD.encode(&self.client_hash);
        let value = format!("{workspace}.{client_hash}.{}", *self.token);
        let value = Zeroizing::new(value);
        if value.len() > LENGTH_MAX {
            Err(TooLong)
        } else {
            Ok(value)
        }
    }

    /// Reads what [`encode`](Self::encode) writes. Says nothing of whether the token is believed.
    pub(super) fn decode(value: &str) -> Option<Self> {
        let mut parts = value.splitn(3, '.');
        let mut text = || {
            let bytes = URL_SAFE_NO_PAD.decode(parts.next()?).ok()?;
            String::from_utf8(bytes).ok()
        };
        let (workspace, client_hash) = (text()?, text()?);
        let token = parts.next().filter(|token| !token.is_empty())?;
        Some(Self {
            workspace,
            client_hash,
            token: Zeroizing::new(token.to_owned()),
        })
    }

    /// What every form of this session carries, and nobody can know who can't read the cookie.
    pub(super) fn csrf(&self) -> String {
        let mut hasher = Sha256::new();
        hasher.update(b"keyward form\0");
        hasher.update(self.token.as_bytes());
        URL_SAFE_NO_PAD.encode(hasher.finalize())
    }

    /// Whether a form was written for this session, in constant time.
    pub(super) fn has_csrf(&self, given: &str) -> bool {
        self.csrf().as_bytes().ct_eq(given.as_bytes()).into()
    }
}

impl fmt::Debug for SessionCookie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionCookie")
            .field("workspace", &self.workspace)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn cookie(token: &str) -> SessionCookie {
        SessionCookie {
            workspace: "ws/ä;1".to_owned(),
            client_hash: "de,vice\"".to_owned(),
            token: Zeroizing::new(token.to_owned()),
        }
    }

    #[test]
    fn it_reads_back_and_is_fit_for_a_cookie() {
        let value = cookie("a.b.c").encode().unwrap();
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        assert!(value.bytes().all(fits), "{}", *value);
        let read = SessionCookie::decode(&value).unwrap();
        assert_eq!(read.workspace, "ws/ä;1");
        assert_eq!(read.client_hash, "de,vice\"");
        assert_eq!(*read.token, "a.b.c");
    }

    #[test]
    fn it_is_secure_everywhere_but_on_this_machine() {
        for (host, origin, is_secure) in [
            ("keys.example", "https://keys.example", true),
            ("keys.example", "null", true),
            ("keys.example", "http://keys.example", true),
            ("10.0.0.7:8080", "http://10.0.0.7:8080", true),
            ("localhost.example", "null", true),
            ("127.0.0.1:8080", "http://127.0.0.1:8080", false),
            ("127.0.0.1:8080", "https://keys.example", true),
            ("localhost", "null", true),
        ] {
            let request = TestRequest::default().insert_header(("Host", host));
            let request = request.insert_header(("Origin", origin)).to_http_request();
            let cookie = super::cookie(&request, "value").to_string();
            assert_eq!(cookie.contains("; Secure"), is_secure, "{host}: {cookie}");
            assert_eq!(
                cookie.starts_with("__Secure-"),
                is_secure,
                "{host}: {cookie}"
            );
            assert!(cookie.contains("; HttpOnly") && cookie.contains("; SameSite=Strict"));
        }
    }

    #[test]
    fn of_two_cookies_of_its_name_none_counts() {
        let value = cookie("a.b.c").encode().unwrap();
        let asked = |cookies: &str| {
            let request = TestRequest::default()
                .insert_header(("Host", "keys.example"))
                .insert_header(("Cookie", cookies));
            super::shown(&request.to_http_request()).is_some()
        };
        assert!(asked(&format!("a=b; __Secure-keyward_session={}", *value)));
        assert!(!asked(&format!(
            "__Secure-keyward_session=d3M.ZA.t; __Secure-keyward_session={}",
            *value
        )));
        // Anybody between could put one of this name there.
        assert!(!asked(&format!("keyward_session={}", *value)));
    }

    #[test]
    fn what_is_no_session_is_none() {
        for value in [
            "", ".", "..", "a.b.c", "d3M.ZA.", "d3M.ZA", "*.ZA.t", "_w.ZA.t",
        ] {
            assert!(SessionCookie::decode(value).is_none(), "{value}");
        }
    }

    #[test]
    fn a_token_that_no_browser_would_keep_is_refused() {
        assert!(cookie(&"t".repeat(3_800)).encode().is_ok());
        assert_eq!(cookie(&"t".repeat(3_900)).encode(), Err(TooLong));
    }

    #[test]
    fn a_form_belongs_to_one_session() {
        let session = cookie("a.b.c");
        assert!(session.has_csrf(&session.csrf()));
        assert!(!session.has_csrf(&cookie("a.b.d").csrf()));
        assert!(!session.has_csrf(""));
        assert!(!session.csrf().contains("a.b.c"));
    }

    #[test]
    fn no_token_is_in_debug() {
        assert!(!format!("{:?}", cookie("canary")).contains("canary"));
    }
}
