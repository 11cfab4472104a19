use proptest::prelude::*;

use super::*;
use crate::key::api_key::{ApiKey, ApiKeyFields};
use crate::key::ip_rule::IpRule;
use crate::key::lifetime::Lifetime;
use crate::key::scope::ScopeSet;
use crate::key::secret_hash::SecretHash;
use crate::key::stored_secret::{PreviousSecret, StoredSecret};
use crate::testing::{address, altered, api_key_id_of, at, expiry, key, scope, scopes, secret};

fn hash(number: u64) -> SecretHash {
    secret(number).hash()
}

fn kept(number: u64) -> StoredSecret {
    StoredSecret::of(&secret(number), at(0))
}

fn asking(codes: &[&str]) -> Question {
    Question {
        scopes: codes.iter().map(|code| scope(code)).collect(),
        ..Question::default()
    }
}

fn decided(key: &ApiKey, question: &Question) -> Decision {
    decide(&key.into(), &hash(1), question, at(10))
}

/// A change to the key that causes a denial.
type Breaking = fn(&mut ApiKeyFields);

/// Each change that causes a denial, in the order of the checks.
fn denials() -> [(Decision, Breaking); 7] {
    [
        (Decision::Unknown, |key| key.deleted_at = Some(at(1))),
        (Decision::Disabled, |key| key.is_disabled = true),
        (Decision::Expired, |key| {
            key.expires_at = Some(expiry(10));
        }),
        (Decision::WrongMode, |key| {
            key.id = api_key_id_of(Mode::Test, at(0), 1);
        }),
        (Decision::IpNotAllowed, |key| {
            key.ip_allowlist = [IpRule::parse("10.0.0.0/8").unwrap()].into_iter().collect();
        }),
        (
            Decision::InsufficientScope {
                missing: vec![scope("payment:read")],
            },
            |key| key.scopes = scopes(&["payment:write"]),
        ),
        (Decision::NoScopes, |key| key.scopes = ScopeSet::default()),
    ]
}

#[test]
fn each_check_denies_by_its_own_word() {
    let question = Question {
        mode: Some(Mode::Live),
        address: Some(address("203.0.113.7")),
        ..asking(&["payment:read"])
    };
    assert_eq!(decided(&key(), &question), Decision::Valid);
    for (want, change) in denials() {
        assert_eq!(decided(&altered(key(), change), &question), want);
    }
}

#[test]
fn a_denial_of_a_key_has_the_word_of_its_decision() {
    for (decision, _) in denials() {
        let word = decision.denial().map(Denial::as_str);
        let is_about_a_key = decision != Decision::Unknown;
        assert_eq!(word, is_about_a_key.then(|| decision.as_str()));
        assert_eq!(word.and_then(Denial::parse), decision.denial());
    }
    assert_eq!(Decision::Valid.denial(), None);
    assert_eq!(Decision::Malformed.denial(), None);
    assert_eq!(Denial::parse("UNKNOWN"), None);
}

/// Tests every combination of faults: the first check that fails decides.
#[test]
fn the_first_check_that_fails_decides() {
    let question = Question {
        mode: Some(Mode::Live),
        ..asking(&["payment:read"])
    };
    let denials = denials();
    for faults in 0_u32..1 << denials.len() {
        let is_there = |at: usize| faults >> at & 1 == 1;
        let broken = altered(key(), |fields| {
            for (at, (_, change)) in denials.iter().enumerate() {
                if is_there(at) {
                    change(fields);
                }
            }
        });
        // The last change wins, so a key without scopes replaces a key with too few.
        let first = (0..denials.len()).find(|at| is_there(*at));
        let want = match first {
            Some(5) if is_there(6) => &Decision::NoScopes,
            Some(at) => &denials[at].0,
            None => &Decision::Valid,
        };
        assert_eq!(decided(&broken, &question), *want, "{faults:b}");
    }
}

#[test]
fn a_key_without_scopes_is_denied_even_when_none_is_asked_for() {
    let nothing = altered(key(), |fields| fields.scopes = ScopeSet::default());
    assert_eq!(decided(&nothing, &Question::default()), Decision::NoScopes);
    assert_eq!(decided(&key(), &Question::default()), Decision::Valid);
}

#[test]
fn every_missing_scope_is_named_in_the_order_asked() {
    let question = asking(&["refund:write", "payment:read", "payout:read"]);
    let missing = vec![scope("refund:write"), scope("payout:read")];
    assert_eq!(
        decided(&key(), &question),
        Decision::InsufficientScope { missing }
    );
}

#[test]
fn a_key_with_rules_needs_an_address_within_them() {
    let locked = altered(key(), |fields| {
        let rules = ["10.0.0.0/8", "2001:db8::/32"];
        fields.ip_allowlist = rules.iter().map(|r| IpRule::parse(r).unwrap()).collect();
    });
    let from = |address| Question {
        address,
        ..Question::default()
    };
    for inside in ["10.1.2.3", "::ffff:10.1.2.3", "2001:db8::1"] {
        assert_eq!(
            decided(&locked, &from(Some(address(inside)))),
            Decision::Valid,
            "{inside}"
        );
    }
    for outside in [
        Some(address("11.0.0.1")),
        Some(address("2001:db9::1")),
        None,
    ] {
        assert_eq!(
            decided(&locked, &from(outside)),
            Decision::IpNotAllowed,
            "{outside:?}"
        );
    }
}

#[test]
fn both_secrets_of_an_overlap_count_until_it_ends() {
    let rotated = altered(key(), |fields| {
        fields.secret = kept(2);
        fields.previous_secret = Some(PreviousSecret {
            secret: kept(1),
            ends_at: at(10),
        });
    });
    let decided = |number, second| {
        decide(
            &(&rotated).into(),
            &hash(number),
            &Question::default(),
            at(second),
        )
    };
    assert_eq!(decided(1, 9), Decision::Valid);
    assert_eq!(decided(1, 10), Decision::Unknown);
    assert_eq!(decided(2, 9), Decision::Valid);
    assert_eq!(decided(2, 10), Decision::Valid);
    assert_eq!(decided(3, 9), Decision::Unknown);
}

#[test]
fn a_key_counts_to_the_last_instant_before_its_end() {
    let ending = altered(key(), |fields| fields.expires_at = Some(expiry(10)));
    let decided = |now| decide(&(&ending).into(), &hash(1), &Question::default(), now);
    assert_eq!(decided(at(9)), Decision::Valid);
    assert_eq!(decided(at(10)), Decision::Expired);
}

proptest! {
    /// An allowed call passes every check, and a question that asks for more never turns a denial
    /// into a pass.
    #[test]
    fn allowed_means_every_check_passes(
        is_disabled: bool,
        end in proptest::option::of(0_i64..20),
        mode in proptest::option::of(proptest::sample::select(Mode::ALL.to_vec())),
        ip in proptest::option::of(any::<[u8; 4]>()),
        is_locked: bool,
        has: [bool; 3],
        asked: [bool; 3],
        number in 1_u64..3,
    ) {
        let codes = ["a:a", "b:b", "c:c"];
        let chosen = |flags: [bool; 3]| codes.iter().zip(flags).filter(|(_, is)| *is).map(|(code, _)| scope(code));
        let key = altered(key(), |fields| {
            fields.is_disabled = is_disabled;
            fields.expires_at = end.map(expiry);
            fields.scopes = chosen(has).collect();
            if is_locked {
                fields.ip_allowlist = [IpRule::parse("0.0.0.0/1").unwrap()].into_iter().collect();
            }
        });
        let question = Question {
            address: ip.map(|ip| ClientAddress::vouched_for(ip.into())),
            scopes: chosen(asked).collect(),
            mode,
            ..Question::default()
        };
        let secret = hash(number);
        let key = VerificationKey::from(&key);
        let decision = decide(&key, &secret, &question, at(10));
        let is_allowed = number == 1
            && !is_disabled
            && end.is_none_or(|end| end > 10)
            && mode != Some(Mode::Test)
            && (!is_locked || ip.is_some_and(|ip| ip[0] < 128))
            && has.contains(&true)
            && has.iter().zip(asked).all(|(has, asked)| *has || !asked);
        prop_assert_eq!(decision == Decision::Valid, is_allowed);
        let denials: Vec<Decision> = Check::ALL
            .iter()
            .filter_map(|check| check.denial(&key, &secret, &question, at(10)))
            .collect();
        prop_assert_eq!(denials.first().unwrap_or(&Decision::Valid), &decision);
    }
}

#[test]
fn nothing_is_allocated_when_a_call_is_allowed() {
    let rules = (0..10).map(|at| IpRule::parse(&format!("10.{at}.0.0/16")).unwrap());
    let key = altered(key(), |fields| {
        fields.scopes = scopes(&["a:read", "b:read", "c:read"]);
        fields.ip_allowlist = rules.collect();
    });
    let question = Question {
        address: Some(address("10.9.1.1")),
        scopes: ["a:read", "b:read", "c:read"].map(scope).to_vec(),
        mode: Some(Mode::Live),
        ..Question::default()
    };
    let (key, secret) = (VerificationKey::from(&key), hash(1));
    let allocated = allocation_counter::measure(|| {
        assert_eq!(decide(&key, &secret, &question, at(1)), Decision::Valid);
    });
    assert_eq!(allocated.count_total, 0);
}

#[test]
fn a_secret_that_is_too_old_is_expired_whatever_the_expiry_says() {
    const DAY: i64 = 86_400;
    for expires_at in [None, Some(expiry(9 * DAY))] {
        let old = altered(key(), |fields| {
            fields.lifetime_max = Some(Lifetime::from_days(2).unwrap());
            fields.expires_at = expires_at;
        });
        let decided = |now| decide(&(&old).into(), &hash(1), &Question::default(), now);
        assert_eq!(decided(at(2 * DAY - 1)), Decision::Valid);
        assert_eq!(decided(at(2 * DAY)), Decision::Expired);
    }
    let sooner = altered(key(), |fields| {
        fields.lifetime_max = Some(Lifetime::from_days(2).unwrap());
        fields.expires_at = Some(expiry(DAY));
    });
    let decision = decide(&(&sooner).into(), &hash(1), &Question::default(), at(DAY));
    assert_eq!(decision, Decision::Expired);
}

#[test]
fn an_old_secret_that_is_too_old_is_unknown_and_the_new_one_valid() {
    const DAY: i64 = 86_400;
    let rotated = altered(key(), |fields| {
        fields.lifetime_max = Some(Lifetime::from_days(2).unwrap());
        fields.previous_secret = Some(PreviousSecret {
            secret: kept(1),
            ends_at: at(5 * DAY),
        });
        fields.secret = StoredSecret::of(&secret(2), at(DAY));
    });
    let decided =
        |number, now| decide(&(&rotated).into(), &hash(number), &Question::default(), now);
    assert_eq!(decided(1, at(2 * DAY - 1)), Decision::Valid);
    assert_eq!(decided(1, at(2 * DAY)), Decision::Unknown);
    assert_eq!(decided(2, at(2 * DAY)), Decision::Valid);
    assert_eq!(decided(2, at(3 * DAY)), Decision::Expired);
}
