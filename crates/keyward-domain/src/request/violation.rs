use std::fmt;

use crate::key::display_text::DisplayTextError;
use crate::key::expiry::ExpiryError;
use crate::key::external_id::InvalidExternalId;
use crate::key::ip_rule::IpRuleError;
use crate::key::lifetime_policy::LifetimeFault;
use crate::key::metadata::MetadataError;
use crate::key::mode::UnknownMode;
use crate::key::overlap::InvalidOverlap;
use crate::key::scope::InvalidScope;
use crate::key::secret_hash::InvalidSecretHash;
use crate::limits::limit::{InvalidCost, InvalidLimitUnits};
use crate::limits::name::InvalidLimitName;
use crate::limits::set::AbovePlan;
use crate::limits::window::InvalidLimitWindow;
use crate::request::raw_field::Unexpected;
use crate::webhooks::url::InvalidWebhookUrl;

/// A fault in one field. A refused request lists all of them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {fault}")]
pub struct Violation {
    /// The field.
    pub field: Field,
    /// The fault.
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
    /// The expiry.
    ExpiresAt,
    /// The description.
    Description,
    /// The external id.
    ExternalId,
    /// The metadata as a whole.
    Metadata,
    /// One member of the metadata, by its name.
    MetadataMember(String),
    /// A list of limits.
    Limits(LimitList),
    /// One limit, by its index from 0.
    LimitsItem(LimitList, usize),
    /// A member of a limit, by the index of the limit.
    LimitsMember(LimitList, usize, String),
    /// The costs of a call.
    Costs,
    /// The cost for one limit, by the limit's name.
    CostsMember(String),
    /// The secret that was presented.
    Secret,
    /// The hash of an imported secret.
    SecretHash,
    /// The caller's address.
    Ip,
    /// The overlap of a rotation.
    OverlapSeconds,
    /// Where a webhook sends events.
    Url,
    /// The types of the events.
    EventTypes,
    /// One type, by its index from 0.
    EventTypesItem(usize),
    /// The form of the messages.
    Encoding,
    /// An unexpected member.
    Other(String),
    /// The request as a whole.
    Body,
}

/// A field with a list of limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitList {
    /// The own limits of a key.
    OfKey,
    /// The limits that a plan gives to each key.
    OfKeysOfPlan,
    /// The limits that a plan gives to a workspace.
    OfWorkspaceOfPlan,
}

impl LimitList {
    fn as_str(self) -> &'static str {
        match self {
            Self::OfKey => "limits",
            Self::OfKeysOfPlan => "keyLimits",
            Self::OfWorkspaceOfPlan => "workspaceLimits",
        }
    }
}

/// The contract's field names (§1), so that an error names the member as the client wrote it.
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
            Self::Description => f.write_str("description"),
            Self::ExternalId => f.write_str("externalId"),
            Self::Metadata => f.write_str("metadata"),
            Self::MetadataMember(name) => write!(f, "metadata.{name}"),
            Self::Limits(list) => f.write_str(list.as_str()),
            Self::LimitsItem(list, index) => write!(f, "{}[{index}]", list.as_str()),
            Self::LimitsMember(list, index, member) => {
                write!(f, "{}[{index}].{member}", list.as_str())
            }
            Self::Costs => f.write_str("cost"),
            Self::CostsMember(name) => write!(f, "cost.{name}"),
            Self::Secret => f.write_str("secret"),
            Self::SecretHash => f.write_str("secretHash"),
            Self::Ip => f.write_str("ip"),
            Self::OverlapSeconds => f.write_str("overlapSeconds"),
            Self::Url => f.write_str("url"),
            Self::EventTypes => f.write_str("eventTypes"),
            Self::EventTypesItem(index) => write!(f, "eventTypes[{index}]"),
            Self::Encoding => f.write_str("encoding"),
            Self::Other(member) => f.write_str(member),
            Self::Body => f.write_str("body"),
        }
    }
}

impl Unexpected {
    /// The member, and what is wrong with it.
    pub(crate) fn into_fault(self) -> (String, Fault) {
        match self {
            Self::Unknown(member) => (member, Fault::Unknown),
            Self::Repeated(member) => (member, Fault::Repeated),
            Self::Immutable(member) => (member, Fault::Immutable),
        }
    }
}

impl From<Unexpected> for Violation {
    fn from(unexpected: Unexpected) -> Self {
        let (member, fault) = unexpected.into_fault();
        Self {
            field: Field::Other(member),
            fault,
        }
    }
}

/// A fault in a field.
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
    /// A whole number was expected.
    #[error("must be a whole number")]
    NotInteger,
    /// A list of objects was expected.
    #[error("must be a list of objects")]
    NotObjects,
    /// An object was expected.
    #[error("must be an object")]
    NotObject,
    /// An object of whole numbers was expected.
    #[error("must be an object whose values are whole numbers")]
    NotIntegers,
    /// An object of texts was expected.
    #[error("must be an object whose values are texts")]
    NotTexts,
    /// More entries than a list or an object may have.
    #[error("must have at most {max} entries")]
    TooMany {
        /// The maximum number of entries.
        max: usize,
    },
    /// The member does not exist.
    #[error("is not a known field")]
    Unknown,
    /// The member was given more than once.
    #[error("is given more than once")]
    Repeated,
    /// The member exists but can't be changed.
    #[error("can't be changed")]
    Immutable,
    /// The update is empty.
    #[error("must name at least one field to change")]
    NothingToChange,
    /// Not a valid name or description.
    #[error(transparent)]
    DisplayText(#[from] DisplayTextError),
    /// Not an external id.
    #[error(transparent)]
    ExternalId(#[from] InvalidExternalId),
    /// Not metadata, or not a member of them.
    #[error(transparent)]
    Metadata(#[from] MetadataError),
    /// Not a scope code.
    #[error(transparent)]
    Scope(#[from] InvalidScope),
    /// The scope is not in the catalogue.
    #[error("no such scope")]
    UnknownScope,
    /// Not the name of a mode.
    #[error("must be LIVE or TEST")]
    ModeWord,
    /// Not an IP address.
    #[error("not an IP address")]
    Address,
    /// Not a mode.
    #[error(transparent)]
    Mode(#[from] UnknownMode),
    /// Not the name of a limit.
    #[error(transparent)]
    LimitName(#[from] InvalidLimitName),
    /// Not the `max` of a limit.
    #[error(transparent)]
    LimitUnits(#[from] InvalidLimitUnits),
    /// Not a window.
    #[error(transparent)]
    LimitWindow(#[from] InvalidLimitWindow),
    /// Not what happens when a limit can't be judged.
    #[error("must be deny or allow")]
    OnUnavailableWord,
    /// The plan of the workspace does not allow the limit.
    #[error(transparent)]
    AbovePlan(#[from] AbovePlan),
    /// Not a cost.
    #[error(transparent)]
    Cost(#[from] InvalidCost),
    /// Not an IP rule.
    #[error(transparent)]
    IpRule(#[from] IpRuleError),
    /// Not the hash of a secret.
    #[error(transparent)]
    SecretHash(#[from] InvalidSecretHash),
    /// Not the URL of a webhook.
    #[error(transparent)]
    WebhookUrl(#[from] InvalidWebhookUrl),
    /// Not the type of an event that the webhook can get.
    #[error("is not the type of an event that this webhook can get")]
    EventTypeWord,
    /// Not the form of messages.
    #[error("must be KEYWARD or CAEP")]
    EncodingWord,
    /// Not an overlap.
    #[error(transparent)]
    Overlap(#[from] InvalidOverlap),
    /// Not a valid expiry.
    #[error(transparent)]
    Expiry(#[from] ExpiryError),
    /// The lifetime policy of the workspace does not allow the expiry.
    #[error(transparent)]
    Lifetime(#[from] LifetimeFault),
}
