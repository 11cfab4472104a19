//! May the holder of this secret, calling from this address, do this now? (contract §4)

use crate::caller::origin::ClientAddress;
use crate::key::api_key::{ApiKey, ApiKeyFields};
use crate::key::mode::Mode;
use crate::key::scope::Scope;
use crate::key::secret::SecretHash;
use crate::timestamp::Timestamp;
use crate::verification::denial::Denial;

/// What a verifier asks about the holder of a secret.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Question {
    /// From where the call comes; `None` when the verifier doesn't know.
    pub address: Option<ClientAddress>,
    /// All that the call needs to be allowed.
    pub scopes: Vec<Scope>,
    /// Which mode the called system is of, if that matters.
    pub mode: Option<Mode>,
}

/// What a verifier is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The call is allowed.
    Valid,
    /// No key can ever have had this secret.
    Malformed,
    /// No key has this secret, or none has it any more.
    Unknown,
    /// The key is switched off.
    Disabled,
    /// The key's end has passed.
    Expired,
    /// The key is of the other mode.
    WrongMode,
    /// The key may not be used from there, or nobody knows from where it is used.
    IpNotAllowed,
    /// The key may do nothing at all.
    NoScopes,
    /// The key may not do all that the call needs.
    InsufficientScope {
        /// What it may not do, in the order in which it was asked for.
        missing: Vec<Scope>,
    },
}

/// One thing that is checked, in the order in which things are checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Check {
    /// The secret is one of the key's, and the key exists.
    Secret,
    /// The key is switched on.
    Enabled,
    /// The key's end has not passed.
    NotExpired,
    /// The key is of the mode that is asked for.
    Mode,
    /// The key may be used from there.
    Address,
    /// The key may do something, and all that is asked for.
    Scopes,
}

impl Decision {
    /// The contract's word for it.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Valid => "VALID",
            Self::Malformed => "MALFORMED",
            Self::Unknown => "UNKNOWN",
            Self::Disabled => Denial::Disabled.as_str(),
            Self::Expired => Denial::Expired.as_str(),
            Self::WrongMode => Denial::WrongMode.as_str(),
            Self::IpNotAllowed => Denial::IpNotAllowed.as_str(),
            Self::NoScopes => Denial::NoScopes.as_str(),
            Self::InsufficientScope { .. } => Denial::InsufficientScope.as_str(),
        }
    }

    /// Why a key was denied; `None` when the call is allowed, and when it is about no key.
    #[must_use]
    pub fn denial(&self) -> Option<Denial> {
        match self {
            Self::Valid | Self::Malformed | Self::Unknown => None,
            Self::Disabled => Some(Denial::Disabled),
            Self::Expired => Some(Denial::Expired),
            Self::WrongMode => Some(Denial::WrongMode),
            Self::IpNotAllowed => Some(Denial::IpNotAllowed),
            Self::NoScopes => Some(Denial::NoScopes),
            Self::InsufficientScope { .. } => Some(Denial::InsufficientScope),
        }
    }
}

impl Check {
    /// Every check, in order.
    pub const ALL: [Self; 6] = [
        Self::Secret,
        Self::Enabled,
        Self::NotExpired,
        Self::Mode,
        Self::Address,
        Self::Scopes,
    ];

    /// `secret`, `enabled`, `notExpired`, `mode`, `address` or `scopes`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Secret => "secret",
            Self::Enabled => "enabled",
            Self::NotExpired => "notExpired",
            Self::Mode => "mode",
            Self::Address => "address",
            Self::Scopes => "scopes",
        }
    }

    /// Why this check denies the call; `None` when it lets it pass.
    #[must_use]
    pub fn denial(
        self,
        key: &ApiKey,
        secret: &SecretHash,
        question: &Question,
        now: Timestamp,
    ) -> Option<Decision> {
        let fields = key.fields();
        match self {
            Self::Secret => (!is_live(fields, secret, now)).then_some(Decision::Unknown),
            Self::Enabled => fields.is_disabled.then_some(Decision::Disabled),
            Self::NotExpired => {
                let is_past = fields.expires_at.is_some_and(|expiry| expiry.is_past(now));
                is_past.then_some(Decision::Expired)
            }
            Self::Mode => {
                let is_other = question.mode.is_some_and(|mode| mode != key.mode());
                is_other.then_some(Decision::WrongMode)
            }
            Self::Address => {
                let address = question.address.map(ClientAddress::ip);
                let is_allowed = fields.ip_allowlist.allows(address);
                (!is_allowed).then_some(Decision::IpNotAllowed)
            }
            Self::Scopes => scopes_denial(fields, question),
        }
    }
}

/// Whether the secret is the key's at `now`. Compared in constant time; the look-up by hash that
/// has led here told nothing that is of use.
fn is_live(key: &ApiKeyFields, secret: &SecretHash, now: Timestamp) -> bool {
    let is_current = key.secret.hash == *secret;
    let is_previous = key
        .live_previous_secret(now)
        .is_some_and(|previous| previous.secret.hash == *secret);
    key.deleted_at.is_none() && (is_current || is_previous)
}

fn scopes_denial(key: &ApiKeyFields, question: &Question) -> Option<Decision> {
    if key.scopes.is_empty() {
        return Some(Decision::NoScopes);
    }
    let is_missing = |scope: &&Scope| !key.scopes.contains(scope);
    if !question.scopes.iter().any(|scope| is_missing(&scope)) {
        return None;
    }
    let missing = question.scopes.iter().filter(is_missing).cloned().collect();
    Some(Decision::InsufficientScope { missing })
}

/// The decision about the holder of a secret that this key has, or had: that of the first check
/// which denies. Allocates nothing when it allows.
#[must_use]
pub fn decide(key: &ApiKey, secret: &SecretHash, question: &Question, now: Timestamp) -> Decision {
    Check::ALL
        .into_iter()
        .find_map(|check| check.denial(key, secret, question, now))
        .unwrap_or(Decision::Valid)
}

#[cfg(test)]
mod tests;
