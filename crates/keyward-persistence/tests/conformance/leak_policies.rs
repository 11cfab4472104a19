//! What a workspace wants for keys whose secrets leak.

use keyward_domain::ports::{DeploymentEvents as _, SettingChange, WorkspaceDirectory as _};
use keyward_domain::testing::{at, by_operator, workspace_id};
use keyward_domain::usecases::verify_deployment;
use keyward_domain::{DeploymentChange, GracePeriod, LeakPolicy};
use keyward_persistence::Store;

use crate::subject::{Subject, on_both_stores};

fn expire(hours: i64) -> LeakPolicy {
    LeakPolicy::Expire(GracePeriod::from_hours(hours).unwrap())
}

async fn set(store: &Store, id: &str, policy: Option<LeakPolicy>) -> SettingChange {
    let id = workspace_id(id);
    let set = store.set_leak_policy(&id, policy, by_operator(at(0)));
    set.await.unwrap()
}

on_both_stores! {
    async fn every_policy_is_read_as_it_was_set(subject: &Subject) {
        subject.workspace("ws_1").await;
        subject.workspace("ws_2").await;
        let store = &subject.store;
        for policy in [LeakPolicy::Notify, LeakPolicy::Disable, expire(1), expire(720)] {
            assert_eq!(set(store, "ws_1", Some(policy)).await, SettingChange::Done);
            let shown = store.workspace(&workspace_id("ws_1")).await.unwrap().unwrap();
            assert_eq!(shown.leak_policy, Some(policy));
            let listed = store.workspaces(None, 2).await.unwrap();
            assert_eq!(listed[0], shown);
            assert_eq!(listed[1].leak_policy, None, "of another workspace");
        }
        assert_eq!(set(store, "ws_1", None).await, SettingChange::Done);
        let shown = store.workspace(&workspace_id("ws_1")).await.unwrap().unwrap();
        assert_eq!(shown.leak_policy, None);
    }

    async fn a_change_of_a_policy_is_one_event_and_no_change_is_none(subject: &Subject) {
        subject.workspace("ws_1").await;
        let (store, notify) = (&subject.store, LeakPolicy::Notify);
        assert_eq!(set(store, "ws_8", Some(notify)).await, SettingChange::UnknownWorkspace);
        assert_eq!(set(store, "ws_1", None).await, SettingChange::Unchanged);
        assert_eq!(set(store, "ws_1", Some(notify)).await, SettingChange::Done);
        assert_eq!(set(store, "ws_1", Some(notify)).await, SettingChange::Unchanged);
        assert_eq!(set(store, "ws_1", Some(expire(24))).await, SettingChange::Done);
        assert_eq!(set(store, "ws_1", None).await, SettingChange::Done);
        let lines = store.deployment_lines(0, 100).await.unwrap();
        let changes = lines.into_iter().map(|line| line.event.unwrap().change);
        let change = |before, after| DeploymentChange::LeakPolicy { workspace_id: workspace_id("ws_1"), before, after };
        assert_eq!(changes.collect::<Vec<_>>(), [
            DeploymentChange::WorkspaceAdded(workspace_id("ws_1")),
            change(None, Some(notify)),
            change(Some(notify), Some(expire(24))),
            change(Some(expire(24)), None),
        ]);
        let report = verify_deployment(store, store, None, |_| {}).await.unwrap();
        assert_eq!(report.faults, []);
    }

    async fn the_database_refuses_what_is_no_policy(subject: &Subject) {
        subject.workspace("ws_1").await;
        for columns in [
            "leak_reaction = 'notify'",
            "leak_reaction = 'EXPIRE'",
            "leak_grace_hours = 24",
            "leak_reaction = 'NOTIFY', leak_grace_hours = 24",
            "leak_reaction = 'DISABLE', leak_grace_hours = 24",
            "leak_reaction = 'EXPIRE', leak_grace_hours = 0",
            "leak_reaction = 'EXPIRE', leak_grace_hours = 721",
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
}
