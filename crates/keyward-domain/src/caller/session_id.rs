use std::fmt;

use sha2::{Digest as _, Sha256};

/// How long an ended session is remembered after its token's `exp`. This is longer than the leeway
/// of any clock (contract §7), so that neither the leeway nor a clock that was set back can reopen
/// the session.
pub const ENDED_SESSION_SECONDS: i64 = 60 * 60;

/// The id of the session that a token opens: SHA-256 of the signed part, which is the header and
/// the claims as they are written.
///
/// The signature is not part of it: anyone can change an ECDSA signature into another valid one for
/// the same text without the key. `Debug` shows nothing of it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SessionId([u8; 32]);

impl SessionId {
    /// The session of a token with this signed part: `header.claims`.
    #[must_use]
    pub fn of(signed: &[u8]) -> Self {
        Self(Sha256::digest(signed).into())
    }

    /// The bytes to store.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionId(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_what_was_signed() {
        let id = SessionId::of(b"abc");
        // FIPS 180-2, appendix B.1.
        assert_eq!(id.as_bytes()[..4], [0xba, 0x78, 0x16, 0xbf]);
        assert_eq!(id, SessionId::of(b"abc"));
        assert_ne!(id, SessionId::of(b"abd"));
    }

    #[test]
    fn debug_shows_nothing() {
        let shown = format!("{:?}", SessionId::of(b"abc"));
        assert_eq!(shown, "SessionId(redacted)");
    }
}
