use keyward_domain::ports::{ApiKeys as _, Inserted, NewApiKey, Saved};
use keyward_domain::testing::{altered, at, expiry, scopes, workspace_id};
use keyward_domain::{ApiKeyId, ApiKeyUpdate, Change, Mode};

use crate::subject::{Subject, changed, new_id, new_key, on_both_stores, rename, rotation};

on_both_stores! {
    async fn a_key_is_got_by_workspace_id_and_mode(subject: &Subject) {
        let (mine, theirs) = (subject.workspace("ws_1").await, subject.workspace("ws_2").await);
        let key = subject.created(&mine).await;
        assert_eq!(subject.current(&key).await, Some(key.clone()));
        let get = async |workspace: &str, id| {
            subject.store.get(&workspace_id(workspace), id).await.unwrap()
        };
        assert_eq!(get("ws_2", key.id()).await, None);
        assert_eq!(get("nobody", key.id()).await, None);
        assert_eq!(get("ws_1", new_id(Mode::Live, at(0))).await, None);
        let other_mode = ApiKeyId::from_parts(key.id().prefix(), Mode::Test, key.id().uuid()).unwrap();
        assert_eq!(get("ws_1", other_mode).await, None);
        drop(theirs);
    }

    async fn every_change_is_kept_with_its_event(subject: &Subject) {
        let workspace = subject.owned("ws_1").await;
        let mut key = subject.created(&workspace).await;
        let update = Change::Update(ApiKeyUpdate {
            scopes: Some(scopes(&["invoice:read"])),
            ip_allowlist: Some(["2001:db8::/32"].iter().map(|rule| keyward_domain::IpRule::parse(rule).unwrap()).collect()),
            expires_at: Some(Some(expiry(90_000))),
            ..ApiKeyUpdate::default()
        });
        let endless = Change::Update(ApiKeyUpdate { expires_at: Some(None), ..ApiKeyUpdate::default() });
        let all = [
            rename("GRÖSSE"), update, Change::Disable, Change::Enable, rotation(at(5), 600),
            endless, rotation(at(7), 0), rotation(at(8), 60), Change::EndOverlap,
        ];
        let mut events = Vec::new();
        for (second, change) in all.iter().enumerate() {
            let changed = changed(&workspace, &key, change, at(i64::try_from(second).unwrap() + 1));
            events.push(changed.event.clone());
            key = changed.key.clone();
            assert_eq!(subject.store.save(changed).await.unwrap(), Saved::Done, "{change:?}");
            assert_eq!(subject.current(&key).await.as_ref(), Some(&key), "{change:?}");
        }
        assert_eq!(subject.trail(workspace.workspace_id(), key.id()).await[1..], events);
        assert_eq!(subject.key_count("ws_1").await, 1);
    }

    async fn a_change_made_from_another_version_changes_nothing(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let key = subject.created(&workspace).await;
        let late = changed(&workspace, &key, &rename("Late"), at(2));
        let now = subject.change(&workspace, &key, &rename("First"), at(1)).await;
        assert_eq!(subject.store.save(late).await.unwrap(), Saved::Superseded);
        assert_eq!(subject.current(&key).await, Some(now));
        assert_eq!(subject.trail(workspace.workspace_id(), key.id()).await.len(), 2);
    }

    async fn a_key_of_another_workspace_cannot_be_changed(subject: &Subject) {
        let (mine, theirs) = (subject.workspace("ws_1").await, subject.workspace("ws_2").await);
        let key = subject.created(&mine).await;
        let posing = altered(key.clone(), |fields| {
            fields.workspace_id = theirs.workspace_id().clone();
        });
        let stolen = changed(&theirs, &posing, &Change::Disable, at(1));
        assert_eq!(subject.store.save(stolen).await.unwrap(), Saved::Superseded);
        assert_eq!(subject.current(&key).await, Some(key.clone()));
        assert_eq!(subject.trail(theirs.workspace_id(), key.id()).await, []);
    }

    async fn a_deleted_key_is_gone_but_for_its_trail_and_makes_room(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let limited = || NewApiKey { key_count_max: 1, ..new_key(&workspace, at(0)) };
        let new = limited();
        let key = new.key.clone();
        assert_eq!(subject.insert(new).await, Inserted::Created);
        let again = changed(&workspace, &key, &Change::Delete, at(2));
        subject.change(&workspace, &key, &Change::Delete, at(1)).await;

        assert_eq!(subject.current(&key).await, None);
        assert_eq!(subject.listed(workspace.workspace_id(), 0, 20).await.total, 0);
        assert_eq!(subject.trail(workspace.workspace_id(), key.id()).await.len(), 2);
        assert_eq!(subject.store.save(again).await.unwrap(), Saved::Superseded);
        assert_eq!(subject.key_count("ws_1").await, 0);
        assert_eq!(subject.insert(limited()).await, Inserted::Created);
    }
}
