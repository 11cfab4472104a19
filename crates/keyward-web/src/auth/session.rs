use std::fmt;

use keyward_domain::{Principal, SessionId, Timestamp};

/// Who asks, as a believed token says.
#[derive(Clone, PartialEq, Eq)]
pub struct Session {
    /// Which one, as opposed to others of the same person.
    pub id: SessionId,
    /// The person, and the portal that they came through.
    pub principal: Principal,
    /// The device that the token is for; `None` when it is for any.
    pub client_hash: Option<String>,
    /// When the token ends by itself, leeway aside.
    pub ends_at: Timestamp,
}

/// Why a token is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// The token is wrong. What is wrong is for a log line alone: never for the caller, who would
    /// learn how to forge a better one. Nothing of the token is in it.
    #[error("the token is not believed: {0}")]
    Invalid(&'static str),
    /// It names a signing key that this node doesn't know; another node may know it already.
    #[error("the token is not believed: unknown kid")]
    UnknownKey,
    /// Nobody can say now: no key set was ever there.
    #[error("the keys that tokens are signed with are out of reach")]
    KeysUnavailable,
}

/// Shows that there is a client hash, and not which: with a stolen token, it opens the door.
impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let client_hash = self.client_hash.as_ref().map(|_hash| "redacted");
        f.debug_struct("Session")
            .field("principal", &self.principal)
            .field("client_hash", &client_hash)
            .field("ends_at", &self.ends_at)
            .finish_non_exhaustive()
    }
}
