use std::collections::BTreeSet;

use crate::key::annotations::AnnotationsUpdate;
use crate::key::api_key::ApiKeyFields;
use crate::key::expiry::Expiry;
use crate::key::ip_rule::IpAllowlist;
use crate::key::lifetime_policy::LifetimePolicy;
use crate::key::name::KeyName;
use crate::key::scope::{Scope, ScopeSet};
use crate::limits::set::Limits;
use crate::request::annotations::RawAnnotations;
use crate::request::checks::{Violations, named_scopes};
use crate::request::limits::RawLimits;
use crate::request::raw_field::{RawField, Unexpected, is_given};
use crate::request::violation::{Fault, Field, Violation};
use crate::timestamp::Timestamp;

/// A request to change a key, as it was written (contract §3, PATCH).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RawUpdate {
    /// The display name.
    pub name: RawField<String>,
    /// The scope codes; null removes them.
    pub scopes: RawField<Vec<RawField<String>>>,
    /// The IP rules; null removes the restriction.
    pub ip_allowlist: RawField<Vec<RawField<String>>>,
    /// RFC 3339; null removes the expiry.
    pub expires_at: RawField<String>,
    /// Description, external id and metadata; null removes each.
    pub annotations: RawAnnotations,
    /// The limits; null removes all.
    pub limits: RawLimits,
    /// Immutable, unknown and repeated members. Each is a violation; none is ignored.
    pub unexpected: Vec<Unexpected>,
}

/// A valid update of a key; `None` leaves a field unchanged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApiKeyUpdate {
    /// The display name.
    pub name: Option<KeyName>,
    /// The scopes of the key.
    pub scopes: Option<ScopeSet>,
    /// The addresses from which it may be used.
    pub ip_allowlist: Option<IpAllowlist>,
    /// When it expires; `Some(None)` for never.
    pub expires_at: Option<Option<Expiry>>,
    /// Description, external id and metadata.
    pub annotations: AnnotationsUpdate,
    /// Its own limits.
    pub limits: Option<Limits>,
}

impl RawUpdate {
    /// The well-formed scope codes of the update, to look up in the catalogue.
    #[must_use]
    pub fn named_scopes(&self) -> BTreeSet<Scope> {
        named_scopes(&self.scopes)
    }

    /// Checks every field by the rules of a draft. `existing` has those of
    /// [`named_scopes`](Self::named_scopes) that are in the catalogue. `plan` has the limits that the
    /// plan of the workspace gives to each key.
    ///
    /// # Errors
    /// All violations at once, in the order of the fields.
    pub fn parse(
        self,
        now: Timestamp,
        existing: &BTreeSet<Scope>,
        plan: &Limits,
    ) -> Result<ApiKeyUpdate, Vec<Violation>> {
        let mut violations = Violations::default();
        if self == Self::default() {
            violations.add(Field::Body, Fault::NothingToChange);
        }
        let update = ApiKeyUpdate {
            name: match self.name {
                RawField::Absent => None,
                given @ (RawField::Null | RawField::WrongType | RawField::Value(_)) => {
                    violations.name(given)
                }
            },
            scopes: is_given(&self.scopes).then(|| violations.scopes(self.scopes, existing)),
            ip_allowlist: is_given(&self.ip_allowlist)
                .then(|| violations.ip_allowlist(self.ip_allowlist)),
            expires_at: is_given(&self.expires_at)
                .then(|| violations.expires_at(self.expires_at, now)),
            annotations: self.annotations.parse_update(&mut violations),
            limits: is_given(&self.limits).then(|| violations.limits(self.limits, plan)),
        };
        violations.unexpected(self.unexpected);
        let found = violations.found();
        if found.is_empty() {
            Ok(update)
        } else {
            Err(found)
        }
    }
}

impl ApiKeyUpdate {
    /// Checks by the policy of the workspace that this key may have the new expiry. An expiry that
    /// the key already has is never a violation.
    ///
    /// # Errors
    /// The violation.
    pub fn check_lifetime(
        &self,
        key: &ApiKeyFields,
        policy: &LifetimePolicy,
        now: Timestamp,
    ) -> Result<(), Vec<Violation>> {
        match self.expires_at {
            Some(expires_at) if expires_at != key.expires_at => {
                let admitted = policy.admit(expires_at, policy.start(key.secret.created_at, now));
                admitted.map(drop).map_err(|fault| {
                    let (field, fault) = (Field::ExpiresAt, fault.into());
                    vec![Violation { field, fault }]
                })
            }
            Some(_) | None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::lifetime::Lifetime;
    use crate::key::lifetime_policy::{ExistingKeys, LifetimeFault};
    use crate::testing::{altered, at, expiry, key};

    fn parse(raw: RawUpdate) -> Result<ApiKeyUpdate, Vec<String>> {
        let now = Timestamp::parse_rfc3339("2026-03-21T00:00:00Z").unwrap();
        let catalogue = BTreeSet::from([Scope::parse("payment:read").unwrap()]);
        raw.parse(now, &catalogue, &Limits::default())
            .map_err(|found| found.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn absent_is_unchanged_and_null_clears_the_last_three() {
        let update = parse(RawUpdate {
            scopes: RawField::Null,
            ..RawUpdate::default()
        });
        let want = ApiKeyUpdate {
            scopes: Some(ScopeSet::default()),
            ..ApiKeyUpdate::default()
        };
        assert_eq!(update, Ok(want));
        let update = parse(RawUpdate {
            ip_allowlist: RawField::Null,
            expires_at: RawField::Null,
            ..RawUpdate::default()
        });
        let want = ApiKeyUpdate {
            ip_allowlist: Some(IpAllowlist::default()),
            expires_at: Some(None),
            ..ApiKeyUpdate::default()
        };
        assert_eq!(update, Ok(want));
    }

    #[test]
    fn a_name_can_be_changed_but_not_cleared() {
        let named = |name| RawUpdate {
            name,
            ..RawUpdate::default()
        };
        let update = parse(named(RawField::Value(" New ".into()))).unwrap();
        assert_eq!(update.name.unwrap().as_str(), "New");
        assert_eq!(
            parse(named(RawField::Null)),
            Err(vec!["name: is required".into()])
        );
    }

    #[test]
    fn an_empty_update_is_refused() {
        assert_eq!(
            parse(RawUpdate::default()),
            Err(vec!["body: must name at least one field to change".into()])
        );
    }

    #[test]
    fn all_violations_come_at_once_by_the_rules_of_a_draft() {
        let found = parse(RawUpdate {
            name: RawField::Value(String::new()),
            scopes: RawField::Value(vec![RawField::Value("payment:write".into())]),
            ip_allowlist: RawField::Value(vec![RawField::Value("1.2.3.4/24".into())]),
            expires_at: RawField::Value("2020-01-01T00:00:00Z".into()),
            annotations: RawAnnotations {
                description: RawField::WrongType,
                ..RawAnnotations::default()
            },
            limits: RawField::WrongType,
            unexpected: vec![
                Unexpected::Immutable("mode".into()),
                Unexpected::Unknown("colour".into()),
            ],
        });
        assert_eq!(
            found,
            Err([
                "name: must have at least one visible character",
                "scopes[0]: no such scope",
                "ipWhitelist[0]: bits are set beyond the prefix; did you mean 1.2.3.0/24?",
                "expiresAt: must be in the future",
                "description: must be text",
                "limits: must be a list of objects",
                "mode: can't be changed",
                "colour: is not a known field",
            ]
            .map(str::to_owned)
            .to_vec())
        );
    }

    #[test]
    fn only_a_new_expiry_is_checked_by_the_policy_from_the_secrets_creation() {
        let days = |days| Some(Lifetime::from_days(days).unwrap());
        let policy = LifetimePolicy::new(None, days(2), false, ExistingKeys::Report).unwrap();
        let latest = expiry(2 * 86_400);
        let late = expiry(2 * 86_400 + 1);
        for (stored, new, want) in [
            (None, None, None),
            (None, Some(None), None),
            (Some(late), Some(Some(late)), None),
            (None, Some(Some(latest)), None),
            (
                Some(latest),
                Some(None),
                Some(LifetimeFault::RequiredUntil(latest)),
            ),
            (
                Some(latest),
                Some(Some(late)),
                Some(LifetimeFault::TooLate(latest)),
            ),
        ] {
            let key = altered(key(), |fields| fields.expires_at = stored);
            let update = ApiKeyUpdate {
                expires_at: new,
                ..ApiKeyUpdate::default()
            };
            let want = want.map(|fault| {
                let (field, fault) = (Field::ExpiresAt, Fault::Lifetime(fault));
                vec![Violation { field, fault }]
            });
            let checked = update.check_lifetime(key.fields(), &policy, key.fields().created_at);
            assert_eq!(checked.err(), want, "{stored:?} {new:?}");
        }
    }

    #[test]
    fn a_key_whose_secret_has_reached_the_maximum_can_be_given_a_new_expiry() {
        let days = |days| Some(Lifetime::from_days(days).unwrap());
        let policy = LifetimePolicy::new(None, days(2), false, ExistingKeys::Refuse).unwrap();
        let key = altered(key(), |fields| fields.expires_at = Some(expiry(2 * 86_400)));
        let check = |now: i64, new: i64| {
            let update = ApiKeyUpdate {
                expires_at: Some(Some(expiry(new))),
                ..ApiKeyUpdate::default()
            };
            update
                .check_lifetime(key.fields(), &policy, at(now))
                .is_ok()
        };
        assert!(!check(2 * 86_400 - 1, 2 * 86_400 + 1), "not yet");
        assert!(check(2 * 86_400, 4 * 86_400));
        assert!(!check(2 * 86_400, 4 * 86_400 + 1));
    }
}
