//! Keys that are selected in all workspaces.

use keyward_domain::ports::SelectedKeys as _;
use keyward_domain::testing::{at, user_id, workspace_id};
use keyward_domain::usecases::authorize;
use keyward_domain::{AnnotationsUpdate, ApiKey, ApiKeyUpdate, Change, ExternalId, KeySelector};

use crate::subject::{Subject, on_both_stores};

on_both_stores! {
    async fn keys_are_selected_by_workspace_creator_and_external_id(subject: &Subject) {
        let one = subject.owned("ws_1").await;
        let two = subject.owned("ws_2").await;
        let operator = authorize::operator(&subject.store, one.workspace_id()).await.unwrap().unwrap();
        let of_one = subject.created(&one).await;
        let of_operator = subject.created(&operator).await;
        let of_two = subject.created(&two).await;
        let disabled = subject.created(&one).await;
        let disabled = subject.change(&one, &disabled, &Change::Disable, at(1)).await;
        let deleted = subject.created(&two).await;
        subject.change(&two, &deleted, &Change::Delete, at(1)).await;
        let named = |id: &str| Change::Update(external_id(id));
        let of_one = subject.change(&one, &of_one, &named("customer-1"), at(2)).await;
        let of_two = subject.change(&two, &of_two, &named("customer-1"), at(2)).await;
        let disabled = subject.change(&one, &disabled, &named("Customer-1"), at(2)).await;
        let selector = |workspace: Option<&str>, user: Option<&str>, id: Option<&str>| {
            let id = id.map(|id| ExternalId::parse(id).unwrap());
            KeySelector::new(workspace.map(workspace_id), user.map(user_id), id).unwrap()
        };
        let check = async |selector: KeySelector, all: &[&ApiKey], enabled: &[&ApiKey]| {
            let mut all: Vec<ApiKey> = all.iter().map(|key| (*key).clone()).collect();
            all.sort_by_key(ApiKey::id);
            let keys = subject.store.keys(&selector, None, 9).await.unwrap();
            assert_eq!(keys, all, "{selector:?}");
            if let [first, rest @ ..] = all.as_slice() {
                let after = subject.store.keys(&selector, Some(first.id()), 9).await.unwrap();
                assert_eq!(after, rest, "{selector:?}");
                let part = subject.store.keys(&selector, None, 1).await.unwrap();
                assert_eq!(part, std::slice::from_ref(first), "{selector:?}");
            }
            let mut ids: Vec<_> = enabled.iter().map(|key| key.id()).collect();
            ids.sort_unstable();
            let found = subject.store.enabled_keys(&selector, 9).await.unwrap();
            let found: Vec<_> = found.into_iter().map(|(_, id)| id).collect();
            assert_eq!(found, ids, "{selector:?}");
            assert_eq!(subject.store.enabled_keys(&selector, 1).await.unwrap().len(), ids.len().min(1));
        };
        let of_ws_1 = [&of_one, &of_operator, &disabled];
        check(selector(Some("ws_1"), None, None), &of_ws_1, &[&of_one, &of_operator]).await;
        let of_user_1 = [&of_one, &of_two, &disabled];
        check(selector(None, Some("user_1"), None), &of_user_1, &[&of_one, &of_two]).await;
        let both = [&of_one, &of_two];
        check(selector(None, None, Some("customer-1")), &both, &both).await;
        check(selector(Some("ws_2"), None, Some("customer-1")), &[&of_two], &[&of_two]).await;
        check(selector(None, None, Some("Customer-1")), &[&disabled], &[]).await;
        check(selector(None, Some("nobody"), None), &[], &[]).await;
    }
}

fn external_id(id: &str) -> ApiKeyUpdate {
    ApiKeyUpdate {
        annotations: AnnotationsUpdate {
            external_id: Some(ExternalId::parse(id).ok()),
            ..AnnotationsUpdate::default()
        },
        ..ApiKeyUpdate::default()
    }
}
