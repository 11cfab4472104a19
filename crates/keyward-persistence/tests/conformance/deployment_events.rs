//! Changes to workspaces, members and scopes are recorded as events, and members that were added
//! without an event are found.

use futures_util::future::join_all;
use keyward_domain::ports::{
    CatalogueChange, CatalogueEntry, DeploymentEvents as _, ScopeCatalogue as _,
    WorkspaceDirectory as _,
};
use keyward_domain::testing::{at, by_operator, resource, resource_names, user_id, workspace_id};
use keyward_domain::usecases::verify_deployment;
use keyward_domain::{
    ChainedEvent as _, DeploymentChange, EventHash, Language, ResourceNames, Role, Scope, TrailHead,
};

use crate::subject::{Subject, on_both_stores};

async fn faults(subject: &Subject) -> Vec<String> {
    let report = verify_deployment(&subject.store, &subject.store, None, |_| {}).await;
    let faults = report.unwrap().faults;
    faults.iter().map(ToString::to_string).collect()
}

async fn changes(subject: &Subject) -> Vec<DeploymentChange> {
    let lines = subject.store.deployment_lines(0, 100).await.unwrap();
    lines
        .into_iter()
        .map(|line| line.event.unwrap().change)
        .collect()
}

fn member(user: &str, before: Option<Role>, after: Option<Role>) -> DeploymentChange {
    let (workspace_id, user_id) = (workspace_id("ws_1"), user_id(user));
    DeploymentChange::Member {
        workspace_id,
        user_id,
        before,
        after,
    }
}

on_both_stores! {
    async fn each_change_that_is_made_leaves_an_event_and_no_other(subject: &Subject) {
        let store = &subject.store;
        let (id, user, by) = (workspace_id("ws_1"), user_id("a"), || by_operator(at(0)));
        store.add_member(&id, &user, Role::Owner, by()).await.unwrap();
        store.add_workspace(&id, by()).await.unwrap();
        store.add_workspace(&id, by()).await.unwrap();
        store.set_role(&id, &user, Role::Owner, by()).await.unwrap();
        store.add_member(&id, &user, Role::Viewer, by()).await.unwrap();
        store.add_member(&id, &user, Role::Viewer, by()).await.unwrap();
        store.set_role(&id, &user, Role::Owner, by()).await.unwrap();
        store.remove_member(&id, &user, by()).await.unwrap();
        store.remove_member(&id, &user, by()).await.unwrap();
        store.remove_workspace(&id, by()).await.unwrap();
        store.remove_workspace(&id, by()).await.unwrap();
        assert_eq!(changes(subject).await, [
            DeploymentChange::WorkspaceAdded(id.clone()),
            member("a", None, Some(Role::Viewer)),
            member("a", Some(Role::Viewer), Some(Role::Owner)),
            member("a", Some(Role::Owner), None),
            DeploymentChange::WorkspaceRemoved(id),
        ]);
        assert_eq!(faults(subject).await, [""; 0]);
    }

    async fn each_change_of_the_catalogue_leaves_an_event(subject: &Subject) {
        let scope = Scope::parse("invoice:read").unwrap();
        let words = |text: &str| std::collections::BTreeMap::from([(Language::English, text.to_owned())]);
        let entry = |text| CatalogueEntry { scope: scope.clone(), descriptions: words(text) };
        let (store, by) = (&subject.store, || by_operator(at(0)));
        assert_eq!(store.put(entry("x"), by()).await.unwrap(), CatalogueChange::Added);
        assert_eq!(store.put(entry("x"), by()).await.unwrap(), CatalogueChange::Unchanged);
        assert_eq!(store.put(entry("y"), by()).await.unwrap(), CatalogueChange::Described);
        assert!(store.remove(&scope, by()).await.unwrap());
        assert!(!store.remove(&scope, by()).await.unwrap());
        let change = |before, after| DeploymentChange::Scope { scope: scope.clone(), before, after };
        assert_eq!(changes(subject).await, [
            change(None, Some(words("x"))),
            change(Some(words("x")), Some(words("y"))),
            change(Some(words("y")), None),
        ]);
        assert_eq!(faults(subject).await, [""; 0]);
    }

    async fn each_change_of_a_resources_names_leaves_an_event(subject: &Subject) {
        let (store, ledger) = (&subject.store, resource("ledger"));
        let (none, english) = (resource_names(&[]), (Language::English, "Ledger"));
        let one = resource_names(&[english]);
        let two = resource_names(&[english, (Language::Vietnamese, "Sổ cái")]);
        for names in [&none, &one, &one, &two, &none, &none] {
            store.name_resource(&ledger, names.clone(), by_operator(at(0))).await.unwrap();
        }
        let change = |before: &ResourceNames, after: &ResourceNames| DeploymentChange::Resource {
            resource: ledger.clone(),
            before: before.clone(),
            after: after.clone(),
        };
        let want = [change(&none, &one), change(&one, &two), change(&two, &none)];
        assert_eq!(changes(subject).await, want);
        assert_eq!(faults(subject).await, [""; 0]);
        for (sql, want) in [
            ("resource = 'payment'", "event 2 was altered or moved"),
            ("resource = 'ledger', workspace_id = 'ws_1'", "event 2 can't be read"),
            ("workspace_id = NULL, resource = NULL, scope = 'ledger:read'", "event 2 can't be read"),
        ] {
            let sql = format!("UPDATE deployment_events SET {sql} WHERE position = 2");
            subject.tamper(&sql).await;
            assert_eq!(faults(subject).await, [want], "{sql}");
        }
    }

    async fn the_database_hashes_as_the_domain_does(subject: &Subject) {
        subject.owned("ws_1").await;
        let lines = subject.store.deployment_lines(0, 100).await.unwrap();
        let mut hash = EventHash::START;
        for line in &lines {
            hash = hash.then(line.event.as_ref().unwrap().digest());
            assert_eq!(line.hash, Some(hash));
        }
        let head = subject.store.deployment_head().await.unwrap();
        assert_eq!(head, TrailHead { event_count: 2, hash });
        assert_eq!(subject.store.deployment_lines(1, 100).await.unwrap().len(), 1);
        assert_eq!(subject.store.deployment_lines(0, 1).await.unwrap().len(), 1);
    }

    async fn a_member_who_came_without_an_event_is_found_and_named(subject: &Subject) {
        subject.owned("ws_1").await;
        subject.workspace("ws_2").await;
        for (sql, want) in [
            (
                "INSERT INTO members (workspace_id, user_id, role) VALUES ('ws_2', 'mallory', 'OWNER')",
                "mallory is OWNER of workspace ws_2, but according to the events no member",
            ),
            (
                "DELETE FROM members WHERE user_id = 'mallory'; UPDATE members SET role = 'VIEWER'",
                "user_1 is VIEWER of workspace ws_1, but according to the events OWNER",
            ),
            ("DELETE FROM members", "user_1 is no member of workspace ws_1, but according to the events OWNER"),
        ] {
            subject.execute_on_both(sql).await;
            assert_eq!(faults(subject).await, [want], "{sql}");
        }
        // An operator who checks and confirms the member records an event.
        let (store, by) = (&subject.store, by_operator(at(1)));
        let sql = "INSERT INTO members (workspace_id, user_id, role) VALUES ('ws_1', 'user_1', 'VIEWER')";
        subject.execute_on_both(sql).await;
        store.set_role(&workspace_id("ws_1"), &user_id("user_1"), Role::Viewer, by).await.unwrap();
        assert_eq!(faults(subject).await, [""; 0]);
    }

    async fn a_member_who_can_not_be_read_is_a_fault(subject: &Subject) {
        subject.owned("ws_1").await;
        subject.owned("ws_2").await;
        subject.execute_on_both("INSERT INTO members (workspace_id, user_id, role) VALUES ('ws_2', 'a b', 'OWNER')").await;
        let found = faults(subject).await;
        assert!(found.contains(&"workspace ws_2 has an unreadable member".to_owned()), "{found:?}");
        assert!(!found.iter().any(|fault| fault.contains("ws_1")), "{found:?}");
    }

    async fn an_event_of_the_deployment_can_be_neither_altered_nor_removed_unnoticed(subject: &Subject) {
        subject.owned("ws_1").await;
        subject.tamper("UPDATE deployment_events SET user_id = 'mallory' WHERE position = 2").await;
        assert_eq!(faults(subject).await, ["event 2 was altered or moved"]);
        subject.tamper("DELETE FROM deployment_events WHERE position = 2").await;
        assert_eq!(faults(subject).await, ["event 2 is missing"]);
    }

    async fn many_members_at_once_are_one_trail(subject: &Subject) {
        subject.workspace("ws_1").await;
        let users: Vec<_> = (0..20).map(|number| user_id(&format!("user_{number}"))).collect();
        let id = workspace_id("ws_1");
        let adding = users.iter().map(|user| subject.store.add_member(&id, user, Role::Viewer, by_operator(at(0))));
        let (_added, meanwhile) = tokio::join!(join_all(adding), faults(subject));
        assert_eq!(meanwhile, [""; 0]);
        assert_eq!(subject.store.deployment_head().await.unwrap().event_count, 21);
        assert_eq!(faults(subject).await, [""; 0]);
    }
}
