use std::collections::BTreeSet;

use crate::expiry::Expiry;
use crate::ip_rule::{IP_RULES_MAX, IpAllowlist, IpRule};
use crate::key_name::KeyName;
use crate::mode::{Mode, UnknownMode};
use crate::scope::{SCOPES_MAX, Scope, ScopeSet};
use crate::timestamp::Timestamp;
use crate::violation::{Fault, Field, Violation};

/// A field as it was given, before anything is known of its worth.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Given<T> {
    /// Not there at all.
    #[default]
    Absent,
    /// There, and null.
    Null,
    /// Of another type than the field has.
    WrongType,
    /// Of the field's type.
    Value(T),
}

/// A request for a key, as it was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RawDraft {
    /// The display name.
    pub name: Given<String>,
    /// The scope codes.
    pub scopes: Given<Vec<Given<String>>>,
    /// 1 or 2.
    pub mode: Given<i64>,
    /// The IP rules.
    pub ip_allowlist: Given<Vec<Given<String>>>,
    /// RFC 3339.
    pub expires_at: Given<String>,
    /// Members that a draft doesn't have, or has once: each is a fault, never ignored.
    pub unexpected: Vec<Unexpected>,
}

/// A member that should not be where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unexpected {
    /// No such member exists.
    Unknown(String),
    /// The member was there before.
    Repeated(String),
}

/// A request for a key in which every field is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKeyDraft {
    /// The display name.
    pub name: KeyName,
    /// What the key may do.
    pub scopes: ScopeSet,
    /// LIVE or TEST.
    pub mode: Mode,
    /// From where it may be used.
    pub ip_allowlist: IpAllowlist,
    /// When it ends, if it does.
    pub expires_at: Option<Expiry>,
}

impl RawDraft {
    /// The well-formed scope codes that the draft names: what to ask the catalogue about.
    #[must_use]
    pub fn named_scopes(&self) -> BTreeSet<Scope> {
        match &self.scopes {
            Given::Value(codes) if codes.len() <= SCOPES_MAX => codes
                .iter()
                .filter_map(|code| match code {
                    Given::Value(code) => Scope::parse(code).ok(),
                    Given::Absent | Given::Null | Given::WrongType => None,
                })
                .collect(),
            Given::Value(_) | Given::Absent | Given::Null | Given::WrongType => BTreeSet::new(),
        }
    }

    /// Checks every field. `existing` are those of [`named_scopes`](Self::named_scopes) that the
    /// catalogue has.
    ///
    /// # Errors
    /// All violations at once, in the order of the fields.
    pub fn parse(
        self,
        now: Timestamp,
        existing: &BTreeSet<Scope>,
    ) -> Result<ApiKeyDraft, Vec<Violation>> {
        let mut violations = Violations::default();
        let name = violations.name(self.name);
        let scopes = violations.list(
            self.scopes,
            (Field::Scopes, Field::ScopesItem, SCOPES_MAX),
            |code| match Scope::parse(code) {
                Ok(scope) if existing.contains(&scope) => Ok(scope),
                Ok(_unlisted) => Err(Fault::UnknownScope),
                Err(invalid) => Err(invalid.into()),
            },
        );
        let mode = violations.mode(&self.mode);
        let ip_allowlist = violations.list(
            self.ip_allowlist,
            (Field::IpAllowlist, Field::IpAllowlistItem, IP_RULES_MAX),
            |rule| IpRule::parse(rule).map_err(Fault::from),
        );
        let expires_at = violations.expires_at(self.expires_at, now);
        for unexpected in self.unexpected {
            match unexpected {
                Unexpected::Unknown(member) => violations.add(Field::Other(member), Fault::Unknown),
                Unexpected::Repeated(member) => {
                    violations.add(Field::Other(member), Fault::Repeated);
                }
            }
        }
        match name {
            Some(name) if violations.0.is_empty() => Ok(ApiKeyDraft {
                name,
                scopes: scopes.into_iter().collect(),
                mode,
                ip_allowlist: ip_allowlist.into_iter().collect(),
                expires_at,
            }),
            _ => Err(violations.0),
        }
    }
}

/// What was found so far. Each check returns a stand-in for a faulty field and goes on; no
/// stand-in survives, since one violation refuses the draft.
#[derive(Default)]
struct Violations(Vec<Violation>);

impl Violations {
    fn add(&mut self, field: Field, fault: impl Into<Fault>) {
        self.0.push(Violation {
            field,
            fault: fault.into(),
        });
    }

    fn name(&mut self, given: Given<String>) -> Option<KeyName> {
        let parsed = match given {
            Given::Absent | Given::Null => Err(Fault::Required),
            Given::WrongType => Err(Fault::NotText),
            Given::Value(text) => KeyName::parse(&text).map_err(Fault::from),
        };
        parsed.map_err(|fault| self.add(Field::Name, fault)).ok()
    }

    fn mode(&mut self, given: &Given<i64>) -> Mode {
        let parsed = match given {
            Given::Absent | Given::Null => Ok(Mode::Live),
            Given::WrongType => Err(UnknownMode),
            Given::Value(code) => Mode::from_code(*code),
        };
        parsed.unwrap_or_else(|unknown| {
            self.add(Field::Mode, unknown);
            Mode::Live
        })
    }

    fn expires_at(&mut self, given: Given<String>, now: Timestamp) -> Option<Expiry> {
        let parsed = match given {
            Given::Absent | Given::Null => return None,
            Given::WrongType => Err(Fault::NotText),
            Given::Value(text) => Expiry::parse(&text, now).map_err(Fault::from),
        };
        parsed
            .map_err(|fault| self.add(Field::ExpiresAt, fault))
            .ok()
    }

    fn list<T>(
        &mut self,
        given: Given<Vec<Given<String>>>,
        (whole, item, max): (Field, fn(usize) -> Field, usize),
        parse: impl Fn(&str) -> Result<T, Fault>,
    ) -> Vec<T> {
        let entries = match given {
            Given::Absent | Given::Null => return Vec::new(),
            Given::WrongType => {
                self.add(whole, Fault::NotList);
                return Vec::new();
            }
            Given::Value(entries) if entries.len() > max => {
                self.add(whole, Fault::TooMany { max });
                return Vec::new();
            }
            Given::Value(entries) => entries,
        };
        let mut parsed = Vec::with_capacity(entries.len());
        for (index, entry) in entries.into_iter().enumerate() {
            let result = match entry {
                Given::Value(text) => parse(&text),
                Given::Absent | Given::Null | Given::WrongType => Err(Fault::NotText),
            };
            match result {
                Ok(value) => parsed.push(value),
                Err(fault) => self.add(item(index), fault),
            }
        }
        parsed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        Timestamp::parse_rfc3339("2026-03-21T00:00:00Z").unwrap()
    }

    fn catalogue() -> BTreeSet<Scope> {
        ["payment:read", "payment:write"]
            .iter()
            .map(|code| Scope::parse(code).unwrap())
            .collect()
    }

    fn named(name: &str) -> RawDraft {
        RawDraft {
            name: Given::Value(name.to_owned()),
            ..RawDraft::default()
        }
    }

    fn texts(entries: &[&str]) -> Given<Vec<Given<String>>> {
        Given::Value(
            entries
                .iter()
                .map(|text| Given::Value((*text).to_owned()))
                .collect(),
        )
    }

    fn faults(draft: RawDraft) -> Vec<String> {
        let violations = draft.parse(now(), &catalogue()).unwrap_err();
        violations.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_name_is_all_that_is_required() {
        let draft = named("Key").parse(now(), &catalogue()).unwrap();
        assert_eq!(draft.mode, Mode::Live);
        assert!(draft.scopes.is_empty());
        assert!(draft.ip_allowlist.as_slice().is_empty());
        assert_eq!(draft.expires_at, None);
    }

    #[test]
    fn null_is_as_good_as_absent_but_for_the_name() {
        let draft = RawDraft {
            scopes: Given::Null,
            mode: Given::Null,
            ip_allowlist: Given::Null,
            expires_at: Given::Null,
            ..named("Key")
        };
        assert_eq!(
            draft.parse(now(), &catalogue()),
            named("Key").parse(now(), &catalogue())
        );
        let nameless = RawDraft {
            name: Given::Null,
            ..RawDraft::default()
        };
        assert_eq!(faults(nameless), ["name: is required"]);
        assert_eq!(faults(RawDraft::default()), ["name: is required"]);
    }

    #[test]
    fn all_violations_come_at_once_in_the_order_of_the_fields() {
        let draft = RawDraft {
            name: Given::WrongType,
            scopes: Given::Value(vec![
                Given::Value("payment:read".into()),
                Given::Null,
                Given::Value("payment:refund".into()),
                Given::Value("*".into()),
            ]),
            mode: Given::Value(3),
            ip_allowlist: Given::Value(vec![
                Given::Value("1.2.3.4/24".into()),
                Given::WrongType,
                Given::Value("10.0.0.1".into()),
            ]),
            expires_at: Given::Value("2020-01-01T00:00:00Z".into()),
            unexpected: vec![
                Unexpected::Unknown("ipWhiteList".into()),
                Unexpected::Repeated("name".into()),
            ],
        };
        assert_eq!(
            faults(draft),
            [
                "name: must be text",
                "scopes[1]: must be text",
                "scopes[2]: no such scope",
                "scopes[3]: not a scope code: resource:action in lower-case letters, at most 64 characters",
                "mode: must be 1 (LIVE) or 2 (TEST)",
                "ipWhitelist[0]: bits are set beyond the prefix; did you mean 1.2.3.0/24?",
                "ipWhitelist[1]: must be text",
                "expiresAt: must be in the future",
                "ipWhiteList: is not a known field",
                "name: is given more than once",
            ]
        );
    }

    #[test]
    fn lists_are_bounded() {
        let draft = RawDraft {
            scopes: texts(&["payment:read"; 101]),
            ip_allowlist: texts(&["10.0.0.1"; 101]),
            ..named("Key")
        };
        assert!(draft.named_scopes().is_empty());
        assert_eq!(
            faults(draft),
            [
                "scopes: must have at most 100 entries",
                "ipWhitelist: must have at most 100 entries"
            ]
        );
        let full = RawDraft {
            ip_allowlist: texts(&["10.0.0.1"; 100]),
            ..named("Key")
        };
        assert_eq!(
            full.parse(now(), &catalogue())
                .unwrap()
                .ip_allowlist
                .as_slice()
                .len(),
            1
        );
    }

    #[test]
    fn wrong_types_name_their_fields() {
        let draft = RawDraft {
            scopes: Given::WrongType,
            mode: Given::WrongType,
            ip_allowlist: Given::WrongType,
            expires_at: Given::WrongType,
            ..named("Key")
        };
        assert_eq!(
            faults(draft),
            [
                "scopes: must be a list of texts",
                "mode: must be 1 (LIVE) or 2 (TEST)",
                "ipWhitelist: must be a list of texts",
                "expiresAt: must be text",
            ]
        );
    }
}
