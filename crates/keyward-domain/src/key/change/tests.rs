use proptest::prelude::*;

use super::*;
use crate::audit::event::AuditedFields;
use crate::caller::workspace::Actor;
use crate::key::annotations::{Annotations, AnnotationsUpdate};
use crate::key::description::Description;
use crate::key::expiry::Expiry;
use crate::key::external_id::ExternalId;
use crate::key::ip_rule::IpAllowlist;
use crate::key::lifetime::Lifetime;
use crate::key::metadata::Metadata;
use crate::key::status::Status;
use crate::limits::set::Limits;
use crate::testing::{
    altered, at, expiry, key, key_name, limit, origin, owned_workspace, scopes, secret,
};

/// The table of the docs, cell by cell: the recorded action, "no effect" or "refused".
const TABLE: [(KeyState, [&str; 6]); 7] = [
    (
        KeyState::Active,
        [
            "UPDATED",
            "DISABLED",
            "no effect",
            "ROTATED",
            "OVERLAP_ENDED",
            "DELETED",
        ],
    ),
    (
        KeyState::Disabled,
        [
            "UPDATED",
            "no effect",
            "ENABLED",
            "ROTATED",
            "OVERLAP_ENDED",
            "DELETED",
        ],
    ),
    (
        KeyState::DisabledPastItsEnd,
        [
            "UPDATED",
            "no effect",
            "refused",
            "refused",
            "OVERLAP_ENDED",
            "DELETED",
        ],
    ),
    (
        KeyState::Expired,
        [
            "UPDATED",
            "DISABLED",
            "refused",
            "refused",
            "OVERLAP_ENDED",
            "DELETED",
        ],
    ),
    (
        KeyState::DisabledTooOld,
        [
            "UPDATED",
            "no effect",
            "refused",
            "ROTATED",
            "OVERLAP_ENDED",
            "DELETED",
        ],
    ),
    (
        KeyState::TooOld,
        [
            "UPDATED",
            "DISABLED",
            "refused",
            "ROTATED",
            "OVERLAP_ENDED",
            "DELETED",
        ],
    ),
    (KeyState::Deleted, ["refused"; 6]),
];

/// A key that was created at second 0 with secret 1.
fn issued(expires_at: Option<Expiry>) -> ApiKey {
    altered(key(), |fields| fields.expires_at = expires_at)
}

fn rotate(number: u64, now: Timestamp, overlap: i64) -> Change {
    Change::Rotate {
        secret: StoredSecret::of(&secret(number), now),
        overlap: Overlap::from_seconds(overlap).unwrap(),
    }
}

fn apply(key: &ApiKey, change: &Change, now: Timestamp) -> Result<Applied, WrongState> {
    key.apply(change, &owned_workspace(Actor::Operator), now, origin())
}

/// The key after a change that must have an effect.
fn changed(key: &ApiKey, change: &Change, now: Timestamp) -> (ApiKey, AuditEvent) {
    match apply(key, change, now) {
        Ok(Applied::Changed(changed)) => *changed,
        other => panic!("{change:?}: {other:?}"),
    }
}

/// A key with a running overlap that is in this state at second 100.
fn key_in(state: KeyState) -> ApiKey {
    let expires_at = match state {
        KeyState::DisabledPastItsEnd | KeyState::Expired => Some(expiry(50)),
        KeyState::Active
        | KeyState::Disabled
        | KeyState::DisabledTooOld
        | KeyState::TooOld
        | KeyState::Deleted => None,
    };
    let key = issued(expires_at);
    let (key, _) = changed(&key, &rotate(2, at(1), 604_800), at(1));
    let change = match state {
        KeyState::Active | KeyState::Expired => return key,
        KeyState::TooOld => return too_old(key),
        KeyState::Disabled | KeyState::DisabledPastItsEnd | KeyState::DisabledTooOld => {
            Change::Disable
        }
        KeyState::Deleted => Change::Delete,
    };
    let key = changed(&key, &change, at(2)).0;
    if state == KeyState::DisabledTooOld {
        too_old(key)
    } else {
        key
    }
}

/// The key with a secret that has been too old for a day at second 100. Its overlap goes on.
fn too_old(key: ApiKey) -> ApiKey {
    altered(key, |fields| {
        fields.lifetime_max = Some(Lifetime::from_days(1).unwrap());
        fields.secret.created_at = at(100 - 2 * 86_400);
    })
}

fn changes() -> [Change; 6] {
    [
        Change::Update(ApiKeyUpdate {
            name: Some(key_name("New")),
            ..ApiKeyUpdate::default()
        }),
        Change::Disable,
        Change::Enable,
        rotate(3, at(100), 60),
        Change::EndOverlap,
        Change::Delete,
    ]
}

#[test]
fn every_change_from_every_status_does_what_the_table_says() {
    for (from, row) in TABLE {
        for (change, want) in changes().iter().zip(row) {
            let rule = KeyState::of(key_in(from).fields(), at(100)).rule(change);
            let got = match rule {
                Rule::Record(action) => action.as_str(),
                Rule::NoEffect => "no effect",
                Rule::Refused => "refused",
            };
            assert_eq!(got, want, "{from:?} {change:?}");
            let applied = apply(&key_in(from), change, at(100));
            // The overlap of an expired key has ended with the key.
            let is_over = matches!(change, Change::EndOverlap)
                && matches!(from, KeyState::Expired | KeyState::DisabledPastItsEnd);
            let got = match &applied {
                Ok(Applied::Changed(changed)) => changed.1.action.as_str(),
                Ok(Applied::NoEffect) => "no effect",
                Err(WrongState) => "refused",
            };
            assert_eq!(
                got,
                if is_over { "no effect" } else { want },
                "{from:?} {change:?}"
            );
        }
    }
}

#[test]
fn the_docs_show_the_table() {
    let docs = include_str!("../change.rs");
    for (from, row) in TABLE {
        let label = match from {
            KeyState::Active => "ACTIVE",
            KeyState::Disabled => "DISABLED",
            KeyState::DisabledPastItsEnd => "DISABLED, expired",
            KeyState::Expired => "EXPIRED",
            KeyState::DisabledTooOld => "DISABLED, too old ³",
            KeyState::TooOld => "EXPIRED, too old ³",
            KeyState::Deleted => "DELETED",
        };
        let cells = row.map(|cell| match cell {
            "UPDATED" => "`UPDATED` ¹".to_owned(),
            "OVERLAP_ENDED" => "`OVERLAP_ENDED` ²".to_owned(),
            "no effect" | "refused" => cell.to_owned(),
            word => format!("`{word}`"),
        });
        let line = format!("//! | {label} | {} |", cells.join(" | "));
        assert!(docs.contains(&line), "{line}");
    }
}

#[test]
fn a_rotation_renews_a_key_that_is_too_old_and_its_old_secret_ends_at_once() {
    const NOW: i64 = 10 * 86_400;
    let key = altered(issued(None), |fields| {
        fields.lifetime_max = Some(Lifetime::from_days(9).unwrap());
    });
    assert_eq!(key.status(at(NOW)), Status::Expired);
    let (key, event) = changed(&key, &rotate(2, at(NOW), 604_800), at(NOW));
    assert_eq!(key.status(at(NOW)), Status::Active);
    assert_eq!(key.fields().previous_secret, None);
    assert_eq!(event.after.unwrap().overlap, None);
    assert_eq!(key.status(at(NOW + 9 * 86_400)), Status::Expired);
}

#[test]
fn an_overlap_ends_when_the_old_secret_is_too_old() {
    const DAY: i64 = 86_400;
    let key = altered(issued(None), |fields| {
        fields.lifetime_max = Some(Lifetime::from_days(3).unwrap());
    });
    let (key, _event) = changed(&key, &rotate(2, at(DAY), 604_800), at(DAY));
    let ends_at = key.fields().previous_secret.as_ref().unwrap().ends_at;
    assert_eq!(ends_at, at(3 * DAY));
    let stricter = altered(key, |fields| {
        fields.lifetime_max = Some(Lifetime::from_days(2).unwrap());
    });
    let fields = stricter.fields();
    let ends: Vec<_> = fields.live_secrets(at(DAY)).map(|(_, end)| end).collect();
    assert_eq!(ends, [None, Some(at(2 * DAY))]);
    assert!(fields.live_previous_secret(at(2 * DAY - 1)).is_some());
    assert_eq!(fields.live_previous_secret(at(2 * DAY)), None);
    // The trail has what is stored.
    let recorded = fields.audited(at(2 * DAY)).overlap.unwrap();
    assert_eq!(recorded.ends_at, at(3 * DAY));
}

#[test]
fn a_change_is_one_version_and_tells_before_and_after() {
    let key = issued(None);
    let (after, event) = changed(&key, &Change::Disable, at(5));
    assert_eq!(after.fields().version, key.fields().version + 1);
    let told = |state| {
        Some(AuditedFields {
            state: Some(state),
            ..AuditedFields::default()
        })
    };
    assert_eq!(event.before, told(key.fields().state()));
    assert_eq!(event.after, told(after.fields().state()));
    assert_eq!(event.occurred_at, at(5));
    assert_eq!(event.api_key_id, key.id());
}

#[test]
fn an_event_tells_of_the_fields_that_changed_alone() {
    let rename = Change::Update(ApiKeyUpdate {
        name: Some(key_name("New")),
        ..ApiKeyUpdate::default()
    });
    let (_key, event) = changed(&issued(None), &rename, at(5));
    let told = |text| {
        Some(AuditedFields {
            name: Some(key_name(text)),
            ..AuditedFields::default()
        })
    };
    assert_eq!((event.before, event.after), (told("Key"), told("New")));
}

#[test]
fn an_event_tells_of_the_annotations_that_changed_alone() {
    let update = |annotations| {
        Change::Update(ApiKeyUpdate {
            annotations,
            ..ApiKeyUpdate::default()
        })
    };
    let external_id = Some(ExternalId::parse("customer-1").unwrap());
    let metadata = Metadata::parse([("plan", "gold")]).unwrap();
    let given = update(AnnotationsUpdate {
        external_id: Some(external_id.clone()),
        metadata: Some(metadata.clone()),
        ..AnnotationsUpdate::default()
    });
    let (key, event) = changed(&issued(None), &given, at(5));
    let none = AuditedFields {
        external_id: Some(None),
        metadata: Some(Metadata::default()),
        ..AuditedFields::default()
    };
    let both = AuditedFields {
        external_id: Some(external_id.clone()),
        metadata: Some(metadata),
        ..AuditedFields::default()
    };
    assert_eq!((event.before, event.after), (Some(none), Some(both)));
    let cleared = update(AnnotationsUpdate {
        external_id: Some(None),
        ..AnnotationsUpdate::default()
    });
    let (key, event) = changed(&key, &cleared, at(6));
    let of = |external_id| {
        Some(AuditedFields {
            external_id: Some(external_id),
            ..AuditedFields::default()
        })
    };
    assert_eq!((event.before, event.after), (of(external_id), of(None)));
    assert_eq!(key.fields().annotations.external_id, None);
    assert!(!key.fields().annotations.metadata.is_empty());
}

#[test]
fn the_event_of_a_creation_has_the_annotations_that_were_given() {
    let recorded = |annotations: Annotations| {
        let fields = ApiKeyFields {
            annotations,
            ..issued(None).into_fields()
        };
        AuditedFields::from(fields.audited(at(0)))
    };
    let bare = recorded(Annotations::default());
    assert_eq!(
        (bare.description, bare.external_id, bare.metadata),
        (None, None, None)
    );
    let description = Some(Description::parse("x").unwrap());
    let described = recorded(Annotations {
        description: description.clone(),
        ..Annotations::default()
    });
    assert_eq!(described.description, Some(description));
    assert_eq!(described.external_id, None);
    let known = described.or_none_given();
    assert_eq!(known.external_id, Some(None));
    assert_eq!(known.metadata, Some(Metadata::default()));
}

#[test]
fn an_update_to_what_is_there_already_has_no_effect() {
    let key = issued(Some(expiry(50)));
    let same = ApiKeyUpdate {
        name: Some(key_name("Key")),
        scopes: Some(scopes(&["payment:read"])),
        ip_allowlist: Some(IpAllowlist::default()),
        expires_at: Some(Some(expiry(50))),
        annotations: AnnotationsUpdate {
            description: Some(None),
            external_id: Some(None),
            metadata: Some(Metadata::default()),
        },
        limits: Some(Limits::default()),
    };
    assert_eq!(
        apply(&key, &Change::Update(same), at(1)),
        Ok(Applied::NoEffect)
    );
}

#[test]
fn a_key_past_its_end_lives_again_by_a_new_end() {
    let key = key_in(KeyState::Expired);
    assert_eq!(key.status(at(100)), Status::Expired);
    assert_eq!(apply(&key, &Change::Enable, at(100)), Err(WrongState));
    let extended = Change::Update(ApiKeyUpdate {
        expires_at: Some(Some(expiry(200))),
        ..ApiKeyUpdate::default()
    });
    let (key, _) = changed(&key, &extended, at(100));
    assert_eq!(key.status(at(100)), Status::Active);
}

#[test]
fn rotation_keeps_everything_but_the_secret() {
    let key = issued(Some(expiry(1_000)));
    let (rotated, event) = changed(&key, &rotate(2, at(10), 60), at(10));
    let (old, new) = (key.fields(), rotated.fields());
    assert_eq!(
        ApiKeyFields {
            secret: new.secret.clone(),
            previous_secret: new.previous_secret.clone(),
            version: new.version,
            ..old.clone()
        },
        *new
    );
    assert_eq!(new.secret, StoredSecret::of(&secret(2), at(10)));
    let previous = new.live_previous_secret(at(69)).unwrap();
    assert_eq!(previous.secret, old.secret);
    assert_eq!(previous.ends_at, at(70));
    assert!(new.live_previous_secret(at(70)).is_none());
    let overlap = event.after.unwrap().overlap.flatten().unwrap();
    assert_eq!(overlap.secret_hint, old.secret.hint);
    assert_eq!(overlap.ends_at, at(70));
}

#[test]
fn a_second_rotation_during_an_overlap_ends_the_older_secret_and_says_so() {
    let key = issued(None);
    let (key, _) = changed(&key, &rotate(2, at(10), 600), at(10));
    let (key, event) = changed(&key, &rotate(3, at(20), 600), at(20));
    let previous = key.fields().live_previous_secret(at(20)).unwrap();
    assert_eq!(previous.secret.hash, secret(2).hash());
    let ended = event.before.unwrap().overlap.flatten().unwrap();
    assert_eq!(ended.secret_hint, secret(1).hint());
}

#[test]
fn overlap_seconds_0_ends_the_old_secret_at_once() {
    let (key, _event) = changed(&issued(None), &rotate(2, at(10), 0), at(10));
    assert_eq!(key.fields().previous_secret, None);
}

#[test]
fn an_overlap_never_outlives_the_key() {
    let (key, _) = changed(&issued(Some(expiry(30))), &rotate(2, at(10), 600), at(10));
    let ends_at = |key: &ApiKey| key.fields().previous_secret.as_ref().unwrap().ends_at;
    assert_eq!(ends_at(&key), at(30));

    let (key, _) = changed(&issued(None), &rotate(2, at(10), 600), at(10));
    let sooner = Change::Update(ApiKeyUpdate {
        expires_at: Some(Some(expiry(40))),
        ..ApiKeyUpdate::default()
    });
    let (key, _) = changed(&key, &sooner, at(11));
    assert_eq!(ends_at(&key), at(40));
}

#[test]
fn an_overlap_that_has_run_out_needs_no_ending() {
    let (key, _) = changed(&issued(None), &rotate(2, at(10), 60), at(10));
    assert_eq!(
        apply(&key, &Change::EndOverlap, at(70)),
        Ok(Applied::NoEffect)
    );
    let (key, event) = changed(&key, &Change::EndOverlap, at(69));
    assert_eq!(key.fields().previous_secret, None);
    assert_eq!(event.action, AuditAction::OverlapEnded);
}

#[test]
fn a_deleted_key_is_deleted_for_good() {
    let (key, event) = changed(&issued(None), &Change::Delete, at(10));
    assert_eq!(key.status(at(10)), Status::Deleted);
    let state = event.after.unwrap().state.unwrap();
    assert_eq!(state.status(at(10)), Status::Deleted);
    for change in changes() {
        assert_eq!(apply(&key, &change, at(100)), Err(WrongState), "{change:?}");
    }
}

fn any_change() -> impl Strategy<Value = u8> {
    0_u8..6
}

proptest! {
    /// After any sequence of changes, the key keeps its id, mode and workspace. At most two secrets
    /// are valid, none after the key's expiry, and the version equals the number of events.
    #[test]
    fn no_sequence_of_changes_breaks_a_key(steps in proptest::collection::vec((any_change(), 0_i64..40), 0..40)) {
        let mut key = issued(Some(expiry(300)));
        let (mut now, mut events) = (at(1), 0);
        for (number, (kind, seconds)) in (2..).zip(steps) {
            now = now.plus_seconds(seconds);
            let change = match kind {
                0 => Change::Update(ApiKeyUpdate {
                    scopes: Some(scopes(&["a:b"])),
                    expires_at: Some(Some(Expiry::from_timestamp(now.plus_seconds(seconds * 3 + 1)))),
                    ..ApiKeyUpdate::default()
                }),
                1 => Change::Disable,
                2 => Change::Enable,
                3 => rotate(number, now, seconds),
                4 => Change::EndOverlap,
                _ => Change::Delete,
            };
            let was_deleted = key.fields().deleted_at.is_some();
            match apply(&key, &change, now) {
                Ok(Applied::Changed(changed)) => {
                    let (after, event) = *changed;
                    prop_assert!(!was_deleted);
                    prop_assert_ne!(event.before, event.after);
                    key = after;
                    events += 1;
                }
                Ok(Applied::NoEffect) | Err(WrongState) => {}
            }
            let fields = key.fields();
            prop_assert_eq!(fields.id, issued(None).id());
            prop_assert_eq!(fields.version, events + 1);
            if let (Some(previous), Some(end)) = (fields.live_previous_secret(now), fields.expires_at) {
                prop_assert!(previous.ends_at <= end.timestamp());
                prop_assert!(previous.secret.hash != fields.secret.hash);
            }
        }
    }
}

#[test]
fn limits_are_recorded_where_they_change() {
    let limits = |max| Limits::of(vec![limit("requests", max, "1m")]).unwrap();
    let update = |limits| {
        Change::Update(ApiKeyUpdate {
            limits: Some(limits),
            ..ApiKeyUpdate::default()
        })
    };
    let key = issued(None);
    let bare = AuditedFields::from(key.fields().audited(at(0)));
    assert_eq!(bare.limits, None);
    let (key, event) = changed(&key, &update(limits(100)), at(1));
    assert_eq!(key.fields().limits, limits(100));
    let recorded = |event: &AuditEvent| {
        let before = event.before.clone().unwrap().limits;
        (before, event.after.clone().unwrap().limits)
    };
    assert_eq!(
        recorded(&event),
        (Some(Limits::default()), Some(limits(100)))
    );
    let (_, event) = changed(&key, &update(Limits::default()), at(2));
    assert_eq!(
        recorded(&event),
        (Some(limits(100)), Some(Limits::default()))
    );
}
