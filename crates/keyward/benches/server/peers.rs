//! Verification by other software for API keys, beside ours: on the same core, with the same load and
//! PostgreSQL. Theirs is installed by scripts/with-peers.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use keyward_persistence::testing::TestDatabase;
use serde_json::json;

use crate::client::Client;
use crate::report::{Rounds, Row};
use crate::settings::rounds;
use crate::subject::Subject;
use crate::verify::{self, CONNECTIONS};
use crate::wrk::{self, Requests};

/// Hashing a secret takes some of them long.
const KEYS: usize = 50;
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/peers");
const GOAL: &str = "> 1";

/// How a peer is started, and asked.
struct Kind {
    name: &'static str,
    program: &'static str,
    script: &'static str,
    argument: &'static str,
    /// The header for the secret; otherwise it is the member `key` of the body.
    header: Option<&'static str>,
}

const KINDS: [Kind; 4] = [
    Kind {
        name: "Better Auth, keys in PostgreSQL",
        program: "node",
        script: "better_auth.mjs",
        argument: "database",
        header: None,
    },
    Kind {
        name: "Better Auth, keys in memory",
        program: "node",
        script: "better_auth.mjs",
        argument: "memory",
        header: None,
    },
    Kind {
        name: "keyshield, Argon2",
        program: "python3",
        script: "keyshield_server.py",
        argument: "plain",
        header: Some("X-API-Key"),
    },
    Kind {
        name: "keyshield, with its cache",
        program: "python3",
        script: "keyshield_server.py",
        argument: "cached",
        header: Some("X-API-Key"),
    },
];

pub(crate) async fn run() -> Vec<Row> {
    let database = TestDatabase::postgres().await;
    let subject = Subject::start_on_one_core(&database, &[]).await;
    let ours_requests = verify::questions(&verify::secrets(&database).await);
    let mut rows = Vec::new();
    for kind in &KINDS {
        println!("{}: creating {KEYS} keys", kind.name);
        let database = TestDatabase::postgres().await;
        let peer = Peer::start(kind, database.url());
        let (mut theirs, mut ours) = (Rounds::default(), Rounds::default());
        for _ in 0..rounds() {
            theirs.add(wrk::run(peer.addr, &peer.requests, CONNECTIONS));
            ours.add(wrk::run(subject.internal, &ours_requests, CONNECTIONS));
        }
        let what = format!("verify, {CONNECTIONS} connections");
        rows.push(Row::new(what, kind.name, &theirs, &ours, GOAL));
    }
    rows
}

/// A peer on the first core, until this is dropped.
struct Peer {
    process: Child,
    addr: SocketAddr,
    requests: Requests,
}

impl Peer {
    fn start(kind: &Kind, database_url: &str) -> Self {
        let mut process = Command::new("taskset")
            .args(["-c", "0", kind.program])
            .arg(format!("{FOLDER}/{}", kind.script))
            .args([kind.argument, &KEYS.to_string()])
            .env("DATABASE_URL", database_url)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = BufReader::new(process.stdout.take().unwrap());
        let mut lines: Vec<String> = stdout
            .lines()
            .map_while(Result::ok)
            .take(KEYS + 1)
            .collect();
        assert_eq!(lines.len(), KEYS + 1, "{} has ended", kind.name);
        let addr = lines.pop().unwrap().parse().unwrap();
        let requests = match kind.header {
            Some(header) => Requests {
                method: "GET",
                path: "/verify".to_owned(),
                lines,
                header: Some(header),
            },
            None => Requests {
                method: "POST",
                path: "/verify".to_owned(),
                lines: lines
                    .iter()
                    .map(|secret| json!({ "key": secret }).to_string())
                    .collect(),
                header: None,
            },
        };
        let peer = Self {
            process,
            addr,
            requests,
        };
        peer.warm();
        peer
    }

    /// Asks about each key once, so that what is cached is cached before anything is measured.
    fn warm(&self) {
        let Requests {
            method,
            path,
            lines,
            header,
        } = &self.requests;
        let mut client = Client::of(self.addr);
        for line in lines {
            let (headers, body) = match header {
                Some(header) => (format!("{header}: {line}\r\n"), ""),
                None => (
                    "Content-Type: application/json\r\n".to_owned(),
                    line.as_str(),
                ),
            };
            let answer = client.send(method, path, &headers, body);
            assert!(matches!(answer, Some((200, _))), "{answer:?}");
        }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _gone = self.process.kill();
        let _reaped = self.process.wait();
    }
}
