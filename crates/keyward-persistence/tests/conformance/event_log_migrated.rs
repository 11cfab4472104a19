//! Events from before the migration are not published; changes by older nodes after it are.

use keyward_domain::Change;
use keyward_domain::ports::{EventLog as _, Published};
use keyward_domain::testing::at;

use crate::subject::{Subject, on_both_stores};

/// Published events, and later ones that change the same tables.
const MIGRATIONS: [&str; 3] = [
    "2026-11-30-000071_published_events",
    "2026-12-01-000091_webhooks",
    "2026-12-01-000111_resource_names",
];

on_both_stores! {
    async fn only_later_events_are_published(subject: &Subject) {
        let workspace = subject.owned("ws_1").await;
        let key = subject.created(&workspace).await;
        let folder = if subject.is_sqlite() { "sqlite" } else { "postgres" };
        let root = env!("CARGO_MANIFEST_DIR");
        for migration in MIGRATIONS.iter().rev() {
            let down = format!("{root}/../../migrations/{folder}/{migration}/down.sql");
            subject.execute_on_both(&std::fs::read_to_string(down).unwrap()).await;
        }
        subject.execute_on_both("DELETE FROM __diesel_schema_migrations
            WHERE version IN ('20261130000071', '20261201000091', '20261201000111')").await;
        let key = subject.change(&workspace, &key, &Change::Disable, at(1)).await;
        assert_eq!(subject.store.migrate().await.unwrap(), MIGRATIONS);
        let nothing = Published { count: 0, head: 0 };
        assert_eq!(subject.store.publish(9, at(2)).await.unwrap(), nothing);

        subject.change(&workspace, &key, &Change::Enable, at(3)).await;
        assert_eq!(subject.store.publish(9, at(4)).await.unwrap(), Published { count: 1, head: 1 });
        let events = subject.store.published(0, 9).await.unwrap();
        assert_eq!(events[0].trail().position, 3);
        assert_eq!(events[0].sequence, Some(1));
    }
}
