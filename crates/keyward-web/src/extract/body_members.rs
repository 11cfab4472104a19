use std::collections::HashSet;

use keyward_domain::{RawAnnotations, RawCosts, RawField, RawLimit, RawLimits, Unexpected};

use crate::json::{Json, JsonObject};
use crate::members;

/// The maximum number of unexpected members in one response, to limit its size.
pub(super) const UNEXPECTED_MAX: usize = 100;

/// The members of a body: the expected ones, which are taken one by one, and all others, which are
/// reported. The first of repeated members is used, and the repeat is reported.
pub(super) struct BodyMembers {
    expected: Vec<(String, Json)>,
    unexpected: Vec<Unexpected>,
}

impl BodyMembers {
    /// Separates the expected members of an object from all others.
    pub(super) fn of(object: JsonObject, expected: &[&str]) -> Self {
        Self::with_immutable(object, expected, &[])
    }

    /// The same, with members that exist but can't be changed.
    pub(super) fn with_immutable(
        object: JsonObject,
        expected: &[&str],
        immutable: &[&str],
    ) -> Self {
        let mut members = Self {
            expected: Vec::new(),
            unexpected: Vec::new(),
        };
        let mut seen = HashSet::new();
        for (name, value) in object {
            let unexpected = if !seen.insert(name.clone()) {
                Unexpected::Repeated(name)
            } else if expected.contains(&name.as_str()) {
                members.expected.push((name, value));
                continue;
            } else if immutable.contains(&name.as_str()) {
                Unexpected::Immutable(name)
            } else {
                Unexpected::Unknown(name)
            };
            if members.unexpected.len() < UNEXPECTED_MAX {
                members.unexpected.push(unexpected);
            }
        }
        members
    }

    /// The value of a member; `None` when it is missing.
    pub(super) fn take(&mut self, name: &str) -> Option<Json> {
        let at = self.expected.iter().position(|(taken, _)| taken == name)?;
        Some(self.expected.swap_remove(at).1)
    }

    /// A text member.
    pub(super) fn text(&mut self, name: &str) -> RawField<String> {
        self.take(name).map_or(RawField::Absent, text)
    }

    /// A member with a list of texts.
    pub(super) fn texts(&mut self, name: &str) -> RawField<Vec<RawField<String>>> {
        self.list(name, text)
    }

    fn list<T>(&mut self, name: &str, read: fn(Json) -> RawField<T>) -> RawField<Vec<RawField<T>>> {
        match self.take(name) {
            None => RawField::Absent,
            Some(Json::Null) => RawField::Null,
            Some(Json::List(entries)) => RawField::Value(entries.into_iter().map(read).collect()),
            Some(Json::Bool(_) | Json::Number(_) | Json::Text(_) | Json::Object(_)) => {
                RawField::WrongType
            }
        }
    }

    /// A member that is an object of values of one type: its members in their order, repeats
    /// included.
    fn named<T>(
        &mut self,
        name: &str,
        read: fn(Json) -> RawField<T>,
    ) -> RawField<Vec<(String, RawField<T>)>> {
        match self.take(name) {
            None => RawField::Absent,
            Some(Json::Null) => RawField::Null,
            Some(Json::Object(members)) => {
                let members = members.into_iter();
                RawField::Value(members.map(|(name, value)| (name, read(value))).collect())
            }
            Some(Json::Bool(_) | Json::Number(_) | Json::Text(_) | Json::List(_)) => {
                RawField::WrongType
            }
        }
    }

    /// The annotations of a key.
    pub(super) fn annotations(&mut self) -> RawAnnotations {
        RawAnnotations {
            description: self.text("description"),
            external_id: self.text("externalId"),
            metadata: self.named("metadata", text),
        }
    }

    /// A member with a list of limits (contract §11).
    pub(super) fn limits(&mut self, name: &str) -> RawLimits {
        self.list(name, limit)
    }

    /// The costs of a call, by the names of limits.
    pub(super) fn costs(&mut self) -> RawCosts {
        self.named("cost", integer)
    }

    /// A member with a 64-bit integer, written without a fraction and an exponent.
    pub(super) fn integer(&mut self, name: &str) -> RawField<i64> {
        self.take(name).map_or(RawField::Absent, integer)
    }

    /// The members that are not allowed in the body.
    pub(super) fn into_unexpected(self) -> Vec<Unexpected> {
        self.unexpected
    }
}

fn text(value: Json) -> RawField<String> {
    match value {
        Json::Null => RawField::Null,
        Json::Text(text) => RawField::Value(text),
        Json::Bool(_) | Json::Number(_) | Json::List(_) | Json::Object(_) => RawField::WrongType,
    }
}

fn integer(value: Json) -> RawField<i64> {
    match value {
        Json::Null => RawField::Null,
        Json::Number(number) => number.as_i64().map_or(RawField::WrongType, RawField::Value),
        Json::Bool(_) | Json::Text(_) | Json::List(_) | Json::Object(_) => RawField::WrongType,
    }
}

fn limit(value: Json) -> RawField<RawLimit> {
    match value {
        Json::Null => RawField::Null,
        Json::Object(object) => {
            let mut members = BodyMembers::of(object, members::LIMIT);
            RawField::Value(RawLimit {
                name: members.text("name"),
                max: members.integer("max"),
                window: members.text("window"),
                on_unavailable: members.text("onUnavailable"),
                unexpected: members.into_unexpected(),
            })
        }
        Json::Bool(_) | Json::Number(_) | Json::Text(_) | Json::List(_) => RawField::WrongType,
    }
}
