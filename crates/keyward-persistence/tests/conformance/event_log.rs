//! Each event is published once, in the order of its trail, and notices once for each occurrence.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU8;

use futures_util::future::join_all;
use keyward_domain::ports::{
    ApiKeys as _, AuditEvents as _, CatalogueEntry, DeploymentEvents as _, EventLog as _,
    Published, RepositoryError, Saved, ScopeCatalogue as _, WorkspaceDirectory as _,
    WorkspaceRemoval,
};
use keyward_domain::testing::{at, by_operator, resource, resource_names, user_id, workspace_id};
use keyward_domain::{
    ApiKey, AuditEvent, Change, EventHash, EventId, EventType, FoundAt, Language, Notice,
    NoticeKind, OwnedWorkspace, PublishedContent, PublishedEvent, Role, Scope, TrailPoint,
};
use keyward_persistence::Store;

use crate::subject::{Subject, changed, new_key, on_both_stores, rename, rotation};

const LIMIT: u32 = 1_000;

/// Publishes all that waits, and returns how many events it was.
async fn publish(store: &Store) -> u64 {
    let mut published = 0;
    loop {
        let round = store.publish(LIMIT, at(100)).await.unwrap();
        if round.count == 0 {
            return published;
        }
        published += round.count;
    }
}

async fn published(store: &Store) -> Vec<PublishedEvent> {
    store.published(0, LIMIT).await.unwrap()
}

async fn of_workspace(store: &Store, id: &str) -> Vec<PublishedEvent> {
    let id = workspace_id(id);
    store.published_of_workspace(&id, 0, LIMIT).await.unwrap()
}

fn types(events: &[PublishedEvent]) -> Vec<&'static str> {
    let types = events.iter().map(|event| event.event_type().as_str());
    types.collect()
}

fn notice(key: &ApiKey, kind: NoticeKind) -> Notice {
    Notice {
        workspace_id: key.fields().workspace_id.clone(),
        api_key_id: key.id(),
        occurred_at: at(50),
        kind,
    }
}

fn expiring(key: &ApiKey, within_days: u8) -> Notice {
    let kind = NoticeKind::Expiring {
        expires_at: at(1_000),
        within_days: NonZeroU8::new(within_days).unwrap(),
    };
    notice(key, kind)
}

/// The error, as a log would show it.
fn told<T: std::fmt::Debug>(answer: Result<T, RepositoryError>) -> String {
    match answer {
        Err(RepositoryError::Corrupt(cause)) => cause.to_string(),
        other => panic!("{other:?}"),
    }
}

/// Checks that the events are those of both trails, each once and in order, and nothing else.
async fn assert_complete(store: &Store, workspaces: &[&str]) {
    let all = published(store).await;
    let positions: Vec<u64> = all.iter().map(|event| event.position).collect();
    let length = u64::try_from(all.len()).unwrap();
    assert_eq!(positions, (1..=length).collect::<Vec<_>>());
    let ids: BTreeSet<EventId> = all.iter().map(|event| event.id).collect();
    assert_eq!(ids.len(), all.len(), "no id twice");

    let of_deployment = all.iter().filter_map(|event| match &event.content {
        PublishedContent::DeploymentEvent { event: what, trail } => {
            assert_eq!(event.id, EventId::of_deployment_event(trail.hash));
            assert_eq!(event.sequence, None);
            Some((what.clone(), *trail))
        }
        PublishedContent::KeyEvent { .. } | PublishedContent::Notice { .. } => None,
    });
    let lines = store.deployment_lines(0, LIMIT).await.unwrap();
    let lines = lines.into_iter().map(|line| {
        let trail = point(line.position, line.hash);
        (line.event.unwrap(), trail)
    });
    assert!(of_deployment.eq(lines), "the deployment's trail");

    let mut by_workspace: BTreeMap<&str, Vec<&PublishedEvent>> = BTreeMap::new();
    for event in &all {
        if event.sequence.is_some() {
            let id = event.workspace_id().unwrap().as_str();
            by_workspace.entry(id).or_default().push(event);
        }
    }
    assert!(by_workspace.len() <= workspaces.len());
    for id in workspaces {
        let events = by_workspace.remove(id).unwrap_or_default();
        let sequences: Vec<u64> = events.iter().filter_map(|event| event.sequence).collect();
        let length = u64::try_from(events.len()).unwrap();
        assert_eq!(sequences, (1..=length).collect::<Vec<_>>(), "{id}");
        assert!(
            of_workspace(store, id)
                .await
                .iter()
                .eq(events.iter().copied())
        );

        let of_trail = events.iter().filter_map(|event| match &event.content {
            PublishedContent::KeyEvent { event: what, trail } => {
                let key_event = EventId::of_key_event(&what.workspace_id, trail.hash);
                assert_eq!(event.id, key_event);
                Some((AuditEvent::clone(what), *trail))
            }
            PublishedContent::DeploymentEvent { .. } | PublishedContent::Notice { .. } => None,
        });
        let lines = store.lines(&workspace_id(id), 0, LIMIT).await.unwrap();
        let lines = lines.into_iter().map(|line| {
            let trail = point(line.position, line.hash);
            (line.event.unwrap(), trail)
        });
        assert!(of_trail.eq(lines), "the trail of {id}");
    }
}

fn point(position: u64, hash: Option<EventHash>) -> TrailPoint {
    TrailPoint {
        position,
        hash: hash.unwrap(),
    }
}

/// Every kind of change of a key.
async fn change_a_key(subject: &Subject, workspace: &OwnedWorkspace) {
    let mut key = subject.created(workspace).await;
    for (change, second) in [
        (rename("New"), 1),
        (Change::Disable, 2),
        (Change::Enable, 3),
        (rotation(at(4), 600), 4),
        (Change::EndOverlap, 5),
        (Change::Delete, 6),
    ] {
        key = subject.change(workspace, &key, &change, at(second)).await;
    }
}

async fn waiting(subject: &Subject) -> i64 {
    subject.number("SELECT count(*) FROM outbox").await
}

on_both_stores! {
    async fn nothing_is_published_twice_or_without_a_change(subject: &Subject) {
        let store = &subject.store;
        assert_eq!(store.publish(9, at(0)).await.unwrap(), Published { count: 0, head: 0 });
        assert_eq!(published(store).await, []);
        let workspace = subject.workspace("ws_1").await;
        subject.created(&workspace).await;
        assert_eq!(published(store).await, []);
        assert_eq!(store.publish(9, at(0)).await.unwrap(), Published { count: 2, head: 2 });
        assert_eq!(store.publish(9, at(0)).await.unwrap(), Published { count: 0, head: 2 });
        assert_eq!(types(&published(store).await), ["workspace.added", "api_key.created"]);
        assert_eq!(waiting(subject).await, 0);
    }

    async fn every_change_of_a_key_is_published_in_the_order_of_its_trail(subject: &Subject) {
        let (one, other) = (subject.workspace("ws_1").await, subject.workspace("ws_2").await);
        change_a_key(subject, &one).await;
        change_a_key(subject, &other).await;
        assert_eq!(publish(&subject.store).await, 16);
        assert_complete(&subject.store, &["ws_1", "ws_2"]).await;
        assert_eq!(types(&of_workspace(&subject.store, "ws_2").await), [
            "api_key.created", "api_key.updated", "api_key.disabled", "api_key.enabled",
            "api_key.rotated", "api_key.overlap_ended", "api_key.deleted",
        ]);
        assert_eq!(of_workspace(&subject.store, "ws_3").await, []);
    }

    async fn every_change_of_the_deployment_is_published(subject: &Subject) {
        let (store, by) = (&subject.store, || by_operator(at(0)));
        let (id, user) = (workspace_id("ws_1"), user_id("a"));
        store.add_workspace(&id, by()).await.unwrap();
        store.add_member(&id, &user, Role::Viewer, by()).await.unwrap();
        store.set_role(&id, &user, Role::Owner, by()).await.unwrap();
        store.remove_member(&id, &user, by()).await.unwrap();
        store.set_key_lifetime(&id, Some(keyward_domain::LifetimePolicy::default()), by()).await.unwrap();
        let scope = Scope::parse("invoice:read").unwrap();
        let entry = |text: &str| CatalogueEntry {
            scope: scope.clone(),
            descriptions: BTreeMap::from([(Language::English, text.to_owned())]),
        };
        store.put(entry("x"), by()).await.unwrap();
        store.put(entry("y"), by()).await.unwrap();
        store.remove(&scope, by()).await.unwrap();
        let names = resource_names(&[(Language::English, "Invoices")]);
        store.name_resource(&resource("invoice"), names, by()).await.unwrap();
        assert_eq!(store.remove_workspace(&id, by()).await.unwrap(), WorkspaceRemoval::Done);
        publish(store).await;
        assert_complete(store, &[]).await;
        assert_eq!(types(&published(store).await), [
            "workspace.added", "member.added", "member.changed", "member.removed",
            "workspace.changed", "scope.added", "scope.changed", "scope.removed",
            "resource.changed", "workspace.removed",
        ]);
    }

    async fn the_type_is_stored_as_the_content_says(subject: &Subject) {
        let workspace = subject.owned("ws_1").await;
        change_a_key(subject, &workspace).await;
        let key = subject.created(&workspace).await;
        subject.store.notice(vec![notice(&key, NoticeKind::QuotaReached)]).await.unwrap();
        publish(&subject.store).await;
        for event in published(&subject.store).await {
            let place = event.position;
            let stored = format!("SELECT event_type FROM published_events WHERE position = {place}");
            let stored = EventType::parse(&subject.text(&stored).await);
            assert_eq!(stored, Ok(event.event_type()));
        }
    }

    async fn a_change_that_is_rolled_back_is_not_published(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let key = subject.created(&workspace).await;
        let late = changed(&workspace, &key, &rename("Late"), at(2));
        subject.change(&workspace, &key, &rename("New"), at(1)).await;
        assert_eq!(subject.store.save(late).await.unwrap(), Saved::Superseded);
        subject.store.add_workspace(&workspace_id("ws_1"), by_operator(at(3))).await.unwrap();
        assert_eq!(waiting(subject).await, 3);
        publish(&subject.store).await;
        assert_complete(&subject.store, &["ws_1"]).await;
    }

    /// What a reported secret causes: the change, where the secret was found, and the notice of it.
    async fn a_change_and_its_notices_are_stored_together_or_not_at_all(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let (key, store) = (subject.created(&workspace).await, &subject.store);
        let place = FoundAt::parse("https://git.example.com/a?b=\"c\"#\u{27}1").unwrap();
        let reported = |now| {
            let mut changed = changed(&workspace, &key, &Change::Disable, now);
            changed.event.found_at = std::iter::once(place.clone()).collect();
            changed.notices = vec![expiring(&key, 7), expiring(&key, 1), expiring(&key, 7)];
            changed
        };
        assert_eq!(store.save(reported(at(1))).await.unwrap(), Saved::Done);
        assert_eq!(publish(store).await, 5, "workspace, creation, change, two notices");
        assert_eq!(store.save(reported(at(2))).await.unwrap(), Saved::Superseded);
        assert_eq!(waiting(subject).await, 0, "the notices are rolled back too");
        assert_complete(store, &["ws_1"]).await;
        let places = of_workspace(store, "ws_1").await.into_iter().filter_map(|event| {
            let PublishedContent::KeyEvent { event, .. } = event.content else { return None };
            Some(event.found_at.as_slice().to_vec())
        });
        assert_eq!(places.collect::<Vec<_>>(), [vec![], vec![place]]);
    }

    async fn a_round_publishes_no_more_than_its_limit(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        change_a_key(subject, &workspace).await;
        let store = &subject.store;
        for (count, head) in [(3, 3), (3, 6), (2, 8), (0, 8)] {
            assert_eq!(store.publish(3, at(9)).await.unwrap(), Published { count, head });
        }
        assert_complete(store, &["ws_1"]).await;
        let after = async |after, limit| {
            let events = store.published(after, limit).await.unwrap();
            events.iter().map(|event| event.position).collect::<Vec<_>>()
        };
        assert_eq!(after(0, 3).await, [1, 2, 3]);
        assert_eq!(after(3, 3).await, [4, 5, 6]);
        assert_eq!(after(6, 3).await, [7, 8]);
        assert_eq!(after(8, 3).await, [0; 0]);
        assert_eq!(after(u64::MAX, 3).await, [0; 0]);
        let id = workspace_id("ws_1");
        let sequences = store.published_of_workspace(&id, 4, 2).await.unwrap();
        let sequences: Vec<_> = sequences.iter().map(|event| event.sequence).collect();
        assert_eq!(sequences, [Some(5), Some(6)]);
    }

    async fn a_notice_is_published_once(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let (key, other) = (subject.created(&workspace).await, subject.created(&workspace).await);
        publish(&subject.store).await;
        let store = &subject.store;
        let notices = || vec![expiring(&key, 14), expiring(&key, 7), expiring(&other, 14), expiring(&key, 14)];
        assert_eq!(store.notice(vec![]).await.unwrap(), 0);
        assert_eq!(store.notice(notices()).await.unwrap(), 3);
        assert_eq!(store.notice(notices()).await.unwrap(), 0);
        assert_eq!(publish(store).await, 3);
        assert_eq!(store.notice(notices()).await.unwrap(), 0);
        assert_eq!(store.notice(vec![expiring(&key, 1), expiring(&key, 7)]).await.unwrap(), 1);
        assert_eq!(publish(store).await, 1);
        let head = store.head(workspace.workspace_id()).await.unwrap().unwrap();
        let want = TrailPoint { position: head.event_count, hash: head.hash };
        let events = of_workspace(store, "ws_1").await;
        let mut read = Vec::new();
        for event in &events[2..] {
            let PublishedContent::Notice { notice, trail } = &event.content else { panic!("{event:?}") };
            assert_eq!(event.id, EventId::of_notice(notice));
            assert_eq!(*trail, want);
            read.push(notice.clone());
        }
        for put in notices().into_iter().chain([expiring(&key, 1)]) {
            assert!(read.contains(&put), "{put:?}");
        }
        assert_complete(store, &["ws_1"]).await;
    }

    /// Another node has published it between the question and the write.
    async fn a_notice_that_is_put_again_while_it_is_published_is_skipped(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let key = subject.created(&workspace).await;
        subject.store.notice(vec![expiring(&key, 7)]).await.unwrap();
        publish(&subject.store).await;
        subject.execute_on_both(
            "INSERT INTO outbox (workspace_id, notice, notice_id)
             SELECT workspace_id, notice, id FROM published_events WHERE notice IS NOT NULL",
        ).await;
        assert_eq!(subject.store.publish(9, at(9)).await.unwrap(), Published { count: 0, head: 3 });
        assert_eq!(waiting(subject).await, 0);
    }

    async fn notices_of_a_removed_workspace_are_dropped(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let key = subject.created(&workspace).await;
        subject.workspace("ws_2").await;
        let store = &subject.store;
        let of = |id: &str| Notice { workspace_id: workspace_id(id), ..expiring(&key, 7) };
        assert_eq!(store.notice(vec![of("ws_2"), of("ws_3")]).await.unwrap(), 1);
        let removed = store.remove_workspace(&workspace_id("ws_2"), by_operator(at(1))).await;
        assert_eq!(removed.unwrap(), WorkspaceRemoval::Done);
        publish(store).await;
        assert_eq!(waiting(subject).await, 0);
        assert_complete(store, &["ws_1"]).await;
        assert_eq!(of_workspace(store, "ws_2").await, []);
        assert_eq!(store.notice(vec![of("ws_2")]).await.unwrap(), 0);
    }

    async fn old_events_are_purged_batch_by_batch_and_positions_go_on(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let key = subject.created(&workspace).await;
        let store = &subject.store;
        store.notice(vec![expiring(&key, 7)]).await.unwrap();
        store.publish(9, at(10)).await.unwrap();
        subject.change(&workspace, &key, &Change::Disable, at(11)).await;
        store.publish(9, at(20)).await.unwrap();
        assert_eq!(store.purge_published(at(9), 2).await.unwrap(), Some(0));
        assert_eq!(store.purge_published(at(19), 2).await.unwrap(), Some(2));
        assert_eq!(store.purge_published(at(19), 2).await.unwrap(), Some(1));
        assert_eq!(store.purge_published(at(19), 2).await.unwrap(), Some(0));
        let left = of_workspace(store, "ws_1").await;
        assert_eq!(left.iter().map(|event| event.position).collect::<Vec<_>>(), [4]);
        assert_eq!(store.purge_published(at(20), 2).await.unwrap(), Some(1));
        assert_eq!(store.publish(9, at(21)).await.unwrap(), Published { count: 0, head: 4 });

        // What was purged is forgotten.
        assert_eq!(store.notice(vec![expiring(&key, 7)]).await.unwrap(), 1);
        assert_eq!(store.publish(9, at(21)).await.unwrap(), Published { count: 1, head: 5 });
        let left = of_workspace(store, "ws_1").await;
        assert_eq!(left.iter().map(|event| event.sequence).collect::<Vec<_>>(), [Some(4)]);
    }

    /// Many change keys of few workspaces, while several nodes publish and put the same notices.
    async fn several_who_publish_at_once_lose_double_and_reorder_nothing(subject: &Subject) {
        const KEYS: usize = 12;
        let ids = ["ws_1", "ws_2", "ws_3"];
        let mut workspaces = Vec::new();
        for id in ids {
            workspaces.push(subject.workspace(id).await);
        }
        let noticed = subject.created(&workspaces[0]).await;
        let mut changing = Vec::new();
        for number in 0..KEYS {
            let (store, workspace) = (subject.store.clone(), workspaces[number % ids.len()].clone());
            changing.push(tokio::spawn(async move {
                let new = new_key(&workspace, at(0));
                let mut key = new.key.clone();
                store.insert(new).await.unwrap();
                for second in 1..=8 {
                    let change = changed(&workspace, &key, &rename(&format!("{second}")), at(second));
                    key = change.key.clone();
                    store.save(change).await.unwrap();
                    let user = user_id(&format!("user_{number}_{second}"));
                    let id = workspace.workspace_id();
                    store.add_member(id, &user, Role::Viewer, by_operator(at(0))).await.unwrap();
                }
            }));
        }
        let (stop, stopped) = tokio::sync::watch::channel(false);
        let mut publishing = Vec::new();
        for limit in [1, 3, 7, 50] {
            let (store, stopped) = (subject.another_node().await, stopped.clone());
            let noticed = noticed.clone();
            publishing.push(tokio::spawn(async move {
                let mut count = 0;
                let mut days = 1;
                while !*stopped.borrow() {
                    store.notice(vec![expiring(&noticed, days)]).await.unwrap();
                    days = days % 5 + 1;
                    count += store.publish(limit, at(9)).await.unwrap().count;
                }
                count
            }));
        }
        for changed in join_all(changing).await {
            changed.unwrap();
        }
        stop.send(true).unwrap();
        let mut count = 0;
        for published in join_all(publishing).await {
            count += published.unwrap();
        }
        count += publish(&subject.store).await;
        assert_complete(&subject.store, &ids).await;
        let all = published(&subject.store).await;
        assert_eq!(count, u64::try_from(all.len()).unwrap());
        let told = all.iter().filter(|event| matches!(event.content, PublishedContent::Notice { .. }));
        assert!(told.count() <= 5, "each once");
        assert_eq!(waiting(subject).await, 0);
    }

    async fn what_can_not_be_read_is_told(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let key = subject.created(&workspace).await;
        let store = &subject.store;
        store.notice(vec![expiring(&key, 7)]).await.unwrap();
        publish(store).await;
        subject.execute_on_both("UPDATE published_events SET notice = '{\"type\":1}' WHERE position = 3").await;
        for read in [
            store.published(0, 9).await,
            store.published_of_workspace(workspace.workspace_id(), 0, 9).await,
        ] {
            let told = told(read);
            assert!(told.contains("published_events 3: notice "), "{told}");
        }
        assert_eq!(store.published(0, 2).await.unwrap().len(), 2);

        store.notice(vec![expiring(&key, 1)]).await.unwrap();
        subject.execute_on_both("UPDATE outbox SET notice = '{}'").await;
        let number = subject.number("SELECT number FROM outbox").await;
        let told = told(store.publish(9, at(9)).await);
        assert!(told.contains(&format!("outbox {number}: notice ")), "{told}");
        assert_eq!(waiting(subject).await, 1, "nothing is lost");
    }

    async fn an_event_that_is_missing_in_its_trail_is_told(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let key = subject.created(&workspace).await;
        publish(&subject.store).await;
        subject.change(&workspace, &key, &Change::Disable, at(1)).await;
        subject.tamper("DELETE FROM audit_events").await;
        let told_by_reading = told(subject.store.published(0, 9).await);
        assert!(told_by_reading.contains("published_events 2: trail_position "), "{told_by_reading}");
        let told = told(subject.store.publish(9, at(9)).await);
        assert!(told.contains(": trail_position "), "{told}");
    }

    async fn a_page_of_published_events_is_entered_by_an_index(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        subject.created(&workspace).await;
        publish(&subject.store).await;
        let copies = |id: &str| format!(
            "WITH RECURSIVE numbers (n) AS (
                 SELECT 2 UNION ALL SELECT n + 1 FROM numbers WHERE n < 20000)
             INSERT INTO audit_events (workspace_id, position, hash, api_key_id, api_key_mode, action,
                 actor_kind, request_id, occurred_at)
             SELECT workspace_id, n, hash, {id}, api_key_mode, action, actor_kind, request_id, occurred_at
             FROM audit_events, numbers;
             INSERT INTO published_events (position, id, workspace_id, sequence, event_type,
                 trail_position, trail_hash, published_at)
             SELECT 10 + event.position, {id}, event.workspace_id, event.position, 'api_key.created',
                 event.position, hash, published_at
             FROM audit_events AS event, published_events AS first
             WHERE event.position > 1 AND first.position = 1"
        );
        subject.execute(&copies("randomblob(16)"), &copies("gen_random_uuid()")).await;
        subject.execute_on_both("ANALYZE").await;
        for (of, index, key) in [
            (None, "published_events_pkey", "published_events USING INTEGER PRIMARY KEY (rowid>?)"),
            (Some(workspace_id("ws_1")), "published_events_workspace_id_sequence_key", "(workspace_id=? AND sequence>?)"),
        ] {
            let plan = subject.store.explain_published(of, 9_000).await.unwrap();
            assert!(plan.contains(index) || plan.contains(key), "{plan}");
            assert!(!plan.contains("Sort") && !plan.contains("TEMP B-TREE"), "{plan}");
            assert!(!plan.contains("Seq Scan on audit_events") && !plan.contains("SCAN audit_events"), "{plan}");
            assert!(!plan.contains("Hash"), "{plan}");
        }
    }
}
