//! `keyward serve` as its own process, on free ports, with the test's own store.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, mpsc};
use std::time::Duration;

use keyward_domain::ports::{ApiKeys as _, AuditEvents as _, WorkspaceDirectory as _};
use keyward_domain::testing::{self, user_id, workspace_id};
use keyward_domain::{
    ApiKey, ApiKeyFilter, ApiKeyId, ApiKeyListing, AuditEvent, Authorship, Pagination, Role, Sort,
    Timestamp,
};
use keyward_persistence::Store;
use keyward_persistence::testing::TestDatabase;
use serde_json::{Value, json};

use crate::http::Request;
use crate::tokens;

pub(crate) const WORKSPACE: &str = "ws_1";
pub(crate) const OWNER: &str = "user_owner";
pub(crate) const CLIENT_HASH: &str = "device-1";

/// The store of a test.
#[derive(Clone, Copy, Debug)]
pub(crate) enum On {
    Sqlite,
    Postgres,
}

/// Runs one async body as two tests, one per store.
macro_rules! on_both_stores {
    ($($(#[$meta:meta])* async fn $name:ident($on:ident: On) $body:block)*) => {$(
        mod $name {
            use super::*;
            async fn case($on: On) $body
            #[tokio::test(flavor = "multi_thread")]
            async fn sqlite() { Box::pin(case(On::Sqlite)).await; }
            #[tokio::test(flavor = "multi_thread")]
            async fn postgres() { Box::pin(case(On::Postgres)).await; }
        }
    )*};
}
pub(crate) use on_both_stores;

/// A migrated store with one workspace and its owner.
pub(crate) struct TestStore {
    pub(crate) database: TestDatabase,
    pub(crate) store: Store,
}

/// A database without a schema.
pub(crate) async fn empty_database(on: On) -> TestDatabase {
    match on {
        On::Sqlite => TestDatabase::sqlite(),
        On::Postgres => TestDatabase::postgres().await,
    }
}

/// An operator as the author of a change, now.
pub(crate) fn by_operator() -> Authorship {
    testing::by_operator(Timestamp::from_unix_seconds(tokens::now()).unwrap())
}

impl TestStore {
    pub(crate) async fn create(on: On) -> Self {
        Self::over(empty_database(on).await).await
    }

    pub(crate) async fn over(database: TestDatabase) -> Self {
        let store = database.open().await;
        let test_store = Self { database, store };
        test_store.add_workspace(WORKSPACE).await;
        test_store.add_member(WORKSPACE, OWNER, Role::Owner).await;
        test_store
    }

    pub(crate) async fn add_workspace(&self, workspace: &str) {
        let workspace = workspace_id(workspace);
        let added = self.store.add_workspace(&workspace, by_operator());
        assert!(added.await.unwrap());
    }

    pub(crate) async fn add_member(&self, workspace: &str, user: &str, role: Role) {
        let (workspace, user) = (workspace_id(workspace), user_id(user));
        self.store
            .add_member(&workspace, &user, role, by_operator())
            .await
            .unwrap();
    }

    /// The workspace's keys, newest first.
    pub(crate) async fn keys(&self) -> Vec<ApiKey> {
        let listing = ApiKeyListing {
            filter: ApiKeyFilter::default(),
            sort: Sort::default(),
            page: Pagination::new(0, 100).unwrap(),
            now: Timestamp::from_unix_seconds(tokens::now()).unwrap(),
        };
        let workspace = workspace_id(WORKSPACE);
        self.store.list(&workspace, &listing).await.unwrap().items
    }

    /// The events of a key, oldest first.
    pub(crate) async fn trail(&self, id: ApiKeyId) -> Vec<AuditEvent> {
        let workspace = workspace_id(WORKSPACE);
        let page = Pagination::new(0, 100).unwrap();
        let recorded = self.store.of_key(&workspace, id, page).await.unwrap();
        let events = recorded.items.into_iter().rev();
        events.map(|recorded| recorded.event).collect()
    }

    pub(crate) async fn set_role(&self, workspace: &str, user: &str, role: Role) {
        let (workspace, user) = (workspace_id(workspace), user_id(user));
        let changed = self.store.set_role(&workspace, &user, role, by_operator());
        changed.await.unwrap();
    }
}

/// A running `keyward serve`.
pub(crate) struct TestServer {
    process: Child,
    pub(crate) public: SocketAddr,
    pub(crate) internal: SocketAddr,
    /// All addresses of the listeners.
    pub(crate) public_addrs: Vec<String>,
    pub(crate) internal_addrs: Vec<String>,
    logs: Arc<(Mutex<String>, Condvar)>,
}

impl TestServer {
    /// Serves `database` with the tests' HS256 secret.
    pub(crate) fn start(database: &TestDatabase) -> Self {
        Self::start_with(database, &[("KEYWARD_JWT_SECRET", tokens::SECRET)])
    }

    /// Serves `database` with these variables.
    pub(crate) fn start_with(database: &TestDatabase, variables: &[(&str, &str)]) -> Self {
        Self::start_program(keyward(), database, variables)
    }

    /// Serves `database` with any keyward binary.
    pub(crate) fn start_program(
        mut program: Command,
        database: &TestDatabase,
        variables: &[(&str, &str)],
    ) -> Self {
        program
            .arg("serve")
            .env("DATABASE_URL", database.url())
            .env("KEYWARD_PUBLIC_ADDR", "127.0.0.1:0")
            .env("KEYWARD_INTERNAL_ADDR", "127.0.0.1:0")
            // Tests make more changes per minute than any owner.
            .env("KEYWARD_CHANGES_PER_MINUTE_MAX", "0")
            .envs(variables.iter().copied())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let mut process = program.spawn().expect("the binary starts");
        let stderr = process.stderr.take().expect("a pipe");
        let logs = Arc::new((Mutex::new(String::new()), Condvar::new()));
        let (serving, addresses) = mpsc::channel();
        let kept = Arc::clone(&logs);
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                if let Ok(event) = serde_json::from_str::<Value>(&line)
                    && event["message"] == "serving"
                {
                    // The receiver only waits for the first message.
                    let _unheard = serving.send(event);
                }
                let (logs, grown) = &*kept;
                let mut logs = logs.lock().unwrap();
                logs.push_str(&line);
                logs.push('\n');
                grown.notify_all();
            }
        });
        let event = addresses
            .recv_timeout(Duration::from_mins(1))
            .unwrap_or_else(|error| {
                panic!(
                    "the server doesn't serve ({error}): {}",
                    logs.0.lock().unwrap()
                )
            });
        let addrs = |field: &str| {
            let addrs = event[field].as_str().unwrap().split(',');
            addrs.map(str::to_owned).collect::<Vec<_>>()
        };
        let addr = |field: &str| addrs(field)[0].parse();
        // A Unix socket has no such address.
        let internal = addr("internal_addr").unwrap_or(SocketAddr::from(([0; 4], 0)));
        Self {
            process,
            public: addr("public_addr").unwrap(),
            internal,
            public_addrs: addrs("public_addr"),
            internal_addrs: addrs("internal_addr"),
            logs,
        }
    }

    /// The log so far.
    pub(crate) fn logs(&self) -> String {
        self.logs.0.lock().unwrap().clone()
    }

    /// Whether it logs a text, now or soon: a line may come after the response.
    pub(crate) fn comes_to_log(&self, text: &str) -> bool {
        let (logs, grown) = &*self.logs;
        let lacks = |logs: &mut String| !logs.contains(text);
        let logs = logs.lock().unwrap();
        let waited = grown.wait_timeout_while(logs, Duration::from_secs(10), lacks);
        !waited.unwrap().1.timed_out()
    }

    /// The process id.
    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    /// Sends a signal with this name.
    pub(crate) fn signal(&self, name: &str) {
        let pid = self.process.id().to_string();
        let status = Command::new("kill")
            .args([&format!("-{name}"), &pid])
            .status()
            .unwrap();
        assert!(status.success());
    }

    /// Waits until the process ends by itself, and returns its exit code.
    pub(crate) fn wait(&mut self) -> Option<i32> {
        self.process.wait().unwrap().code()
    }

    /// A valid request of contract §1 from the owner.
    pub(crate) fn create(&self) -> Request {
        self.create_as(&tokens::of(OWNER, "PARTNER"), WORKSPACE)
    }

    /// A request of the owner with valid headers, to `…/api-keys{path}`.
    pub(crate) fn owner(&self, method: &str, path: &str) -> Request {
        let target = format!("/web/v1/workspaces/{WORKSPACE}/api-keys{path}");
        self.create().method(method).target(&target).body("")
    }

    /// The id and the secret of a new key.
    pub(crate) fn created(&self) -> (String, String) {
        let response = self.create().send();
        response.assert("create", 201, "2000");
        let data = &response.json()["data"];
        let text = |name: &str| data[name].as_str().unwrap().to_owned();
        (text("apiKeyId"), text("secret"))
    }

    pub(crate) fn create_as(&self, token: &str, workspace: &str) -> Request {
        let target = format!("/web/v1/workspaces/{workspace}/api-keys");
        Request::new(self.public, "POST", &target)
            .also("Content-Type", "application/json")
            .also("Accept", "application/json")
            .also("X-Client-Hash", CLIENT_HASH)
            .also("X-Workspace-Id", workspace)
            .also("Authorization", format!("Bearer {token}"))
            .body(json!({ "name": "Production Key" }).to_string())
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        // It may have ended already.
        let _gone = self.process.kill();
        let _reaped = self.process.wait();
    }
}

/// The binary in the test's own environment.
pub(crate) fn keyward() -> Command {
    program(env!("CARGO_BIN_EXE_keyward"))
}

/// Any keyward binary in the test's own environment.
pub(crate) fn program(path: &str) -> Command {
    let mut command = Command::new(path);
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command
}
