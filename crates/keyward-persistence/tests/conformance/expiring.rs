use keyward_domain::ports::ApiKeys as _;
use keyward_domain::testing::{at, origin};
use keyward_domain::{Change, Pagination, RawDraft, RawField};

use crate::subject::{Subject, draft, from_draft, on_both_stores};

on_both_stores! {
    async fn keys_that_end_soon_are_found_in_all_workspaces_the_next_first(subject: &Subject) {
        let (first, second) = (subject.workspace("ws_1").await, subject.workspace("ws_2").await);
        for (workspace, name, expires_at) in [
            (&first, "later", Some(at(300))),
            (&second, "sooner", Some(at(200))),
            (&first, "at the very end", Some(at(400))),
            (&first, "too late", Some(at(401))),
            (&first, "past", Some(at(100))),
            (&second, "never", None),
            (&second, "deleted", Some(at(250))),
        ] {
            let expires_at = expires_at.map_or(RawField::Absent, |at| RawField::Value(at.to_string()));
            let new = from_draft(workspace, at(0), RawDraft { expires_at, ..draft(name) }, origin());
            let key = new.key.clone();
            subject.insert(new).await;
            if name == "deleted" {
                subject.change(workspace, &key, &Change::Delete, at(1)).await;
            }
        }
        let found = async |number, size| {
            let page = Pagination::new(number, size).unwrap();
            let page = subject.store.expiring(at(100), at(400), page).await.unwrap();
            let names: Vec<String> =
                page.items.iter().map(|key| key.fields().name.to_string()).collect();
            (names.join(", "), page.total)
        };
        assert_eq!(found(0, 20).await, ("sooner, later, at the very end".to_owned(), 3));
        assert_eq!(found(1, 2).await, ("at the very end".to_owned(), 3));
    }
}
