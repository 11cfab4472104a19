use std::collections::BTreeSet;

use crate::key::annotations::Annotations;
use crate::key::expiry::Expiry;
use crate::key::ip_rule::IpAllowlist;
use crate::key::lifetime_policy::LifetimePolicy;
use crate::key::mode::Mode;
use crate::key::name::KeyName;
use crate::key::scope::{Scope, ScopeSet};
use crate::limits::set::Limits;
use crate::request::annotations::RawAnnotations;
use crate::request::checks::{Violations, named_scopes};
use crate::request::limits::RawLimits;
use crate::request::raw_field::{RawField, Unexpected};
use crate::request::violation::Violation;
use crate::timestamp::Timestamp;

/// A request for a new key, as it was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RawDraft {
    /// The display name.
    pub name: RawField<String>,
    /// The scope codes.
    pub scopes: RawField<Vec<RawField<String>>>,
    /// 1 or 2.
    pub mode: RawField<i64>,
    /// The IP rules.
    pub ip_allowlist: RawField<Vec<RawField<String>>>,
    /// RFC 3339.
    pub expires_at: RawField<String>,
    /// Description, external id and metadata.
    pub annotations: RawAnnotations,
    /// The limits.
    pub limits: RawLimits,
    /// Unknown and repeated members. Each is a violation; none is ignored.
    pub unexpected: Vec<Unexpected>,
}

/// A valid request for a new key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKeyDraft {
    /// The display name.
    pub name: KeyName,
    /// The scopes of the key.
    pub scopes: ScopeSet,
    /// LIVE or TEST.
    pub mode: Mode,
    /// The addresses from which it may be used.
    pub ip_allowlist: IpAllowlist,
    /// When it expires, if ever.
    pub expires_at: Option<Expiry>,
    /// Description, external id and metadata.
    pub annotations: Annotations,
    /// Its own limits.
    pub limits: Limits,
}

impl RawDraft {
    /// The well-formed scope codes of the draft, to look up in the catalogue.
    #[must_use]
    pub fn named_scopes(&self) -> BTreeSet<Scope> {
        named_scopes(&self.scopes)
    }

    /// Checks every field. `existing` has those of [`named_scopes`](Self::named_scopes) that are in
    /// the catalogue. `lifetime` is the policy of the workspace, and `plan` has the limits that its
    /// plan gives to each key.
    ///
    /// # Errors
    /// All violations at once, in the order of the fields.
    pub fn parse(
        self,
        now: Timestamp,
        existing: &BTreeSet<Scope>,
        lifetime: &LifetimePolicy,
        plan: &Limits,
    ) -> Result<ApiKeyDraft, Vec<Violation>> {
        let mut violations = Violations::default();
        let name = violations.name(self.name);
        let scopes = violations.scopes(self.scopes, existing);
        let mode = violations.mode(&self.mode);
        let ip_allowlist = violations.ip_allowlist(self.ip_allowlist);
        let expires_at = violations.first_expiry(self.expires_at, now, lifetime);
        let annotations = self.annotations.parse(&mut violations);
        let limits = violations.limits(self.limits, plan);
        violations.unexpected(self.unexpected);
        let found = violations.found();
        match name {
            Some(name) if found.is_empty() => Ok(ApiKeyDraft {
                name,
                scopes,
                mode,
                ip_allowlist,
                expires_at,
                annotations,
                limits,
            }),
            _ => Err(found),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::key::lifetime::Lifetime;
    use crate::key::lifetime_policy::ExistingKeys;

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
            name: RawField::Value(name.to_owned()),
            ..RawDraft::default()
        }
    }

    fn texts(entries: &[&str]) -> RawField<Vec<RawField<String>>> {
        RawField::Value(
            entries
                .iter()
                .map(|text| RawField::Value((*text).to_owned()))
                .collect(),
        )
    }

    fn faults(draft: RawDraft) -> Vec<String> {
        let violations = draft
            .parse(
                now(),
                &catalogue(),
                &LifetimePolicy::default(),
                &Limits::default(),
            )
            .unwrap_err();
        violations.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_name_is_all_that_is_required() {
        let draft = named("Key")
            .parse(
                now(),
                &catalogue(),
                &LifetimePolicy::default(),
                &Limits::default(),
            )
            .unwrap();
        assert_eq!(draft.mode, Mode::Live);
        assert!(draft.scopes.is_empty());
        assert!(draft.ip_allowlist.as_slice().is_empty());
        assert_eq!(draft.expires_at, None);
        assert_eq!(draft.annotations, Annotations::default());
    }

    #[test]
    fn null_equals_absent_except_for_the_name() {
        let draft = RawDraft {
            scopes: RawField::Null,
            mode: RawField::Null,
            ip_allowlist: RawField::Null,
            expires_at: RawField::Null,
            ..named("Key")
        };
        assert_eq!(
            draft.parse(
                now(),
                &catalogue(),
                &LifetimePolicy::default(),
                &Limits::default()
            ),
            named("Key").parse(
                now(),
                &catalogue(),
                &LifetimePolicy::default(),
                &Limits::default()
            )
        );
        let nameless = RawDraft {
            name: RawField::Null,
            ..RawDraft::default()
        };
        assert_eq!(faults(nameless), ["name: is required"]);
        assert_eq!(faults(RawDraft::default()), ["name: is required"]);
    }

    #[test]
    fn all_violations_come_at_once_in_the_order_of_the_fields() {
        let draft = RawDraft {
            name: RawField::WrongType,
            scopes: RawField::Value(vec![
                RawField::Value("payment:read".into()),
                RawField::Null,
                RawField::Value("payment:refund".into()),
                RawField::Value("*".into()),
            ]),
            mode: RawField::Value(3),
            ip_allowlist: RawField::Value(vec![
                RawField::Value("1.2.3.4/24".into()),
                RawField::WrongType,
                RawField::Value("10.0.0.1".into()),
            ]),
            expires_at: RawField::Value("2020-01-01T00:00:00Z".into()),
            annotations: RawAnnotations {
                external_id: RawField::Value("a b".into()),
                ..RawAnnotations::default()
            },
            limits: RawField::WrongType,
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
                "externalId: must have 1 to 255 visible ASCII characters without spaces",
                "limits: must be a list of objects",
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
            full.parse(
                now(),
                &catalogue(),
                &LifetimePolicy::default(),
                &Limits::default()
            )
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
            scopes: RawField::WrongType,
            mode: RawField::WrongType,
            ip_allowlist: RawField::WrongType,
            expires_at: RawField::WrongType,
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

    const DAY: i64 = 86_400;

    fn policy(default: Option<i64>, max: Option<i64>, may_never_expire: bool) -> LifetimePolicy {
        let days = |days: Option<i64>| days.map(|days| Lifetime::from_days(days).unwrap());
        LifetimePolicy::new(
            days(default),
            days(max),
            may_never_expire,
            ExistingKeys::Report,
        )
        .unwrap()
    }

    #[test]
    fn the_policy_decides_about_the_expiry_of_a_new_key() {
        let check = |policy, expires_at: RawField<&str>, want: Result<Option<&str>, &str>| {
            let draft = RawDraft {
                expires_at: match &expires_at {
                    RawField::Absent => RawField::Absent,
                    RawField::Null => RawField::Null,
                    RawField::WrongType => RawField::WrongType,
                    RawField::Value(text) => RawField::Value((*text).to_owned()),
                },
                ..named("Key")
            };
            let got = draft.parse(now(), &catalogue(), &policy, &Limits::default());
            let got = got.map(|draft| draft.expires_at.map(|expiry| expiry.to_string()));
            let got = got.map_err(|found| {
                let found: Vec<String> = found.iter().map(ToString::to_string).collect();
                found.join("; ")
            });
            let want = want
                .map(|expiry| expiry.map(str::to_owned))
                .map_err(str::to_owned);
            assert_eq!(got, want, "{policy:?} {expires_at:?}");
        };
        let (absent, null) = (RawField::Absent, RawField::Null);
        let value = RawField::Value;
        let (day_1, day_2) = ("2026-03-22T00:00:00Z", "2026-03-23T00:00:00Z");
        let required = "expiresAt: is required, and must not be after 2026-03-23T00:00:00Z";
        let too_late = "expiresAt: must not be after 2026-03-23T00:00:00Z";
        let strict = policy(None, Some(2), false);
        check(strict, absent.clone(), Err(required));
        check(strict, null.clone(), Err(required));
        check(strict, value(day_2), Ok(Some(day_2)));
        check(strict, value("2026-03-23T00:00:00.9Z"), Ok(Some(day_2)));
        check(strict, value("2026-03-23T00:00:01Z"), Err(too_late));
        check(
            strict,
            value("2020-01-01T00:00:00Z"),
            Err("expiresAt: must be in the future"),
        );
        let with_default = policy(Some(1), Some(2), false);
        check(with_default, absent.clone(), Ok(Some(day_1)));
        check(with_default, null.clone(), Err(required));
        let open = policy(Some(1), Some(2), true);
        check(open, absent.clone(), Ok(Some(day_1)));
        check(open, null.clone(), Ok(None));
        check(open, value("2026-03-23T00:00:01Z"), Err(too_late));
        let no_max = policy(None, None, false);
        check(no_max, absent.clone(), Err("expiresAt: is required"));
        check(no_max, null.clone(), Err("expiresAt: is required"));
        check(
            no_max,
            value("9999-01-01T00:00:00Z"),
            Ok(Some("9999-01-01T00:00:00Z")),
        );
        let none = LifetimePolicy::default();
        check(none, absent, Ok(None));
        check(none, null, Ok(None));
    }

    proptest! {
        #[test]
        fn no_new_key_has_an_expiry_that_its_policy_does_not_allow(
            default in proptest::option::of(1_i64..=3_650),
            max in proptest::option::of(1_i64..=3_650),
            may_never_expire: bool,
            kind in 0..3,
            offset in -DAY..4_000 * DAY,
            micros in 0_i64..1_000_000_000_000_000,
        ) {
            let days = |days: Option<i64>| days.map(|days| Lifetime::from_days(days).unwrap());
            let policy = LifetimePolicy::new(days(default), days(max), may_never_expire, ExistingKeys::Report);
            prop_assume!(policy.is_ok());
            let policy = policy.unwrap();
            let now = Timestamp::from_unix_micros(micros).unwrap();
            let expires_at = match kind {
                0 => RawField::Absent,
                1 => RawField::Null,
                _ => RawField::Value(now.plus_seconds(offset).to_string()),
            };
            let draft = RawDraft { expires_at, ..named("Key") };
            if let Ok(draft) = draft.parse(now, &catalogue(), &policy, &Limits::default()) {
                let end = draft.expires_at.map(Expiry::timestamp);
                prop_assert!(end.is_some() || may_never_expire);
                if let (Some(end), Some(max)) = (end, max) {
                    prop_assert!(end <= now.plus_seconds(max * DAY));
                }
            }
        }
    }
}
