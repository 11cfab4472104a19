use keyward_domain::testing::{self, at, origin, workspace_id};
use keyward_domain::{ApiKeyId, Mode, Origin, RawDraft, RawField, RequestId};

use crate::subject::{Subject, annotated, draft, from_draft, new_id, new_key, on_both_stores};

on_both_stores! {
    async fn an_event_comes_back_as_it_was_written(subject: &Subject) {
        let by_user = subject.owned("ws_1").await;
        let by_operator = subject.workspace("ws_2").await;
        let without_portal = subject.owned_in("ws_3", None).await;
        for (workspace, address) in [
            (&by_user, Some("203.0.113.7")),
            (&by_user, Some("2001:db8::7")),
            (&by_user, None),
            (&by_operator, None),
            (&without_portal, None),
        ] {
            for raw in [draft("Größe 👋"), annotated(), RawDraft { name: RawField::Value("bare".into()), ..RawDraft::default() }] {
                let origin = Origin {
                    address: address.map(testing::address),
                    request_id: RequestId::parse("r-1").unwrap(),
                };
                let new = from_draft(workspace, at(0), raw, origin);
                let event = new.event.clone();
                subject.insert(new).await;
                let trail = subject.trail(&event.workspace_id, event.api_key_id).await;
                assert_eq!(trail, [event]);
            }
        }
    }

    async fn a_test_key_has_its_own_trail(subject: &Subject) {
        let workspace = subject.owned("ws_1").await;
        let raw = RawDraft { mode: RawField::Value(2), ..draft("sandbox") };
        let new = from_draft(&workspace, at(0), raw, origin());
        let id = new.key.id();
        subject.insert(new).await;
        let trail = subject.trail(workspace.workspace_id(), id).await;
        assert_eq!((trail.len(), id.mode()), (1, Mode::Test));
        // The same UUID with the other mode is not a key.
        let live = ApiKeyId::from_parts(id.prefix(), Mode::Live, id.uuid()).unwrap();
        assert_eq!(subject.trail(workspace.workspace_id(), live).await, []);
    }

    async fn there_is_no_trail_of_another_workspaces_key_nor_of_none(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        subject.workspace("ws_2").await;
        let new = new_key(&workspace, at(0));
        let id = new.key.id();
        subject.insert(new).await;
        assert_eq!(subject.trail(&workspace_id("ws_2"), id).await, []);
        assert_eq!(subject.trail(&workspace_id("nobody"), id).await, []);
        let unknown = new_id(Mode::Live, at(0));
        assert_eq!(subject.trail(workspace.workspace_id(), unknown).await, []);
    }

    async fn the_trail_outlives_the_key(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let new = new_key(&workspace, at(0));
        let id = new.key.id();
        subject.insert(new).await;
        subject.execute("PRAGMA foreign_keys = ON; DELETE FROM api_keys", "DELETE FROM api_keys").await;
        assert_eq!(subject.trail(workspace.workspace_id(), id).await.len(), 1);
    }
}
