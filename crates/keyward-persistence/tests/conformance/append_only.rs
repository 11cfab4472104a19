//! The trail is append-only: the store's own role can't change it.

use std::time::Duration;

use keyward_domain::ports::{
    DeliveryLease, Denials as _, EndedSessions as _, EventLog as _, FinishedDelivery,
    HourlyUses as _, Housekeeping as _, KeyDenials, KeyUses, LimitLeases as _, PlanAssignment,
    PlanRemoval, Plans, ScopeUse, ScopeUses as _, UsageStore as _, WebhookDeliveries as _,
    Webhooks, WorkspaceDirectory as _,
};
use keyward_domain::testing::{at, by_operator, used_once, webhook, workspace_id};
use keyward_domain::{
    AddressSketch, ApiKey, Attempt, Change, DeliveryFailure, Denial, Notice, NoticeKind, Outcome,
    PlanName,
};
use keyward_persistence::{DatabaseUrl, SchemaState, Store, StoreConfig};
use uuid::Uuid;

use crate::limit_leases::{limit_of, wanting};
use crate::plans::plan;
use crate::subject::{Subject, on_both_stores, rename};

async fn refused(subject: &Subject, sql: &str) -> String {
    if subject.is_sqlite() {
        use diesel::connection::SimpleConnection as _;
        subject
            .raw_sqlite()
            .batch_execute(sql)
            .unwrap_err()
            .to_string()
    } else {
        let client = subject.raw_postgres().await;
        let error = client.batch_execute(sql).await.unwrap_err();
        error.as_db_error().unwrap().message().to_owned()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn to_replace_an_event_is_refused_on_sqlite() {
    let subject = Subject::sqlite().await;
    let workspace = subject.workspace("ws_1").await;
    subject.created(&workspace).await;
    for table in ["audit_events", "deployment_events"] {
        let sql =
            format!("INSERT OR REPLACE INTO {table} SELECT * FROM {table} WHERE position = 1");
        let told = refused(&subject, &sql).await;
        assert!(told.contains(&format!("{table} is append-only")), "{told}");
    }
}

on_both_stores! {
    async fn an_event_can_be_neither_altered_nor_removed(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let key = subject.created(&workspace).await;
        for sql in ["UPDATE audit_events SET request_id = 'x'", "DELETE FROM audit_events"] {
            let told = refused(subject, sql).await;
            assert!(told.contains("audit_events is append-only"), "{sql}: {told}");
        }
        assert_eq!(subject.trail(workspace.workspace_id(), key.id()).await.len(), 1);
        for sql in ["UPDATE deployment_events SET request_id = 'x'", "DELETE FROM deployment_events"] {
            let told = refused(subject, sql).await;
            assert!(told.contains("deployment_events is append-only"), "{sql}: {told}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn truncate_is_refused_as_well() {
    let subject = Subject::postgres().await;
    let told = refused(&subject, "TRUNCATE audit_events").await;
    assert!(told.contains("audit_events is append-only"), "{told}");
}

/// As `serve` records them. It must be able to update the rows that it has inserted.
async fn record_uses_and_denial(store: &Store, key: &ApiKey) {
    let used = used_once(key.fields().secret.hash, at(1));
    for _ in 0..2 {
        store.record(vec![used.clone()]).await.unwrap();
    }
    let denied = KeyDenials {
        api_key_id: key.id(),
        denial: Denial::Expired,
        last_denied_at: at(1),
        address: None,
        count: 1,
    };
    for _ in 0..2 {
        let denials = vec![denied.clone()];
        store.record_denials(denials).await.unwrap();
    }
    let counted = store.purge_denials(at(1), at(0), 10).await;
    assert_eq!(counted.unwrap(), Some(1));
    let hourly = KeyUses {
        api_key_id: key.id(),
        hour: at(1).truncated_to_hours(),
        addresses: AddressSketch::default(),
        count: 1,
    };
    for _ in 0..2 {
        store.record_hourly_uses(vec![hourly]).await.unwrap();
    }
    let counted = store.purge_uses(at(1), at(0), 10).await;
    assert_eq!(counted.unwrap(), Some(1));
    for day in 0..2 {
        let used = ScopeUse {
            api_key_id: key.id(),
            scope: key.fields().scopes.as_slice()[0].clone(),
            last_used_on: at(day * 24 * 60 * 60).truncated_to_days(),
        };
        store.record_scope_uses(vec![used]).await.unwrap();
    }
    for number in 1..=2 {
        let id = limit_of(key.id().uuid(), "requests");
        let asked = wanting(1, number, 1);
        store.refill(vec![(id, asked)]).await.unwrap();
    }
    let purged = store.purge_uses(at(1), at(0), 10).await;
    assert_eq!(purged.unwrap(), Some(0), "of the ledgers");
}

/// As each node publishes events.
/// Adds a webhook, delivers an event to it, and removes it.
async fn deliver_events(store: &Store) {
    let webhook = webhook();
    let workspace_id = webhook.workspace_id.clone();
    let by = by_operator(at(1));
    assert!(store.publish(100, at(1)).await.unwrap().count > 0);
    store.add(webhook.clone(), by.clone()).await.unwrap();
    let replayed = store.replay(workspace_id.clone(), webhook.id, 0, at(1));
    assert!(replayed.await.unwrap() > Some(0));
    let lease = DeliveryLease {
        id: Uuid::from_u128(1),
        until: at(60),
    };
    let taken = store.take(1, vec![], lease, at(1)).await.unwrap();
    let finished = FinishedDelivery {
        lease: lease.id,
        webhook_id: webhook.id,
        position: taken[0].position,
        event_id: taken[0].event_id,
        attempt_number: 1,
        attempt: Attempt {
            at: at(1),
            duration: Duration::ZERO,
            outcome: Outcome::Failed(DeliveryFailure::TimedOut),
        },
    };
    store.finish(vec![finished], by.clone()).await.unwrap();
    store.repair(at(2)).await.unwrap();
    store.backlog().await.unwrap();
    assert!(
        Webhooks::remove(store, workspace_id, webhook.id, by)
            .await
            .unwrap()
    );
}

async fn publish_events(store: &Store, key: &ApiKey) {
    let notice = Notice {
        workspace_id: workspace_id("ws_1"),
        api_key_id: key.id(),
        occurred_at: at(1),
        kind: NoticeKind::QuotaReached,
    };
    assert_eq!(store.notice(vec![notice]).await.unwrap(), 1);
    assert!(store.publish(2, at(1)).await.unwrap().count > 0);
    assert!(store.publish(100, at(1)).await.unwrap().count > 0);
    assert!(store.purge_published(at(1), 100).await.unwrap() > Some(0));
}

/// As operators manage them.
async fn manage_plans(store: &Store) {
    let (id, by) = (workspace_id("ws_1"), || by_operator(at(0)));
    for max in [1, 2] {
        store
            .put(plan("gold", &[("requests", max, "1m")]), by())
            .await
            .unwrap();
    }
    let gold = PlanName::parse("gold").unwrap();
    for plan in [Some(gold.clone()), None] {
        let assigned = store.assign(&id, plan, by()).await.unwrap();
        assert_eq!(assigned, PlanAssignment::Done);
    }
    assert_eq!(
        Plans::remove(store, &gold, by()).await.unwrap(),
        PlanRemoval::Done
    );
}

/// `docs/postgres-role.sql`, run as operators run it.
#[tokio::test(flavor = "multi_thread")]
async fn the_role_that_serves_can_do_its_work_and_not_touch_the_trail() {
    let owner = Subject::postgres().await;
    let database = owner.database.url().rsplit('/').next().unwrap().to_owned();
    let role = format!("{database}_serve");
    let grants = include_str!("../../../../docs/postgres-role.sql").replace("keyward_serve", &role);
    owner.execute("", &grants).await;

    let url = owner
        .database
        .url()
        .replacen("postgres@", &format!("{role}@"), 1);
    let config = StoreConfig::new(DatabaseUrl::parse(&url).unwrap());
    let serving = Subject {
        store: Store::open(config).await.unwrap(),
        database: owner.database,
    };
    let workspace = serving.workspace("ws_1").await;
    let key = serving.created(&workspace).await;
    let key = serving
        .change(&workspace, &key, &rename("New"), at(1))
        .await;
    record_uses_and_denial(&serving.store, &key).await;
    manage_plans(&serving.store).await;
    deliver_events(&serving.store).await;
    publish_events(&serving.store, &key).await;
    let session = keyward_domain::SessionId::of(b"header.claims");
    serving
        .change(&workspace, &key, &Change::Delete, at(2))
        .await;
    assert_eq!(
        serving.store.purge_api_keys(at(3), 10).await.unwrap(),
        Some(1)
    );
    assert_eq!(
        serving
            .store
            .purge_idempotency_records(at(3), 10)
            .await
            .unwrap(),
        Some(0)
    );
    serving.store.end(session, at(1)).await.unwrap();
    assert!(serving.store.state(session, None).await.unwrap().is_ended);
    assert_eq!(
        serving.store.purge_ended_sessions(at(3), 10).await.unwrap(),
        Some(1)
    );
    // Also after a newer release has migrated the schema.
    let newer = "INSERT INTO __diesel_schema_migrations (version) VALUES ('20990101000001')";
    serving.tamper(newer).await;
    let unknown = vec!["20990101000001".to_owned()];
    let state = serving.store.schema().await.unwrap();
    assert_eq!(state, SchemaState::Ahead { unknown });
    assert!(
        serving
            .store
            .workspace(&workspace_id("ws_1"))
            .await
            .unwrap()
            .is_some()
    );

    let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls)
        .await
        .unwrap();
    tokio::spawn(connection);
    for sql in [
        "UPDATE audit_events SET request_id = 'x'",
        "DELETE FROM audit_events",
        "TRUNCATE audit_events",
        "ALTER TABLE audit_events DISABLE TRIGGER append_only",
        "DROP TABLE audit_events",
        "UPDATE deployment_events SET request_id = 'x'",
        "DELETE FROM deployment_events",
        "DELETE FROM deployment_trail",
    ] {
        let error = client.batch_execute(sql).await.unwrap_err();
        let code = error.code().unwrap().code().to_owned();
        assert_eq!(code, "42501", "{sql}: insufficient privilege");
    }
    serving.store.close().await;
    drop(client);
    let raw = serving.raw_postgres().await;
    raw.batch_execute(&format!("DROP OWNED BY {role}; DROP ROLE {role}"))
        .await
        .unwrap();
}
