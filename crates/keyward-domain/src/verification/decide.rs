//! May the holder of this secret make this call from this address now? (contract §4)

use crate::caller::origin::ClientAddress;
use crate::key::mode::Mode;
use crate::key::scope::Scope;
use crate::key::secret_hash::SecretHash;
use crate::limits::costs::Costs;
use crate::limits::limit::Limit;
use crate::limits::verdict::{LimitState, LimitVerdict};
use crate::timestamp::Timestamp;
use crate::verification::denial::Denial;
use crate::verification::verification_key::VerificationKey;

/// A verifier's question about the holder of a secret.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Question {
    /// The caller's address; `None` when the verifier does not know it.
    pub address: Option<ClientAddress>,
    /// All scopes that the call needs.
    pub scopes: Vec<Scope>,
    /// The mode of the called system, if it matters.
    pub mode: Option<Mode>,
    /// What the call costs of each limit.
    pub costs: Costs,
}

/// The answer to a verifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The call is allowed.
    Valid,
    /// The text can't be a secret.
    Malformed,
    /// No key has this secret, or no key has it any more.
    Unknown,
    /// The key is disabled.
    Disabled,
    /// The key has expired.
    Expired,
    /// The key has the other mode.
    WrongMode,
    /// The key may not be used from this address, or the address is unknown.
    IpNotAllowed,
    /// The key has no scopes.
    NoScopes,
    /// The key does not have all scopes that the call needs.
    InsufficientScope {
        /// The missing scopes, in the order of the question.
        missing: Vec<Scope>,
    },
    /// A limit is reached.
    RateLimited(Box<LimitState>),
    /// A limit of a calendar period is reached.
    QuotaExceeded(Box<LimitState>),
    /// The call costs more than this limit allows at all.
    CostAboveLimit(Box<Limit>),
}

/// One check. The variants are in the order of the checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Check {
    /// The key exists and has this secret.
    Secret,
    /// The key is not disabled.
    Enabled,
    /// The key has not expired.
    NotExpired,
    /// The key has the mode in the question.
    Mode,
    /// The key may be used from this address.
    Address,
    /// The key has at least one scope, and all scopes in the question.
    Scopes,
    /// All limits allow the call.
    Limits,
}

impl Decision {
    /// The contract's name of the decision.
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
            Self::RateLimited(_) => Denial::RateLimited.as_str(),
            Self::QuotaExceeded(_) => Denial::QuotaExceeded.as_str(),
            Self::CostAboveLimit(_) => Denial::CostAboveLimit.as_str(),
        }
    }

    /// The reason for denying a known key; `None` when the call is allowed or no key has the
    /// secret.
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
            Self::RateLimited(_) => Some(Denial::RateLimited),
            Self::QuotaExceeded(_) => Some(Denial::QuotaExceeded),
            Self::CostAboveLimit(_) => Some(Denial::CostAboveLimit),
        }
    }
}

impl From<LimitVerdict> for Decision {
    fn from(verdict: LimitVerdict) -> Self {
        match verdict {
            LimitVerdict::Allowed(_) => Self::Valid,
            LimitVerdict::Reached(state) if state.is_quota() => {
                Self::QuotaExceeded(Box::new(state))
            }
            LimitVerdict::Reached(state) => Self::RateLimited(Box::new(state)),
            LimitVerdict::CostAboveLimit(limit) => Self::CostAboveLimit(Box::new(limit)),
        }
    }
}

impl Check {
    /// Every check, in order.
    pub const ALL: [Self; 7] = [
        Self::Secret,
        Self::Enabled,
        Self::NotExpired,
        Self::Mode,
        Self::Address,
        Self::Scopes,
        Self::Limits,
    ];

    /// `secret`, `enabled`, `notExpired`, `mode`, `address`, `scopes` or `limits`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Secret => "secret",
            Self::Enabled => "enabled",
            Self::NotExpired => "notExpired",
            Self::Mode => "mode",
            Self::Address => "address",
            Self::Scopes => "scopes",
            Self::Limits => "limits",
        }
    }

    /// The reason why this check denies the call; `None` when it passes. The limits are not checked
    /// here: they need a [`Limiter`](crate::ports::Limiter).
    #[must_use]
    pub fn denial(
        self,
        key: &VerificationKey,
        secret: &SecretHash,
        question: &Question,
        now: Timestamp,
    ) -> Option<Decision> {
        match self {
            Self::Secret => (!key.has_live_secret(secret, now)).then_some(Decision::Unknown),
            Self::Enabled => key.is_disabled.then_some(Decision::Disabled),
            Self::NotExpired => {
                let is_past = key.ends_at.is_some_and(|end| end.is_past(now));
                is_past.then_some(Decision::Expired)
            }
            Self::Mode => {
                let is_other = question.mode.is_some_and(|mode| mode != key.mode());
                is_other.then_some(Decision::WrongMode)
            }
            Self::Address => {
                let address = question.address.map(ClientAddress::ip);
                let is_allowed = key.ip_allowlist.allows(address);
                (!is_allowed).then_some(Decision::IpNotAllowed)
            }
            Self::Scopes => scopes_denial(key, question),
            Self::Limits => None,
        }
    }
}

fn scopes_denial(key: &VerificationKey, question: &Question) -> Option<Decision> {
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

/// The decision about the holder of a secret of this key: the result of the first check that denies
/// the call, without the limits. Allocates nothing when the call is allowed.
#[must_use]
pub fn decide(
    key: &VerificationKey,
    secret: &SecretHash,
    question: &Question,
    now: Timestamp,
) -> Decision {
    Check::ALL
        .into_iter()
        .find_map(|check| check.denial(key, secret, question, now))
        .unwrap_or(Decision::Valid)
}

#[cfg(test)]
mod tests;
