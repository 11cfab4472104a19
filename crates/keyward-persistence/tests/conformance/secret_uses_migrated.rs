//! The last uses that the previous release stored, and that it continues to store beside this one.

use keyward_domain::ports::UsageStore as _;
use keyward_domain::testing::{at, used_once, workspace_id};
use keyward_domain::{ApiKey, LastUse};
use keyward_persistence::Store;
use keyward_persistence::testing::TestDatabase;

use crate::subject::{Subject, on_both_stores};

/// The migrations of the previous release.
const BEFORE: [&str; 3] = [
    "2026-11-23-000001_tables",
    "2026-11-23-000002_scope_catalogue",
    "2026-11-23-000003_verification",
];

/// A store whose database has the schema of the previous release.
async fn of_the_release_before(subject: &Subject) -> Subject {
    let (database, folder) = if subject.is_sqlite() {
        (TestDatabase::sqlite(), "sqlite")
    } else {
        (TestDatabase::postgres().await, "postgres")
    };
    let store = Store::open(database.config()).await.unwrap();
    let before = Subject { store, database };
    before
        .execute_on_both(
            "CREATE TABLE __diesel_schema_migrations (
                 version VARCHAR(50) PRIMARY KEY NOT NULL,
                 run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP)",
        )
        .await;
    for name in BEFORE {
        let root = env!("CARGO_MANIFEST_DIR");
        let up = format!("{root}/../../migrations/{folder}/{name}/up.sql");
        before
            .execute_on_both(&std::fs::read_to_string(up).unwrap())
            .await;
        let version = name.split('_').next().unwrap().replace('-', "");
        let applied =
            format!("INSERT INTO __diesel_schema_migrations (version) VALUES ('{version}')");
        before.execute_on_both(&applied).await;
    }
    before
}

/// This many used keys of `ws_1`: the current secret was used three times, the previous one seven
/// times.
async fn used_keys(subject: &Subject, count: u32) {
    let sql = |id: &str, hash: &str, list: &str, instant: &dyn Fn(i64) -> String| {
        let (now, current, previous) = (instant(0), instant(20), instant(10));
        format!(
            "INSERT INTO workspaces (id, created_at) VALUES ('ws_1', {now});
             WITH RECURSIVE numbers (n) AS (
                 SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {count})
             INSERT INTO api_keys (id, mode, workspace_id, name, name_folded, scopes, ip_allowlist,
                 is_disabled, secret_hash, secret_hint, secret_created_at, secret_last_used_at,
                 secret_last_used_address, secret_use_count, previous_secret_hash,
                 previous_secret_hint, previous_secret_created_at, previous_secret_ends_at,
                 previous_secret_last_used_at, previous_secret_use_count, last_used_at, created_at,
                 version)
             SELECT {id}, 'LIVE', 'ws_1', 'Key', 'key', {list}, {list}, false, {hash}, 'a1b2', {now},
                 {current}, '203.0.113.7', 3, {hash}, 'c3d4', {now}, {now}, {previous}, 7, {current},
                 {now}, 1
             FROM numbers"
        )
    };
    let micros = |second| at(second).unix_micros().to_string();
    let text = |second| format!("'{}'", at(second));
    subject
        .execute(
            &sql(
                "unhex(printf('01a2b3c4d5e67000800000000%07x', n))",
                "randomblob(32)",
                "'[]'",
                &micros,
            ),
            &sql(
                "('01a2b3c4-d5e6-7000-8000-00000' || lpad(to_hex(n), 7, '0'))::uuid",
                "sha256(gen_random_uuid()::text::bytea)",
                "'{}'",
                &text,
            ),
        )
        .await;
}

/// The visible uses of a key: of the current secret, of the previous one, and of the key.
fn shown(key: ApiKey) -> (LastUse, LastUse, i64) {
    let fields = key.into_fields();
    let previous = fields.previous_secret.unwrap().secret.last_use.unwrap();
    let seconds = fields.last_used_at.unwrap().unix_seconds() - at(0).unix_seconds();
    (fields.secret.last_use.unwrap(), previous, seconds)
}

/// The newest key of `ws_1`.
async fn newest(subject: &Subject) -> ApiKey {
    let mut page = subject.listed(&workspace_id("ws_1"), 0, 1).await;
    page.items.pop().unwrap()
}

on_both_stores! {
    /// More keys than one transaction moves.
    async fn last_uses_so_far_are_moved(subject: &Subject) {
        const KEYS: u32 = 11_000;
        let subject = of_the_release_before(subject).await;
        used_keys(&subject, KEYS).await;
        subject.store.migrate().await.unwrap();
        let rows = subject.number("SELECT count(*) FROM secret_uses").await;
        assert_eq!(rows, i64::from(KEYS) * 2);
        let (current, previous, last_used_at) = shown(newest(&subject).await);
        let address = current.address.unwrap().ip().to_string();
        assert_eq!((current.at, address.as_str(), current.count), (at(20), "203.0.113.7", 3));
        assert_eq!((previous.at, previous.address, previous.count), (at(10), None, 7));
        assert_eq!(last_used_at, 20);
    }

    async fn what_a_node_of_the_release_before_records_is_shown(subject: &Subject) {
        let subject = of_the_release_before(subject).await;
        used_keys(&subject, 1).await;
        subject.store.migrate().await.unwrap();
        let used_now = |column: &str, second: i64| {
            let update = |instant: String| format!(
                "UPDATE api_keys SET last_used_at = {instant}, {column}_use_count =
                 {column}_use_count + 2, {column}_last_used_at = {instant}"
            );
            (update(at(second).unix_micros().to_string()), update(format!("'{}'", at(second))))
        };
        let key = newest(&subject).await;
        let secret_hash = key.fields().secret.hash;
        let used = used_once(secret_hash, at(25));
        subject.store.record(vec![used]).await.unwrap();
        for (column, second) in [("secret", 30), ("previous_secret", 29), ("secret", 24)] {
            let (sqlite, postgres) = used_now(column, second);
            subject.execute(&sqlite, &postgres).await;
        }
        let (current, previous, last_used_at) = shown(newest(&subject).await);
        assert_eq!((current.at, current.count), (at(30), 3 + 1 + 2 + 2));
        assert_eq!((previous.at, previous.count), (at(29), 7 + 2));
        assert_eq!(last_used_at, 30);
    }
}

/// The serving role may record uses as soon as the migration has run, before its grants are
/// renewed.
#[tokio::test(flavor = "multi_thread")]
async fn who_could_record_uses_still_can() {
    let subject = of_the_release_before(&Subject::postgres().await).await;
    let role = format!(
        "{}_serve",
        subject.database.url().rsplit('/').next().unwrap()
    );
    let role_sql =
        format!("CREATE ROLE {role}; GRANT SELECT, INSERT, UPDATE, DELETE ON api_keys TO {role}");
    subject.execute("", &role_sql).await;
    subject.store.migrate().await.unwrap();
    for privilege in ["SELECT", "INSERT", "UPDATE", "DELETE"] {
        let may =
            format!("SELECT has_table_privilege('{role}', 'secret_uses', '{privilege}')::int");
        assert_eq!(subject.number(&may).await, 1, "{privilege}");
    }
    let gone = format!("DROP OWNED BY {role}; DROP ROLE {role}");
    subject.execute("", &gone).await;
}
