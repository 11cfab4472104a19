/// For how long it is kept how often a key was denied: 90 days, in seconds.
pub const DENIALS_KEPT_SECONDS: i64 = 90 * 24 * 60 * 60;

/// Why a call by the holder of a key's secret was denied. A secret that nobody has, or nobody has any
/// more, has no place here: such a call is about no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Denial {
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
    InsufficientScope,
}

impl Denial {
    /// Every reason.
    pub const ALL: [Self; 6] = [
        Self::Disabled,
        Self::Expired,
        Self::WrongMode,
        Self::IpNotAllowed,
        Self::NoScopes,
        Self::InsufficientScope,
    ];

    /// The contract's word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Disabled => "DISABLED",
            Self::Expired => "EXPIRED",
            Self::WrongMode => "WRONG_MODE",
            Self::IpNotAllowed => "IP_NOT_ALLOWED",
            Self::NoScopes => "NO_SCOPES",
            Self::InsufficientScope => "INSUFFICIENT_SCOPE",
        }
    }

    /// Reads the contract's word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|denial| denial.as_str() == word)
    }
}
