/// The reason why a call with the secret of a known key was denied. Calls with an unknown secret
/// are not included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Denial {
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
    InsufficientScope,
    /// A limit is reached.
    RateLimited,
    /// A limit of a calendar period is reached.
    QuotaExceeded,
    /// The call costs more than a limit allows at all.
    CostAboveLimit,
}

impl Denial {
    /// Every reason.
    pub const ALL: [Self; 9] = [
        Self::Disabled,
        Self::Expired,
        Self::WrongMode,
        Self::IpNotAllowed,
        Self::NoScopes,
        Self::InsufficientScope,
        Self::RateLimited,
        Self::QuotaExceeded,
        Self::CostAboveLimit,
    ];

    /// The contract's name of the reason.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Disabled => "DISABLED",
            Self::Expired => "EXPIRED",
            Self::WrongMode => "WRONG_MODE",
            Self::IpNotAllowed => "IP_NOT_ALLOWED",
            Self::NoScopes => "NO_SCOPES",
            Self::InsufficientScope => "INSUFFICIENT_SCOPE",
            Self::RateLimited => "RATE_LIMITED",
            Self::QuotaExceeded => "QUOTA_EXCEEDED",
            Self::CostAboveLimit => "COST_ABOVE_LIMIT",
        }
    }

    /// Parses the contract's name.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|denial| denial.as_str() == word)
    }
}
