//! The measured server: the release binary with its default configuration.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use keyward_domain::Role;
use keyward_domain::ports::WorkspaceDirectory as _;
use keyward_domain::testing::{at, by_operator, user_id, workspace_id};
use keyward_persistence::Store;
use keyward_persistence::testing::TestDatabase;
use serde_json::{Value, json};

use crate::WORKSPACES;

pub(crate) const OWNER: &str = "user_owner";
const SECRET: &str = "a-signing-secret-of-more-than-32-bytes";

pub(crate) struct Subject {
    process: Child,
    pub(crate) addr: SocketAddr,
    /// Means nothing when the internal listener is a Unix socket.
    pub(crate) internal: SocketAddr,
    token: String,
}

pub(crate) fn workspace(at: usize) -> String {
    format!("ws_{at}")
}

/// The workspaces and their common owner.
pub(crate) async fn seed(store: &Store) {
    let (owner, by) = (user_id(OWNER), by_operator(at(-100_000_000)));
    for at in 0..WORKSPACES {
        let workspace = workspace_id(&workspace(at));
        store.add_workspace(&workspace, by.clone()).await.unwrap();
        store
            .add_member(&workspace, &owner, Role::Owner, by.clone())
            .await
            .unwrap();
    }
}

impl Subject {
    pub(crate) async fn start(database: &TestDatabase) -> Self {
        seed(&database.open().await).await;
        Self::serve_url(database.url())
    }

    /// Serves on the first core only, with these variables; the other core is for the clients.
    pub(crate) async fn start_on_one_core(
        database: &TestDatabase,
        variables: &[(&str, &str)],
    ) -> Self {
        seed(&database.open().await).await;
        Self::serve_on_one_core(database.url(), variables)
    }

    /// The same for a database that already has data.
    pub(crate) fn serve_on_one_core(url: &str, variables: &[(&str, &str)]) -> Self {
        let mut command = Command::new("taskset");
        command.args(["-c", "0", env!("CARGO_BIN_EXE_keyward")]);
        Self::serve(url, command, variables)
    }

    /// Serves a database that already has data.
    pub(crate) fn serve_url(url: &str) -> Self {
        Self::serve(url, Command::new(env!("CARGO_BIN_EXE_keyward")), &[])
    }

    /// The same with these variables.
    pub(crate) fn serve_with(url: &str, variables: &[(&str, &str)]) -> Self {
        Self::serve(url, Command::new(env!("CARGO_BIN_EXE_keyward")), variables)
    }

    /// The same through a pooler, with `listen_url` as the direct URL.
    pub(crate) fn serve_pooled(url: &str, listen_url: &str) -> Self {
        let variables = [("KEYWARD_LISTEN_URL", listen_url)];
        Self::serve(url, Command::new(env!("CARGO_BIN_EXE_keyward")), &variables)
    }

    fn serve(url: &str, mut command: Command, variables: &[(&str, &str)]) -> Self {
        let mut process = command
            .arg("serve")
            .env("DATABASE_URL", url)
            .env("KEYWARD_JWT_SECRET", SECRET)
            .env("KEYWARD_PUBLIC_ADDR", "127.0.0.1:0")
            .env("KEYWARD_INTERNAL_ADDR", "127.0.0.1:0")
            .env("KEYWARD_KEYS_PER_WORKSPACE_MAX", "100000000")
            .env("KEYWARD_CHANGES_PER_MINUTE_MAX", "0")
            .env("KEYWARD_LOG", "info")
            .envs(variables.iter().copied())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let serving = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| {
                let event: Value = serde_json::from_str(&line).ok()?;
                (event["message"] == "serving").then_some(event)
            })
            .expect("the server serves");
        let parsed = |field: &str| serving[field].as_str()?.parse().ok();
        let addr = parsed("public_addr").unwrap();
        let internal = parsed("internal_addr").unwrap_or(addr);
        std::thread::spawn(move || lines.for_each(drop));
        Self {
            process,
            addr,
            internal,
            token: token(),
        }
    }

    pub(crate) fn process_id(&self) -> u32 {
        self.process.id()
    }

    /// A create request in the workspace `at`, as bytes to send repeatedly.
    pub(crate) fn create(&self, at: usize) -> Vec<u8> {
        let body = json!({
            "name": "Production Key",
            "scopes": ["payment:read", "payment:write"],
            "ipWhitelist": ["192.168.1.0/24"],
        });
        self.request("POST", at, "", &body.to_string())
    }

    /// A list request in the workspace `at`.
    pub(crate) fn list(&self, at: usize, query: &str) -> Vec<u8> {
        self.request("GET", at, query, "")
    }

    /// A request to change a key's name in the workspace `at`.
    pub(crate) fn rename(&self, at: usize, id: &str, name: &str) -> Vec<u8> {
        let body = json!({ "name": name });
        self.request("PATCH", at, &format!("/{id}"), &body.to_string())
    }

    /// The headers of a change in the workspace `at`.
    pub(crate) fn headers(&self, at: usize) -> String {
        let (workspace, token) = (workspace(at), &self.token);
        format!(
            "Accept: application/json\r\nX-Client-Hash: bench\r\nX-Workspace-Id: {workspace}\r\n\
             Authorization: Bearer {token}\r\n"
        )
    }

    fn request(&self, method: &str, at: usize, rest: &str, body: &str) -> Vec<u8> {
        let (workspace, token) = (workspace(at), &self.token);
        format!(
            "{method} /web/v1/workspaces/{workspace}/api-keys{rest} HTTP/1.1\r\nHost: 127.0.0.1\r\n\
             Content-Type: application/json\r\nAccept: application/json\r\nX-Client-Hash: bench\r\n\
             X-Workspace-Id: {workspace}\r\nAuthorization: Bearer {token}\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .into_bytes()
    }
}

impl Drop for Subject {
    fn drop(&mut self) {
        let _gone = self.process.kill();
        let _reaped = self.process.wait();
    }
}

#[expect(clippy::disallowed_methods, reason = "a benchmark has no Clock port")]
fn token() -> String {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs();
    let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let claims = json!({ "sub": OWNER, "portal": "PARTNER", "exp": now + 86_400 });
    let message = format!("{}.{}", part(json!({ "alg": "HS256" })), part(claims));
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
    let signature = URL_SAFE_NO_PAD.encode(hmac::sign(&key, message.as_bytes()));
    format!("{message}.{signature}")
}
