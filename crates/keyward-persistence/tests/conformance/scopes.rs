use std::collections::{BTreeMap, BTreeSet};

use keyward_domain::ports::{ApiKeys, CatalogueChange, CatalogueEntry, ScopeCatalogue};
use keyward_domain::testing::{at, by_operator, scope, workspace_id};
use keyward_domain::{Language, Scope};

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
