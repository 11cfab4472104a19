//! Plans give limits to workspaces and their keys.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use keyward_domain::ports::{
    ApiKeys as _, DeploymentEvents as _, KeyLookup as _, PlanAssignment, PlanPut, PlanRemoval,
    Plans, Propagation as _, RepositoryError, WorkspaceDirectory as _, WorkspaceRemoval,
};
use keyward_domain::testing::{at, by_operator, verification_key, workspace_id};
use keyward_domain::usecases::verify_deployment;
use keyward_domain::{
    ApiKey, DeploymentChange, KeyLimits, Limits, Plan, PlanLimits, PlanName, VerificationKey,
};
use keyward_persistence::{ChangeFeed, KeyCache, KeyCacheConfig, Store};

use crate::limits::{limited, limits};
use crate::subject::{Subject, on_both_stores};

const PATIENCE: Duration = Duration::from_secs(20);

/// A plan with these limits of each key, and one limit of a workspace.
pub(crate) fn plan(name: &str, of_key: &[(&str, i64, &str)]) -> Plan {
    Plan {
        name: named(name),
        limits: PlanLimits {
            of_key: limits(of_key),
            of_workspace: limits(&[("shared", 1_000, "month")]),
        },
    }
}

fn named(name: &str) -> PlanName {
    PlanName::parse(name).unwrap()
}

async fn put(store: &Store, plan: &Plan) -> PlanPut {
    store.put(plan.clone(), by_operator(at(0))).await.unwrap()
}

async fn assign(store: &Store, id: &str, plan: Option<&str>) -> PlanAssignment {
    let (id, plan) = (workspace_id(id), plan.map(named));
    let assigned = store.assign(&id, plan, by_operator(at(0)));
    assigned.await.unwrap()
}

async fn remove(store: &Store, name: &str) -> PlanRemoval {
    let name = named(name);
    let removed = store.remove(&name, by_operator(at(0)));
    removed.await.unwrap()
}

async fn changes(subject: &Subject) -> Vec<DeploymentChange> {
    let lines = subject.store.deployment_lines(0, 100).await.unwrap();
    let changes = lines.into_iter().map(|line| line.event.unwrap().change);
    changes.collect()
}

async fn faults(subject: &Subject) -> Vec<String> {
    let report = verify_deployment(&subject.store, &subject.store, None, |_| {}).await;
    let faults = report.unwrap().faults;
    faults.iter().map(ToString::to_string).collect()
}

async fn found(subject: &Subject, key: &ApiKey) -> Arc<VerificationKey> {
    let hash = &key.fields().secret.hash;
    subject.store.find(hash).await.unwrap().unwrap()
}

fn counting(of_key: &[(&str, i64, &str)]) -> Option<Arc<KeyLimits>> {
    let shared = limits(&[("shared", 1_000, "month")]);
    KeyLimits::of(limits(of_key).as_slice().into(), shared.as_slice().into())
}

on_both_stores! {
    async fn plans_are_added_changed_listed_and_removed(subject: &Subject) {
        let store = &subject.store;
        let (gold, more) = (plan("gold", &[("requests", 10, "1m")]), plan("gold", &[("requests", 20, "1m")]));
        let bare = Plan { name: named("a_bare"), limits: PlanLimits::default() };
        assert_eq!(Plans::get(store, &named("gold")).await.unwrap(), None);
        assert_eq!(put(store, &gold).await, PlanPut::Added);
        assert_eq!(put(store, &bare).await, PlanPut::Added);
        assert_eq!(put(store, &gold).await, PlanPut::Unchanged);
        assert_eq!(put(store, &more).await, PlanPut::Changed);
        assert_eq!(Plans::list(store).await.unwrap(), [bare, more.clone()]);
        assert_eq!(Plans::get(store, &named("gold")).await.unwrap(), Some(more));
        assert_eq!(remove(store, "gold").await, PlanRemoval::Done);
        assert_eq!(remove(store, "gold").await, PlanRemoval::Unknown);
        assert_eq!(Plans::get(store, &named("gold")).await.unwrap(), None);
    }

    async fn each_change_of_a_plan_is_one_event_and_no_change_is_none(subject: &Subject) {
        subject.workspace("ws_1").await;
        let store = &subject.store;
        let (gold, more) = (plan("gold", &[("requests", 10, "1m")]), plan("gold", &[]));
        for plan in [&gold, &gold, &more] {
            put(store, plan).await;
        }
        for plan in [None, Some("gold"), Some("gold"), Some("nobodys"), None] {
            assign(store, "ws_1", plan).await;
        }
        assign(store, "ws_8", Some("gold")).await;
        for _ in 0..2 {
            remove(store, "gold").await;
        }
        let of_plan = |before: Option<&Plan>, after: Option<&Plan>| DeploymentChange::Plan {
            name: named("gold"),
            before: before.map(|plan| plan.limits.clone()),
            after: after.map(|plan| plan.limits.clone()),
        };
        let of_workspace = |before: Option<&str>, after: Option<&str>| DeploymentChange::WorkspacePlan {
            workspace_id: workspace_id("ws_1"),
            before: before.map(named),
            after: after.map(named),
        };
        assert_eq!(changes(subject).await, [
            DeploymentChange::WorkspaceAdded(workspace_id("ws_1")),
            of_plan(None, Some(&gold)),
            of_plan(Some(&gold), Some(&more)),
            of_workspace(None, Some("gold")),
            of_workspace(Some("gold"), None),
            of_plan(Some(&more), None),
        ]);
        assert_eq!(faults(subject).await, [""; 0]);
        subject.tamper("UPDATE deployment_events SET plan = 'silver' WHERE position = 2").await;
        assert_eq!(faults(subject).await, ["event 2 was altered or moved"]);
    }

    async fn a_workspace_has_the_plan_that_it_was_given(subject: &Subject) {
        for id in ["ws_1", "ws_2"] {
            subject.workspace(id).await;
        }
        let store = &subject.store;
        put(store, &plan("gold", &[])).await;
        put(store, &plan("silver", &[])).await;
        let plan_of = async || {
            let workspace = store.workspace(&workspace_id("ws_1")).await.unwrap().unwrap();
            assert_eq!(store.workspaces(None, 1).await.unwrap()[0], workspace);
            workspace.plan.map(|plan| plan.to_string())
        };
        assert_eq!(plan_of().await, None);
        for (plan, want) in [
            (Some("gold"), PlanAssignment::Done),
            (Some("gold"), PlanAssignment::Unchanged),
            (Some("silver"), PlanAssignment::Done),
            (None, PlanAssignment::Done),
            (None, PlanAssignment::Unchanged),
        ] {
            assert_eq!(assign(store, "ws_1", plan).await, want);
            assert_eq!(plan_of().await.as_deref(), plan);
        }
        assert_eq!(assign(store, "ws_1", Some("gold")).await, PlanAssignment::Done);
        assert_eq!(assign(store, "ws_1", Some("nobodys")).await, PlanAssignment::UnknownPlan);
        assert_eq!(assign(store, "ws_8", Some("nobodys")).await, PlanAssignment::UnknownWorkspace);
        assert_eq!(assign(store, "ws_8", None).await, PlanAssignment::UnknownWorkspace);
        assert_eq!(plan_of().await.as_deref(), Some("gold"));
        assert_eq!(store.workspace(&workspace_id("ws_2")).await.unwrap().unwrap().plan, None);
    }

    async fn a_plan_that_a_workspace_has_is_not_removed(subject: &Subject) {
        subject.workspace("ws_1").await;
        let store = &subject.store;
        let gold = plan("gold", &[]);
        put(store, &gold).await;
        assign(store, "ws_1", Some("gold")).await;
        let before = changes(subject).await;
        assert_eq!(remove(store, "gold").await, PlanRemoval::InUse);
        assert_eq!(Plans::get(store, &gold.name).await.unwrap(), Some(gold));
        assert_eq!(changes(subject).await, before);
        let id = workspace_id("ws_1");
        let removed = store.remove_workspace(&id, by_operator(at(0))).await.unwrap();
        assert_eq!(removed, WorkspaceRemoval::Done);
        assert_eq!(remove(store, "gold").await, PlanRemoval::Done);
    }

    async fn no_workspace_gets_a_plan_that_is_just_removed(subject: &Subject) {
        subject.workspace("ws_1").await;
        let (here, there) = (subject.store.clone(), subject.another_node().await);
        let mut seen = BTreeSet::new();
        for _ in 0..40 {
            put(&here, &plan("gold", &[])).await;
            let (store, other) = (here.clone(), there.clone());
            let removing = tokio::spawn(async move { remove(&store, "gold").await });
            let assigning = tokio::spawn(async move { assign(&other, "ws_1", Some("gold")).await });
            let outcomes = (removing.await.unwrap(), assigning.await.unwrap());
            match outcomes {
                (PlanRemoval::Done, PlanAssignment::UnknownPlan) => seen.insert("removed"),
                (PlanRemoval::InUse, PlanAssignment::Done) => seen.insert("given"),
                _ => panic!("{outcomes:?}"),
            };
            assign(&here, "ws_1", None).await;
        }
        assert!(!seen.is_empty());
        assert_eq!(faults(subject).await, [""; 0]);
    }

    async fn a_key_is_found_with_the_limits_that_count_for_it(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let elsewhere = subject.workspace("ws_2").await;
        let own = [("requests", 50, "1m"), ("tokens", 9, "day")];
        let store = &subject.store;
        let (bare, key) = (subject.created(&workspace).await, limited(subject, &workspace, &own).await);
        let other = limited(subject, &elsewhere, &own).await;
        put(store, &plan("gold", &[("requests", 100, "1m"), ("jobs", 1, "1h")])).await;
        assert_eq!(found(subject, &key).await, verification_key(&key));
        assign(store, "ws_1", Some("gold")).await;
        let with_plan = [("jobs", 1, "1h"), ("requests", 50, "1m"), ("tokens", 9, "day")];
        assert_eq!(found(subject, &key).await.limits, counting(&with_plan));
        let of_plan = [("jobs", 1, "1h"), ("requests", 100, "1m")];
        assert_eq!(found(subject, &bare).await.limits, counting(&of_plan));
        assert_eq!(found(subject, &other).await, verification_key(&other));
        put(store, &plan("gold", &[("requests", 10, "1m")])).await;
        let lowered = [("requests", 10, "1m"), ("tokens", 9, "day")];
        assert_eq!(found(subject, &key).await.limits, counting(&lowered));
        assert_eq!(subject.current(&key).await, Some(key.clone()), "its own limits stay");
        assign(store, "ws_1", None).await;
        assert_eq!(found(subject, &key).await, verification_key(&key));
        assert_eq!(found(subject, &bare).await.limits, None);
    }

    async fn the_rules_of_fields_have_what_the_plan_gives_to_a_key(subject: &Subject) {
        subject.workspace("ws_1").await;
        let store = &subject.store;
        let gold = plan("gold", &[("requests", 10, "1m")]);
        put(store, &gold).await;
        let rules = async |id: &str| {
            let rules = store.field_rules(&workspace_id(id), &BTreeSet::new()).await;
            rules.unwrap().plan
        };
        assert_eq!(rules("ws_1").await, Limits::default());
        assign(store, "ws_1", Some("gold")).await;
        assert_eq!(rules("ws_1").await, gold.limits.of_key);
        assert_eq!(rules("ws_8").await, Limits::default());
    }

    async fn a_plan_that_can_not_be_read_is_told(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let key = subject.created(&workspace).await;
        let store = &subject.store;
        put(store, &plan("gold", &[("requests", 10, "1m")])).await;
        assign(store, "ws_1", Some("gold")).await;
        subject.execute_on_both("UPDATE plans SET key_limits = '[1]'").await;
        let told = |answer: Result<(), RepositoryError>| match answer {
            Err(RepositoryError::Corrupt(cause)) => cause.to_string(),
            other => panic!("{other:?}"),
        };
        let by = || by_operator(at(0));
        for answer in [
            Plans::list(store).await.map(drop),
            Plans::get(store, &named("gold")).await.map(drop),
            store.put(plan("gold", &[]), by()).await.map(drop),
            store.find(&key.fields().secret.hash).await.map(drop),
        ] {
            let told = told(answer);
            assert!(told.contains("plans gold: key_limits "), "{told}");
        }
        let rules = store.field_rules(&workspace_id("ws_1"), &BTreeSet::new()).await;
        assert!(told(rules.map(drop)).contains("key_limits "));
    }

    async fn a_plan_counts_on_every_node_that_has_the_key_in_its_cache(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let key = subject.created(&workspace).await;
        let hash = key.fields().secret.hash;
        let config = KeyCacheConfig::default();
        let (here, there) = (subject.store.clone(), Store::open(subject.database.config()).await.unwrap());
        let caches = [&here, &there].map(|store| store.key_cache(config));
        let feeds = [&here, &there].map(|store| ChangeFeed::start(store, config.staleness_max));
        let limits = async |cache: &KeyCache| cache.find(&hash).await.unwrap().unwrap().limits.clone();
        let begun = Instant::now();
        while !feeds.iter().all(ChangeFeed::is_up) {
            assert!(begun.elapsed() < PATIENCE);
            tokio::task::yield_now().await;
        }
        let seen_by = async |cache: &KeyCache, want: &Option<Arc<KeyLimits>>, who: &str| {
            let begun = Instant::now();
            while limits(cache).await != *want {
                assert!(begun.elapsed() < PATIENCE, "{who}: the change is never seen");
                tokio::task::yield_now().await;
            }
        };
        put(&here, &plan("gold", &[("requests", 1, "1m")])).await;
        put(&here, &plan("silver", &[("requests", 2, "1m")])).await;
        let assigned = async |name: Option<&'static str>| { assign(&here, "ws_1", name).await; };
        for (step, want) in [
            (Some("gold"), counting(&[("requests", 1, "1m")])),
            (Some("silver"), counting(&[("requests", 2, "1m")])),
            (None, None),
            (Some("gold"), counting(&[("requests", 1, "1m")])),
        ] {
            for cache in &caches {
                limits(cache).await;
            }
            assigned(step).await;
            assert_eq!(limits(&caches[0]).await, want, "the node that made the change");
            feeds[0].settle().await;
            seen_by(&caches[1], &want, "the other node").await;
        }
        put(&here, &plan("gold", &[("requests", 3, "1m")])).await;
        let want = counting(&[("requests", 3, "1m")]);
        assert_eq!(limits(&caches[0]).await, want, "the node that changed the plan");
        seen_by(&caches[1], &want, "the other node").await;
        // By hand.
        let four = r#"[{"name":"requests","max":4,"window":"1m","onUnavailable":"deny"}]"#;
        for (sql, want) in [
            (format!("UPDATE plans SET key_limits = '{four}' WHERE name = 'gold'"), counting(&[("requests", 4, "1m")])),
            ("UPDATE workspaces SET plan = 'silver'".to_owned(), counting(&[("requests", 2, "1m")])),
            (
                format!("UPDATE api_keys SET limits = '{}'", four.replace("requests", "own")),
                counting(&[("own", 4, "1m"), ("requests", 2, "1m")]),
            ),
        ] {
            subject.execute_on_both(&sql).await;
            for cache in &caches {
                seen_by(cache, &want, &sql).await;
            }
        }
    }
}

/// Whoever does it: the reference guards itself.
#[tokio::test(flavor = "multi_thread")]
async fn the_database_removes_no_plan_that_a_workspace_has() {
    let subject = Subject::postgres().await;
    subject.workspace("ws_1").await;
    put(&subject.store, &plan("gold", &[])).await;
    assign(&subject.store, "ws_1", Some("gold")).await;
    let client = subject.raw_postgres().await;
    for sql in [
        "DELETE FROM plans",
        "UPDATE plans SET name = 'silver'",
        "UPDATE workspaces SET plan = 'silver'",
    ] {
        assert!(client.batch_execute(sql).await.is_err(), "{sql}");
    }
}
