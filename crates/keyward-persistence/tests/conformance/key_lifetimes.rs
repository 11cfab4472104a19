//! Lifetime policies of the deployment and of workspaces, and the keys that they are about.

use std::time::{Duration, Instant};

use std::collections::BTreeSet;

use keyward_domain::ports::{
    ApiKeys as _, DeploymentEvents as _, KeyLifetimes as _, KeyLookup as _, LongLived,
    Propagation as _, SettingChange, WorkspaceDirectory as _,
};
use keyward_domain::testing::{at, by_operator, verification_key, workspace_id};
use keyward_domain::usecases::{verify_deployment, verify_trail};
use keyward_domain::{
    ApiKey, ApiKeyFilter, ApiKeyListing, Change, DeploymentChange, ExistingKeys, Lifetime,
    LifetimePolicy, OwnedWorkspace, Pagination, RawDraft, RawField, Sort, Status,
};
use keyward_persistence::{ChangeFeed, KeyCacheConfig, Store, StoreConfig};

use crate::subject::{Subject, draft, from_draft, on_both_stores, rotation};

const DAY: i64 = 86_400;
const PATIENCE: Duration = Duration::from_secs(20);

fn lifetime(days: i64) -> Lifetime {
    Lifetime::from_days(days).unwrap()
}

fn policy(max: Option<i64>, existing: ExistingKeys) -> LifetimePolicy {
    let may_never_expire = max.is_none();
    LifetimePolicy::new(None, max.map(lifetime), may_never_expire, existing).unwrap()
}

fn refuse_after(days: i64) -> LifetimePolicy {
    policy(Some(days), ExistingKeys::Refuse)
}

/// The same database, for a deployment with this policy.
async fn deployed(subject: &Subject, key_lifetime: LifetimePolicy) -> Store {
    let config = StoreConfig {
        key_lifetime,
        ..subject.database.config()
    };
    Store::open(config).await.unwrap()
}

async fn set(store: &Store, id: &str, policy: Option<LifetimePolicy>) -> SettingChange {
    let id = workspace_id(id);
    let set = store.set_key_lifetime(&id, policy, by_operator(at(0)));
    set.await.unwrap()
}

/// A key with this name that was created at this second and never expires, or at that one.
async fn key(
    subject: &Subject,
    workspace: &OwnedWorkspace,
    name: &str,
    created_at: i64,
    expires_at: Option<i64>,
) -> ApiKey {
    let end = expires_at.map(|end| at(end).to_string());
    let expires_at = end.map_or(RawField::Absent, RawField::Value);
    let draft = RawDraft {
        expires_at,
        ..draft(name)
    };
    let new = from_draft(
        workspace,
        at(created_at),
        draft,
        keyward_domain::testing::origin(),
    );
    let key = new.key.clone();
    subject.insert(new).await;
    key
}

/// The names of the keys with this status, and their number.
async fn with_status(store: &Store, id: &str, status: Status, now: i64) -> (String, u64) {
    let listing = ApiKeyListing {
        filter: ApiKeyFilter {
            status: Some(status),
            ..ApiKeyFilter::default()
        },
        sort: Sort::parse("name").unwrap(),
        page: Pagination::new(0, 20).unwrap(),
        now: at(now),
    };
    let page = store.list(&workspace_id(id), &listing).await.unwrap();
    for key in &page.items {
        assert_eq!(key.status(at(now)), status, "{}", key.fields().name);
    }
    let names = page.items.iter().map(|key| key.fields().name.to_string());
    (names.collect::<Vec<_>>().join(", "), page.total)
}

async fn long_lived(store: &Store, which: LongLived, id: Option<&str>) -> Vec<String> {
    let mut names = Vec::new();
    let mut after = None;
    loop {
        let keys = store
            .long_lived(which, id.map(workspace_id), after, 2)
            .await
            .unwrap();
        after = keys.last().map(ApiKey::id);
        names.extend(keys.iter().map(|key| key.fields().name.to_string()));
        if after.is_none() {
            names.sort();
            return names;
        }
    }
}

on_both_stores! {
    async fn a_workspaces_own_policy_replaces_the_deployments_as_a_whole(subject: &Subject) {
        subject.workspace("ws_1").await;
        let deployment = refuse_after(90);
        let store = deployed(subject, deployment).await;
        let counts = async || {
            let policy = store.policy(&workspace_id("ws_1")).await.unwrap();
            let rules = store.field_rules(&workspace_id("ws_1"), &BTreeSet::new()).await.unwrap();
            assert_eq!(rules.lifetime_policy, policy);
            policy
        };
        assert_eq!(counts().await, deployment);
        assert_eq!(store.policy(&workspace_id("ws_8")).await.unwrap(), deployment);
        let rules = store.field_rules(&workspace_id("ws_8"), &BTreeSet::new()).await.unwrap();
        assert_eq!(rules.lifetime_policy, deployment);
        let whole = LifetimePolicy::new(Some(lifetime(1)), Some(lifetime(3_650)), true, ExistingKeys::Refuse).unwrap();
        for own in [LifetimePolicy::default(), policy(Some(1), ExistingKeys::Report), whole] {
            assert_eq!(set(&store, "ws_1", Some(own)).await, SettingChange::Done);
            assert_eq!(counts().await, own);
            let shown = store.workspace(&workspace_id("ws_1")).await.unwrap().unwrap();
            assert_eq!(shown.key_lifetime, Some(own));
            let listed = store.workspaces(None, 1).await.unwrap();
            assert_eq!(listed, [shown]);
        }
        assert_eq!(set(&store, "ws_1", None).await, SettingChange::Done);
        assert_eq!(counts().await, deployment);
    }

    async fn a_change_of_a_policy_is_one_event_and_no_change_is_none(subject: &Subject) {
        subject.workspace("ws_1").await;
        let (store, first, second) = (&subject.store, refuse_after(1), refuse_after(2));
        assert_eq!(set(store, "ws_8", Some(first)).await, SettingChange::UnknownWorkspace);
        assert_eq!(set(store, "ws_1", None).await, SettingChange::Unchanged);
        assert_eq!(set(store, "ws_1", Some(first)).await, SettingChange::Done);
        assert_eq!(set(store, "ws_1", Some(first)).await, SettingChange::Unchanged);
        assert_eq!(set(store, "ws_1", Some(second)).await, SettingChange::Done);
        assert_eq!(set(store, "ws_1", None).await, SettingChange::Done);
        let lines = store.deployment_lines(0, 100).await.unwrap();
        let changes = lines.into_iter().map(|line| line.event.unwrap().change);
        let change = |before, after| DeploymentChange::KeyLifetime { workspace_id: workspace_id("ws_1"), before, after };
        assert_eq!(changes.collect::<Vec<_>>(), [
            DeploymentChange::WorkspaceAdded(workspace_id("ws_1")),
            change(None, Some(first)),
            change(Some(first), Some(second)),
            change(Some(second), None),
        ]);
        let report = verify_deployment(store, store, None, |_| {}).await.unwrap();
        assert_eq!(report.faults, []);
    }

    async fn the_database_refuses_what_is_no_policy(subject: &Subject) {
        subject.workspace("ws_1").await;
        for columns in [
            "key_may_never_expire = (1 = 1)",
            "key_lifetime_existing = 'REPORT'",
            "key_lifetime_max_days = 1",
            "key_may_never_expire = (1 = 1), key_lifetime_existing = 'refuse'",
            "key_may_never_expire = (1 = 1), key_lifetime_existing = 'REFUSE'",
            "key_may_never_expire = (1 = 1), key_lifetime_existing = 'REPORT', key_lifetime_max_days = 0",
            "key_may_never_expire = (1 = 1), key_lifetime_existing = 'REPORT', key_lifetime_max_days = 3651",
            "key_may_never_expire = (1 = 1), key_lifetime_existing = 'REPORT', key_lifetime_default_days = 0",
            "key_may_never_expire = (1 = 1), key_lifetime_existing = 'REPORT', key_lifetime_max_days = 1, key_lifetime_default_days = 2",
        ] {
            let sql = format!("UPDATE workspaces SET {columns}");
            let refused = if subject.is_sqlite() {
                use diesel::connection::SimpleConnection as _;
                subject.raw_sqlite().batch_execute(&sql).is_err()
            } else {
                subject.raw_postgres().await.batch_execute(&sql).await.is_err()
            };
            assert!(refused, "{columns}");
        }
    }

    async fn with_refuse_a_key_with_a_secret_that_is_too_old_is_expired_for_every_reader(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let other = subject.workspace("ws_2").await;
        let old = key(subject, &workspace, "old", 0, None).await;
        key(subject, &workspace, "old with a later end", 0, Some(99 * DAY)).await;
        key(subject, &workspace, "past its own end", 8 * DAY, Some(9 * DAY)).await;
        key(subject, &workspace, "young", 1, None).await;
        let disabled = key(subject, &workspace, "old and disabled", 0, None).await;
        subject.change(&workspace, &disabled, &Change::Disable, at(1)).await;
        let renewed = key(subject, &workspace, "renewed", 0, None).await;
        subject.change(&workspace, &renewed, &rotation(at(5 * DAY), 0), at(5 * DAY)).await;
        let elsewhere = key(subject, &other, "elsewhere", 0, None).await;
        let now = 10 * DAY;
        let all = ("old, old with a later end, renewed, young".to_owned(), 4);
        for report in [LifetimePolicy::default(), policy(Some(10), ExistingKeys::Report)] {
            let store = deployed(subject, report).await;
            assert_eq!(with_status(&store, "ws_1", Status::Active, now).await, all);
            assert_eq!(with_status(&store, "ws_1", Status::Expired, now).await, ("past its own end".to_owned(), 1));
        }
        let by_deployment = deployed(subject, refuse_after(10)).await;
        set(&subject.store, "ws_2", Some(refuse_after(10))).await;
        let by_workspace = &subject.store;
        let expired = ("old, old with a later end, past its own end".to_owned(), 3);
        assert_eq!(with_status(&by_deployment, "ws_1", Status::Expired, now).await, expired);
        assert_eq!(with_status(&by_deployment, "ws_1", Status::Active, now).await, ("renewed, young".to_owned(), 2));
        assert_eq!(with_status(&by_deployment, "ws_1", Status::Disabled, now).await, ("old and disabled".to_owned(), 1));
        assert_eq!(with_status(by_workspace, "ws_1", Status::Active, now).await, all);
        assert_eq!(with_status(by_workspace, "ws_2", Status::Expired, now).await, ("elsewhere".to_owned(), 1));
        // A whole second before, and at the end.
        assert_eq!(with_status(&by_deployment, "ws_1", Status::Active, now - 1).await, all);
        for (store, key, want) in [
            (&by_deployment, &old, Some(lifetime(10))),
            (&subject.store, &old, None),
            (&subject.store, &elsewhere, Some(lifetime(10))),
        ] {
            let got = store.get(&key.fields().workspace_id, key.id()).await.unwrap().unwrap();
            assert_eq!(got.fields().lifetime_max, want);
            let found = store.find(&key.fields().secret.hash).await.unwrap().unwrap();
            assert_eq!(found, verification_key(&got));
            let wanted = if want.is_some() { Status::Expired } else { Status::Active };
            assert_eq!(got.status(at(now)), wanted);
            assert_eq!(found.ends_at.is_some_and(|end| end.is_past(at(now))), want.is_some());
        }
        let expiring = by_deployment.expiring(at(98 * DAY), at(99 * DAY), Pagination::new(0, 20).unwrap()).await.unwrap();
        assert_eq!(expiring.items[0].fields().lifetime_max, Some(lifetime(10)));
    }

    async fn a_change_of_a_key_stores_nothing_of_the_policy(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let store = deployed(subject, refuse_after(1)).await;
        let created = key(subject, &workspace, "Key", 0, None).await;
        let read = store.get(workspace.workspace_id(), created.id()).await.unwrap().unwrap();
        assert_eq!(read.status(at(2 * DAY)), Status::Expired);
        let rotated = subject.change(&workspace, &read, &rotation(at(2 * DAY), 600), at(2 * DAY)).await;
        assert_eq!(rotated.fields().previous_secret, None);
        let plain = subject.current(&created).await.unwrap();
        assert_eq!((plain.fields().lifetime_max, plain.fields().expires_at), (None, None));
        let report = verify_trail(&store, &store, workspace.workspace_id(), |_| {}).await.unwrap();
        assert_eq!(report.unwrap().faults, []);
    }

    async fn long_lived_keys_are_found_in_all_workspaces_or_in_one(subject: &Subject) {
        let (first, second) = (subject.workspace("ws_1").await, subject.workspace("ws_2").await);
        key(subject, &first, "a old", 0, Some(99 * DAY)).await;
        key(subject, &first, "b old, never expires", 0, None).await;
        key(subject, &first, "c young, never expires", 9 * DAY, None).await;
        key(subject, &second, "d never expires", 0, None).await;
        key(subject, &second, "e ends", 0, Some(99 * DAY)).await;
        let deleted = key(subject, &second, "f deleted", 0, None).await;
        subject.change(&second, &deleted, &Change::Delete, at(1)).await;
        let store = deployed(subject, policy(Some(5), ExistingKeys::Report)).await;
        let endless = LongLived::NeverExpiring;
        let endless_of_first = ["b old, never expires", "c young, never expires"];
        assert_eq!(long_lived(&store, endless, Some("ws_1")).await, endless_of_first);
        assert_eq!(long_lived(&store, endless, Some("ws_8")).await, [""; 0]);
        assert_eq!(
            long_lived(&store, endless, None).await,
            ["b old, never expires", "c young, never expires", "d never expires"]
        );
        let over = |now| LongLived::OverLifetime { at: at(now) };
        let old_of_first = ["a old", "b old, never expires"];
        assert_eq!(long_lived(&store, over(5 * DAY - 1), None).await, [""; 0]);
        assert_eq!(long_lived(&store, over(5 * DAY), Some("ws_1")).await, old_of_first);
        assert_eq!(
            long_lived(&store, over(14 * DAY), None).await,
            ["a old", "b old, never expires", "c young, never expires", "d never expires", "e ends"]
        );
        set(&store, "ws_2", Some(LifetimePolicy::default())).await;
        assert_eq!(long_lived(&store, over(5 * DAY), None).await, old_of_first);
        set(&store, "ws_2", Some(refuse_after(6))).await;
        assert_eq!(long_lived(&store, over(5 * DAY), None).await, old_of_first);
        assert_eq!(
            long_lived(&store, over(6 * DAY), None).await,
            ["a old", "b old, never expires", "d never expires", "e ends"]
        );
        // Without a policy of the deployment, only a workspace's own counts.
        assert_eq!(long_lived(&subject.store, over(6 * DAY), None).await, ["d never expires", "e ends"]);
    }

    async fn a_new_policy_counts_on_every_node_that_has_the_key_in_its_cache(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let created = key(subject, &workspace, "Key", 0, None).await;
        let hash = created.fields().secret.hash;
        let config = KeyCacheConfig::default();
        let (here, there) = (deployed(subject, LifetimePolicy::default()).await, deployed(subject, LifetimePolicy::default()).await);
        let caches = [&here, &there].map(|store| store.key_cache(config));
        let feeds = [&here, &there].map(|store| ChangeFeed::start(store, config.staleness_max));
        let [own_cache, other_cache] = &caches;
        let end = async |cache: &keyward_persistence::KeyCache| {
            cache.find(&hash).await.unwrap().unwrap().ends_at
        };
        let end_after = |days| lifetime(days).end_for(created.fields().secret.created_at);
        let begun = Instant::now();
        while !feeds.iter().all(ChangeFeed::is_up) {
            assert!(begun.elapsed() < PATIENCE);
            tokio::task::yield_now().await;
        }
        for days in [Some(1), Some(2), None] {
            let want = days.map(end_after);
            for cache in &caches {
                end(cache).await;
            }
            set(&here, "ws_1", days.map(refuse_after)).await;
            assert_eq!(end(own_cache).await, want, "the node that made the change");
            feeds[0].settle().await;
            let begun = Instant::now();
            while end(other_cache).await != want {
                assert!(begun.elapsed() < PATIENCE, "the change is never seen");
                tokio::task::yield_now().await;
            }
        }
        let columns = "key_may_never_expire = (1 = 1), key_lifetime_max_days = 3, key_lifetime_existing = 'REFUSE'";
        subject.execute_on_both(&format!("UPDATE workspaces SET {columns}")).await;
        let begun = Instant::now();
        while end(own_cache).await != Some(end_after(3)) {
            assert!(begun.elapsed() < PATIENCE, "a change by hand is never seen");
            tokio::task::yield_now().await;
        }
    }
}
