//! Contract §7 with tokens of a real identity service: `oidc-provider`, by the script in
//! tests/issuer.
//!
//! It needs what `scripts/with-browser` puts on PATH.

use std::io::{BufRead as _, BufReader, Lines, Write as _};
use std::net::SocketAddr;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use keyward_domain::Role;
use serde_json::{Value, json};

use crate::http::Request;
use crate::server::{CLIENT_HASH, OWNER, On, TestServer, TestStore, WORKSPACE};

const AUDIENCE: &str = "https://keys.example";
const OTHER_AUDIENCE: &str = "urn:keyward";
/// Another owner, in no portal.
const PLAIN: &str = "user_plain";
/// Longer than a node waits before it asks for an unknown key again.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running identity service.
pub(crate) struct Issuer {
    process: Child,
    said: Lines<BufReader<ChildStdout>>,
    pub(crate) url: String,
}

impl Issuer {
    /// Signs with a new key of this name.
    pub(crate) fn start(kid: &str, alg: &str) -> Self {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/issuer");
        let mut process = Command::new("node")
            .args(["issuer.mjs", kid, alg])
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("node on PATH: run the tests by scripts/test");
        let mut said = BufReader::new(process.stdout.take().unwrap()).lines();
        let url = said
            .next()
            .expect("packages: run the tests by scripts/test");
        let url = url.unwrap();
        Self { process, said, url }
    }

    /// Withdraws the key, and signs with a new one of this name.
    fn replace_key(&mut self, kid: &str, alg: &str) {
        let stdin = self.process.stdin.as_mut().unwrap();
        writeln!(stdin, "{kid} {alg}").unwrap();
        assert_eq!(self.said.next().unwrap().unwrap(), "replaced");
    }

    fn address(&self) -> SocketAddr {
        self.url.strip_prefix("http://").unwrap().parse().unwrap()
    }

    /// A token of this client for this audience.
    fn token(&self, client: &str, audience: &str) -> String {
        let credentials = STANDARD.encode(format!("{client}:a-secret-of-the-test"));
        let form = [("grant_type", "client_credentials"), ("resource", audience)];
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish();
        let response = Request::new(self.address(), "POST", "/token")
            .also("Authorization", format!("Basic {credentials}"))
            .also("Content-Type", "application/x-www-form-urlencoded")
            .body(body)
            .send();
        assert_eq!(response.status, 200, "{}", response.text());
        response.json()["access_token"].as_str().unwrap().to_owned()
    }
}

impl Drop for Issuer {
    fn drop(&mut self) {
        // Gone already is as good.
        let _gone = self.process.kill();
        let _reaped = self.process.wait();
    }
}

async fn store() -> TestStore {
    let store = TestStore::create(On::Sqlite).await;
    store.add_member(WORKSPACE, PLAIN, Role::Owner).await;
    store
}

/// The answer to a request for a key of this mode.
fn create(server: &TestServer, token: &str, mode: u8) -> (u16, Value) {
    let body = json!({ "name": "Key", "mode": mode });
    let response = server
        .create_as(token, WORKSPACE)
        .body(body.to_string())
        .send();
    (response.status, response.json())
}

/// Who created a key, by its history.
fn creator(server: &TestServer, token: &str, created: &Value) -> Value {
    let id = created["data"]["apiKeyId"].as_str().unwrap();
    let target = format!("/web/v1/workspaces/{WORKSPACE}/api-keys/{id}/events");
    let request = server
        .create_as(token, WORKSPACE)
        .method("GET")
        .target(&target);
    request.body("").send().json()["data"]["items"][0]["actor"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_found_by_the_issuers_url_and_followed_when_they_change() {
    let store = store().await;
    let mut issuer = Issuer::start("first", "RS256");
    let server = TestServer::start_with(
        &store.database,
        &[
            ("KEYWARD_JWT_ISSUER", &issuer.url),
            ("KEYWARD_JWT_AUDIENCE", &format!("keyward,{AUDIENCE}")),
            ("KEYWARD_JWT_PORTAL_CLAIM", "/realm_access/roles"),
            ("KEYWARD_JWT_PARTNER_VALUES", "partner"),
            (
                "KEYWARD_JWT_CLIENT_HASH_CLAIM",
                "https://example.com/device",
            ),
        ],
    );
    let (owner, plain) = (issuer.token(OWNER, AUDIENCE), issuer.token(PLAIN, AUDIENCE));
    let (status, created) = create(&server, &owner, 2);
    assert_eq!(status, 201, "PARTNER by a role: {created}");
    let actor = json!({ "kind": "USER", "userId": OWNER, "portal": "PARTNER" });
    assert_eq!(creator(&server, &owner, &created), actor);
    let (status, refused) = create(&server, &plain, 2);
    assert_eq!((status, &refused["code"]), (403, &json!("4031")));
    let (status, created) = create(&server, &plain, 1);
    assert_eq!(status, 201, "no portal at all: {created}");
    let actor = json!({ "kind": "USER", "userId": PLAIN, "portal": null });
    assert_eq!(creator(&server, &plain, &created), actor);
    let elsewhere = issuer.token(OWNER, "https://other.example");
    assert_eq!(
        create(&server, &elsewhere, 1).0,
        401,
        "for another audience"
    );
    let request = server.create_as(&owner, WORKSPACE);
    let request = request.header("X-Client-Hash", format!("not-{CLIENT_HASH}"));
    request.send().assert("another device", 401, "4010");

    issuer.replace_key("second", "ES256");
    let successor = issuer.token(OWNER, AUDIENCE);
    let begun = Instant::now();
    // An unknown key is asked for at once, but not twice in 10 s, and the start has asked already.
    while create(&server, &successor, 1).0 != 201 {
        assert!(begun.elapsed() < PATIENCE, "{}", server.logs());
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(create(&server, &owner, 1).0, 401, "by a withdrawn key");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_issuers_with_keys_of_one_name_are_told_apart() {
    let store = store().await;
    let (a, b) = (Issuer::start("key", "RS256"), Issuer::start("key", "RS256"));
    let unknown = Issuer::start("key", "RS256");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("issuers.json");
    let partner = json!({ "portal": "/realm_access/roles", "partnerValues": ["partner"] });
    let issuers = json!({ "issuers": [
        { "issuer": a.url, "audiences": [AUDIENCE], "claims": partner },
        { "issuer": b.url, "audiences": [OTHER_AUDIENCE], "jwksUrl": format!("{}/jwks", b.url) },
    ] });
    std::fs::write(&file, issuers.to_string()).unwrap();
    let variables = [("KEYWARD_ISSUERS_FILE", file.to_str().unwrap())];
    let server = TestServer::start_with(&store.database, &variables);
    for (case, token, mode, status) in [
        ("a", a.token(OWNER, AUDIENCE), 2, 201),
        ("b", b.token(OWNER, OTHER_AUDIENCE), 1, 201),
        ("b has no portal", b.token(OWNER, OTHER_AUDIENCE), 2, 403),
        ("the audience of b", a.token(OWNER, OTHER_AUDIENCE), 1, 401),
        ("the audience of a", b.token(OWNER, AUDIENCE), 1, 401),
        ("an unknown issuer", unknown.token(OWNER, AUDIENCE), 1, 401),
    ] {
        let (answered, body) = create(&server, &token, mode);
        assert_eq!(answered, status, "{case}: {body}");
    }
    // A's signature under the name of B.
    let token = b.token(OWNER, OTHER_AUDIENCE);
    let forged = a.token(OWNER, AUDIENCE);
    let (signed, _) = token.rsplit_once('.').unwrap();
    let (_, signature) = forged.rsplit_once('.').unwrap();
    assert_eq!(create(&server, &format!("{signed}.{signature}"), 1).0, 401);
    let metrics = Request::new(server.internal, "GET", "/metrics").send();
    for issuer in [&a, &b] {
        let label = format!(
            r#"keyward_token_keys_age_seconds{{issuer="{}"}} "#,
            issuer.url
        );
        assert!(metrics.text().contains(&label), "{}", metrics.text());
    }
}
