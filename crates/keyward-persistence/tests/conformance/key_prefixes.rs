//! Keys whose prefix is not the default one.

use keyward_domain::ports::{
    ApiKeys as _, CarriedOut, Denials as _, Inserted, KeyDenials, KeyLookup as _, NewApiKey, Saved,
    SelectedKeys as _,
};
use keyward_domain::testing::{altered, api_key_id_with, at, key_prefix, origin, secret_with};
use keyward_domain::usecases::verify_trail;
use keyward_domain::{
    ApiKey, ApiKeyFilter, ApiKeyId, ApiKeyListing, Change, Denial, KeyPrefix, KeySelector,
    LifetimePolicy, Limits, Mode, OwnedWorkspace, Pagination, RepeatableOperation, SearchText,
    StoredSecret,
};

use crate::subject::{Subject, changed, draft, idempotency, newest_first, on_both_stores, rename};

/// A key of this prefix, mode and number, to insert.
fn new_key_with(workspace: &OwnedWorkspace, prefix: KeyPrefix, number: u64) -> NewApiKey {
    let raw = draft("Production Key");
    let existing = raw.named_scopes();
    let draft = raw
        .parse(
            at(0),
            &existing,
            &LifetimePolicy::default(),
            &Limits::default(),
        )
        .unwrap();
    let id = api_key_id_with(prefix, draft.mode, at(0), number);
    let secret = StoredSecret::of(&secret_with(prefix, draft.mode, number), at(0));
    let (key, event) = ApiKey::issue(workspace, draft, id, secret, origin()).unwrap();
    NewApiKey {
        key,
        event,
        idempotency: None,
        key_count_max: u32::MAX,
        events_per_minute_max: None,
    }
}

async fn created(subject: &Subject, workspace: &OwnedWorkspace, prefix: KeyPrefix) -> ApiKey {
    let new = new_key_with(workspace, prefix, 1_000_000);
    let key = new.key.clone();
    assert_eq!(subject.insert(new).await, Inserted::Created);
    key
}

/// The id with the same UUID and mode, and the default prefix.
fn with_the_default_prefix(id: ApiKeyId) -> ApiKeyId {
    ApiKeyId::from_parts(KeyPrefix::default(), id.mode(), id.uuid()).unwrap()
}

async fn searched(subject: &Subject, workspace: &OwnedWorkspace, text: &str) -> Vec<String> {
    let filter = ApiKeyFilter {
        search: Some(SearchText::parse(text).unwrap()),
        ..ApiKeyFilter::default()
    };
    let listing = ApiKeyListing {
        filter,
        ..newest_first(0, 20)
    };
    let found = subject.store.list(workspace.workspace_id(), &listing).await;
    let items = found.unwrap().items.into_iter();
    items.map(|key| key.id().to_string()).collect()
}

async fn is_tampered_with(subject: &Subject, workspace: &OwnedWorkspace) -> bool {
    let (store, workspace_id) = (&subject.store, workspace.workspace_id());
    let report = verify_trail(store, store, workspace_id, |_| {}).await;
    !report.unwrap().unwrap().faults.is_empty()
}

on_both_stores! {
    async fn a_key_keeps_its_prefix_wherever_it_is_found(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let acme = key_prefix("acme");
        let key = created(subject, &workspace, acme).await;
        assert_eq!(subject.current(&key).await.as_ref(), Some(&key));
        let listed = subject.listed(workspace.workspace_id(), 0, 20).await;
        assert_eq!(listed.items, std::slice::from_ref(&key));
        let hash = secret_with(acme, Mode::Live, 1_000_000).hash();
        let found = subject.store.find(&hash).await.unwrap().unwrap();
        assert_eq!(found.id, key.id());
        let selector = KeySelector::new(Some(workspace.workspace_id().clone()), None, None).unwrap();
        let selected = subject.store.enabled_keys(&selector, 9).await.unwrap();
        assert_eq!(selected, [(workspace.workspace_id().clone(), key.id())]);
        let page = Pagination::new(0, 20).unwrap();
        let expiring = subject.store.expiring(at(0), at(2_400_000_000), page).await;
        assert_eq!(expiring.unwrap().items, [key]);
    }

    async fn the_same_uuid_with_another_prefix_is_not_a_key(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let key = created(subject, &workspace, key_prefix("acme")).await;
        let (id, other) = (key.id(), with_the_default_prefix(key.id()));
        let of_workspace = workspace.workspace_id();
        assert_eq!(subject.store.get(of_workspace, other).await.unwrap(), None);
        assert_eq!(subject.trail(of_workspace, other).await, []);
        assert_eq!(subject.trail(of_workspace, id).await.len(), 1);
        let denied = KeyDenials {
            api_key_id: id,
            denial: Denial::Disabled,
            last_denied_at: at(1),
            address: None,
            count: 1,
        };
        subject.store.record_denials(vec![denied]).await.unwrap();
        let denials = async |id| {
            let denials = subject.store.denials_of_key(of_workspace, id, at(0), at(9_999)).await;
            denials.unwrap().len()
        };
        assert_eq!((denials(id).await, denials(other).await), (1, 0));

        let same_uuid = altered(key.clone(), |fields| fields.id = other);
        let disabled = changed(&workspace, &same_uuid, &Change::Disable, at(1));
        assert_eq!(subject.store.save(disabled).await.unwrap(), Saved::Superseded);
        assert_eq!(subject.current(&key).await, Some(key));
    }

    async fn a_change_and_its_history_show_the_prefix_of_the_key(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let key = created(subject, &workspace, key_prefix("acme")).await;
        let renamed = subject.change(&workspace, &key, &rename("New"), at(1)).await;
        assert_eq!(subject.current(&key).await, Some(renamed));
        let trail = subject.trail(workspace.workspace_id(), key.id()).await;
        let ids: Vec<ApiKeyId> = trail.iter().map(|event| event.api_key_id).collect();
        assert_eq!(ids, [key.id(), key.id()]);
        assert!(!is_tampered_with(subject, &workspace).await);
    }

    /// The id is a part of the event's digest, so a change of its prefix is found like any other.
    async fn a_trail_whose_prefix_was_changed_is_broken(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        created(subject, &workspace, key_prefix("acme")).await;
        subject.tamper("UPDATE audit_events SET api_key_prefix = 'other'").await;
        assert!(is_tampered_with(subject, &workspace).await);
    }

    async fn an_idempotency_record_answers_with_the_prefix_of_its_key(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let once = idempotency("k", "body");
        let acme = key_prefix("acme");
        let new = |number| NewApiKey {
            idempotency: Some(once.clone()),
            ..new_key_with(&workspace, acme, number)
        };
        let first = new(2_000_000);
        let id = first.key.id();
        assert_eq!(subject.insert(first).await, Inserted::Created);
        assert_eq!(subject.insert(new(2_000_001)).await, Inserted::Replayed(id));
        let create = RepeatableOperation::Create;
        let of_workspace = workspace.workspace_id();
        let told = subject.store.carried_out(of_workspace, create, &once, at(0)).await;
        assert_eq!(told.unwrap(), Some(CarriedOut::SameRequest(id)));
        assert_eq!(id.prefix(), acme);
    }

    async fn a_search_by_the_beginning_of_an_id_means_its_prefix_too(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let acme = created(subject, &workspace, key_prefix("acme")).await.id().to_string();
        let sk = subject.created(&workspace).await.id().to_string();
        for (text, want) in [
            ("acme_live_", vec![&acme]),
            (acme.as_str(), vec![&acme]),
            (acme.split_at(20).0, vec![&acme]),
            ("sk_live_", vec![&sk]),
            (sk.as_str(), vec![&sk]),
            ("acme_test_", vec![]),
            ("acm_live_", vec![]),
            (&acme.replace("acme_", "sk_"), vec![]),
            (&sk.replace("sk_", "acme_"), vec![]),
        ] {
            let found = searched(subject, &workspace, text).await;
            assert_eq!(found.iter().collect::<Vec<_>>(), want, "{text}");
        }
    }

    /// An earlier release does not know the columns.
    async fn rows_of_an_earlier_release_have_the_default_prefix(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let key = subject.created(&workspace).await;
        let defaults = [
            ("api_keys", "prefix"),
            ("audit_events", "api_key_prefix"),
            ("idempotency_records", "api_key_prefix"),
        ];
        for (table, column) in defaults {
            let default = if subject.is_sqlite() {
                format!(
                    "SELECT count(*) FROM pragma_table_info('{table}')
                     WHERE name = '{column}' AND dflt_value = '''sk''' AND \"notnull\" = 1"
                )
            } else {
                format!(
                    "SELECT count(*) FROM information_schema.columns
                     WHERE table_name = '{table}' AND column_name = '{column}'
                         AND column_default LIKE '''sk''%' AND is_nullable = 'NO'"
                )
            };
            assert_eq!(subject.number(&default).await, 1, "{table}");
        }
        assert_eq!(key.id().prefix(), KeyPrefix::default());
    }
}
