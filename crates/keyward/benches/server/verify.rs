//! Verification over HTTP: from the cache, compared with an actix server with a constant response;
//! and from PostgreSQL each time, compared with `pgbench` with the same look-up.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use actix_web::{App, HttpResponse, HttpServer, web};
use keyward_domain::Secret;
use keyward_domain::ports::ApiKeys as _;
use keyward_domain::testing::workspace_id;
use keyward_domain::usecases::authorize;
use keyward_persistence::testing::TestDatabase;
use serde_json::json;

use crate::keys::new_key_and_secret;
use crate::report::{Rounds, Row};
use crate::subject::{self, Subject};
use crate::wrk::{self, Requests};
use crate::{ROUNDS, pgbench};

const KEYS: usize = 1_000;
const CONNECTIONS: usize = 16;
/// The maximum number of concurrent look-ups.
const UNCACHED_CONNECTIONS: usize = 8;

pub(crate) const FLOOR_SERVER: &str = "floor-server";
const PATH: &str = "/internal/v1/api-keys/verify";
const GATEWAY_PATH: &str = "/internal/v1/authorize/forwarded";

pub(crate) async fn run() -> Vec<Row> {
    vec![cached().await, gateway().await, uncached().await]
}

async fn cached() -> Row {
    let database = TestDatabase::sqlite();
    let subject = Subject::start_on_one_core(&database, &[]).await;
    let requests = questions(&secrets(&database).await);
    let floor_server = FloorServer::start();
    let (mut ours, mut floor) = (Rounds::default(), Rounds::default());
    for _ in 0..ROUNDS {
        floor.add(wrk::run(floor_server.addr, &requests, CONNECTIONS));
        ours.add(wrk::run(subject.internal, &requests, CONNECTIONS));
    }
    Row::new(
        format!("verify, cached, {CONNECTIONS} connections"),
        "actix, constant body",
        &floor,
        &ours,
        ">= 0.90, p99 <= 1.25 x",
    )
}

async fn gateway() -> Row {
    let database = TestDatabase::sqlite();
    let subject = Subject::start_on_one_core(&database, &[]).await;
    let requests = Requests {
        method: "GET",
        path: format!("{GATEWAY_PATH}?scope=payment:read"),
        lines: secrets(&database).await,
        header: Some("X-Api-Key"),
    };
    let floor_server = FloorServer::start();
    let (mut ours, mut floor) = (Rounds::default(), Rounds::default());
    for _ in 0..ROUNDS {
        floor.add(wrk::run(floor_server.addr, &requests, CONNECTIONS));
        ours.add(wrk::run(subject.internal, &requests, CONNECTIONS));
    }
    Row::new(
        format!("forward-auth, cached, {CONNECTIONS} connections"),
        "actix, constant headers",
        &floor,
        &ours,
        ">= 0.90",
    )
}

async fn uncached() -> Row {
    let database = TestDatabase::postgres().await;
    let variables = [("KEYWARD_CACHE_STALENESS_SECONDS", "0")];
    let subject = Subject::start_on_one_core(&database, &variables).await;
    let secrets = secrets(&database).await;
    let (requests, look_ups) = (questions(&secrets), look_ups(&secrets));
    let (mut ours, mut floor) = (Rounds::default(), Rounds::default());
    for _ in 0..ROUNDS {
        floor.add(pgbench::run(
            database.url(),
            &look_ups,
            UNCACHED_CONNECTIONS,
        ));
        ours.add(wrk::run(subject.internal, &requests, UNCACHED_CONNECTIONS));
    }
    Row::new(
        format!("verify, uncached, PostgreSQL, {UNCACHED_CONNECTIONS} connections"),
        "pgbench, the same SELECT",
        &floor,
        &ours,
        ">= 0.60",
    )
}

/// The secrets of this many new keys.
pub(crate) async fn secrets(database: &TestDatabase) -> Vec<String> {
    let store = database.open().await;
    let workspace = workspace_id(&subject::workspace(0));
    let owned = authorize::operator(&store, &workspace).await;
    let owned = owned.unwrap().unwrap();
    let mut secrets = Vec::with_capacity(KEYS);
    for _ in 0..KEYS {
        let (new, secret) = new_key_and_secret(&owned);
        store.insert(new).await.unwrap();
        secrets.push(secret.expose().to_owned());
    }
    secrets
}

pub(crate) fn questions(secrets: &[String]) -> Requests {
    let question = |secret: &String| {
        json!({ "secret": secret, "ip": "192.168.1.7", "scopes": ["payment:read"] }).to_string()
    };
    Requests {
        method: "POST",
        path: PATH.to_owned(),
        lines: secrets.iter().map(question).collect(),
        header: None,
    }
}

/// The look-ups of some of the existing keys.
fn look_ups(secrets: &[String]) -> Vec<String> {
    let look_up = |secret: &String| {
        let secret = Secret::parse(secret).unwrap();
        let mut hash = String::new();
        for byte in secret.hash().as_bytes() {
            write!(hash, "{byte:02x}").unwrap();
        }
        format!("SELECT * FROM api_keys WHERE deleted_at IS NULL AND secret_hash = '\\x{hash}';")
    };
    secrets.iter().take(50).map(look_up).collect()
}

/// Answers every question with a constant body of the same size, in its own process on one core.
struct FloorServer {
    process: Child,
    addr: SocketAddr,
}

impl FloorServer {
    fn start() -> Self {
        let this = std::env::current_exe().unwrap();
        let mut process = Command::new("taskset")
            .args(["-c", "0"])
            .arg(this)
            .args(["--bench", FLOOR_SERVER, "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut stdout = BufReader::new(process.stdout.take().unwrap());
        stdout.read_line(&mut line).unwrap();
        let addr = line.trim().parse().unwrap();
        Self { process, addr }
    }
}

impl Drop for FloorServer {
    fn drop(&mut self) {
        let _gone = self.process.kill();
        let _reaped = self.process.wait();
    }
}

/// The length of the response to a question about one of our keys.
const CONSTANT: &str = concat!(
    r#"{"version":"1.3.0","timestamp":1709337600000,"success":true,"code":"2000","#,
    r#""message":"SUCCESS","data":{"valid":true,"decision":"VALID","#,
    r#""apiKeyId":"sk_live_0000000000000000000000","workspaceId":"ws_0","mode":"LIVE","#,
    r#""scopes":["payment:read","payment:write"],"name":"Production Key"}}"#
);

/// Listens on `addr`, prints the address, and serves until it is killed.
pub(crate) async fn floor_server(addr: &str) {
    let answer = |_question: web::Bytes| async {
        HttpResponse::Ok()
            .content_type("application/json")
            .body(CONSTANT)
    };
    let allow = || async {
        HttpResponse::Ok()
            .insert_header(("x-auth-key-id", "sk_live_0000000000000000000000"))
            .insert_header(("x-auth-workspace-id", "ws_0"))
            .insert_header(("x-auth-mode", "LIVE"))
            .insert_header(("x-auth-scopes", "payment:read payment:write"))
            .insert_header(("cache-control", "no-store"))
            .insert_header(("x-content-type-options", "nosniff"))
            .insert_header(("x-request-id", "00000000-0000-7000-8000-000000000000"))
            .finish()
    };
    let server = HttpServer::new(move || {
        App::new()
            .route(PATH, web::post().to(answer))
            .route(GATEWAY_PATH, web::get().to(allow))
    });
    let server = server.bind(addr).unwrap();
    println!("{}", server.addrs()[0]);
    server.run().await.unwrap();
}
