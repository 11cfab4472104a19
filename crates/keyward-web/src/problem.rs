use std::borrow::Cow;

use keyward_domain::{
    AbovePlan, DisplayTextError, EXTERNAL_ID_LENGTH_MAX, ExpiryError, Fault, Field,
    InvalidTimestamp, IpRuleError, LIMIT_NAME_LENGTH_MAX, LIMIT_UNITS_MAX, LifetimeFault,
    METADATA_BYTES_MAX, METADATA_MEMBERS_MAX, METADATA_NAME_LENGTH_MAX, MetadataError,
    OVERLAP_SECONDS_MAX, OnUnavailable, Violation, WEBHOOK_URL_LENGTH_MAX,
};

use crate::json::JsonFault;
use crate::language::MessageId;
use crate::members;

/// The arguments of a message.
pub(crate) type Args = Vec<(&'static str, Cow<'static, str>)>;

/// One entry of a response's `errors`, independent of the language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// A member, a header, or `body`, as the caller writes it; never localized.
    pub field: Cow<'static, str>,
    /// The message.
    pub message: MessageId,
    /// The arguments of the message.
    pub args: Args,
}

impl Problem {
    /// A problem whose message has no arguments.
    pub fn new(field: impl Into<Cow<'static, str>>, message: MessageId) -> Self {
        Self::with(field, message, Args::new())
    }

    /// A problem whose message has arguments.
    pub fn with(field: impl Into<Cow<'static, str>>, message: MessageId, args: Args) -> Self {
        Self {
            field: field.into(),
            message,
            args,
        }
    }

    /// A violation in a body that may have the `expected` members.
    #[must_use]
    pub fn of(violation: &Violation, expected: &[&'static str]) -> Self {
        let (message, args) = of_fault(&violation.fault, &violation.field, expected);
        Self::with(violation.field.to_string(), message, args)
    }
}

impl From<JsonFault> for Problem {
    fn from(fault: JsonFault) -> Self {
        const FIELD: &str = "body";
        match fault {
            JsonFault::Empty => Self::new(FIELD, MessageId::BodyEmpty),
            JsonFault::NotObject => Self::new(FIELD, MessageId::BodyNotObject),
            JsonFault::Malformed { line, column } => {
                let position = format!("{line}:{column}").into();
                Self::with(FIELD, MessageId::BodyNotJson, vec![("position", position)])
            }
        }
    }
}

fn of_fault(fault: &Fault, field: &Field, expected: &[&'static str]) -> (MessageId, Args) {
    match fault {
        Fault::Required => (MessageId::Required, vec![]),
        Fault::NotText => (MessageId::NotText, vec![]),
        Fault::NotList => (MessageId::NotList, vec![]),
        Fault::NotTexts => (MessageId::NotTexts, vec![]),
        Fault::NotInteger => (MessageId::NotInteger, vec![]),
        Fault::NotIntegers => (MessageId::NotIntegers, vec![]),
        Fault::NotObjects => (MessageId::NotLimits, vec![]),
        Fault::NotObject => (MessageId::NotLimit, vec![]),
        Fault::TooMany { max } => (MessageId::TooMany, vec![arg("max", max)]),
        Fault::Unknown => of_unknown(field, expected),
        Fault::SecretHash(_) => (MessageId::SecretHashInvalid, vec![]),
        Fault::Repeated => (MessageId::RepeatedMember, vec![]),
        Fault::Immutable => (MessageId::ImmutableMember, vec![]),
        Fault::NothingToChange => (MessageId::NothingToChange, vec![]),
        Fault::WebhookUrl(_) => (
            MessageId::WebhookUrlInvalid,
            vec![arg("max", &WEBHOOK_URL_LENGTH_MAX)],
        ),
        Fault::EventTypeWord => (MessageId::EventTypeInvalid, vec![]),
        Fault::EncodingWord => (MessageId::EncodingInvalid, vec![]),
        Fault::Overlap(_) => (
            MessageId::OverlapInvalid,
            vec![arg("max", &OVERLAP_SECONDS_MAX)],
        ),
        Fault::DisplayText(error) => of_display_text(*error),
        Fault::ExternalId(_) => (
            MessageId::ExternalIdInvalid,
            vec![arg("max", &EXTERNAL_ID_LENGTH_MAX)],
        ),
        Fault::Metadata(error) => of_metadata(error),
        Fault::Scope(_) => (MessageId::ScopeInvalid, vec![]),
        Fault::UnknownScope => (MessageId::ScopeUnknown, vec![]),
        Fault::ModeWord => (MessageId::ModeNameInvalid, vec![]),
        Fault::Address => (MessageId::AddressInvalid, vec![]),
        Fault::Mode(_) => (MessageId::ModeInvalid, vec![]),
        Fault::IpRule(error) => of_ip_rule(error),
        Fault::Expiry(error) => (of_expiry(*error), vec![]),
        Fault::Lifetime(fault) => of_lifetime(*fault),
        Fault::LimitName(_) => (
            MessageId::LimitNameInvalid,
            vec![arg("max", &LIMIT_NAME_LENGTH_MAX)],
        ),
        Fault::LimitUnits(_) => number(1, LIMIT_UNITS_MAX),
        Fault::LimitWindow(_) => (MessageId::LimitWindowInvalid, vec![]),
        Fault::OnUnavailableWord => (MessageId::OnUnavailableInvalid, vec![]),
        Fault::AbovePlan(above) => of_above_plan(above),
        Fault::Cost(_) => number(0, LIMIT_UNITS_MAX),
    }
}

fn of_unknown(field: &Field, expected: &[&'static str]) -> (MessageId, Args) {
    let meant = if let Field::LimitsMember(_list, _index, member) = field {
        members::meant(member, members::LIMIT)
    } else {
        members::meant(&field.to_string(), expected)
    };
    match meant {
        Some(member) => (
            MessageId::UnknownMemberMeant,
            vec![arg("suggestion", &member)],
        ),
        None => (MessageId::UnknownMember, vec![]),
    }
}

fn number(min: u32, max: u32) -> (MessageId, Args) {
    (
        MessageId::NumberInvalid,
        vec![arg("min", &min), arg("max", &max)],
    )
}

fn of_above_plan(AbovePlan { plan }: &AbovePlan) -> (MessageId, Args) {
    let allowed = match plan.on_unavailable {
        OnUnavailable::Deny => "deny",
        OnUnavailable::Allow => "deny, allow",
    };
    let args = vec![
        arg("window", &plan.window),
        arg("max", &plan.max.get()),
        arg("allowed", &allowed),
    ];
    (MessageId::LimitAbovePlan, args)
}

/// A text that can't be shown to people.
pub(crate) fn of_display_text(error: DisplayTextError) -> (MessageId, Args) {
    match error {
        DisplayTextError::Blank => (MessageId::NameBlank, vec![]),
        DisplayTextError::TooLong { max, length } => (
            MessageId::NameTooLong,
            vec![arg("max", &max), arg("length", &length)],
        ),
        DisplayTextError::ForbiddenCharacter { character } => of_forbidden(character),
    }
}

fn of_metadata(error: &MetadataError) -> (MessageId, Args) {
    match error {
        MetadataError::InvalidName => (
            MessageId::MetadataNameInvalid,
            vec![arg("max", &METADATA_NAME_LENGTH_MAX)],
        ),
        MetadataError::ForbiddenCharacter { character } => of_forbidden(*character),
        MetadataError::Repeated { .. } => (MessageId::RepeatedMember, vec![]),
        MetadataError::TooMany => (MessageId::TooMany, vec![arg("max", &METADATA_MEMBERS_MAX)]),
        MetadataError::TooLarge { length } => (
            MessageId::MetadataTooLarge,
            vec![arg("max", &METADATA_BYTES_MAX), arg("length", length)],
        ),
    }
}

fn of_forbidden(character: char) -> (MessageId, Args) {
    let character = format!("U+{:04X}", u32::from(character));
    (
        MessageId::NameForbiddenCharacter,
        vec![arg("character", &character)],
    )
}

/// The message about an invalid IP rule.
#[must_use]
pub fn of_ip_rule(error: &IpRuleError) -> (MessageId, Args) {
    match error {
        IpRuleError::Malformed { suggestion: None } => (MessageId::IpMalformed, vec![]),
        IpRuleError::Malformed {
            suggestion: Some(suggestion),
        } => (
            MessageId::IpMalformedMeant,
            vec![arg("suggestion", suggestion)],
        ),
        IpRuleError::BadPrefix {
            bits,
            suggestion: None,
        } => (MessageId::IpBadPrefix, vec![arg("bits", bits)]),
        IpRuleError::BadPrefix {
            bits,
            suggestion: Some(suggestion),
        } => (
            MessageId::IpBadPrefixMeant,
            vec![arg("bits", bits), arg("suggestion", suggestion)],
        ),
        IpRuleError::EveryAddress => (MessageId::IpEveryAddress, vec![]),
        IpRuleError::HostBitsSet { suggestion } => {
            (MessageId::IpHostBits, vec![arg("suggestion", suggestion)])
        }
    }
}

fn of_expiry(error: ExpiryError) -> MessageId {
    match error {
        ExpiryError::Timestamp(InvalidTimestamp::Malformed) => MessageId::ExpiryMalformed,
        ExpiryError::Timestamp(InvalidTimestamp::OutOfRange) => MessageId::ExpiryOutOfRange,
        ExpiryError::NotInFuture => MessageId::ExpiryNotInFuture,
    }
}

fn of_lifetime(fault: LifetimeFault) -> (MessageId, Args) {
    match fault {
        LifetimeFault::Required => (MessageId::Required, vec![]),
        LifetimeFault::RequiredUntil(latest) => {
            (MessageId::ExpiryRequiredUntil, vec![arg("latest", &latest)])
        }
        LifetimeFault::TooLate(latest) => (MessageId::ExpiryTooLate, vec![arg("latest", &latest)]),
    }
}

fn arg(name: &'static str, value: &impl ToString) -> (&'static str, Cow<'static, str>) {
    (name, value.to_string().into())
}

#[cfg(test)]
mod tests {
    use keyward_domain::testing::limit;
    use keyward_domain::{
        InvalidCost, InvalidExternalId, InvalidLimitName, InvalidLimitUnits, IpRule, Language,
        Limit, LimitList,
    };

    use super::*;
    use crate::language::message;

    fn english(field: Field, fault: Fault) -> String {
        let problem = Problem::of(&Violation { field, fault }, members::DRAFT);
        message(Language::English, problem.message, &problem.args)
    }

    #[test]
    fn what_was_probably_meant_is_said() {
        let check = |text: &str, part: &str| {
            let fault = IpRule::parse(text).unwrap_err().into();
            let words = english(Field::IpAllowlistItem(0), fault);
            assert!(words.contains(part), "{text}: {words}");
        };
        check("1.2.3.4/24", "1.2.3.0/24");
        check(" 1.2.3.4", "1.2.3.4");
        check("1.2.3.0/024", "1.2.3.0/24");
        check("1.2.3.0/33", "32");
        let unknown = |member: &str| english(Field::Other(member.to_owned()), Fault::Unknown);
        assert!(unknown("ipWhiteList").contains("ipWhitelist"));
        assert!(!unknown("colour").contains("ipWhitelist"));
    }

    #[test]
    fn numbers_and_characters_are_named() {
        let too_long = DisplayTextError::TooLong {
            max: 128,
            length: 1_290,
        }
        .into();
        let words = english(Field::Name, too_long);
        assert!(words.contains("128") && words.contains("1290"), "{words}");
        let forbidden = DisplayTextError::ForbiddenCharacter {
            character: '\u{202E}',
        }
        .into();
        let words = english(Field::Name, forbidden);
        assert!(words.contains("U+202E"), "{words}");
        let words = english(Field::ExternalId, InvalidExternalId.into());
        assert!(words.contains("255"), "{words}");
        let too_large = MetadataError::TooLarge { length: 5_000 };
        let words = english(Field::Metadata, too_large.into());
        assert!(words.contains("4096") && words.contains("5000"), "{words}");
        let words = english(Field::Scopes, Fault::TooMany { max: 100 });
        assert!(words.contains("100"), "{words}");
    }

    #[test]
    fn a_limit_is_told_what_would_be_right() {
        let member = |name: &str| Field::LimitsMember(LimitList::OfKey, 0, name.to_owned());
        assert_eq!(
            english(member("max"), InvalidLimitUnits.into()),
            "Must be a whole number from 1 to 1000000000"
        );
        assert_eq!(
            english(Field::CostsMember("tokens".to_owned()), InvalidCost.into()),
            "Must be a whole number from 0 to 1000000000"
        );
        assert_eq!(
            english(member("on_unavailable"), Fault::Unknown),
            "There is no such field; did you mean onUnavailable?"
        );
        let words = english(member("name"), InvalidLimitName.into());
        assert!(words.contains("32"), "{words}");
        let above = |on_unavailable| {
            let plan = Box::new(Limit {
                on_unavailable,
                ..limit("requests", 100, "1m")
            });
            let item = Field::LimitsItem(LimitList::OfKey, 0);
            english(item, AbovePlan { plan }.into())
        };
        let words = above(OnUnavailable::Deny);
        assert!(
            words.ends_with("window must be 1m, max at most 100, and onUnavailable one of deny"),
            "{words}"
        );
        assert!(above(OnUnavailable::Allow).ends_with("deny, allow"));
    }

    #[test]
    fn fields_are_named_as_the_contract_does() {
        let violation = Violation {
            field: Field::IpAllowlistItem(3),
            fault: Fault::NotText,
        };
        assert_eq!(
            Problem::of(&violation, members::DRAFT).field,
            "ipWhitelist[3]"
        );
    }
}
