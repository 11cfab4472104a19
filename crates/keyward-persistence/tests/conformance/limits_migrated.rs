//! What earlier releases stored stays when the tables are made ready for limits.

use keyward_domain::ports::{Denials as _, KeyDenials};
use keyward_domain::testing::{at, workspace_id};
use keyward_domain::usecases::verify_deployment;
use keyward_domain::{Denial, Timestamp};

use crate::subject::{Subject, on_both_stores};

/// The limits, and later ones that make the same table anew.
const MIGRATIONS: [&str; 3] = [
    "2026-11-30-000051_limits",
    "2026-12-01-000091_webhooks",
    "2026-12-01-000111_resource_names",
];

on_both_stores! {
    async fn events_denials_and_keys_stay(subject: &Subject) {
        let workspace = subject.owned("ws_1").await;
        let key = subject.created(&workspace).await;
        let store = &subject.store;
        let denied = |denial| KeyDenials {
            api_key_id: key.id(),
            denial,
            last_denied_at: at(1),
            address: None,
            count: 3,
        };
        let before = vec![denied(Denial::Expired)];
        store.record_denials(before.clone()).await.unwrap();
        let folder = if subject.is_sqlite() { "sqlite" } else { "postgres" };
        let root = env!("CARGO_MANIFEST_DIR");
        for migration in MIGRATIONS.iter().rev() {
            let down = format!("{root}/../../migrations/{folder}/{migration}/down.sql");
            subject.execute_on_both(&std::fs::read_to_string(down).unwrap()).await;
        }
        subject.execute_on_both("DELETE FROM __diesel_schema_migrations
            WHERE version IN ('20261130000051', '20261201000091', '20261201000111')").await;
        assert_eq!(store.migrate().await.unwrap(), MIGRATIONS);

        assert_eq!(subject.current(&key).await, Some(key.clone()));
        let denials = async || {
            let id = workspace_id("ws_1");
            store.denials_of_key(&id, key.id(), at(0), Timestamp::MAX).await.unwrap()
        };
        assert_eq!(denials().await, before);
        let new = [Denial::CostAboveLimit, Denial::QuotaExceeded, Denial::RateLimited].map(denied);
        store.record_denials(new.to_vec()).await.unwrap();
        assert_eq!(denials().await.len(), 4);
        let report = verify_deployment(store, store, None, |_| {}).await.unwrap();
        assert_eq!(report.faults, []);
    }
}
