use proptest::prelude::*;
use zeroize::Zeroizing;

use super::*;
use crate::caller::workspace::WorkspaceId;
use crate::key::annotations::Annotations;
use crate::key::expiry::Expiry;
use crate::key::id::ApiKeyId;
use crate::key::ip_rule::{IpAllowlist, IpRule};
use crate::key::name::KeyName;
use crate::key::scope::ScopeSet;
use crate::key::secret::{Secret, SecretHash};
use crate::key::stored_secret::{PreviousSecret, StoredSecret};

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix_seconds(1_800_000_000 + seconds).unwrap()
}

fn hash(number: u8) -> SecretHash {
    Secret::from_entropy(Mode::Live, &Zeroizing::new([number; 32])).hash()
}

fn kept(number: u8) -> StoredSecret {
    let secret = Secret::from_entropy(Mode::Live, &Zeroizing::new([number; 32]));
    StoredSecret::of(&secret, at(0))
}

fn scope(code: &str) -> Scope {
    Scope::parse(code).unwrap()
}

fn scopes(codes: &[&str]) -> ScopeSet {
    codes.iter().map(|code| scope(code)).collect()
}

fn address(text: &str) -> ClientAddress {
    ClientAddress::vouched_for(text.parse().unwrap())
}

/// A key with secret 1 that may read payments from every address, changed by `change`.
fn key(change: impl FnOnce(&mut ApiKeyFields)) -> ApiKey {
    let mut fields = ApiKeyFields {
        id: ApiKeyId::from_entropy(Mode::Live, at(0), [1; 10]),
        workspace_id: WorkspaceId::parse("ws_1").unwrap(),
        name: KeyName::parse("Key").unwrap(),
        scopes: scopes(&["payment:read"]),
        ip_allowlist: IpAllowlist::default(),
        expires_at: None,
        annotations: Annotations::default(),
        is_disabled: false,
        secret: kept(1),
        previous_secret: None,
        last_used_at: None,
        created_at: at(0),
        created_by: None,
        version: 1,
        deleted_at: None,
    };
    change(&mut fields);
    ApiKey::from_fields(fields)
}

fn asking(codes: &[&str]) -> Question {
    Question {
        scopes: codes.iter().map(|code| scope(code)).collect(),
        ..Question::default()
    }
}

fn decided(key: &ApiKey, question: &Question) -> Decision {
    decide(key, &hash(1), question, at(10))
}

/// A change to the key that causes a denial.
type Breaking = fn(&mut ApiKeyFields);

/// Each change that causes a denial, in the order of the checks.
fn denials() -> [(Decision, Breaking); 7] {
    [
        (Decision::Unknown, |key| key.deleted_at = Some(at(1))),
        (Decision::Disabled, |key| key.is_disabled = true),
        (Decision::Expired, |key| {
            key.expires_at = Some(Expiry::from_timestamp(at(10)));
        }),
        (Decision::WrongMode, |key| {
            key.id = ApiKeyId::from_entropy(Mode::Test, at(0), [1; 10]);
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
    assert_eq!(decided(&key(|_| {}), &question), Decision::Valid);
    for (want, change) in denials() {
        assert_eq!(decided(&key(change), &question), want);
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
        let broken = key(|fields| {
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
    let nothing = key(|fields| fields.scopes = ScopeSet::default());
    assert_eq!(decided(&nothing, &Question::default()), Decision::NoScopes);
    assert_eq!(decided(&key(|_| {}), &Question::default()), Decision::Valid);
}

#[test]
fn every_missing_scope_is_named_in_the_order_asked() {
    let question = asking(&["refund:write", "payment:read", "payout:read"]);
    let missing = vec![scope("refund:write"), scope("payout:read")];
    assert_eq!(
        decided(&key(|_| {}), &question),
        Decision::InsufficientScope { missing }
    );
}

#[test]
fn a_key_with_rules_needs_an_address_within_them() {
    let locked = key(|fields| {
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
    let rotated = key(|fields| {
        fields.secret = kept(2);
        fields.previous_secret = Some(PreviousSecret {
            secret: kept(1),
            ends_at: at(10),
        });
    });
    let decided =
        |number, second| decide(&rotated, &hash(number), &Question::default(), at(second));
    assert_eq!(decided(1, 9), Decision::Valid);
    assert_eq!(decided(1, 10), Decision::Unknown);
    assert_eq!(decided(2, 9), Decision::Valid);
    assert_eq!(decided(2, 10), Decision::Valid);
    assert_eq!(decided(3, 9), Decision::Unknown);
}

#[test]
fn a_key_counts_to_the_last_instant_before_its_end() {
    let ending = key(|fields| fields.expires_at = Some(Expiry::from_timestamp(at(10))));
    let decided = |now| decide(&ending, &hash(1), &Question::default(), now);
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
        number in 1_u8..3,
    ) {
        let codes = ["a:a", "b:b", "c:c"];
        let chosen = |flags: [bool; 3]| codes.iter().zip(flags).filter(|(_, is)| *is).map(|(code, _)| scope(code));
        let key = key(|fields| {
            fields.is_disabled = is_disabled;
            fields.expires_at = end.map(|end| Expiry::from_timestamp(at(end)));
            fields.scopes = chosen(has).collect();
            if is_locked {
                fields.ip_allowlist = [IpRule::parse("0.0.0.0/1").unwrap()].into_iter().collect();
            }
        });
        let question = Question {
            address: ip.map(|ip| ClientAddress::vouched_for(ip.into())),
            scopes: chosen(asked).collect(),
            mode,
        };
        let secret = hash(number);
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
    let key = key(|fields| {
        fields.scopes = scopes(&["a:read", "b:read", "c:read"]);
        fields.ip_allowlist = rules.collect();
    });
    let question = Question {
        address: Some(address("10.9.1.1")),
        scopes: ["a:read", "b:read", "c:read"].map(scope).to_vec(),
        mode: Some(Mode::Live),
    };
    let secret = hash(1);
    let allocated = allocation_counter::measure(|| {
        assert_eq!(decide(&key, &secret, &question, at(1)), Decision::Valid);
    });
    assert_eq!(allocated.count_total, 0);
}
