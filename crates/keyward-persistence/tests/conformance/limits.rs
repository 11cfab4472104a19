//! The own limits of keys.

use keyward_domain::ports::{ApiKeys as _, KeyLookup as _, Saved};
use keyward_domain::testing::{at, limit, origin, verification_key, workspace_id};
use keyward_domain::usecases::verify_trail;
use keyward_domain::{
    ApiKey, ApiKeyUpdate, Change, Limits, OnUnavailable, OwnedWorkspace, RawDraft, RawField,
};

use crate::subject::{
    Subject, changed, draft, from_draft, on_both_stores, raw_limit, rename, rotation,
};

/// These limits.
pub(crate) fn limits(limits: &[(&str, i64, &str)]) -> Limits {
    let limits = limits.iter();
    let limits = limits.map(|(name, max, window)| limit(name, *max, window));
    Limits::of(limits.collect()).unwrap()
}

/// A stored key with these limits.
pub(crate) async fn limited(
    subject: &Subject,
    workspace: &OwnedWorkspace,
    limits: &[(&str, i64, &str)],
) -> ApiKey {
    let limits = limits.iter();
    let limits = limits.map(|(name, max, window)| raw_limit(name, *max, window));
    let draft = RawDraft {
        limits: RawField::Value(limits.collect()),
        ..draft("Limited Key")
    };
    let new = from_draft(workspace, at(0), draft, origin());
    let key = new.key.clone();
    subject.insert(new).await;
    key
}

fn update(limits: Limits) -> Change {
    Change::Update(ApiKeyUpdate {
        limits: Some(limits),
        ..ApiKeyUpdate::default()
    })
}

async fn faults(subject: &Subject) -> Vec<String> {
    let (store, id) = (&subject.store, workspace_id("ws_1"));
    let report = verify_trail(store, store, &id, |_| {}).await;
    let faults = report.unwrap().unwrap().faults;
    faults.iter().map(ToString::to_string).collect()
}

on_both_stores! {
    async fn limits_come_back_as_they_were_stored(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let given = [("requests", 1_000_000_000, "90s"), ("jobs", 1, "day"), ("tokens", 5, "month")];
        let key = limited(subject, &workspace, &given).await;
        assert_eq!(key.fields().limits, limits(&given));
        assert_eq!(subject.current(&key).await.as_ref(), Some(&key));
        let listed = subject.listed(workspace.workspace_id(), 0, 20).await;
        assert_eq!(listed.items[0], key);
        let found = subject.store.find(&key.fields().secret.hash).await.unwrap().unwrap();
        assert_eq!(found, verification_key(&key));
        assert_eq!(found.limits.as_ref().unwrap().of_key.as_ref(), limits(&given).as_slice());
        let trail = subject.trail(workspace.workspace_id(), key.id()).await;
        assert_eq!(trail[0].after.as_ref().unwrap().limits, Some(limits(&given)));
    }

    async fn a_key_without_limits_has_none_and_its_event_says_nothing_of_them(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let key = subject.created(&workspace).await;
        let found = subject.store.find(&key.fields().secret.hash).await.unwrap().unwrap();
        assert_eq!(found.limits, None);
        assert_eq!(subject.number("SELECT count(*) FROM api_keys WHERE limits IS NULL").await, 1);
        let event = subject.text("SELECT after FROM audit_events").await;
        assert!(!event.contains("limits"), "{event}");
    }

    async fn limits_can_be_changed_and_removed(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let mut key = subject.created(&workspace).await;
        let mut lenient = limit("requests", 7, "31d");
        lenient.on_unavailable = OnUnavailable::Allow;
        let eight = (0..8).map(|number| limit(&format!("l{number}"), 1, "1s"));
        for (second, limits) in (1..).zip([
            limits(&[("requests", 7, "31d")]),
            Limits::of(vec![lenient]).unwrap(),
            Limits::of(eight.collect()).unwrap(),
            Limits::default(),
        ]) {
            let changed = changed(&workspace, &key, &update(limits.clone()), at(second));
            let event = changed.event.clone();
            key = changed.key.clone();
            assert_eq!(subject.store.save(changed).await.unwrap(), Saved::Done);
            assert_eq!(key.fields().limits, limits);
            assert_eq!(subject.current(&key).await.as_ref(), Some(&key));
            let found = subject.store.find(&key.fields().secret.hash).await.unwrap();
            assert_eq!(found, Some(verification_key(&key)));
            let trail = subject.trail(workspace.workspace_id(), key.id()).await;
            assert_eq!(trail.last(), Some(&event));
            assert_eq!(event.after.unwrap().limits, Some(limits));
        }
        assert_eq!(faults(subject).await, [""; 0]);
    }

    async fn other_changes_leave_limits_and_the_trail_in_order(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let key = limited(subject, &workspace, &[("requests", 7, "1m")]).await;
        let limits = key.fields().limits.clone();
        let key = subject.change(&workspace, &key, &rename("New"), at(1)).await;
        let key = subject.change(&workspace, &key, &rotation(at(2), 0), at(2)).await;
        let key = subject.change(&workspace, &key, &Change::Disable, at(3)).await;
        assert_eq!(subject.current(&key).await.unwrap().fields().limits, limits);
        assert_eq!(faults(subject).await, [""; 0]);
    }

    async fn limits_changed_without_an_event_are_found(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let key = limited(subject, &workspace, &[("requests", 7, "1m")]).await;
        let differs = [format!("API key {} differs from its events", key.id())];
        for limits in [
            "NULL",
            r#"'[{"name":"requests","max":8,"window":"1m","onUnavailable":"deny"}]'"#,
            r#"'[{"name":"requests","max":7,"window":"1m","onUnavailable":"allow"}]'"#,
        ] {
            subject.tamper(&format!("UPDATE api_keys SET limits = {limits}")).await;
            assert_eq!(faults(subject).await, differs, "{limits}");
        }
    }
}
