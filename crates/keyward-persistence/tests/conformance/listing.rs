use keyward_domain::ports::ApiKeys as _;
use keyward_domain::{PageRequest, WorkspaceId};

use crate::subject::{
    Subject, at, draft, from_draft, new_key, on_both_stores, origin, workspace_id,
};

async fn names(
    subject: &Subject,
    workspace: &WorkspaceId,
    number: u32,
    size: u32,
) -> (Vec<String>, u64) {
    let page = PageRequest::new(number, size).unwrap();
    let page = subject.store.list(workspace, page).await.unwrap();
    let names = page.items.iter().map(|key| key.fields().name.to_string());
    (names.collect(), page.total)
}

on_both_stores! {
    async fn keys_are_listed_newest_first_page_by_page(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        for (second, name) in [(2, "third"), (0, "first"), (1, "second"), (3, "fourth")] {
            subject.insert(from_draft(&workspace, at(second), draft(name), origin())).await;
        }
        let check = async |number, size, want: &[&str]| {
            let got = names(subject, workspace.workspace_id(), number, size).await;
            assert_eq!(got, (want.iter().map(|&name| name.to_owned()).collect(), 4));
        };
        check(0, 100, &["fourth", "third", "second", "first"]).await;
        check(0, 3, &["fourth", "third", "second"]).await;
        check(1, 3, &["first"]).await;
        check(2, 3, &[]).await;
        check(u32::MAX, 100, &[]).await;
    }

    async fn keys_of_one_instant_have_one_order(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let mut ids = Vec::new();
        for _ in 0..10 {
            let new = new_key(&workspace, at(0));
            ids.push(new.key.id());
            subject.insert(new).await;
        }
        ids.sort();
        ids.reverse();
        let mut listed = Vec::new();
        for number in 0..5 {
            let page = PageRequest::new(number, 2).unwrap();
            let page = subject.store.list(workspace.workspace_id(), page).await.unwrap();
            listed.extend(page.items.iter().map(keyward_domain::ApiKey::id));
        }
        assert_eq!(listed, ids);
    }

    async fn a_listing_is_of_one_workspace(subject: &Subject) {
        let (first, second) = (subject.workspace("ws_1").await, subject.workspace("ws_2").await);
        subject.insert(from_draft(&first, at(0), draft("mine"), origin())).await;
        subject.insert(from_draft(&second, at(0), draft("theirs"), origin())).await;
        let listed = names(subject, first.workspace_id(), 0, 20).await;
        assert_eq!(listed, (vec!["mine".to_owned()], 1));
    }

    async fn an_unknown_workspace_has_an_empty_page(subject: &Subject) {
        assert_eq!(names(subject, &workspace_id("nobody"), 0, 20).await, (vec![], 0));
    }
}
