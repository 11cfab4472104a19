//! The checks that a draft, an update and a rotation share.

use std::collections::BTreeSet;

use crate::expiry::Expiry;
use crate::given::{Given, Unexpected};
use crate::ip_rule::{IP_RULES_MAX, IpAllowlist, IpRule};
use crate::key_name::KeyName;
use crate::mode::{Mode, UnknownMode};
use crate::overlap::{InvalidOverlap, Overlap};
use crate::scope::{SCOPES_MAX, Scope, ScopeSet};
use crate::timestamp::Timestamp;
use crate::violation::{Fault, Field, Violation};

/// The well-formed scope codes of a list: what to ask the catalogue about.
pub(crate) fn named_scopes(given: &Given<Vec<Given<String>>>) -> BTreeSet<Scope> {
    match given {
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

/// What was found so far. Each check returns a stand-in for a faulty field and goes on; no
/// stand-in survives, since one violation refuses the request.
#[derive(Default)]
pub(crate) struct Violations(Vec<Violation>);

impl Violations {
    pub(crate) fn add(&mut self, field: Field, fault: impl Into<Fault>) {
        self.0.push(Violation {
            field,
            fault: fault.into(),
        });
    }

    pub(crate) fn name(&mut self, given: Given<String>) -> Option<KeyName> {
        let parsed = match given {
            Given::Absent | Given::Null => Err(Fault::Required),
            Given::WrongType => Err(Fault::NotText),
            Given::Value(text) => KeyName::parse(&text).map_err(Fault::from),
        };
        parsed.map_err(|fault| self.add(Field::Name, fault)).ok()
    }

    pub(crate) fn mode(&mut self, given: &Given<i64>) -> Mode {
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

    pub(crate) fn expires_at(&mut self, given: Given<String>, now: Timestamp) -> Option<Expiry> {
        self.word(given, Field::ExpiresAt, |text| {
            Expiry::parse(text, now).map_err(Fault::from)
        })
    }

    pub(crate) fn scopes(
        &mut self,
        given: Given<Vec<Given<String>>>,
        existing: &BTreeSet<Scope>,
    ) -> ScopeSet {
        let scopes = self.list(
            given,
            (Field::Scopes, Field::ScopesItem, SCOPES_MAX),
            |code| match Scope::parse(code) {
                Ok(scope) if existing.contains(&scope) => Ok(scope),
                Ok(_unlisted) => Err(Fault::UnknownScope),
                Err(invalid) => Err(invalid.into()),
            },
        );
        scopes.into_iter().collect()
    }

    pub(crate) fn ip_allowlist(&mut self, given: Given<Vec<Given<String>>>) -> IpAllowlist {
        let rules = self.list(
            given,
            (Field::IpAllowlist, Field::IpAllowlistItem, IP_RULES_MAX),
            |rule| IpRule::parse(rule).map_err(Fault::from),
        );
        rules.into_iter().collect()
    }

    pub(crate) fn overlap(&mut self, given: &Given<i64>) -> Overlap {
        let parsed = match given {
            Given::Absent | Given::Null => Ok(Overlap::default()),
            Given::WrongType => Err(InvalidOverlap),
            Given::Value(seconds) => Overlap::from_seconds(*seconds),
        };
        parsed.unwrap_or_else(|invalid| {
            self.add(Field::OverlapSeconds, invalid);
            Overlap::default()
        })
    }

    pub(crate) fn unexpected(&mut self, members: Vec<Unexpected>) {
        self.0.extend(members.into_iter().map(Violation::from));
    }

    /// All of them, in the order of the checks.
    pub(crate) fn found(self) -> Vec<Violation> {
        self.0
    }

    /// A field that may be left out, and is text where it is not.
    pub(crate) fn word<T>(
        &mut self,
        given: Given<String>,
        field: Field,
        parse: impl FnOnce(&str) -> Result<T, Fault>,
    ) -> Option<T> {
        let parsed = match given {
            Given::Absent | Given::Null => return None,
            Given::WrongType => Err(Fault::NotText),
            Given::Value(text) => parse(&text),
        };
        parsed.map_err(|fault| self.add(field, fault)).ok()
    }

    pub(crate) fn list<T>(
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
