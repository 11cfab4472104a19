use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::audit::event::AuditAction;
use crate::caller::workspace::Portal;
use crate::key::mode::Mode;
use crate::key::stored_secret::{PreviousSecret, StoredSecret};
use crate::ports::MockApiKeys;
use crate::request::raw_field::RawField;
use crate::request::rotation::RawRotation;
use crate::request::update::RawUpdate;
use crate::testing::{
    altered, api_key_id, api_key_id_with, at, key, key_prefix, origin, owned_workspace, secret,
    user,
};
use crate::usecases::FirstTime;
use crate::usecases::testing::World;

/// A store that returns these keys in turn, and answers each save in turn. The last one repeats.
fn store(keys: Vec<Option<ApiKey>>, answers: Vec<Saved>) -> MockApiKeys {
    let mut api_keys = MockApiKeys::new();
    let looks = AtomicUsize::new(0);
    api_keys.expect_get().returning(move |workspace_id, id| {
        assert_eq!((workspace_id.as_str(), id), ("ws_1", api_key_id(1)));
        let look = looks.fetch_add(1, Ordering::Relaxed);
        Ok(keys[look.min(keys.len() - 1)].clone())
    });
    let saves = AtomicUsize::new(0);
    api_keys.expect_save().returning(move |_| {
        let save = saves.fetch_add(1, Ordering::Relaxed);
        Ok(answers[save.min(answers.len() - 1)].clone())
    });
    api_keys
}

fn at_version(version: u32) -> ApiKey {
    altered(key(), |fields| fields.version = version)
}

fn with<T>(
    api_keys: MockApiKeys,
    precondition: &Precondition,
    run: impl AsyncFnOnce(&ManageApiKeys, Target<'_>) -> T,
) -> T {
    let manage = World::with(api_keys).manage();
    let target = Target {
        workspace: &owned_workspace(user(Portal::Tenant)),
        api_key_id: api_key_id(1),
        precondition,
        origin: &origin(),
    };
    pollster::block_on(run(&manage, target))
}

fn disable(api_keys: MockApiKeys, precondition: &Precondition) -> Result<(), ChangeError> {
    with(api_keys, precondition, async |manage, target| {
        manage.disable(target.supervised()).await
    })
}

fn rotate(api_keys: MockApiKeys) -> Result<crate::usecases::RotatedApiKey, ChangeError> {
    with(api_keys, &Precondition::Anything, async |manage, target| {
        let first_time = FirstTime::WITHOUT_KEY;
        manage
            .rotate(target, RawRotation::default(), first_time)
            .await
    })
}

#[test]
fn a_change_is_saved_with_its_event() {
    let mut api_keys = MockApiKeys::new();
    api_keys.expect_get().returning(|_, _| Ok(Some(key())));
    api_keys
        .expect_save()
        .times(1)
        .withf(|changed| {
            changed.key.fields().version == 2
                && changed.key.fields().is_disabled
                && changed.event.action == AuditAction::Disabled
                && changed.event.origin == origin()
        })
        .returning(|_| Ok(Saved::Done));
    disable(api_keys, &Precondition::Anything).unwrap();
}

#[test]
fn restricting_changes_are_never_rate_limited() {
    let bound_of = |is_rotation: bool| {
        let mut api_keys = MockApiKeys::new();
        api_keys.expect_get().returning(|_, _| Ok(Some(key())));
        api_keys
            .expect_save()
            .withf(move |changed| changed.events_per_minute_max.is_some() == is_rotation)
            .returning(|_| {
                Ok(Saved::TooManyEvents {
                    retry_after_seconds: 7,
                })
            });
        if is_rotation {
            rotate(api_keys).map(drop).unwrap_err()
        } else {
            disable(api_keys, &Precondition::Anything)
                .map(drop)
                .unwrap_err()
        }
    };
    for is_rotation in [true, false] {
        let refused = bound_of(is_rotation);
        let is_told = matches!(
            refused,
            ChangeError::TooManyChanges {
                retry_after_seconds: 7
            }
        );
        assert!(is_told, "{refused:?}");
    }
}

#[test]
fn a_key_that_is_not_there_is_not_found() {
    let refused = disable(store(vec![None], vec![]), &Precondition::Anything);
    assert!(matches!(refused, Err(ChangeError::NotFound)), "{refused:?}");
    let gone_meanwhile = store(vec![Some(key()), None], vec![Saved::Superseded]);
    let refused = disable(gone_meanwhile, &Precondition::Anything);
    assert!(matches!(refused, Err(ChangeError::NotFound)), "{refused:?}");
}

#[test]
fn a_key_that_nobody_has_seen_like_that_is_left_alone() {
    let precondition = Precondition::Versions(vec![2, 3]);
    let refused = disable(store(vec![Some(key())], vec![]), &precondition);
    assert!(
        matches!(refused, Err(ChangeError::ChangedBySomeoneElse)),
        "{refused:?}"
    );
    disable(
        store(vec![Some(at_version(3))], vec![Saved::Done]),
        &precondition,
    )
    .unwrap();
    let changed_meanwhile = store(
        vec![Some(at_version(3)), Some(at_version(4))],
        vec![Saved::Superseded],
    );
    let refused = disable(changed_meanwhile, &precondition);
    assert!(
        matches!(refused, Err(ChangeError::ChangedBySomeoneElse)),
        "{refused:?}"
    );
}

#[test]
fn a_concurrent_change_is_retried_on_the_new_state() {
    let keys = vec![Some(at_version(1)), Some(at_version(2))];
    let saves = vec![Saved::Superseded, Saved::Done];
    disable(store(keys, saves), &Precondition::Anything).unwrap();
}

#[test]
fn a_change_that_keeps_losing_is_unavailable() {
    let refused = disable(
        store(vec![Some(key())], vec![Saved::Superseded]),
        &Precondition::Anything,
    );
    assert!(
        matches!(
            refused,
            Err(ChangeError::Repository(RepositoryError::Unavailable(_)))
        ),
        "{refused:?}"
    );
}

#[test]
fn of_two_rotations_at_once_one_wins() {
    let rotated_meanwhile = altered(key(), |fields| {
        fields.version = 2;
        fields.secret = StoredSecret::of(&secret(7), at(0));
    });
    let keys = vec![Some(key()), Some(rotated_meanwhile)];
    let refused = rotate(store(keys, vec![Saved::Superseded]));
    assert!(
        matches!(refused, Err(ChangeError::WrongState(_))),
        "{refused:?}"
    );
}

#[test]
fn a_rotation_goes_on_after_a_change_of_another_kind() {
    let keys = vec![Some(key()), Some(at_version(2))];
    let rotated = rotate(store(keys, vec![Saved::Superseded, Saved::Done])).unwrap();
    assert_eq!(rotated.key.fields().version, 3);
    assert_eq!(rotated.key.fields().secret.hash, secret(5).hash());
    assert_eq!(rotated.secret.expose(), secret(5).expose());
    assert_eq!(rotated.overlap_ends_at, at(86_400));
    assert_eq!(rotated.ended, None);
}

/// Otherwise the new secret could not be shown as `acme_live_…a1b2`, like the key's id.
#[test]
fn a_new_secret_has_the_prefix_of_its_key_whatever_is_configured() {
    let acme = api_key_id_with(key_prefix("acme"), Mode::Test, at(0), 1);
    let mut api_keys = MockApiKeys::new();
    let key = altered(key(), |fields| fields.id = acme);
    api_keys
        .expect_get()
        .returning(move |_, _| Ok(Some(key.clone())));
    api_keys.expect_save().returning(|_| Ok(Saved::Done));
    let manage = World::with(api_keys).manage();
    assert_eq!(manage.key_prefix.as_str(), "sk");
    let target = Target {
        workspace: &owned_workspace(user(Portal::Partner)),
        api_key_id: acme,
        precondition: &Precondition::Anything,
        origin: &origin(),
    };
    let rotated = manage.rotate(target, RawRotation::default(), FirstTime::WITHOUT_KEY);
    let rotated = pollster::block_on(rotated).unwrap();
    assert!(rotated.secret.expose().starts_with("acme_test_"));
    assert_eq!(rotated.key.id(), acme);
}

#[test]
fn a_rotation_during_an_overlap_says_which_secret_it_has_ended() {
    let overlapping = altered(key(), |fields| {
        fields.previous_secret = Some(PreviousSecret {
            secret: StoredSecret::of(&secret(8), at(0)),
            ends_at: at(1),
        });
    });
    let rotated = rotate(store(vec![Some(overlapping)], vec![Saved::Done])).unwrap();
    assert_eq!(rotated.ended, Some(secret(8).hint()));
}

#[test]
fn a_replay_is_told() {
    let replayed = rotate(store(
        vec![Some(key())],
        vec![Saved::Replayed(api_key_id(1))],
    ));
    assert!(
        matches!(replayed, Err(ChangeError::AlreadyCarriedOut(id)) if id == api_key_id(1)),
        "{replayed:?}"
    );
    let reused = rotate(store(vec![Some(key())], vec![Saved::KeyReused]));
    assert!(
        matches!(reused, Err(ChangeError::IdempotencyKeyReused)),
        "{reused:?}"
    );
}

#[test]
fn faults_are_told_before_the_key_is_looked_for() {
    let refused = with(
        MockApiKeys::new(),
        &Precondition::Anything,
        async |manage, target| manage.update(target, RawUpdate::default()).await,
    );
    assert!(
        matches!(refused, Err(ChangeError::Invalid(_))),
        "{refused:?}"
    );
    let rotation = RawRotation {
        overlap_seconds: RawField::Value(-1),
        ..RawRotation::default()
    };
    let refused = with(
        MockApiKeys::new(),
        &Precondition::Anything,
        async |manage, target| {
            manage
                .rotate(target, rotation, FirstTime::WITHOUT_KEY)
                .await
        },
    );
    assert!(
        matches!(refused, Err(ChangeError::Invalid(_))),
        "{refused:?}"
    );
}

#[test]
fn no_effect_saves_nothing_and_gives_the_key_as_it_is() {
    let mut api_keys = MockApiKeys::new();
    api_keys.expect_get().returning(|_, _| Ok(Some(key())));
    let same = RawUpdate {
        name: RawField::Value("Key".into()),
        ..RawUpdate::default()
    };
    let updated = with(api_keys, &Precondition::Anything, async |manage, target| {
        manage.update(target, same).await
    });
    assert_eq!(updated.unwrap(), key());
}
