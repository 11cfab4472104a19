//! The checks that drafts, updates and rotations share.

use std::collections::BTreeSet;

use crate::key::description::Description;
use crate::key::expiry::Expiry;
use crate::key::external_id::ExternalId;
use crate::key::ip_rule::{IP_RULES_MAX, IpAllowlist, IpRule};
use crate::key::lifetime_policy::LifetimePolicy;
use crate::key::metadata::{METADATA_MEMBERS_MAX, Metadata, MetadataMember};
use crate::key::mode::{Mode, UnknownMode};
use crate::key::name::KeyName;
use crate::key::overlap::{InvalidOverlap, Overlap};
use crate::key::scope::{SCOPES_MAX, Scope, ScopeSet};
use crate::request::raw_field::{RawField, Unexpected};
use crate::request::violation::{Fault, Field, Violation};
use crate::timestamp::Timestamp;

/// The well-formed scope codes of a list, to look up in the catalogue.
pub(crate) fn named_scopes(given: &RawField<Vec<RawField<String>>>) -> BTreeSet<Scope> {
    match given {
        RawField::Value(codes) if codes.len() <= SCOPES_MAX => codes
            .iter()
            .filter_map(|code| match code {
                RawField::Value(code) => Scope::parse(code).ok(),
                RawField::Absent | RawField::Null | RawField::WrongType => None,
            })
            .collect(),
        RawField::Value(_) | RawField::Absent | RawField::Null | RawField::WrongType => {
            BTreeSet::new()
        }
    }
}

/// The violations found so far. For an invalid field, each check returns a placeholder and
/// continues. The placeholders are never used, since one violation refuses the request.
#[derive(Default)]
pub(crate) struct Violations(Vec<Violation>);

impl Violations {
    pub(crate) fn add(&mut self, field: Field, fault: impl Into<Fault>) {
        self.0.push(Violation {
            field,
            fault: fault.into(),
        });
    }

    pub(crate) fn name(&mut self, given: RawField<String>) -> Option<KeyName> {
        let parsed = match given {
            RawField::Absent | RawField::Null => Err(Fault::Required),
            RawField::WrongType => Err(Fault::NotText),
            RawField::Value(text) => KeyName::parse(&text).map_err(Fault::from),
        };
        parsed.map_err(|fault| self.add(Field::Name, fault)).ok()
    }

    pub(crate) fn mode(&mut self, given: &RawField<i64>) -> Mode {
        let parsed = match given {
            RawField::Absent | RawField::Null => Ok(Mode::Live),
            RawField::WrongType => Err(UnknownMode),
            RawField::Value(code) => Mode::from_code(*code),
        };
        parsed.unwrap_or_else(|unknown| {
            self.add(Field::Mode, unknown);
            Mode::Live
        })
    }

    pub(crate) fn expires_at(&mut self, given: RawField<String>, now: Timestamp) -> Option<Expiry> {
        self.word(given, Field::ExpiresAt, |text| {
            Expiry::parse(text, now).map_err(Fault::from)
        })
    }

    /// The expiry of a new key: what was written, else the default of the policy.
    pub(crate) fn first_expiry(
        &mut self,
        given: RawField<String>,
        now: Timestamp,
        policy: &LifetimePolicy,
    ) -> Option<Expiry> {
        let chosen = match given {
            RawField::Absent => Ok(policy.default_expiry(now)),
            RawField::Null => Ok(None),
            RawField::WrongType => Err(Fault::NotText),
            RawField::Value(text) => Expiry::parse(&text, now).map(Some).map_err(Fault::from),
        };
        let admitted = chosen.and_then(|chosen| Ok(policy.admit(chosen, now)?));
        admitted.unwrap_or_else(|fault| {
            self.add(Field::ExpiresAt, fault);
            None
        })
    }

    pub(crate) fn scopes(
        &mut self,
        given: RawField<Vec<RawField<String>>>,
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

    pub(crate) fn ip_allowlist(&mut self, given: RawField<Vec<RawField<String>>>) -> IpAllowlist {
        let rules = self.list(
            given,
            (Field::IpAllowlist, Field::IpAllowlistItem, IP_RULES_MAX),
            |rule| IpRule::parse(rule).map_err(Fault::from),
        );
        rules.into_iter().collect()
    }

    pub(crate) fn description(&mut self, given: RawField<String>) -> Option<Description> {
        self.word(given, Field::Description, |text| {
            Description::parse(text).map_err(Fault::from)
        })
    }

    pub(crate) fn external_id(&mut self, given: RawField<String>) -> Option<ExternalId> {
        self.word(given, Field::ExternalId, |text| {
            ExternalId::parse(text).map_err(Fault::from)
        })
    }

    pub(crate) fn metadata(
        &mut self,
        given: RawField<Vec<(String, RawField<String>)>>,
    ) -> Metadata {
        let max = METADATA_MEMBERS_MAX;
        let members = match given {
            RawField::Absent | RawField::Null => return Metadata::default(),
            RawField::WrongType => Err(Fault::NotTexts),
            RawField::Value(members) if members.len() > max => Err(Fault::TooMany { max }),
            RawField::Value(members) => Ok(members),
        };
        let members = members.map(|members| self.metadata_members(members));
        let metadata = members.and_then(|members| Ok(Metadata::of(members)?));
        metadata.unwrap_or_else(|fault| {
            self.add(Field::Metadata, fault);
            Metadata::default()
        })
    }

    /// The valid members. Of repeated ones, the first counts.
    fn metadata_members(&mut self, given: Vec<(String, RawField<String>)>) -> Vec<MetadataMember> {
        let mut names = BTreeSet::new();
        let mut members = Vec::with_capacity(given.len());
        for (name, value) in given {
            let parsed = match value {
                _ if names.contains(&name) => Err(Fault::Repeated),
                RawField::Value(value) => MetadataMember::parse(&name, &value).map_err(Fault::from),
                RawField::Absent | RawField::Null | RawField::WrongType => Err(Fault::NotText),
            };
            names.insert(name.clone());
            match parsed {
                Ok(member) => members.push(member),
                Err(fault) => self.add(Field::MetadataMember(name), fault),
            }
        }
        members
    }

    pub(crate) fn overlap(&mut self, given: &RawField<i64>) -> Overlap {
        let parsed = match given {
            RawField::Absent | RawField::Null => Ok(Overlap::default()),
            RawField::WrongType => Err(InvalidOverlap),
            RawField::Value(seconds) => Overlap::from_seconds(*seconds),
        };
        parsed.unwrap_or_else(|invalid| {
            self.add(Field::OverlapSeconds, invalid);
            Overlap::default()
        })
    }

    pub(crate) fn unexpected(&mut self, members: Vec<Unexpected>) {
        self.0.extend(members.into_iter().map(Violation::from));
    }

    /// All violations, in the order of the checks.
    pub(crate) fn found(self) -> Vec<Violation> {
        self.0
    }

    /// An optional text field.
    pub(crate) fn word<T>(
        &mut self,
        given: RawField<String>,
        field: Field,
        parse: impl FnOnce(&str) -> Result<T, Fault>,
    ) -> Option<T> {
        let parsed = match given {
            RawField::Absent | RawField::Null => return None,
            RawField::WrongType => Err(Fault::NotText),
            RawField::Value(text) => parse(&text),
        };
        parsed.map_err(|fault| self.add(field, fault)).ok()
    }

    pub(crate) fn list<T>(
        &mut self,
        given: RawField<Vec<RawField<String>>>,
        (whole, item, max): (Field, fn(usize) -> Field, usize),
        parse: impl Fn(&str) -> Result<T, Fault>,
    ) -> Vec<T> {
        let entries = match given {
            RawField::Absent | RawField::Null => return Vec::new(),
            RawField::WrongType => {
                self.add(whole, Fault::NotList);
                return Vec::new();
            }
            RawField::Value(entries) if entries.len() > max => {
                self.add(whole, Fault::TooMany { max });
                return Vec::new();
            }
            RawField::Value(entries) => entries,
        };
        let mut parsed = Vec::with_capacity(entries.len());
        for (index, entry) in entries.into_iter().enumerate() {
            let result = match entry {
                RawField::Value(text) => parse(&text),
                RawField::Absent | RawField::Null | RawField::WrongType => Err(Fault::NotText),
            };
            match result {
                Ok(value) => parsed.push(value),
                Err(fault) => self.add(item(index), fault),
            }
        }
        parsed
    }
}
