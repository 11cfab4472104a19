use std::net::IpAddr;

use crate::caller::origin::ClientAddress;
use crate::key::mode::Mode;
use crate::key::scope::{SCOPES_MAX, Scope};
use crate::request::checks::Violations;
use crate::request::limits::RawCosts;
use crate::request::raw_field::{RawField, Unexpected};
use crate::request::violation::{Fault, Field, Violation};
use crate::verification::decide::Question;

/// A verifier's question, as it was written (contract §4). No `Debug`: it holds a secret.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct RawQuestion {
    /// The secret that was presented.
    pub secret: RawField<String>,
    /// The address of the caller.
    pub address: RawField<String>,
    /// The scope codes that the call needs.
    pub scopes: RawField<Vec<RawField<String>>>,
    /// `LIVE` or `TEST`.
    pub mode: RawField<String>,
    /// What the call costs, by the names of limits.
    pub costs: RawCosts,
    /// Unknown and repeated members.
    pub unexpected: Vec<Unexpected>,
}

impl RawQuestion {
    /// Checks every field. Returns the presented secret and the parsed question. Its scopes do not
    /// have to exist: no key has a scope that does not exist.
    ///
    /// # Errors
    /// All violations at once, in the order of the fields.
    pub fn parse(self) -> Result<(String, Question), Vec<Violation>> {
        let mut violations = Violations::default();
        let secret = match self.secret {
            RawField::Value(secret) => Some(secret),
            RawField::Absent | RawField::Null => {
                violations.add(Field::Secret, Fault::Required);
                None
            }
            RawField::WrongType => {
                violations.add(Field::Secret, Fault::NotText);
                None
            }
        };
        let question = Question {
            address: violations.word(self.address, Field::Ip, |text| {
                let address: Result<IpAddr, _> = text.parse();
                address
                    .map(ClientAddress::vouched_for)
                    .map_err(|_any| Fault::Address)
            }),
            scopes: violations.list(
                self.scopes,
                (Field::Scopes, Field::ScopesItem, SCOPES_MAX),
                |code| Scope::parse(code).map_err(Fault::from),
            ),
            mode: violations.word(self.mode, Field::Mode, |text| {
                Mode::parse(text).ok_or(Fault::ModeWord)
            }),
            costs: violations.costs(self.costs),
        };
        violations.unexpected(self.unexpected);
        let found = violations.found();
        match secret {
            Some(secret) if found.is_empty() => Ok((secret, question)),
            _ => Err(found),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> RawField<String> {
        RawField::Value(text.to_owned())
    }

    fn faults(raw: RawQuestion) -> Vec<String> {
        let found = raw.parse().map(|_| ()).unwrap_err();
        found.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn only_the_secret_is_required() {
        let raw = RawQuestion {
            secret: of("anything"),
            ..RawQuestion::default()
        };
        let parsed = raw.parse().unwrap();
        assert_eq!(parsed, ("anything".to_owned(), Question::default()));
        assert_eq!(faults(RawQuestion::default()), ["secret: is required"]);
    }

    #[test]
    fn an_address_is_canonical_and_a_mode_a_word() {
        let raw = RawQuestion {
            secret: of("s"),
            address: of("::ffff:10.0.0.1"),
            scopes: RawField::Value(vec![of("a:b")]),
            mode: of("TEST"),
            costs: RawField::Absent,
            unexpected: vec![],
        };
        let (_, question) = raw.parse().unwrap();
        assert_eq!(question.address.unwrap().ip().to_string(), "10.0.0.1");
        assert_eq!(question.mode, Some(Mode::Test));
        assert_eq!(question.scopes, [Scope::parse("a:b").unwrap()]);
    }

    #[test]
    fn all_violations_come_at_once() {
        let raw = RawQuestion {
            secret: RawField::WrongType,
            address: of("10.0.0.0/8"),
            scopes: RawField::Value(vec![of("*"), RawField::Null]),
            mode: of("live"),
            costs: RawField::WrongType,
            unexpected: vec![Unexpected::Unknown("address".into())],
        };
        assert_eq!(
            faults(raw),
            [
                "secret: must be text",
                "ip: not an IP address",
                "scopes[0]: not a scope code: resource:action in lower-case letters, at most 64 characters",
                "scopes[1]: must be text",
                "mode: must be LIVE or TEST",
                "cost: must be an object whose values are whole numbers",
                "address: is not a known field",
            ]
        );
    }
}
