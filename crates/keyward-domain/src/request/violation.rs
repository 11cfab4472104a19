use std::fmt;

use crate::key::expiry::ExpiryError;
use crate::key::ip_rule::IpRuleError;
use crate::key::mode::UnknownMode;
use crate::key::name::KeyNameError;
use crate::key::overlap::InvalidOverlap;
use crate::key::scope::InvalidScope;
use crate::request::raw_field::Unexpected;

/// One field's fault. A refused request lists all of them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {fault}")]
pub struct Violation {
    /// Where.
    pub field: Field,
    /// What is wrong there.
    pub fault: Fault,
}

/// A place in a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Field {
    /// The display name.
    Name,
    /// The list of scopes.
    Scopes,
    /// One scope, by its index from 0.
    ScopesItem(usize),
    /// The mode.
    Mode,
    /// The list of IP rules.
    IpAllowlist,
    /// One IP rule, by its index from 0.
    IpAllowlistItem(usize),
    /// The end of the key.
    ExpiresAt,
    /// The secret that was presented.
    Secret,
    /// From where a call comes.
    Ip,
    /// How long the old secret lives on.
    OverlapSeconds,
    /// A member that the request doesn't have.
    Other(String),
    /// The request as a whole.
    Body,
}

/// The contract's names (§1): what a client wrote is what an error names.
impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name => f.write_str("name"),
            Self::Scopes => f.write_str("scopes"),
            Self::ScopesItem(index) => write!(f, "scopes[{index}]"),
            Self::Mode => f.write_str("mode"),
            Self::IpAllowlist => f.write_str("ipWhitelist"),
            Self::IpAllowlistItem(index) => write!(f, "ipWhitelist[{index}]"),
            Self::ExpiresAt => f.write_str("expiresAt"),
            Self::Secret => f.write_str("secret"),
            Self::Ip => f.write_str("ip"),
            Self::OverlapSeconds => f.write_str("overlapSeconds"),
            Self::Other(member) => f.write_str(member),
            Self::Body => f.write_str("body"),
        }
    }
}

impl From<Unexpected> for Violation {
    fn from(unexpected: Unexpected) -> Self {
        let (member, fault) = match unexpected {
            Unexpected::Unknown(member) => (member, Fault::Unknown),
            Unexpected::Repeated(member) => (member, Fault::Repeated),
            Unexpected::Immutable(member) => (member, Fault::Immutable),
        };
        Self {
            field: Field::Other(member),
            fault,
        }
    }
}

/// What is wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A required field is absent or null.
    #[error("is required")]
    Required,
    /// Text was expected.
    #[error("must be text")]
    NotText,
    /// A list of texts was expected.
    #[error("must be a list of texts")]
    NotList,
    /// More entries than a list may have.
    #[error("must have at most {max} entries")]
    TooMany {
        /// How many it may have.
        max: usize,
    },
    /// The member does not exist.
    #[error("is not a known field")]
    Unknown,
    /// The member was given more than once.
    #[error("is given more than once")]
    Repeated,
    /// The member exists, and never changes.
    #[error("can't be changed")]
    Immutable,
    /// An update that names nothing.
    #[error("must name what is to change")]
    NothingToChange,
    /// Not a name for a key.
    #[error(transparent)]
    Name(#[from] KeyNameError),
    /// Not a scope code.
    #[error(transparent)]
    Scope(#[from] InvalidScope),
    /// A scope code that the catalogue doesn't have.
    #[error("no such scope")]
    UnknownScope,
    /// Not the word for a mode.
    #[error("must be LIVE or TEST")]
    ModeWord,
    /// Not an IP address.
    #[error("not an IP address")]
    Address,
    /// Not a mode.
    #[error(transparent)]
    Mode(#[from] UnknownMode),
    /// Not an IP rule.
    #[error(transparent)]
    IpRule(#[from] IpRuleError),
    /// Not an overlap.
    #[error(transparent)]
    Overlap(#[from] InvalidOverlap),
    /// Not an end for a key.
    #[error(transparent)]
    Expiry(#[from] ExpiryError),
}
