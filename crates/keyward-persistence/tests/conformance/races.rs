//! Concurrent changes of one key, two hundred times each.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::future::join_all;
use keyward_domain::ports::{
    ApiKeys as _, Clock, EntropyUnavailable, Inserted, MockScopeCatalogue, NewApiKey, Secrets,
};
use keyward_domain::testing::{at, origin};
use keyward_domain::usecases::{
    ChangeError, ManageApiKeys, Precondition, RotatedApiKey, Target, verify_trail,
};
use keyward_domain::{
    ApiKey, ApiKeyId, KeyPrefix, Mode, OwnedWorkspace, RawField, RawRotation, RawUpdate,
    RepeatableOperation, Secret, Status, Timestamp, WebhookId,
};

use crate::subject::{Subject, idempotency, new_id, new_key, new_secret, on_both_stores};

const ROUNDS: usize = 200;

struct Now;

impl Clock for Now {
    fn now(&self) -> Timestamp {
        at(1)
    }
}

struct NewSecrets;

impl Secrets for NewSecrets {
    fn new_secret(&self, _prefix: KeyPrefix, mode: Mode) -> Result<Secret, EntropyUnavailable> {
        Ok(new_secret(mode))
    }

    fn new_id(
        &self,
        _prefix: KeyPrefix,
        mode: Mode,
        now: Timestamp,
    ) -> Result<ApiKeyId, EntropyUnavailable> {
        Ok(new_id(mode, now))
    }

    fn webhook_id(&self, now: Timestamp) -> Result<WebhookId, EntropyUnavailable> {
        Ok(WebhookId::from_entropy(now, [0; 10]))
    }
}

/// One key, and the operations on it.
#[derive(Clone)]
struct Ring {
    manage: ManageApiKeys,
    workspace: OwnedWorkspace,
    key: ApiKey,
}

#[derive(Clone, Copy, Debug)]
enum Deed {
    Rotate(Option<&'static str>),
    RotateIfUnseen(&'static str),
    EndOverlap,
    Rename(&'static str),
    RenameIfUnseen(&'static str),
    Disable,
    Enable,
    Delete,
}

impl Ring {
    async fn new(subject: &Subject, workspace: &OwnedWorkspace) -> Self {
        let store = Arc::new(subject.store.clone());
        Self {
            manage: ManageApiKeys {
                api_keys: store.clone(),
                audit_events: store.clone(),
                limit_uses: store.clone(),
                hourly_uses: store.clone(),
                denials: store.clone(),
                scope_uses: store.clone(),
                scope_catalogue: Arc::new(MockScopeCatalogue::new()),
                key_lifetimes: store,
                secrets: Arc::new(NewSecrets),
                clock: Arc::new(Now),
                key_prefix: KeyPrefix::default(),
                key_count_max: 1_000,
                changes_per_minute_max: None,
            },
            workspace: workspace.clone(),
            key: subject.created(workspace).await,
        }
    }

    /// Runs all of them concurrently and returns their results.
    async fn at_once(&self, deeds: &[Deed]) -> Vec<Result<Option<RotatedApiKey>, ChangeError>> {
        let racing = deeds.iter().map(|deed| {
            let (ring, deed) = (self.clone(), *deed);
            tokio::spawn(async move { ring.carry_out(deed).await })
        });
        join_all(racing)
            .await
            .into_iter()
            .map(Result::unwrap)
            .collect()
    }

    async fn carry_out(&self, deed: Deed) -> Result<Option<RotatedApiKey>, ChangeError> {
        let first_version = Precondition::Versions(vec![1]);
        let precondition = match deed {
            Deed::RenameIfUnseen(_) | Deed::RotateIfUnseen(_) => &first_version,
            Deed::Rotate(_)
            | Deed::EndOverlap
            | Deed::Rename(_)
            | Deed::Disable
            | Deed::Enable
            | Deed::Delete => &Precondition::Anything,
        };
        let target = Target {
            workspace: &self.workspace,
            api_key_id: self.key.id(),
            precondition,
            origin: &origin(),
        };
        match deed {
            Deed::Rotate(once) => self.rotate(target, once).await.map(Some),
            Deed::RotateIfUnseen(once) => self.rotate(target, Some(once)).await.map(Some),
            Deed::Rename(name) | Deed::RenameIfUnseen(name) => {
                let update = RawUpdate {
                    name: RawField::Value(name.to_owned()),
                    ..RawUpdate::default()
                };
                self.manage.update(target, update).await.map(|_key| None)
            }
            Deed::EndOverlap => self.manage.end_overlap(target).await.map(|()| None),
            Deed::Disable => self
                .manage
                .disable(target.supervised())
                .await
                .map(|()| None),
            Deed::Enable => self.manage.enable(target).await.map(|()| None),
            Deed::Delete => self.manage.delete(target).await.map(|()| None),
        }
    }

    async fn rotate(
        &self,
        target: Target<'_>,
        once: Option<&str>,
    ) -> Result<RotatedApiKey, ChangeError> {
        let once = once.map(|key| idempotency(key, "body"));
        let operation = RepeatableOperation::Rotate;
        let first_time = self.manage.first_time(target.workspace, operation, once);
        let rotation = RawRotation::default();
        self.manage
            .rotate(target, rotation, first_time.await?)
            .await
    }

    async fn now(&self) -> Option<ApiKey> {
        self.manage
            .get(&self.workspace, self.key.id())
            .await
            .unwrap()
    }
}

/// The number of times that each outcome occurred.
fn tally<T>(outcomes: &[Result<T, ChangeError>]) -> BTreeMap<&'static str, usize> {
    let mut tally = BTreeMap::new();
    for outcome in outcomes {
        let name = match outcome {
            Ok(_) => "done",
            Err(ChangeError::NotFound) => "not found",
            Err(ChangeError::WrongState(_)) => "wrong state",
            Err(ChangeError::ChangedBySomeoneElse) => "changed by someone else",
            Err(ChangeError::AlreadyCarriedOut(_)) => "already carried out",
            Err(other) => panic!("{other:?}"),
        };
        *tally.entry(name).or_insert(0) += 1;
    }
    tally
}

async fn assert_trail_is_whole(subject: &Subject, workspace: &OwnedWorkspace) {
    let report = verify_trail(
        &subject.store,
        &subject.store,
        workspace.workspace_id(),
        |_| {},
    )
    .await;
    assert_eq!(report.unwrap().unwrap().faults, []);
}

on_both_stores! {
    async fn of_two_rotations_at_once_one_wins_and_the_other_is_told(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        for _ in 0..ROUNDS {
            let ring = Ring::new(subject, &workspace).await;
            let outcomes = ring.at_once(&[Deed::Rotate(None), Deed::Rotate(None)]).await;
            let key = ring.now().await.unwrap();
            let secrets: Vec<_> = outcomes.iter().flatten().flatten().map(|r| r.secret.hash()).collect();
            // Without a race, both succeed.
            match tally(&outcomes).get("wrong state") {
                Some(1) => assert_eq!(secrets, [key.fields().secret.hash]),
                None => assert!(secrets.contains(&key.fields().secret.hash)),
                Some(_) => panic!("{outcomes:?}"),
            }
            assert_eq!(key.fields().version, 1 + u32::try_from(secrets.len()).unwrap());
        }
        assert_trail_is_whole(subject, &workspace).await;
    }

    async fn of_two_rotations_under_one_idempotency_key_one_is_carried_out(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        for round in 0..ROUNDS {
            let ring = Ring::new(subject, &workspace).await;
            let name: &'static str = Box::leak(format!("k{round}").into_boxed_str());
            // The second one may find the key already changed by the first, which is not an error.
            let deed = if round % 2 == 0 { Deed::Rotate(Some(name)) } else { Deed::RotateIfUnseen(name) };
            let outcomes = ring.at_once(&[deed, deed]).await;
            let tally = tally(&outcomes);
            assert_eq!(tally.get("done"), Some(&1), "{tally:?}");
            assert_eq!(tally.get("already carried out"), Some(&1), "{tally:?}");
            assert_eq!(ring.now().await.unwrap().fields().version, 2);
        }
    }

    async fn at_most_two_secrets_live_whatever_is_rotated_and_ended(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        for _ in 0..ROUNDS {
            let ring = Ring::new(subject, &workspace).await;
            let deeds = [Deed::Rotate(None), Deed::EndOverlap, Deed::Rotate(None), Deed::Disable];
            let outcomes = ring.at_once(&deeds).await;
            let key = ring.now().await.unwrap();
            assert_eq!(key.status(at(1)), Status::Disabled);
            let rotated: Vec<_> = outcomes.iter().flatten().flatten().collect();
            let fields = key.fields();
            assert!(rotated.iter().any(|rotated| rotated.secret.hash() == fields.secret.hash));
            if let Some(previous) = fields.live_previous_secret(at(1)) {
                let known = rotated.iter().map(|rotated| rotated.secret.hash());
                let mut known = known.chain([ring.key.fields().secret.hash]);
                assert!(known.any(|hash| hash == previous.secret.hash));
                assert_ne!(previous.secret.hash, fields.secret.hash);
            }
        }
        assert_trail_is_whole(subject, &workspace).await;
    }

    async fn no_change_is_lost_to_another(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        for _ in 0..ROUNDS {
            let ring = Ring::new(subject, &workspace).await;
            let deeds = [Deed::Rename("New"), Deed::Disable, Deed::Rotate(None)];
            let outcomes = ring.at_once(&deeds).await;
            assert_eq!(tally(&outcomes).get("done"), Some(&3), "{outcomes:?}");
            let key = ring.now().await.unwrap();
            let fields = key.fields();
            assert_eq!((fields.name.as_str(), fields.is_disabled, fields.version), ("New", true, 4));
            assert_ne!(fields.secret.hash, ring.key.fields().secret.hash);
        }
    }

    async fn of_two_who_saw_the_same_version_one_changes_it(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        for _ in 0..ROUNDS {
            let ring = Ring::new(subject, &workspace).await;
            let outcomes = ring.at_once(&[Deed::RenameIfUnseen("A"), Deed::RenameIfUnseen("B")]).await;
            let tally = tally(&outcomes);
            assert_eq!(tally.get("done"), Some(&1), "{tally:?}");
            assert_eq!(tally.get("changed by someone else"), Some(&1), "{tally:?}");
        }
    }

    async fn repeating_at_once_has_no_further_effect(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        for _ in 0..ROUNDS {
            let ring = Ring::new(subject, &workspace).await;
            let outcomes = ring.at_once(&[Deed::Disable; 4]).await;
            assert_eq!(tally(&outcomes).get("done"), Some(&4));
            assert_eq!(ring.now().await.unwrap().fields().version, 2);
        }
    }

    async fn a_deleted_key_stays_deleted_whatever_races_it(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        for _ in 0..ROUNDS {
            let ring = Ring::new(subject, &workspace).await;
            let deeds = [Deed::Delete, Deed::Enable, Deed::Rotate(None), Deed::Rename("New"), Deed::Delete];
            let outcomes = ring.at_once(&deeds).await;
            assert!(ring.now().await.is_none());
            let deleted = [&outcomes[0], &outcomes[4]].iter().filter(|outcome| outcome.is_ok()).count();
            assert_eq!(deleted, 1, "{outcomes:?}");
        }
        assert_eq!(subject.key_count("ws_1").await, 0);
        assert_trail_is_whole(subject, &workspace).await;
    }

    async fn two_creates_under_one_idempotency_key_make_one_key(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        for round in 0..ROUNDS {
            let racing = [(); 2].map(|()| NewApiKey {
                idempotency: Some(idempotency(&format!("k{round}"), "body")),
                ..new_key(&workspace, at(0))
            });
            let ids = racing.clone().map(|new| new.key.id());
            let racing = racing.map(|new| {
                let store = subject.store.clone();
                tokio::spawn(async move { store.insert(new).await.unwrap() })
            });
            let outcomes: Vec<Inserted> = join_all(racing).await.into_iter().map(Result::unwrap).collect();
            assert!(
                outcomes == [Inserted::Created, Inserted::Replayed(ids[0])]
                    || outcomes == [Inserted::Replayed(ids[1]), Inserted::Created],
                "{outcomes:?}"
            );
        }
        assert_eq!(subject.key_count("ws_1").await, u32::try_from(ROUNDS).unwrap());
    }

    async fn of_100_creates_at_the_last_place_one_creates(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        for round in 0..u32::try_from(ROUNDS).unwrap() {
            let racing = (0..100).map(|_| {
                let new = NewApiKey { key_count_max: round + 1, ..new_key(&workspace, at(0)) };
                let store = subject.store.clone();
                tokio::spawn(async move { store.insert(new).await.unwrap() })
            });
            let outcomes: Vec<Inserted> = join_all(racing).await.into_iter().map(Result::unwrap).collect();
            let count = |wanted| outcomes.iter().filter(|outcome| **outcome == wanted).count();
            let counts = (count(Inserted::Created), count(Inserted::LimitReached));
            assert_eq!(counts, (1, 99), "{outcomes:?}");
        }
        assert_eq!(subject.key_count("ws_1").await, u32::try_from(ROUNDS).unwrap());
    }
}
