//! A store under test, and the data that the cases create in it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, QueryableByName, RunQueryDsl as _, SqliteConnection};
use keyward_domain::ports::{
    ApiKeys as _, AuditEvents as _, ChangedApiKey, Inserted, NewApiKey, RepositoryError, Saved,
    WorkspaceDirectory as _,
};
use keyward_domain::testing::{
    api_key_id_of, at, by_operator, key_name, new_api_key, origin, principal, secret_of, user_id,
    workspace_id,
};
use keyward_domain::usecases::authorize::{self, AuthorizeUser};
use keyward_domain::{
    AdminRights, ApiKey, ApiKeyFilter, ApiKeyId, ApiKeyListing, ApiKeyUpdate, Applied, AuditEvent,
    Change, Idempotency, IdempotencyKey, KnownRoles, Mode, Origin, Overlap, OwnedWorkspace, Page,
    Pagination, Portal, RawAnnotations, RawDraft, RawField, RawLimit, RequestFingerprint, Role,
    Secret, Sort, StoredSecret, Timestamp, WorkspaceId,
};
use keyward_persistence::Store;
use keyward_persistence::testing::TestDatabase;
use tokio_postgres::NoTls;

/// Runs each case on both stores.
macro_rules! on_both_stores {
    ($($(#[$meta:meta])* async fn $name:ident($subject:ident: &Subject) $body:block)*) => {$(
        mod $name {
            use super::*;

            async fn case($subject: &Subject) $body

            #[tokio::test(flavor = "multi_thread")]
            async fn sqlite() {
                Box::pin(case(&Subject::sqlite().await)).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn postgres() {
                Box::pin(case(&Subject::postgres().await)).await;
            }
        }
    )*};
}
pub(crate) use on_both_stores;

static COUNTER: AtomicU64 = AtomicU64::new(1);

/// A migrated store with its own database.
pub(crate) struct Subject {
    pub(crate) store: Store,
    pub(crate) database: TestDatabase,
}

impl Subject {
    pub(crate) async fn sqlite() -> Self {
        Self::over(TestDatabase::sqlite()).await
    }

    pub(crate) async fn postgres() -> Self {
        Self::over(TestDatabase::postgres().await).await
    }

    pub(crate) async fn over(database: TestDatabase) -> Self {
        let store = database.open().await;
        Self { store, database }
    }

    pub(crate) fn is_sqlite(&self) -> bool {
        self.database.url().starts_with("sqlite:")
    }

    /// A workspace, and an operator's proof of ownership.
    pub(crate) async fn workspace(&self, id: &str) -> OwnedWorkspace {
        let id = workspace_id(id);
        assert!(
            self.store
                .add_workspace(&id, by_operator(at(0)))
                .await
                .unwrap()
        );
        authorize::operator(&self.store, &id)
            .await
            .unwrap()
            .unwrap()
    }

    /// A workspace, and the proof of ownership of `user_1`, its owner, in the PARTNER portal.
    pub(crate) async fn owned(&self, id: &str) -> OwnedWorkspace {
        self.owned_in(id, Some(Portal::Partner)).await
    }

    /// A workspace, and the proof of ownership of `user_1`, its owner, in this portal.
    pub(crate) async fn owned_in(&self, id: &str, portal: Option<Portal>) -> OwnedWorkspace {
        self.workspace(id).await;
        let (workspace, user_id) = (workspace_id(id), user_id("user_1"));
        let store = &self.store;
        store
            .add_member(&workspace, &user_id, Role::Owner, by_operator(at(0)))
            .await
            .unwrap();
        let users = AuthorizeUser {
            memberships: Arc::new(store.clone()),
            admin_rights: AdminRights::None,
        };
        let (principal, known) = (principal(portal), KnownRoles::default());
        users.owner(&principal, &known, id).await.unwrap()
    }

    pub(crate) async fn insert(&self, new: NewApiKey) -> Inserted {
        self.store.insert(new).await.unwrap()
    }

    /// One page of a workspace's keys, newest first.
    pub(crate) async fn listed(
        &self,
        workspace_id: &WorkspaceId,
        number: u32,
        size: u32,
    ) -> Page<ApiKey> {
        let listing = newest_first(number, size);
        self.store.list(workspace_id, &listing).await.unwrap()
    }

    /// The events of a key, oldest first.
    pub(crate) async fn trail(
        &self,
        workspace_id: &WorkspaceId,
        api_key_id: ApiKeyId,
    ) -> Vec<AuditEvent> {
        trail(&self.store, workspace_id, api_key_id).await
    }

    /// A stored key that was created at second 0.
    pub(crate) async fn created(&self, workspace: &OwnedWorkspace) -> ApiKey {
        let new = new_key(workspace, at(0));
        let key = new.key.clone();
        assert_eq!(self.insert(new).await, Inserted::Created);
        key
    }

    /// The key as it is now.
    pub(crate) async fn current(&self, key: &ApiKey) -> Option<ApiKey> {
        let workspace_id = &key.fields().workspace_id;
        self.store.get(workspace_id, key.id()).await.unwrap()
    }

    /// Makes a change that must succeed, and returns the key after it.
    pub(crate) async fn change(
        &self,
        workspace: &OwnedWorkspace,
        key: &ApiKey,
        change: &Change,
        now: Timestamp,
    ) -> ApiKey {
        let changed = changed(workspace, key, change, now);
        let after = changed.key.clone();
        assert_eq!(self.store.save(changed).await.unwrap(), Saved::Done);
        after
    }

    pub(crate) async fn key_count(&self, id: &str) -> u32 {
        let workspace = self.store.workspace(&workspace_id(id)).await.unwrap();
        workspace.unwrap().key_count
    }

    /// Runs SQL outside the store: one text for both databases, or one for each.
    pub(crate) async fn execute(&self, sqlite: &str, postgres: &str) {
        if self.is_sqlite() {
            let mut connection = self.raw_sqlite();
            connection.batch_execute(sqlite).unwrap();
        } else {
            let client = self.raw_postgres().await;
            client.batch_execute(postgres).await.unwrap();
        }
    }

    pub(crate) async fn execute_on_both(&self, sql: &str) {
        self.execute(sql, sql).await;
    }

    /// The number that a query outside the store returns.
    pub(crate) async fn number(&self, sql: &str) -> i64 {
        if self.is_sqlite() {
            let mut connection = self.raw_sqlite();
            let number: Number = diesel::sql_query(format!("SELECT ({sql}) AS number"))
                .get_result(&mut connection)
                .unwrap();
            number.number
        } else {
            let client = self.raw_postgres().await;
            let sql = format!("SELECT ({sql})::bigint");
            client.query_one(&sql, &[]).await.unwrap().get(0)
        }
    }

    /// The text that a query outside the store returns.
    pub(crate) async fn text(&self, sql: &str) -> String {
        if self.is_sqlite() {
            let mut connection = self.raw_sqlite();
            let text: Text = diesel::sql_query(format!("SELECT ({sql}) AS text"))
                .get_result(&mut connection)
                .unwrap();
            text.text
        } else {
            let client = self.raw_postgres().await;
            let sql = format!("SELECT ({sql})::text");
            client.query_one(&sql, &[]).await.unwrap().get(0)
        }
    }

    /// Changes the trail as an attacker with full access to the database could.
    pub(crate) async fn tamper(&self, sql: &str) {
        self.database.tamper(sql).await;
    }

    pub(crate) fn raw_sqlite(&self) -> SqliteConnection {
        let path = self.database.url().trim_start_matches("sqlite:");
        SqliteConnection::establish(path).unwrap()
    }

    pub(crate) async fn raw_postgres(&self) -> tokio_postgres::Client {
        let connected = tokio_postgres::connect(self.database.url(), NoTls).await;
        let (client, connection) = connected.unwrap();
        tokio::spawn(connection);
        client
    }

    /// A store of another node. Only one process may use a SQLite file, so there it is the same.
    pub(crate) async fn another_node(&self) -> Store {
        if self.is_sqlite() {
            self.store.clone()
        } else {
            Store::open(self.database.config()).await.unwrap()
        }
    }

    /// Locks all writers out of `workspaces` until the result is dropped.
    pub(crate) async fn lock_out_writers(&self) -> Lock {
        if self.is_sqlite() {
            let mut connection = self.raw_sqlite();
            connection.batch_execute("BEGIN IMMEDIATE").unwrap();
            Lock::Sqlite(Box::new(connection))
        } else {
            let client = self.raw_postgres().await;
            let lock = "BEGIN; LOCK TABLE workspaces IN EXCLUSIVE MODE";
            client.batch_execute(lock).await.unwrap();
            Lock::Postgres(client)
        }
    }
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    number: i64,
}

#[derive(QueryableByName)]
struct Text {
    #[diesel(sql_type = diesel::sql_types::Text)]
    text: String,
}

/// The lock that blocks writers.
pub(crate) enum Lock {
    Sqlite(Box<SqliteConnection>),
    Postgres(tokio_postgres::Client),
}

impl Lock {
    pub(crate) async fn release(self) {
        match self {
            Self::Sqlite(mut connection) => connection.batch_execute("ROLLBACK").unwrap(),
            Self::Postgres(client) => client.batch_execute("ROLLBACK").await.unwrap(),
        }
    }
}

/// A key after a change that must have an effect.
pub(crate) fn changed(
    workspace: &OwnedWorkspace,
    key: &ApiKey,
    change: &Change,
    now: Timestamp,
) -> ChangedApiKey {
    match key.apply(change, workspace, now, origin()).unwrap() {
        Applied::Changed(changed) => {
            let (key, event) = *changed;
            ChangedApiKey {
                key,
                event,
                idempotency: None,
                events_per_minute_max: None,
                notices: Vec::new(),
            }
        }
        Applied::NoEffect => panic!("{change:?} has no effect"),
    }
}

pub(crate) fn rename(name: &str) -> Change {
    Change::Update(ApiKeyUpdate {
        name: Some(key_name(name)),
        ..ApiKeyUpdate::default()
    })
}

/// A rotation to a new secret.
pub(crate) fn rotation(now: Timestamp, overlap_seconds: i64) -> Change {
    Change::Rotate {
        secret: StoredSecret::of(&new_secret(Mode::Live), now),
        overlap: Overlap::from_seconds(overlap_seconds).unwrap(),
    }
}

pub(crate) fn newest_first(number: u32, size: u32) -> ApiKeyListing {
    ApiKeyListing {
        filter: ApiKeyFilter::default(),
        sort: Sort::default(),
        page: Pagination::new(number, size).unwrap(),
        now: at(0),
    }
}

/// The events of a key, oldest first.
pub(crate) async fn trail(
    store: &Store,
    workspace_id: &WorkspaceId,
    api_key_id: ApiKeyId,
) -> Vec<AuditEvent> {
    let page = Pagination::new(0, 100).unwrap();
    let recorded = store.of_key(workspace_id, api_key_id, page).await.unwrap();
    let events = recorded.items.into_iter().rev();
    events.map(|recorded| recorded.event).collect()
}

pub(crate) fn draft(name: &str) -> RawDraft {
    let text = |text: &str| RawField::Value(text.to_owned());
    RawDraft {
        name: text(name),
        scopes: RawField::Value(vec![text("payment:write"), text("payment:read")]),
        ip_allowlist: RawField::Value(vec![text("192.168.1.0/24"), text("2001:db8::1")]),
        expires_at: text("2099-01-31T12:00:00Z"),
        ..RawDraft::default()
    }
}

/// A draft with all annotations.
pub(crate) fn annotated() -> RawDraft {
    let text = |text: &str| RawField::Value(text.to_owned());
    let members = [("plan", "gold \"1\" 支"), ("a.b", "")];
    let members = members.map(|(name, value)| (name.to_owned(), text(value)));
    RawDraft {
        annotations: RawAnnotations {
            description: text("Für den Bericht 👋"),
            external_id: text("customer-1"),
            metadata: RawField::Value(members.to_vec()),
        },
        ..draft("annotated")
    }
}

/// A limit as a request names it.
pub(crate) fn raw_limit(name: &str, max: i64, window: &str) -> RawField<RawLimit> {
    let text = |text: &str| RawField::Value(text.to_owned());
    RawField::Value(RawLimit {
        name: text(name),
        max: RawField::Value(max),
        window: text(window),
        ..RawLimit::default()
    })
}

/// A new key of `workspace`, created at `now`.
pub(crate) fn new_key(workspace: &OwnedWorkspace, now: Timestamp) -> NewApiKey {
    from_draft(workspace, now, draft("Production Key"), origin())
}

pub(crate) fn from_draft(
    workspace: &OwnedWorkspace,
    now: Timestamp,
    draft: RawDraft,
    origin: Origin,
) -> NewApiKey {
    new_api_key(workspace, draft, count(), now, origin)
}

/// The id of no other key.
pub(crate) fn new_id(mode: Mode, now: Timestamp) -> ApiKeyId {
    api_key_id_of(mode, now, count())
}

/// The secret of no other key.
pub(crate) fn new_secret(mode: Mode) -> Secret {
    secret_of(mode, count())
}

fn count() -> u64 {
    COUNTER.fetch_add(1, Ordering::Relaxed)
}

pub(crate) fn idempotency(key: &str, body: &str) -> Idempotency {
    Idempotency {
        key: IdempotencyKey::parse(key).unwrap(),
        fingerprint: RequestFingerprint::of(body.as_bytes()),
    }
}

pub(crate) fn assert_unavailable<T: std::fmt::Debug>(answer: &Result<T, RepositoryError>) {
    assert!(
        matches!(answer, Err(RepositoryError::Unavailable(_))),
        "{answer:?}"
    );
}
