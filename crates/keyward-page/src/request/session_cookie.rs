use std::fmt;

use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::header;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::request::page_state::PageState;

/// The name of the cookie. Browsers only accept a cookie with this prefix over TLS and with
/// `Secure` (RFC 6265bis, section 4.1.3), so a man in the middle can't set one.
const NAME: &str = "__Secure-keyward_session";

/// The name for `keyward dev`, on this machine and without TLS, where a browser may refuse the
/// other name.
const NAME_IN_DEVELOPMENT: &str = "keyward_session";

/// Tells one `csrf` value of a session from the others.
const SALT_BYTES: usize = 16;

/// Browsers must accept cookies of 4,096 bytes, including name and attributes (RFC 6265, section
/// 6.1). This leaves room for those.
const LENGTH_MAX: usize = 3_900;

/// The session of a browser: the platform's token and its context. Only the browser stores it, in a
/// cookie that no script can read. Nodes keep no state, so any node can answer.
#[derive(Clone)]
pub(crate) struct SessionCookie {
    /// The workspace to open.
    pub(crate) workspace: String,
    /// The device that the token may be bound to.
    pub(crate) client_hash: String,
    /// The platform's token.
    pub(crate) token: Zeroizing<String>,
}

/// The token is too long for a cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooLong;

/// A cookie that the browser keeps until it is closed, hidden from scripts and other sites.
///
/// Without a path attribute, it applies to the path where it was set and below (RFC 6265, section
/// 5.1.4), so it works under any path prefix of a proxy.
pub(crate) fn cookie(state: &PageState, value: &str) -> Cookie<'static> {
    let mut cookie = Cookie::new(name(state), value.to_owned());
    cookie.set_http_only(true);
    cookie.set_same_site(SameSite::Strict);
    cookie.set_secure(!state.is_development());
    cookie
}

/// The session of a browser. `None` also when there are two cookies: one of them is not ours.
pub(crate) fn shown(request: &HttpRequest, state: &PageState) -> Option<SessionCookie> {
    let mut values = values(request, state);
    let value = values.next()?;
    match values.next() {
        None => SessionCookie::decode(str::from_utf8(value).ok()?),
        Some(_another) => None,
    }
}

/// All sessions in the browser's cookies.
pub(crate) fn all(request: &HttpRequest, state: &PageState) -> Vec<SessionCookie> {
    let texts = values(request, state).filter_map(|value| str::from_utf8(value).ok());
    texts.filter_map(SessionCookie::decode).collect()
}

fn values<'a>(request: &'a HttpRequest, state: &PageState) -> impl Iterator<Item = &'a [u8]> {
    let name = name(state);
    let headers = request.headers().get_all(header::COOKIE);
    headers.flat_map(move |header| values_of(name, header.as_bytes()))
}

fn name(state: &PageState) -> &'static str {
    if state.is_development() {
        NAME_IN_DEVELOPMENT
    } else {
        NAME
    }
}

/// The values of a cookie name, compared byte by byte. Browsers enforce the prefix on the exact
/// name only, so a name that is equal after decoding or trimming must not match.
fn values_of<'a>(name: &str, header: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
    header.split(|byte| *byte == b';').filter_map(move |pair| {
        let pair = pair.trim_ascii_start();
        let value = pair.strip_prefix(name.as_bytes())?.strip_prefix(b"=")?;
        Some(value.trim_ascii_end())
    })
}

impl SessionCookie {
    /// The value of the cookie.
    ///
    /// # Errors
    /// [`TooLong`] when browsers would refuse it.
    pub(crate) fn encode(&self) -> Result<Zeroizing<String>, TooLong> {
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

    /// Parses the text of [`encode`](Self::encode). Does not verify the token.
    pub(crate) fn decode(value: &str) -> Option<Self> {
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

    /// A `csrf` value for the forms of one response. Only someone who can read the cookie can make one.
    ///
    /// Each response has another value. If all had the same, the sizes of compressed responses would tell it
    /// bit by bit to someone who chooses other parts of them (BREACH).
    pub(crate) fn csrf(&self, response: &str) -> String {
        let digest = Sha256::digest(response.as_bytes());
        let (salt, _rest) = digest.split_at(SALT_BYTES);
        URL_SAFE_NO_PAD.encode([salt, &self.proof(salt)].concat())
    }

    /// Whether a form has a `csrf` value of this session, in constant time.
    pub(crate) fn has_csrf(&self, given: &str) -> bool {
        let given = URL_SAFE_NO_PAD.decode(given).unwrap_or_default();
        let (salt, proof) = given.split_at_checked(SALT_BYTES).unwrap_or_default();
        self.proof(salt).ct_eq(proof).into()
    }

    fn proof(&self, salt: &[u8]) -> [u8; 32] {
        let mut hasher = Sha256::new();
        hasher.update(b"keyward form\0");
        hasher.update(salt);
        hasher.update(self.token.as_bytes());
        hasher.finalize().into()
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
    fn its_name_is_read_byte_by_byte_and_of_two_none_counts() {
        let shown = |header: &str| {
            let values = values_of(NAME, header.as_bytes());
            values
                .map(|value| str::from_utf8(value).unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(shown("a=b; __Secure-keyward_session=c.d; e=f"), ["c.d"]);
        assert_eq!(
            shown("__Secure-keyward_session=a;__Secure-keyward_session=b "),
            ["a", "b"]
        );
        // Cookies that anyone can set, because their names do not have the prefix.
        for other in [
            "__Secure%2Dkeyward_session=c",
            "\u{a0}__Secure-keyward_session=c",
            "__secure-keyward_session=c",
            "keyward_session=c",
            "x__Secure-keyward_session=c",
            "__Secure-keyward_sessions=c",
            "=__Secure-keyward_session=c",
        ] {
            assert!(shown(other).is_empty(), "{other}");
        }
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
        let csrf = session.csrf("response 1");
        assert!(session.has_csrf(&csrf));
        assert!(!session.has_csrf(&cookie("a.b.d").csrf("response 1")));
        let cut = |length: usize| csrf.chars().take(length).collect::<String>();
        for given in [
            "",
            "x",
            "*",
            &cut(csrf.len() - 1),
            &cut(22),
            &format!("{csrf}AA"),
        ] {
            assert!(!session.has_csrf(given), "{given}");
        }
    }

    #[test]
    fn no_two_responses_have_the_same_value_or_a_part_of_it() {
        let session = cookie("a.b.c");
        let [one, other] = ["response 1", "response 2"].map(|response| session.csrf(response));
        assert!(session.has_csrf(&other));
        let common = one.bytes().zip(other.bytes()).filter(|(a, b)| a == b);
        assert!(common.count() < one.len() / 4, "{one} {other}");
    }

    #[test]
    fn no_token_is_in_debug() {
        assert!(!format!("{:?}", cookie("canary")).contains("canary"));
    }
}
