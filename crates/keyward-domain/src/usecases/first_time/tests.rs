use mockall::Sequence;

use super::*;
use crate::caller::workspace::Portal;
use crate::ports::{Inserted, MockApiKeys};
use crate::request::draft::RawDraft;
use crate::request::idempotency::{IdempotencyKey, RequestFingerprint};
use crate::request::raw_field::RawField;
use crate::request::rotation::RawRotation;
use crate::testing::{api_key_id, at, key, origin, owned_workspace, user};
use crate::usecases::testing::World;
use crate::usecases::{ChangeError, CreateError, Precondition, Target};

fn idempotency() -> Idempotency {
    Idempotency {
        key: IdempotencyKey::parse("once").unwrap(),
        fingerprint: RequestFingerprint::of(b"body"),
    }
}

/// A store that answers each look-up of the record in turn, and has only the key `key()`.
fn recording(answers: Vec<Option<CarriedOut>>) -> MockApiKeys {
    let mut api_keys = MockApiKeys::new();
    api_keys.expect_get().returning(|_, _| Ok(Some(key())));
    let mut in_turn = Sequence::new();
    for answer in answers {
        api_keys
            .expect_carried_out()
            .times(1)
            .in_sequence(&mut in_turn)
            .withf(|workspace_id, _operation, asked, now| {
                workspace_id.as_str() == "ws_1" && *asked == idempotency() && *now == at(0)
            })
            .returning(move |_, _, _, _| Ok(answer));
    }
    api_keys
}

fn create(api_keys: MockApiKeys, draft: RawDraft) -> Result<ApiKeyId, CreateError> {
    let manage = World::with(api_keys).manage();
    let workspace = owned_workspace(user(Portal::Tenant));
    pollster::block_on(async {
        let first_time = manage
            .first_time(&workspace, RepeatableOperation::Create, Some(idempotency()))
            .await?;
        let created = manage
            .create(&workspace, draft, origin(), first_time)
            .await?;
        Ok(created.key.id())
    })
}

fn rotate(api_keys: MockApiKeys, precondition: &Precondition) -> Result<ApiKeyId, ChangeError> {
    let manage = World::with(api_keys).manage();
    let workspace = owned_workspace(user(Portal::Tenant));
    let target = Target {
        workspace: &workspace,
        api_key_id: api_key_id(1),
        precondition,
        origin: &origin(),
    };
    pollster::block_on(async {
        let first_time = manage
            .first_time(&workspace, RepeatableOperation::Rotate, Some(idempotency()))
            .await?;
        let rotated = manage.rotate(target, RawRotation::default(), first_time);
        Ok(rotated.await?.key.id())
    })
}

#[test]
fn without_a_key_no_record_is_looked_up() {
    let manage = World::with(MockApiKeys::new()).manage();
    let workspace = owned_workspace(user(Portal::Tenant));
    for operation in [RepeatableOperation::Create, RepeatableOperation::Rotate] {
        let first_time = manage.first_time(&workspace, operation, None);
        assert!(pollster::block_on(first_time).is_ok());
    }
}

#[test]
fn what_was_carried_out_is_told_before_the_draft_is_judged() {
    let same = recording(vec![Some(CarriedOut::SameRequest(api_key_id(1)))]);
    let told = create(same, RawDraft::default());
    assert!(
        matches!(told, Err(CreateError::AlreadyCarriedOut(id)) if id == api_key_id(1)),
        "{told:?}"
    );
    let other = recording(vec![Some(CarriedOut::OtherRequest)]);
    let told = create(other, RawDraft::default());
    assert!(
        matches!(told, Err(CreateError::IdempotencyKeyReused)),
        "{told:?}"
    );
}

#[test]
fn what_was_carried_out_is_told_before_the_version_is_compared() {
    let precondition = Precondition::Versions(vec![7]);
    let same = recording(vec![Some(CarriedOut::SameRequest(api_key_id(1)))]);
    let told = rotate(same, &precondition);
    assert!(
        matches!(told, Err(ChangeError::AlreadyCarriedOut(id)) if id == api_key_id(1)),
        "{told:?}"
    );
    let other = recording(vec![Some(CarriedOut::OtherRequest)]);
    let told = rotate(other, &precondition);
    assert!(
        matches!(told, Err(ChangeError::IdempotencyKeyReused)),
        "{told:?}"
    );
}

#[test]
fn a_concurrent_duplicate_is_already_carried_out() {
    let same = Some(CarriedOut::SameRequest(api_key_id(1)));
    let told = rotate(
        recording(vec![None, same]),
        &Precondition::Versions(vec![7]),
    );
    assert!(
        matches!(told, Err(ChangeError::AlreadyCarriedOut(_))),
        "{told:?}"
    );
    let told = create(recording(vec![None, same]), RawDraft::default());
    assert!(
        matches!(told, Err(CreateError::AlreadyCarriedOut(_))),
        "{told:?}"
    );
}

#[test]
fn a_request_that_was_never_carried_out_is_refused_for_what_it_is() {
    let told = rotate(
        recording(vec![None, None]),
        &Precondition::Versions(vec![7]),
    );
    assert!(
        matches!(told, Err(ChangeError::ChangedBySomeoneElse)),
        "{told:?}"
    );
    let told = create(recording(vec![None, None]), RawDraft::default());
    assert!(matches!(told, Err(CreateError::Invalid(_))), "{told:?}");
}

#[test]
fn the_record_is_made_together_with_the_key() {
    let mut api_keys = recording(vec![None]);
    api_keys
        .expect_insert()
        .times(1)
        .withf(|new| new.idempotency == Some(idempotency()))
        .returning(|_| Ok(Inserted::Created));
    let draft = RawDraft {
        name: RawField::Value("Key".into()),
        ..RawDraft::default()
    };
    create(api_keys, draft).unwrap();
}

#[test]
fn a_store_that_fails_is_told() {
    let mut api_keys = MockApiKeys::new();
    api_keys
        .expect_carried_out()
        .returning(|_, _, _, _| Err(RepositoryError::Unavailable("down".into())));
    let told = create(api_keys, RawDraft::default());
    assert!(matches!(told, Err(CreateError::Repository(_))), "{told:?}");
}
