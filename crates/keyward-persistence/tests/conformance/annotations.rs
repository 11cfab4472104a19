use keyward_domain::ports::{ApiKeys as _, KeyLookup as _, Saved};
use keyward_domain::testing::{at, origin, verification_key, workspace_id};
use keyward_domain::usecases::verify_trail;
use keyward_domain::{
    AnnotationsUpdate, ApiKey, ApiKeyUpdate, Change, Description, ExternalId, Metadata,
    OwnedWorkspace,
};

use crate::subject::{Subject, annotated, changed, from_draft, on_both_stores, rename};

/// A stored key with all annotations.
async fn created(subject: &Subject, workspace: &OwnedWorkspace) -> ApiKey {
    let new = from_draft(workspace, at(0), annotated(), origin());
    let key = new.key.clone();
    subject.insert(new).await;
    key
}

fn update(annotations: AnnotationsUpdate) -> Change {
    Change::Update(ApiKeyUpdate {
        annotations,
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
    async fn annotations_come_back_as_they_were_stored(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let key = created(subject, &workspace).await;
        let annotations = &key.fields().annotations;
        assert_eq!(annotations.metadata.iter().count(), 2);
        assert_eq!(subject.current(&key).await.as_ref(), Some(&key));
        let found = subject.store.find(&key.fields().secret.hash).await.unwrap().unwrap();
        assert_eq!(found, verification_key(&key));
        assert_eq!(found.external_id(), annotations.external_id.as_ref());
        assert_eq!(found.metadata(), &annotations.metadata);
        let listed = subject.listed(workspace.workspace_id(), 0, 20).await;
        assert_eq!(&listed.items[0].fields().annotations, annotations);
    }

    async fn each_annotation_can_be_changed_and_cleared(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let mut key = subject.created(&workspace).await;
        let full = "x".repeat(4_088);
        let updates = [
            AnnotationsUpdate {
                description: Some(Some(Description::parse(&"支".repeat(500)).unwrap())),
                external_id: Some(Some(ExternalId::parse(&"x".repeat(255)).unwrap())),
                metadata: Some(Metadata::parse([("k", full.as_str())]).unwrap()),
            },
            AnnotationsUpdate {
                description: Some(None),
                ..AnnotationsUpdate::default()
            },
            AnnotationsUpdate {
                external_id: Some(None),
                metadata: Some(Metadata::default()),
                ..AnnotationsUpdate::default()
            },
        ];
        for (second, annotations) in (1..).zip(updates) {
            let changed = changed(&workspace, &key, &update(annotations), at(second));
            let event = changed.event.clone();
            key = changed.key.clone();
            assert_eq!(subject.store.save(changed).await.unwrap(), Saved::Done);
            assert_eq!(subject.current(&key).await.as_ref(), Some(&key));
            let trail = subject.trail(workspace.workspace_id(), key.id()).await;
            assert_eq!(trail.last(), Some(&event));
        }
        assert_eq!(faults(subject).await, [""; 0]);
    }

    /// Nodes of earlier releases record their changes without annotations.
    async fn other_changes_leave_annotations_and_the_trail_in_order(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let key = created(subject, &workspace).await;
        let annotations = key.fields().annotations.clone();
        let key = subject.change(&workspace, &key, &rename("New"), at(1)).await;
        let key = subject.change(&workspace, &key, &Change::Disable, at(2)).await;
        let current = subject.current(&key).await.unwrap();
        assert_eq!(current.fields().annotations, annotations);
        assert_eq!(faults(subject).await, [""; 0]);
    }

    async fn an_annotation_changed_without_an_event_is_found(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let key = subject.created(&workspace).await;
        let differs = [format!("API key {} differs from its events", key.id())];
        for (column, value) in [
            ("external_id", "'customer-2'"),
            ("description", "'x'"),
            ("metadata", "'{\"plan\":\"gold\"}'"),
        ] {
            subject.tamper(&format!("UPDATE api_keys SET {column} = {value}")).await;
            assert_eq!(faults(subject).await, differs, "{column}");
            subject.tamper(&format!("UPDATE api_keys SET {column} = NULL")).await;
            assert_eq!(faults(subject).await, [""; 0], "{column}");
        }
        let given = AnnotationsUpdate {
            external_id: Some(Some(ExternalId::parse("customer-1").unwrap())),
            ..AnnotationsUpdate::default()
        };
        let key = subject.change(&workspace, &key, &update(given), at(1)).await;
        assert_eq!(faults(subject).await, [""; 0]);
        subject.tamper("UPDATE api_keys SET external_id = NULL").await;
        assert_eq!(faults(subject).await, differs);
        let key = subject.current(&key).await.unwrap();
        let other = AnnotationsUpdate {
            external_id: Some(Some(ExternalId::parse("customer-3").unwrap())),
            ..AnnotationsUpdate::default()
        };
        let key = subject.change(&workspace, &key, &update(other), at(2)).await;
        let want = format!("API key {} was changed without an event before event 3", key.id());
        assert_eq!(faults(subject).await, [want]);
    }
}
