//! Logging is best effort: the server continues whatever happens to stderr.

use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, Read};
use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::http::Request;
use crate::server::{On, TestServer, TestStore, keyward};
use crate::tokens;

const SOON: Duration = Duration::from_mins(1);

/// Every write to this device fails: no space left.
fn dev_full() -> File {
    OpenOptions::new().write(true).open("/dev/full").unwrap()
}

struct Server {
    process: Child,
    public: SocketAddr,
    internal: SocketAddr,
    secret: String,
}

impl Server {
    /// `keyward serve` that writes its logs to `stderr`; its addresses are read from `logs`.
    fn start(store: &TestStore, log: &str, stderr: impl Into<Stdio>, logs: &mut dyn Read) -> Self {
        let process = keyward()
            .arg("serve")
            .env("DATABASE_URL", store.database.url())
            .env("KEYWARD_JWT_SECRET", tokens::SECRET)
            .env("KEYWARD_PUBLIC_ADDR", "127.0.0.1:0")
            .env("KEYWARD_INTERNAL_ADDR", "127.0.0.1:0")
            .env("KEYWARD_SHUTDOWN_NOTICE_SECONDS", "0")
            .env("KEYWARD_LOG", log)
            .stdout(Stdio::null())
            .stderr(stderr)
            .spawn()
            .unwrap();
        // Byte by byte, so that later lines stay unread.
        let mut line = Vec::new();
        let event = loop {
            let mut byte = [0];
            logs.read_exact(&mut byte).unwrap();
            if byte == *b"\n" {
                let event: Value = serde_json::from_slice(&line).unwrap();
                if event["message"] == "serving" {
                    break event;
                }
                line.clear();
            } else {
                line.extend(byte);
            }
        };
        let addr = |name: &str| event[name].as_str().unwrap().parse().unwrap();
        Self {
            process,
            public: addr("public_addr"),
            internal: addr("internal_addr"),
            secret: create_key(store),
        }
    }

    /// `keyward dev`, whose addresses are in its folder.
    fn start_dev(folder: &Path, stderr: impl Into<Stdio>) -> Self {
        let mut process = keyward()
            .args(["dev", "--data-dir"])
            .arg(folder)
            .env("KEYWARD_PUBLIC_ADDR", "127.0.0.1:0")
            .env("KEYWARD_INTERNAL_ADDR", "127.0.0.1:0")
            .stdout(Stdio::piped())
            .stderr(stderr)
            .spawn()
            .unwrap();
        let stdout = BufReader::new(process.stdout.take().unwrap());
        let banner = stdout.lines().map_while(Result::ok);
        assert!(
            banner.into_iter().any(|line| line.contains("Ctrl-C")),
            "a banner"
        );
        let file = std::fs::read(folder.join("dev.json")).unwrap();
        let file: Value = serde_json::from_slice(&file).unwrap();
        let addr = |name: &str| {
            let url = file[name].as_str().unwrap();
            url.strip_prefix("http://").unwrap().parse().unwrap()
        };
        let url = format!("sqlite:{}", folder.join("keyward.db").display());
        Self {
            process,
            public: addr("publicUrl"),
            internal: addr("internalUrl"),
            secret: create_key_of(&url, "ws_demo"),
        }
    }

    /// A request that is logged at INFO, and a question that is decided. Returns the request's id.
    fn goes_on(&self) -> String {
        let refused = Request::new(self.public, "GET", "/web/v1/api-scopes").send();
        assert_eq!(refused.status, 401, "{}", refused.text());
        let verified = Request::new(self.internal, "POST", "/internal/v1/api-keys/verify")
            .also("Content-Type", "application/json")
            .body(format!(r#"{{"secret":"{}"}}"#, self.secret))
            .send();
        assert_eq!(verified.status, 200, "{}", verified.text());
        assert_eq!(verified.json()["data"]["decision"], "NO_SCOPES");
        let healthz = Request::new(self.internal, "GET", "/healthz").send();
        assert_eq!(healthz.status, 200);
        refused.header("x-request-id").unwrap().to_owned()
    }

    fn lines_dropped(&self) -> u64 {
        let metrics = Request::new(self.internal, "GET", "/metrics").send().text();
        let mut lines = metrics.lines();
        let dropped = lines.find_map(|line| line.strip_prefix("keyward_log_lines_dropped_total "));
        dropped.expect(&metrics).parse().unwrap()
    }

    /// Sends requests until lines are dropped.
    fn goes_on_until_lines_are_dropped(&self) {
        let started = Instant::now();
        while self.lines_dropped() == 0 {
            assert!(started.elapsed() < SOON, "no line was dropped");
            self.goes_on();
        }
        self.goes_on();
    }

    /// SIGTERM ends it successfully.
    fn ends_well(mut self) {
        let pid = self.process.id().to_string();
        let kill = std::process::Command::new("kill").arg(&pid).status();
        assert!(kill.unwrap().success());
        assert_eq!(self.process.wait().unwrap().code(), Some(0));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _gone = self.process.kill();
        let _reaped = self.process.wait();
    }
}

fn create_key(store: &TestStore) -> String {
    create_key_of(store.database.url(), "ws_1")
}

/// Writes nothing to stderr.
fn create_key_of(url: &str, workspace: &str) -> String {
    let created = keyward()
        .args(["keys", "create", "--workspace", workspace, "--name", "Key"])
        .env("DATABASE_URL", url)
        .env("KEYWARD_NONSENSE", "warns")
        .stderr(dev_full())
        .output()
        .unwrap();
    assert_eq!(created.status.code(), Some(0));
    String::from_utf8(created.stdout).unwrap().trim().to_owned()
}

#[test]
fn a_full_log_disk_stops_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start_dev(folder.path(), dev_full());
    server.goes_on_until_lines_are_dropped();
    server.ends_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_of_the_log_that_goes_away_stops_nothing() {
    let store = TestStore::create(On::Sqlite).await;
    let (mut logs, stderr) = std::io::pipe().unwrap();
    let server = Server::start(&store, "info", stderr, &mut logs);
    server.goes_on();
    drop(logs);
    server.goes_on_until_lines_are_dropped();
    server.ends_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_of_the_log_that_never_reads_stalls_nothing() {
    let store = TestStore::create(On::Sqlite).await;
    let (mut logs, stderr) = std::io::pipe().unwrap();
    let server = Server::start(&store, "trace", stderr, &mut logs);
    server.goes_on_until_lines_are_dropped();
    server.ends_well();
    drop(logs);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_log_that_would_block_stops_nothing_and_takes_whole_lines_when_it_is_read_again() {
    let store = TestStore::create(On::Sqlite).await;
    let (mut logs, stderr) = UnixStream::pair().unwrap();
    stderr.set_nonblocking(true).unwrap();
    let stderr = OwnedFd::from(stderr);
    let server = Server::start(&store, "trace", stderr, &mut logs);
    server.goes_on_until_lines_are_dropped();
    let lines = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&lines);
    let reader = std::thread::spawn(move || {
        for line in BufReader::new(logs).lines() {
            kept.lock().unwrap().push(line.unwrap());
        }
    });
    let started = Instant::now();
    let mut ids = Vec::new();
    let told = |ids: &[String]| {
        let lines = lines.lock().unwrap();
        let of_these = |line: &String| ids.iter().any(|id| line.contains(id));
        lines.iter().any(of_these)
    };
    while !told(&ids) {
        assert!(started.elapsed() < SOON, "no line comes through again");
        ids.push(server.goes_on());
    }
    server.ends_well();
    reader.join().unwrap();
    let lines = lines.lock().unwrap();
    assert!(lines.len() > 1_000, "{}", lines.len());
    for line in &*lines {
        assert!(serde_json::from_str::<Value>(line).is_ok(), "{line}");
    }
    assert!(lines.iter().any(|line| line.contains("\"draining\"")));
}

#[test]
fn a_failure_that_nobody_can_be_told_of_has_its_exit_code() {
    for (arguments, code) in [("serve", 3), ("keys list --workspace ws_1", 3), ("keys", 2)] {
        let status = keyward()
            .args(arguments.split(' '))
            .stderr(dev_full())
            .stdout(Stdio::null())
            .status()
            .unwrap();
        assert_eq!(status.code(), Some(code), "{arguments}: {status}");
    }
}

/// Both go to one stream, as in a container's log.
#[test]
fn the_development_servers_banner_and_its_logs_are_for_people_wherever_they_go() {
    let folder = tempfile::tempdir().unwrap();
    let (logs, stderr) = std::io::pipe().unwrap();
    let mut process = keyward()
        .args(["dev", "--data-dir"])
        .arg(folder.path())
        .env("KEYWARD_PUBLIC_ADDR", "127.0.0.1:0")
        .env("KEYWARD_INTERNAL_ADDR", "127.0.0.1:0")
        .env("KEYWARD_LOG", "debug")
        .stdout(stderr.try_clone().unwrap())
        .stderr(stderr)
        .spawn()
        .unwrap();
    let mut shown: Vec<String> = Vec::new();
    for line in BufReader::new(logs).lines() {
        shown.push(line.unwrap());
        if shown.iter().any(|line| line.contains("Ctrl-C"))
            && shown.iter().any(|line| line.contains("serving"))
        {
            break;
        }
    }
    process.kill().unwrap();
    process.wait().unwrap();
    assert!(shown.len() > 10, "{shown:#?}");
    for line in &shown {
        assert!(!line.starts_with('{'), "JSON: {line}");
        assert!(
            !line.contains('\u{1b}'),
            "contains a control sequence: {line}"
        );
    }
    let begins = shown.iter().position(|line| line.starts_with("Keyward "));
    let ends = shown.iter().position(|line| line.contains("Ctrl-C"));
    let banner = &shown[begins.unwrap()..ends.unwrap()];
    for line in banner {
        assert!(
            !line.contains(" INFO ") && !line.contains("DEBUG "),
            "in the banner: {line}"
        );
    }
}

/// Any port scanner can cause it.
#[tokio::test(flavor = "multi_thread")]
async fn a_garbled_request_is_answered_400_and_is_no_error_of_the_server() {
    use std::io::Write as _;

    let store = TestStore::create(On::Sqlite).await;
    for (log, shown) in [("info", false), ("debug", true)] {
        let variables = [("KEYWARD_JWT_SECRET", tokens::SECRET), ("KEYWARD_LOG", log)];
        let server = crate::server::TestServer::start_with(&store.database, &variables);
        for addr in [server.public, server.internal] {
            for garbled in [
                "GET /café HTTP/1.1\r\nHost: a\r\n\r\n",
                "\u{16}\u{3}\u{1}\r\n\r\n",
            ] {
                let request = Request::new(addr, "GET", "/");
                let mut stream = request.connect();
                stream.write_all(garbled.as_bytes()).unwrap();
                let answer = crate::http::read_response(&mut stream);
                assert_eq!(answer.expect("an answer").status, 400, "{garbled:?}");
            }
        }
        server.create().send().assert("the next one", 201, "2000");
        if shown {
            assert!(server.comes_to_log("stream error"), "{}", server.logs());
        } else {
            assert!(server.comes_to_log("request.answered"), "{}", server.logs());
            assert!(!server.logs().contains("\"ERROR\""), "{}", server.logs());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_filter_can_be_changed_at_run_time() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("filter");
    std::fs::write(&file, "info\n").unwrap();
    let store = TestStore::create(On::Sqlite).await;
    let server = TestServer::start_with(
        &store.database,
        &[
            ("KEYWARD_JWT_SECRET", tokens::SECRET),
            ("KEYWARD_LOG_FILE", file.to_str().unwrap()),
        ],
    );
    std::fs::write(&file, "=[").unwrap();
    assert!(server.comes_to_log("log.filter_unchanged"));
    std::fs::write(&file, "keyward=debug,info\n").unwrap();
    assert!(server.comes_to_log("log.filter_changed"));
    assert!(server.comes_to_log("keyward=debug,info"));
}
