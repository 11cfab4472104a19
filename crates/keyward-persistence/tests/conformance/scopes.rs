use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join_all;
use keyward_domain::ports::{
    ApiKeys, CatalogueChange, CatalogueEntry, DeploymentEvents as _, RepositoryError,
    ScopeCatalogue,
};
use keyward_domain::testing::{at, by_operator, resource, resource_names, scope, workspace_id};
use keyward_domain::{Language, ResourceNames, Scope};

use crate::subject::{Subject, new_key, on_both_stores};

fn entry(code: &str, words: &[(Language, &str)]) -> CatalogueEntry {
    CatalogueEntry {
        scope: scope(code),
        descriptions: words
            .iter()
            .map(|&(language, text)| (language, text.to_owned()))
            .collect(),
    }
}

async fn existing(subject: &Subject, workspace: &str, asked: &BTreeSet<Scope>) -> BTreeSet<Scope> {
    let keys: &dyn ApiKeys = &subject.store;
    let rules = keys.field_rules(&workspace_id(workspace), asked).await;
    rules.unwrap().existing_scopes
}

on_both_stores! {
    async fn the_catalogue_begins_with_scopes_in_every_language(subject: &Subject) {
        let entries = ScopeCatalogue::list(&subject.store).await;
        let entries: Vec<CatalogueEntry> = entries.unwrap();
        let codes: Vec<&str> = entries.iter().map(|entry| entry.scope.as_str()).collect();
        assert!(codes.contains(&"payment:read") && codes.contains(&"payment:write"), "{codes:?}");
        for entry in &entries {
            for language in Language::ALL {
                assert!(!entry.descriptions[&language].is_empty(), "{entry:?} {language:?}");
            }
            let distinct: BTreeSet<&String> = entry.descriptions.values().collect();
            assert_eq!(distinct.len(), Language::ALL.len(), "{entry:?}");
        }
    }

    async fn existing_are_those_of_the_asked_that_exist(subject: &Subject) {
        subject.workspace("ws_1").await;
        let ask = async |codes: &[&str]| {
            let asked: BTreeSet<Scope> = codes.iter().map(|code| scope(code)).collect();
            let existing = existing(subject, "ws_1", &asked).await;
            // A workspace that is gone makes no difference.
            assert_eq!(self::existing(subject, "nobody", &asked).await, existing);
            existing.iter().map(Scope::to_string).collect::<Vec<_>>()
        };
        assert_eq!(ask(&["payment:write", "payment:read"]).await, ["payment:read", "payment:write"]);
        assert_eq!(ask(&["payment:read", "payment:destroy"]).await, ["payment:read"]);
        assert_eq!(ask(&["nothing:read"]).await, [""; 0]);
        assert_eq!(ask(&[]).await, [""; 0]);
        let hundred: Vec<String> = (0..100).map(|at| format!("s{at}:read")).collect();
        let hundred: Vec<&str> = hundred.iter().map(String::as_str).collect();
        assert_eq!(ask(&hundred).await, [""; 0]);
    }

    async fn put_adds_an_entry_or_gives_it_new_descriptions(subject: &Subject) {
        let store = &subject.store;
        let first = entry("ledger:read", &[(Language::English, "View the ledger")]);
        assert_eq!(store.put(first.clone(), by_operator(at(0))).await.unwrap(), CatalogueChange::Added);
        let listed: BTreeMap<Scope, CatalogueEntry> =
            ScopeCatalogue::list(store).await.unwrap().into_iter().map(|entry| (entry.scope.clone(), entry)).collect();
        assert_eq!(listed[&first.scope], first);

        let second = entry("ledger:read", &[(Language::Japanese, "台帳を閲覧する")]);
        assert_eq!(store.put(second.clone(), by_operator(at(0))).await.unwrap(), CatalogueChange::Described);
        let listed = ScopeCatalogue::list(store).await.unwrap();
        assert!(listed.contains(&second) && !listed.contains(&first));
        assert_eq!(existing(subject, "ws_1", &BTreeSet::from([second.scope])).await.len(), 1);
    }

    async fn the_first_resources_have_a_name_in_every_language(subject: &Subject) {
        let entries = ScopeCatalogue::list(&subject.store).await.unwrap();
        let all = subject.store.resources().await.unwrap();
        for entry in &entries {
            let names = &all[entry.scope.resource()];
            let languages: Vec<Language> = names.iter().map(|(language, _name)| language).collect();
            assert_eq!(languages, Language::ALL, "{entry:?}");
        }
        let payment = all["payment"].in_language(Language::Japanese).unwrap();
        assert_eq!(payment.as_str(), "決済");
    }

    async fn a_resource_is_named_whether_or_not_it_has_a_scope(subject: &Subject) {
        let store = &subject.store;
        let ledger = resource("ledger");
        let name = async |names: &ResourceNames| {
            store.name_resource(&ledger, names.clone(), by_operator(at(0))).await.unwrap()
        };
        let named = async || store.resources().await.unwrap().remove("ledger");
        assert_eq!(named().await, None);
        let (english, japanese) = ((Language::English, "Ledger"), (Language::Japanese, "台帳"));
        let first = resource_names(&[english, japanese]);
        assert!(name(&first).await);
        assert!(!name(&first).await);
        assert_eq!(named().await, Some(first));
        let second = resource_names(&[english]);
        assert!(name(&second).await);
        assert_eq!(named().await, Some(second), "they are replaced, not added to");
        assert!(name(&ResourceNames::default()).await);
        assert!(!name(&ResourceNames::default()).await);
        assert_eq!(named().await, None);
        // No scope was touched.
        assert!(store.remove(&scope("payment:read"), by_operator(at(0))).await.unwrap());
        assert!(store.resources().await.unwrap().contains_key("payment"));
    }

    async fn concurrent_names_of_a_resource_are_one_after_the_other(subject: &Subject) {
        let ledger = resource("ledger");
        let naming = (0..10).map(|number| {
            let names = resource_names(&[(Language::English, &format!("Ledger {}", number % 2))]);
            let ledger = &ledger;
            async move { subject.store.name_resource(ledger, names, by_operator(at(0))).await.unwrap() }
        });
        let changed = join_all(naming).await.into_iter().filter(|is_changed| *is_changed).count();
        assert!(changed >= 2, "{changed}");
        let head = subject.store.deployment_head().await.unwrap();
        assert_eq!(head.event_count, u64::try_from(changed).unwrap());
        assert!(subject.store.resources().await.unwrap().contains_key("ledger"));
    }

    async fn names_that_can_not_be_read_are_an_error(subject: &Subject) {
        for sql in [
            r#"UPDATE resources SET names = '{"ja": "x"}' WHERE code = 'payment'"#,
            r#"UPDATE resources SET names = '{"en": " "}' WHERE code = 'payment'"#,
            r#"UPDATE resources SET names = '{"en": "x", "tlh": "y"}' WHERE code = 'payment'"#,
        ] {
            subject.execute_on_both(sql).await;
            let read = subject.store.resources().await;
            assert!(matches!(read, Err(RepositoryError::Corrupt(_))), "{sql}");
        }
    }

    async fn entries_are_sorted_by_code(subject: &Subject) {
        for code in ["zz:read", "a_b:read", "a.b:read", "a-b:read", "a1:read", "aa:read"] {
            subject.store.put(entry(code, &[]), by_operator(at(0))).await.unwrap();
        }
        let codes: Vec<Scope> =
            ScopeCatalogue::list(&subject.store).await.unwrap().into_iter().map(|entry| entry.scope).collect();
        assert!(codes.is_sorted(), "{codes:?}");
    }

    async fn a_key_keeps_a_scope_that_is_taken_out(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let new = new_key(&workspace, at(0));
        let key = new.key.clone();
        subject.insert(new).await;
        let taken = scope("payment:read");
        assert!(subject.store.remove(&taken, by_operator(at(0))).await.unwrap());
        assert!(!subject.store.remove(&taken, by_operator(at(0))).await.unwrap());
        assert_eq!(existing(subject, "ws_1", &BTreeSet::from([taken])).await, BTreeSet::new());
        assert_eq!(subject.listed(workspace.workspace_id(), 0, 20).await.items, [key]);
    }
}
