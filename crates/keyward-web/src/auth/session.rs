use std::fmt;

use keyward_domain::{KnownRoles, Principal, SessionId, Timestamp};

/// The authenticated caller, from a valid token.
#[derive(Clone, PartialEq, Eq)]
pub struct Session {
    /// The session's id.
    pub id: SessionId,
    /// The user and the portal.
    pub principal: Principal,
    /// What is known about the user's roles.
    pub roles: KnownRoles,
    /// The device that the token is bound to; `None` for any device.
    pub client_hash: Option<String>,
    /// When the token expires, without leeway.
    pub ends_at: Timestamp,
}

/// Why a token is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// The token is invalid. The reason is only for the log: a caller could use it to forge a
    /// better token. It contains nothing of the token.
    #[error("the token is invalid: {0}")]
    Invalid(&'static str),
    /// Its key is in no key set of this node. Another node may have a newer set.
    #[error("the token is invalid: unknown kid")]
    UnknownKey,
    /// It can't be checked now: no key set was ever loaded.
    #[error("the token keys are unavailable")]
    KeysUnavailable,
}

/// Shows whether there is a client hash, but not its value: together with a stolen token, it would
/// give access.
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
