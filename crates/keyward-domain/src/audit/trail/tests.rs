use proptest::prelude::*;

use super::*;
use crate::audit::deployment_event::{DeploymentChange, DeploymentEvent};
use crate::audit::event::{AuditAction, AuditedFields, AuditedKey, AuditedOverlap, AuditedState};
use crate::caller::caller_name::CallerName;
use crate::caller::origin::RequestId;
use crate::caller::workspace::{Actor, Portal, Role};
use crate::events::found_at::{FoundAt, FoundPlaces};
use crate::key::annotations::Annotations;
use crate::key::description::Description;
use crate::key::external_id::ExternalId;
use crate::key::id::ApiKeyId;
use crate::key::ip_rule::{IpAllowlist, IpRule};
use crate::key::leak_policy::{GracePeriod, LeakPolicy};
use crate::key::lifetime::Lifetime;
use crate::key::lifetime_policy::{ExistingKeys, LifetimePolicy};
use crate::key::metadata::Metadata;
use crate::key::mode::Mode;
use crate::key::prefix::KeyPrefix;
use crate::key::scope::ScopeSet;
use crate::key::secret_hint::SecretHint;
use crate::language::Language;
use crate::limits::set::Limits;
use crate::testing::{
    address, at, by_operator, expiry, key_name, key_prefix, origin, resource, resource_names,
    scope, scopes, user, user_id, workspace_id,
};
use crate::timestamp::Timestamp;

fn audited() -> AuditedKey {
    AuditedKey {
        name: key_name("Key"),
        scopes: ScopeSet::default(),
        ip_allowlist: IpAllowlist::default(),
        state: AuditedState::default(),
        secret_hint: SecretHint::parse("a1b2").unwrap(),
        overlap: None,
        annotations: Annotations::default(),
        limits: Limits::default(),
    }
}

fn api_key_id(prefix: KeyPrefix, mode: Mode) -> ApiKeyId {
    ApiKeyId::from_entropy(prefix, mode, at(0), [1; 10])
}

/// All its values are part of the fixed digests below.
fn event() -> AuditEvent {
    AuditEvent {
        workspace_id: workspace_id("ws_1"),
        api_key_id: api_key_id(KeyPrefix::default(), Mode::Live),
        action: AuditAction::Updated,
        actor: Actor::Operator,
        origin: origin(),
        occurred_at: at(0),
        before: Some(audited().into()),
        after: Some(audited().into()),
        found_at: FoundPlaces::default(),
    }
}

/// A complete trail of `length` events, and its head.
fn trail(length: u8) -> (Vec<TrailLine>, TrailHead) {
    let mut hash = EventHash::START;
    let lines: Vec<TrailLine> = (1..=u64::from(length))
        .map(|position| {
            let event = AuditEvent {
                occurred_at: at(i64::try_from(position).unwrap()),
                ..event()
            };
            hash = hash.then(event.digest());
            TrailLine {
                position,
                hash: Some(hash),
                event: Some(event),
            }
        })
        .collect();
    let head = TrailHead {
        event_count: u64::from(length),
        hash,
    };
    (lines, head)
}

fn faults(lines: &[TrailLine], head: TrailHead) -> Vec<String> {
    let mut check = TrailCheck::begin();
    for line in lines {
        check.line(line);
    }
    check.finish(head).iter().map(ToString::to_string).collect()
}

#[test]
fn a_trail_that_nobody_touched_has_no_fault() {
    for length in [0, 1, 5] {
        let (lines, head) = trail(length);
        assert_eq!(faults(&lines, head), [""; 0]);
    }
}

#[test]
fn an_altered_event_is_named() {
    let name = CallerName::parse("ops").unwrap();
    for actor in [user(Portal::Tenant), Actor::Service { name }] {
        let (mut lines, head) = trail(5);
        lines[2].event.as_mut().unwrap().actor = actor;
        assert_eq!(faults(&lines, head), ["event 3 was altered or moved"]);
    }
}

#[test]
fn an_event_altered_with_its_hash_breaks_the_next_link() {
    let (mut lines, head) = trail(5);
    let mut altered = event();
    altered.action = AuditAction::Deleted;
    lines[2].hash = Some(lines[1].hash.unwrap().then(altered.digest()));
    lines[2].event = Some(altered);
    assert_eq!(faults(&lines, head), ["event 4 was altered or moved"]);
}

#[test]
fn an_unreadable_event_is_named() {
    let (mut lines, head) = trail(5);
    lines[2].event = None;
    assert_eq!(faults(&lines, head), ["event 3 can't be read"]);
    lines[2].hash = None;
    assert_eq!(faults(&lines, head), ["event 3 can't be read"]);
}

#[test]
fn removed_events_are_named_wherever_they_were() {
    let without = |gone: &[u64]| {
        let (mut lines, head) = trail(5);
        lines.retain(|line| !gone.contains(&line.position));
        faults(&lines, head)
    };
    assert_eq!(without(&[1]), ["event 1 is missing"]);
    assert_eq!(without(&[3]), ["event 3 is missing"]);
    assert_eq!(without(&[2, 3]), ["events 2 to 3 are missing"]);
    assert_eq!(without(&[5]), ["event 5 is missing"]);
    assert_eq!(without(&[1, 2, 3, 4, 5]), ["events 1 to 5 are missing"]);
}

#[test]
fn events_that_were_moved_to_close_a_gap_are_named() {
    let (mut lines, head) = trail(5);
    lines.remove(2);
    for line in &mut lines[2..] {
        line.position -= 1;
    }
    assert_eq!(
        faults(&lines, head),
        ["event 3 was altered or moved", "event 5 is missing"]
    );
}

#[test]
fn reordered_events_are_named() {
    let (mut lines, head) = trail(5);
    lines.swap(1, 3);
    (lines[1].position, lines[3].position) = (2, 4);
    let found = faults(&lines, head);
    assert!(
        found.contains(&"event 2 was altered or moved".to_owned()),
        "{found:?}"
    );
    assert!(
        found.contains(&"event 4 was altered or moved".to_owned()),
        "{found:?}"
    );
}

#[test]
fn an_added_event_is_named() {
    let (mut lines, head) = trail(5);
    let hash = head.hash.then(event().digest());
    lines.push(TrailLine {
        position: 6,
        hash: Some(hash),
        event: Some(event()),
    });
    assert_eq!(
        faults(&lines, head),
        ["event 6 was added after the last recorded one"]
    );
}

#[test]
fn a_rewritten_trail_differs_from_the_head() {
    let (_, head) = trail(5);
    let mut hash = EventHash::START;
    let lines: Vec<TrailLine> = (1..=5)
        .map(|position| {
            hash = hash.then(event().digest());
            TrailLine {
                position,
                hash: Some(hash),
                event: Some(event()),
            }
        })
        .collect();
    assert_eq!(
        faults(&lines, head),
        ["the last event differs from the recorded head"]
    );
}

/// Events that each differ from the others in one field only.
fn different_events() -> Vec<AuditEvent> {
    let service = |name| {
        let name = CallerName::parse(name).unwrap();
        Actor::Service { name }
    };
    let base = event();
    let with = |change: &dyn Fn(&mut AuditEvent)| {
        let mut event = base.clone();
        change(&mut event);
        event
    };
    vec![
        with(&|_| {}),
        with(&|event| event.workspace_id = workspace_id("ws_2")),
        with(&|event| event.api_key_id = api_key_id(KeyPrefix::default(), Mode::Test)),
        with(&|event| event.api_key_id = api_key_id(key_prefix("acme"), Mode::Live)),
        with(&|event| event.action = AuditAction::Deleted),
        with(&|event| event.actor = user(Portal::Tenant)),
        with(&|event| event.actor = user(Portal::Partner)),
        with(&|event| event.actor = service("ops")),
        with(&|event| event.actor = service("OPERATOR")),
        with(&|event| event.origin.address = Some(address("10.0.0.1"))),
        with(&|event| event.origin.request_id = RequestId::parse("r").unwrap()),
        with(&|event| event.occurred_at = at(1)),
        with(&|event| event.before = None),
        with(&|event| event.after = None),
    ]
}

fn metadata(members: &[(&str, &str)]) -> Metadata {
    Metadata::parse(members.iter().copied()).unwrap()
}

/// Keys that each differ from the previous one in one field only.
fn different_keys() -> Vec<AuditedKey> {
    let with = |change: &dyn Fn(&mut AuditedKey)| {
        let mut key = audited();
        change(&mut key);
        key
    };
    let secret_hint = SecretHint::parse("zzzz").unwrap();
    let overlap = |ends_at| {
        Some(AuditedOverlap {
            secret_hint,
            ends_at,
        })
    };
    vec![
        with(&|key| key.name = key_name("Other")),
        with(&|key| key.scopes = scopes(&["a:b"])),
        with(&|key| {
            key.ip_allowlist = [IpRule::parse("10.0.0.0/8").unwrap()].into_iter().collect();
        }),
        with(&|key| key.state.expires_at = Some(expiry(9))),
        with(&|key| key.state.is_disabled = true),
        with(&|key| key.state.is_deleted = true),
        with(&|key| key.secret_hint = secret_hint),
        with(&|key| key.overlap = overlap(at(1))),
        with(&|key| key.overlap = overlap(at(2))),
        with(&|key| key.annotations.description = Some(Description::parse("x").unwrap())),
        with(&|key| key.annotations.external_id = Some(ExternalId::parse("x").unwrap())),
        with(&|key| key.annotations.metadata = metadata(&[("x", "y")])),
        with(&|key| key.annotations.metadata = metadata(&[("x", ""), ("y", "")])),
        with(&|key| key.annotations.metadata = metadata(&[("x", "y"), ("z", "")])),
    ]
}

#[test]
fn every_member_counts() {
    let mut events = different_events();
    events.extend(different_keys().into_iter().map(|key| AuditEvent {
        after: Some(key.into()),
        ..event()
    }));
    events.extend(different_keys().into_iter().map(|key| {
        let (before, after) = audited().difference(key);
        AuditEvent {
            before: Some(before),
            after: Some(after),
            ..event()
        }
    }));
    events.push(AuditEvent {
        before: Some(AuditedFields::default()),
        after: Some(AuditedFields::default()),
        ..event()
    });
    let (a, b) = ("https://a.example/1", "https://b.example/1");
    events.extend([found_at(&[a]), found_at(&[b]), found_at(&[a, b])]);
    let digests: std::collections::HashSet<[u8; 32]> = events
        .iter()
        .map(|event| *event.digest().as_bytes())
        .collect();
    assert_eq!(digests.len(), events.len());
}

fn found_at(places: &[&str]) -> AuditEvent {
    let places = places.iter().map(|place| FoundAt::parse(place).unwrap());
    AuditEvent {
        found_at: places.collect(),
        ..event()
    }
}

fn deployment_event(change: DeploymentChange) -> DeploymentEvent {
    DeploymentEvent {
        change,
        by: by_operator(at(0)),
    }
}

#[test]
fn every_member_of_the_deployments_events_counts() {
    let member = |user, before, after| DeploymentChange::Member {
        workspace_id: workspace_id("ws_1"),
        user_id: user_id(user),
        before,
        after,
    };
    let words = |language, text: &str| Some([(language, text.to_owned())].into());
    let described = |code, before, after| DeploymentChange::Scope {
        scope: scope(code),
        before,
        after,
    };
    let named = |code, before, after| DeploymentChange::Resource {
        resource: resource(code),
        before: resource_names(before),
        after: resource_names(after),
    };
    let days = |days| Some(Lifetime::from_days(days).unwrap());
    let policy = |default, max, never, existing| {
        Some(LifetimePolicy::new(default, max, never, existing).unwrap())
    };
    let lifetime = |before, after| DeploymentChange::KeyLifetime {
        workspace_id: workspace_id("ws_1"),
        before,
        after,
    };
    let (report, refuse) = (ExistingKeys::Report, ExistingKeys::Refuse);
    let leak_policy = |before, after| DeploymentChange::LeakPolicy {
        workspace_id: workspace_id("ws_1"),
        before,
        after,
    };
    let expire = |hours| Some(LeakPolicy::Expire(GracePeriod::from_hours(hours).unwrap()));
    let changes = [
        DeploymentChange::WorkspaceAdded(workspace_id("ws_1")),
        DeploymentChange::WorkspaceAdded(workspace_id("ws_2")),
        lifetime(None, policy(None, None, true, report)),
        lifetime(policy(None, None, true, report), None),
        lifetime(None, policy(None, None, false, report)),
        lifetime(None, policy(days(1), None, true, report)),
        lifetime(None, policy(None, days(1), true, report)),
        lifetime(None, policy(None, days(1), true, refuse)),
        leak_policy(None, Some(LeakPolicy::Notify)),
        leak_policy(Some(LeakPolicy::Notify), None),
        leak_policy(None, Some(LeakPolicy::Disable)),
        leak_policy(None, expire(1)),
        leak_policy(None, expire(24)),
        DeploymentChange::WorkspaceRemoved(workspace_id("ws_1")),
        member("a", None, Some(Role::Owner)),
        member("b", None, Some(Role::Owner)),
        member("a", Some(Role::Owner), None),
        member("a", Some(Role::Admin), Some(Role::Owner)),
        member("a", Some(Role::Owner), Some(Role::Owner)),
        described("a:b", None, words(Language::English, "x")),
        described("a:c", None, words(Language::English, "x")),
        described("a:b", None, words(Language::Japanese, "x")),
        described("a:b", None, words(Language::English, "y")),
        described("a:b", words(Language::English, "x"), None),
        named("a", &[], &[]),
        named("b", &[], &[]),
        named("a", &[], &[(Language::English, "x")]),
        named("a", &[(Language::English, "x")], &[]),
        named("a", &[], &[(Language::English, "y")]),
        named(
            "a",
            &[],
            &[(Language::English, "x"), (Language::Japanese, "y")],
        ),
        named(
            "a",
            &[],
            &[(Language::English, "x"), (Language::Vietnamese, "y")],
        ),
    ];
    let mut events: Vec<DeploymentEvent> = changes.into_iter().map(deployment_event).collect();
    let mut later = events[0].clone();
    later.by.occurred_at = at(1);
    events.push(later);
    let digests: std::collections::HashSet<[u8; 32]> = events
        .iter()
        .map(|event| *event.digest().as_bytes())
        .collect();
    assert_eq!(digests.len(), events.len());
}

/// Never change these values: later versions must be able to check trails that earlier versions
/// wrote.
#[test]
fn digest_and_chain_are_fixed() {
    let hash = EventHash::START.then(event().digest());
    assert_eq!(
        hash.to_string(),
        "11492689d28aff732edfdf819c947f95773c2e1d794c7d5a80b69610027b2deb"
    );
    let mut last = audited();
    last.name = key_name("Other");
    last.state.is_disabled = true;
    let (before, after) = audited().difference(last);
    let difference = AuditEvent {
        before: Some(before),
        after: Some(after),
        ..event()
    };
    assert_eq!(
        hash.then(difference.digest()).to_string(),
        "cf4402b422078b0e692955919bad3f153f7d732200b761776b22ea2d4b586087"
    );
    let mut annotated = audited();
    annotated.annotations = Annotations {
        description: Some(Description::parse("Report").unwrap()),
        external_id: Some(ExternalId::parse("customer-1").unwrap()),
        metadata: metadata(&[("plan", "gold")]),
    };
    let (before, after) = annotated.clone().difference(audited());
    let annotated = AuditEvent {
        before: Some(annotated.into()),
        ..event()
    };
    let cleared = AuditEvent {
        before: Some(before),
        after: Some(after),
        ..event()
    };
    let hash = EventHash::START.then(annotated.digest());
    assert_eq!(
        hash.then(cleared.digest()).to_string(),
        "1f1dd0de43617d91fb53746b3e3bb81b0324e575f0e2c9a7a55883bd13107e88"
    );
}

proptest! {
    #[test]
    fn whatever_one_line_is_made_of_it_is_noticed(length in 1_u8..12, at_line: usize, micros in 0_i64..1_000_000) {
        let (mut lines, head) = trail(length);
        let line = at_line % lines.len();
        let original = lines[line].event.as_ref().unwrap().occurred_at;
        let other = Timestamp::from_unix_micros(micros).unwrap();
        prop_assume!(other != original);
        lines[line].event.as_mut().unwrap().occurred_at = other;
        prop_assert!(!faults(&lines, head).is_empty());
    }
}
