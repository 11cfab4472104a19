use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};

use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::session_cookie::SessionCookie;

/// A link that signs one browser in, once. For development without the platform's sign-in.
pub struct OneTimeLink {
    code: Zeroizing<String>,
    session: SessionCookie,
    used: AtomicBool,
}

impl OneTimeLink {
    /// A link with this secret code for a session with this token in this workspace.
    #[must_use]
    pub fn new(
        code: Zeroizing<String>,
        workspace: &str,
        client_hash: &str,
        token: Zeroizing<String>,
    ) -> Self {
        Self {
            code,
            session: SessionCookie {
                workspace: workspace.to_owned(),
                client_hash: client_hash.to_owned(),
                token,
            },
            used: AtomicBool::new(false),
        }
    }

    /// The path and query of the link.
    #[must_use]
    pub fn path_and_query(&self) -> String {
        format!("/sign-in?once={}", *self.code)
    }

    /// The sign-in data, for the first request with the right code.
    pub(crate) fn take(&self, code: &str) -> Option<SessionCookie> {
        let is_right = bool::from(code.as_bytes().ct_eq(self.code.as_bytes()));
        (is_right && !self.used.swap(true, Ordering::Relaxed)).then(|| self.session.clone())
    }
}

impl fmt::Debug for OneTimeLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OneTimeLink").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_opens_once() {
        let text = |text: &str| Zeroizing::new(text.to_owned());
        let link = OneTimeLink::new(text("code"), "ws_1", "device", text("a.b.c"));
        assert_eq!(link.path_and_query(), "/sign-in?once=code");
        assert!(link.take("cod").is_none());
        assert_eq!(link.take("code").unwrap().workspace, "ws_1");
        assert!(link.take("code").is_none());
        assert!(!format!("{link:?}").contains("code"));
    }
}
