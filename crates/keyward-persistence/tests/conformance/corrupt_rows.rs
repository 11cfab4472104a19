use keyward_domain::ports::{
    ApiKeys as _, AuditEvents as _, Inserted, KeyLookup as _, Memberships as _, NewApiKey,
    RepositoryError,
};
use keyward_domain::testing::{at, user_id, workspace_id};
use keyward_domain::{KnownRoles, Pagination, RepeatableOperation};

use crate::subject::{Subject, idempotency, new_key, newest_first, on_both_stores};

/// The error, with its cause, as a log would show it.
fn told<T: std::fmt::Debug>(answer: Result<T, RepositoryError>) -> String {
    match answer {
        Err(RepositoryError::Corrupt(cause)) => format!("{cause} {cause:?}"),
        other => panic!("{other:?}"),
    }
}

on_both_stores! {
    async fn a_corrupt_key_is_told_by_table_id_and_column(subject: &Subject) {
        for (column, sqlite, postgres) in [
            ("scopes", "'[\"NOPE\"]'", "'{NOPE}'"),
            ("scopes", "'[1]'", "'{NULL}'"),
            ("ip_allowlist", "'[\"nowhere\"]'", "'{0.0.0.0/0}'"),
            ("name", "' '", "' '"),
            ("secret_hint", "'!!!!'", "'!!!!'"),
            ("prefix", "'kwst'", "'kwst'"),
            ("created_at", "-1", "'infinity'"),
            ("expires_at", "9000000000000000000", "'0001-01-01T00:00:00Z'"),
            ("created_by", "'a b'", "'a b'"),
            ("version", "9000000000", "9000000000"),
            ("description", "' '", "' '"),
            ("external_id", "'a b'", "'a b'"),
            ("external_id", "''", "''"),
            ("metadata", "'[]'", "'[]'"),
            ("metadata", "'{\"a\":1}'", "'{\"a\":1}'"),
            ("metadata", "'{\"a b\":\"c\"}'", "'{\"a b\":\"c\"}'"),
            ("limits", "'{}'", "'{}'"),
            ("limits", "'[{\"name\":\"a\"}]'", "'[{\"name\":\"a\"}]'"),
        ] {
            let workspace = format!("ws_{column}_{}", sqlite.len());
            let workspace = subject.workspace(&workspace).await;
            let new = new_key(&workspace, at(0));
            let uuid = new.key.id().uuid().to_string();
            subject.insert(new).await;
            let id = workspace.workspace_id();
            subject.execute(
                &format!("UPDATE api_keys SET {column} = {sqlite} WHERE workspace_id = '{id}'"),
                &format!("UPDATE api_keys SET {column} = {postgres} WHERE workspace_id = '{id}'"),
            ).await;
            let told = told(subject.store.list(id, &newest_first(0, 20)).await);
            assert!(told.contains(&format!("api_keys {uuid}: {column} ")), "{told}");
        }
    }

    async fn a_limit_that_means_nothing_is_told(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let new = new_key(&workspace, at(0));
        let place = format!("api_keys {}: limits ", new.key.id().uuid());
        let hash = new.key.fields().secret.hash;
        subject.insert(new).await;
        let limit = |name: &str, max: i64, window: &str, more: &str| {
            format!(r#"{{"name":"{name}","max":{max},"window":"{window}",{more}}}"#)
        };
        let deny = r#""onUnavailable":"deny""#;
        for limits in [
            limit("A", 1, "1m", deny),
            limit("a", 0, "1m", deny),
            limit("a", 1, "1w", deny),
            limit("a", 1, "1m", r#""onUnavailable":"maybe""#),
            limit("a", 1, "1m", &format!(r#"{deny},"burst":2"#)),
            [limit("a", 1, "1m", deny), limit("a", 2, "1m", deny)].join(","),
        ] {
            subject.execute_on_both(&format!("UPDATE api_keys SET limits = '[{limits}]'")).await;
            let told = told(subject.store.find(&hash).await);
            assert!(told.contains(&place), "{told}");
        }
        subject.execute_on_both(&format!("UPDATE api_keys SET limits = '[{}]'", limit("a", 1, "1m", deny))).await;
        assert!(subject.store.find(&hash).await.unwrap().is_some());
    }

    async fn one_corrupt_key_stops_no_other(subject: &Subject) {
        let (bad, good) = (subject.workspace("ws_1").await, subject.workspace("ws_2").await);
        subject.insert(new_key(&bad, at(0))).await;
        subject.insert(new_key(&good, at(0))).await;
        subject.execute_on_both("UPDATE api_keys SET name = ' ' WHERE workspace_id = 'ws_1'").await;
        told(subject.store.list(bad.workspace_id(), &newest_first(0, 20)).await);
        assert_eq!(subject.listed(good.workspace_id(), 0, 20).await.total, 1);
        assert_eq!(subject.insert(new_key(&bad, at(1))).await, Inserted::Created);
        // A page without the corrupt row can be read.
        assert_eq!(subject.listed(bad.workspace_id(), 0, 1).await.items.len(), 1);
    }

    async fn a_corrupt_event_is_told(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let new = new_key(&workspace, at(0));
        let id = new.key.id();
        subject.insert(new).await;
        subject.tamper("UPDATE audit_events SET after = '{\"name\": 1}'").await;
        let page = Pagination::new(0, 20).unwrap();
        let told = told(subject.store.of_key(workspace.workspace_id(), id, page).await);
        assert!(told.contains("audit_events ws_1 1: after "), "{told}");
    }

    async fn a_corrupt_idempotency_record_is_told_and_creates_nothing(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let named = || NewApiKey { idempotency: Some(idempotency("k", "b")), ..new_key(&workspace, at(0)) };
        subject.insert(named()).await;
        subject.execute(
            "UPDATE idempotency_records SET api_key_id = zeroblob(16)",
            "UPDATE idempotency_records SET api_key_id = '00000000-0000-0000-0000-000000000000'",
        ).await;
        let inserting = told(subject.store.insert(named()).await);
        assert!(inserting.contains("idempotency_records "), "{inserting}");
        let (id, create) = (workspace.workspace_id(), RepeatableOperation::Create);
        let once = idempotency("k", "b");
        let looking = told(subject.store.carried_out(id, create, &once, at(0)).await);
        assert!(looking.contains("idempotency_records "), "{looking}");
        assert_eq!(subject.key_count("ws_1").await, 1);
    }

    async fn an_unknown_role_is_told_and_is_no_role(subject: &Subject) {
        subject.owned("ws_1").await;
        subject.execute(
            "PRAGMA ignore_check_constraints = ON; UPDATE members SET role = 'KING'",
            "ALTER TABLE members DROP CONSTRAINT members_role_check; UPDATE members SET role = 'KING'",
        ).await;
        let told = told(subject.store.role(&workspace_id("ws_1"), &user_id("user_1"), &KnownRoles::default()).await);
        assert!(told.contains("members ws_1 user_1: role "), "{told}");
    }

    async fn a_corrupt_row_shows_no_secret(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        subject.insert(new_key(&workspace, at(0))).await;
        subject.execute(
            "PRAGMA ignore_check_constraints = ON; UPDATE api_keys SET secret_hash = x'DEADBEEF'",
            "ALTER TABLE api_keys DROP CONSTRAINT api_keys_secret_hash_check;
             UPDATE api_keys SET secret_hash = '\\xDEADBEEF'",
        ).await;
        let told = told(subject.store.list(workspace.workspace_id(), &newest_first(0, 20)).await);
        assert!(told.contains("secret_hash"), "{told}");
        assert!(!told.contains("222, 173") && !told.to_lowercase().contains("deadbeef"), "{told}");
    }
}
