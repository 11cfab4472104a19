use futures_util::future::join_all;
use keyward_domain::ports::{ApiKeys as _, AuditEvents as _, LastReport, Saved};
use keyward_domain::testing::{at, workspace_id};
use keyward_domain::usecases::verify_trail;
use keyward_domain::{
    Actor, ApiKey, ApiKeyId, CallerName, ChainedEvent as _, Change, EventHash, EventPlace, FoundAt,
    Mode, OwnedWorkspace, Pagination, TrailHead, WorkspaceId,
};

use crate::subject::{Subject, changed, new_key, on_both_stores, rename, rotation};

/// The faults in the trail of `ws_1`.
async fn faults(subject: &Subject) -> Vec<String> {
    let report = verify_trail(
        &subject.store,
        &subject.store,
        &workspace_id("ws_1"),
        |_| {},
    )
    .await;
    let faults = report.unwrap().unwrap().faults;
    faults.iter().map(ToString::to_string).collect()
}

/// A trail of five events.
async fn five_events(subject: &Subject) {
    let workspace = subject.owned("ws_1").await;
    let key = subject.created(&workspace).await;
    let key = subject
        .change(&workspace, &key, &rename("New"), at(1))
        .await;
    let key = subject
        .change(&workspace, &key, &Change::Disable, at(2))
        .await;
    let key = subject
        .change(&workspace, &key, &Change::Enable, at(3))
        .await;
    subject
        .change(&workspace, &key, &Change::Delete, at(4))
        .await;
}

on_both_stores! {
    async fn each_event_follows_the_one_before_in_its_workspace(subject: &Subject) {
        five_events(subject).await;
        let other = subject.workspace("ws_2").await;
        subject.created(&other).await;
        let lines = subject.store.lines(&workspace_id("ws_1"), 0, 100).await.unwrap();
        let mut hash = EventHash::START;
        for (at, line) in lines.iter().enumerate() {
            assert_eq!(line.position, u64::try_from(at).unwrap() + 1);
            hash = hash.then(line.event.as_ref().unwrap().digest());
            assert_eq!(line.hash, Some(hash), "the database and the domain calculate the same hash");
        }
        let head = subject.store.head(&workspace_id("ws_1")).await.unwrap();
        assert_eq!(head, Some(TrailHead { event_count: 5, hash }));
        assert_eq!(faults(subject).await, [""; 0]);
    }

    async fn a_key_that_was_changed_without_an_event_is_found_and_named(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let [changed, gone, kept] = [
            subject.created(&workspace).await,
            subject.created(&workspace).await,
            subject.created(&workspace).await,
        ];
        subject.change(&workspace, &kept, &rotation(at(1), 600), at(1)).await;
        assert_eq!(faults(subject).await, [""; 0]);
        let of = |key: &ApiKey| if subject.is_sqlite() {
            format!("hex(id) = '{:X}'", key.id().uuid().simple())
        } else {
            format!("id = '{}'", key.id().uuid())
        };
        subject.tamper(&format!("UPDATE api_keys SET name = 'Wider' WHERE {}", of(&changed))).await;
        subject.tamper(&format!("DELETE FROM api_keys WHERE {}", of(&gone))).await;
        assert_eq!(faults(subject).await, [
            format!("API key {} differs from its events", changed.id()),
            format!("API key {} is gone, but no event records its deletion", gone.id()),
        ]);
        // A key moved from another workspace: it has no event here, and is missing there.
        let other = subject.workspace("ws_2").await;
        let moved = subject.created(&other).await;
        let to_here = format!("UPDATE api_keys SET workspace_id = 'ws_1' WHERE {}", of(&moved));
        subject.tamper(&to_here).await;
        let unrecorded = format!("API key {} has no event", moved.id());
        assert!(faults(subject).await.contains(&unrecorded));
    }

    async fn a_new_workspace_has_an_empty_trail_and_an_unknown_one_has_none(subject: &Subject) {
        subject.workspace("ws_1").await;
        let head = subject.store.head(&workspace_id("ws_1")).await.unwrap();
        assert_eq!(head, Some(TrailHead { event_count: 0, hash: EventHash::START }));
        assert_eq!(faults(subject).await, [""; 0]);
        assert_eq!(subject.store.head(&workspace_id("nobody")).await.unwrap(), None);
    }

    async fn an_altered_event_is_found_and_named(subject: &Subject) {
        five_events(subject).await;
        for (sql, want) in [
            ("request_id = 'other'", "event 3 was altered or moved"),
            ("action = 'ROTATED'", "event 3 was altered or moved"),
            ("actor_user_id = 'user_2'", "event 3 was altered or moved"),
            ("after = before", "event 3 was altered or moved"),
            ("api_key_mode = 'TEST'", "event 3 was altered or moved"),
            ("actor_user_id = 'a b'", "event 3 can't be read"),
        ] {
            subject.execute_on_both("CREATE TABLE kept AS SELECT * FROM audit_events").await;
            subject.tamper(&format!("UPDATE audit_events SET {sql} WHERE position = 3")).await;
            assert_eq!(faults(subject).await, [want], "{sql}");
            subject.tamper(
                "DELETE FROM audit_events; INSERT INTO audit_events SELECT * FROM kept; DROP TABLE kept",
            ).await;
        }
        assert_eq!(faults(subject).await, [""; 0]);
    }

    async fn a_removed_event_is_found_and_named(subject: &Subject) {
        five_events(subject).await;
        subject.tamper("DELETE FROM audit_events WHERE position = 5").await;
        assert_eq!(faults(subject).await, ["event 5 is missing"]);
        subject.tamper("DELETE FROM audit_events WHERE position = 2").await;
        assert_eq!(faults(subject).await, ["event 2 is missing", "event 5 is missing"]);
    }

    async fn reordered_events_are_found_and_named(subject: &Subject) {
        five_events(subject).await;
        subject.tamper(
            "UPDATE audit_events SET position = 100 WHERE position = 2;
             UPDATE audit_events SET position = 2 WHERE position = 4;
             UPDATE audit_events SET position = 4 WHERE position = 100",
        ).await;
        let found = faults(subject).await;
        for position in [2, 4] {
            let want = format!("event {position} was altered or moved");
            assert!(found.contains(&want), "{found:?}");
        }
    }

    async fn an_added_event_is_found_and_named(subject: &Subject) {
        five_events(subject).await;
        subject.tamper(
            "CREATE TABLE added AS SELECT * FROM audit_events WHERE position = 5;
             UPDATE added SET position = 6; INSERT INTO audit_events SELECT * FROM added",
        ).await;
        assert_eq!(faults(subject).await, ["event 6 was added after the last recorded one"]);
    }

    async fn a_trail_with_another_head_is_found(subject: &Subject) {
        five_events(subject).await;
        subject.execute(
            "UPDATE workspaces SET event_hash = zeroblob(32)",
            "UPDATE workspaces SET event_hash = decode(repeat('00', 32), 'hex')",
        ).await;
        assert_eq!(
            faults(subject).await,
            ["the last event differs from the recorded head"]
        );
    }

    async fn events_recorded_at_once_make_one_chain_each_workspace(subject: &Subject) {
        let (first, second) = (subject.workspace("ws_1").await, subject.workspace("ws_2").await);
        let creating = (0..200).map(|at_second| {
            let workspace = if at_second % 2 == 0 { &first } else { &second };
            let (store, new) = (subject.store.clone(), new_key(workspace, at(at_second)));
            tokio::spawn(async move { store.insert(new).await.unwrap() })
        });
        join_all(creating).await;
        for id in ["ws_1", "ws_2"] {
            let report = verify_trail(&subject.store, &subject.store, &workspace_id(id), |_| {}).await;
            let report = report.unwrap().unwrap();
            assert_eq!((report.head.event_count, report.faults), (100, vec![]));
        }
    }

    /// The event of a regular change includes what was changed without an event.
    async fn an_unrecorded_change_is_found_after_a_recorded_one(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let mut key = subject.created(&workspace).await;
        key = subject.change(&workspace, &key, &Change::Disable, at(1)).await;
        subject.execute_on_both("UPDATE api_keys SET is_disabled = false, expires_at = NULL").await;
        let key = subject.current(&key).await.unwrap();
        let key = subject.change(&workspace, &key, &rename("New"), at(2)).await;
        assert_eq!(faults(subject).await, [format!("API key {} differs from its events", key.id())]);
        let key = subject.change(&workspace, &key, &Change::Disable, at(3)).await;
        let want = format!("API key {} was changed without an event before event 4", key.id());
        assert_eq!(faults(subject).await, [want]);
    }

    /// With two nodes' clocks, an overlap may end between two consecutive events.
    async fn clocks_that_differ_a_little_raise_no_alarm(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let key = subject.created(&workspace).await;
        let key = subject.change(&workspace, &key, &rotation(at(0), 60), at(0)).await;
        let key = subject.change(&workspace, &key, &rename("New"), at(61)).await;
        assert_eq!(faults(subject).await, [""; 0]);
        let key = subject.change(&workspace, &key, &Change::Disable, at(59)).await;
        assert_eq!(faults(subject).await, [""; 0]);
        subject.change(&workspace, &key, &Change::EndOverlap, at(59)).await;
        assert_eq!(faults(subject).await, [""; 0]);
    }

    async fn a_trail_is_whole_while_it_grows(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let store = subject.store.clone();
        let growing = tokio::spawn(async move {
            for second in 0..200 {
                store.insert(new_key(&workspace, at(second))).await.unwrap();
            }
        });
        while !growing.is_finished() {
            assert_eq!(faults(subject).await, [""; 0]);
        }
        growing.await.unwrap();
    }

    async fn events_of_a_key_come_newest_first_page_by_page(subject: &Subject) {
        five_events(subject).await;
        let listed = subject.store.lines(&workspace_id("ws_1"), 0, 1).await.unwrap();
        let id = listed[0].event.as_ref().unwrap().api_key_id;
        let page = async |number, size| {
            let page = Pagination::new(number, size).unwrap();
            let page = subject.store.of_key(&workspace_id("ws_1"), id, page).await.unwrap();
            assert_eq!(page.total, 5);
            page.items.iter().map(|event| event.position).collect::<Vec<_>>()
        };
        assert_eq!(page(0, 20).await, [5, 4, 3, 2, 1]);
        assert_eq!(page(1, 2).await, [3, 2]);
        assert_eq!(page(2, 2).await, [1]);
        assert_eq!(page(u32::MAX, 100).await, [0; 0]);
    }

    async fn the_last_report_of_each_key_is_found_in_one_look(subject: &Subject) {
        let (workspace, other) = (subject.workspace("ws_1").await, subject.workspace("ws_2").await);
        let store = &subject.store;
        let create = async || subject.created(&workspace).await;
        let place = Some("https://git.example/a");
        let (found, given_back, plain) = (create().await, create().await, create().await);
        let theirs = subject.created(&other).await;
        let save = async |workspace: &OwnedWorkspace, key: &ApiKey, second, by: Option<CallerName>, place: Option<&str>| {
            let mut changed = changed(workspace, key, &Change::Disable, at(second));
            if let Some(name) = by {
                changed.event.actor = Actor::Service { name };
            }
            changed.event.found_at = place.and_then(FoundAt::parse).into_iter().collect();
            let after = changed.key.clone();
            assert_eq!(store.save(changed).await.unwrap(), Saved::Done);
            after
        };
        let disabled = save(&workspace, &found, 1, None, place).await;
        let enabled = subject.change(&workspace, &disabled, &Change::Enable, at(2)).await;
        save(&workspace, &enabled, 3, Some(CallerName::github()), place).await;
        save(&workspace, &given_back, 4, Some(CallerName::secret_holder()), None).await;
        save(&workspace, &plain, 5, None, None).await;
        save(&other, &theirs, 6, None, place).await;
        let other_mode = ApiKeyId::from_parts(found.id().prefix(), Mode::Test, found.id().uuid()).unwrap();
        let reports = async |ids: &[ApiKeyId]| {
            let mut reports = store.last_reports(&workspace_id("ws_1"), ids).await.unwrap();
            reports.sort_by_key(|report| report.at);
            reports
        };
        let want = [(&found, 3), (&given_back, 4)].map(|(key, second)| LastReport {
            api_key_id: key.id(),
            at: at(second),
        });
        let all = [&plain, &given_back, &theirs, &found].map(ApiKey::id);
        assert_eq!(reports(&all).await, want);
        assert_eq!(reports(&[other_mode]).await, []);
        assert_eq!(reports(&[]).await, []);
    }

    async fn events_since_an_instant_come_in_order_of_their_places(subject: &Subject) {
        five_events(subject).await;
        let other = subject.workspace("ws_0").await;
        subject.created(&other).await;
        let store = &subject.store;
        let since = async |workspace: Option<&str>, second, after: Option<(i64, &str, u64)>, limit| {
            let after = after.map(|(second, id, position)| EventPlace {
                occurred_at: at(second),
                workspace_id: workspace_id(id),
                position,
            });
            let events = store.since(workspace.map(workspace_id), at(second), after, limit).await;
            let place = |event: &keyward_domain::RecordedEvent| {
                let workspace_id: &WorkspaceId = &event.event.workspace_id;
                format!("{workspace_id} {}", event.position)
            };
            events.unwrap().iter().map(place).collect::<Vec<_>>().join(", ")
        };
        assert_eq!(since(None, 0, None, 3).await, "ws_0 1, ws_1 1, ws_1 2");
        assert_eq!(since(None, 0, Some((0, "ws_0", 1)), 2).await, "ws_1 1, ws_1 2");
        assert_eq!(since(None, 0, Some((1, "ws_1", 2)), 9).await, "ws_1 3, ws_1 4, ws_1 5");
        assert_eq!(since(None, 3, None, 9).await, "ws_1 4, ws_1 5");
        assert_eq!(since(Some("ws_0"), 0, None, 9).await, "ws_0 1");
        assert_eq!(since(Some("ws_1"), 2, Some((3, "ws_1", 4)), 9).await, "ws_1 5");
        assert_eq!(since(None, 5, None, 9).await, "");
        // Later than the last event of ws_1.
        let key = subject.created(&other).await;
        subject.change(&other, &key, &Change::Disable, at(9)).await;
        assert_eq!(since(None, 4, None, 9).await, "ws_1 5, ws_0 3");
    }

    /// However far an export has progressed, no page reads earlier events or sorts.
    async fn a_page_of_an_export_is_entered_by_an_index(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        subject.created(&workspace).await;
        let copies = |instant: &str, id: &str| format!(
            "WITH RECURSIVE numbers (n) AS (
                 SELECT 2 UNION ALL SELECT n + 1 FROM numbers WHERE n < 20000)
             INSERT INTO audit_events (workspace_id, position, hash, api_key_id, api_key_mode, action,
                 actor_kind, request_id, occurred_at)
             SELECT workspace_id, n, hash, {id}, api_key_mode, action, actor_kind, request_id, {instant}
             FROM audit_events, numbers"
        );
        subject.execute(
            &copies("occurred_at + n * 1000000", "randomblob(16)"),
            &copies("occurred_at + n * interval '1 second'", "gen_random_uuid()"),
        ).await;
        subject.execute_on_both("ANALYZE").await;
        let after = || Some(EventPlace {
            occurred_at: at(9_000),
            workspace_id: workspace_id("ws_1"),
            position: 9_000,
        });
        for after in [None, after()] {
            let is_first = after.is_none();
            let plan = subject.store.explain_since(None, at(8_000), after).await.unwrap();
            assert!(plan.contains("audit_events_by_time"), "{plan}");
            let entry = if subject.is_sqlite() {
                if is_first { "(occurred_at>?)" } else { "((occurred_at,workspace_id,position)>(?,?,?))" }
            } else if is_first {
                "Index Cond: (occurred_at >="
            } else {
                "Index Cond: (ROW(occurred_at, workspace_id, \"position\") >"
            };
            assert!(plan.contains(entry), "{plan}");
            assert!(!plan.contains("Sort") && !plan.contains("TEMP B-TREE"), "{plan}");
        }
        let of_one = Some(workspace_id("ws_1"));
        let plan = subject.store.explain_since(of_one, at(0), after()).await.unwrap();
        let is_by_position = plan.contains("audit_events_pkey")
            || plan.contains("(workspace_id=? AND position>?)");
        assert!(is_by_position && !plan.contains("Sort"), "{plan}");
    }
}
