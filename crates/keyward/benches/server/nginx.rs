//! Calls through nginx with the configuration of docs/gateways, compared with nginx alone in front of
//! the same API. nginx, Keyward and the API share the first core.

use std::fs::Permissions;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use keyward_persistence::testing::TestDatabase;
use tempfile::TempDir;

use crate::floor_server::FloorServer;
use crate::report::{Rounds, Row};
use crate::settings::rounds;
use crate::subject::Subject;
use crate::verify::{CONNECTIONS, secrets_for};
use crate::wrk::{self, Requests};

const CONFIGURATION: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../docs/gateways/nginx.conf"
);
const PATIENCE: Duration = Duration::from_secs(30);

/// How nginx reaches Keyward.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Listener {
    Tcp,
    /// Only when `BENCH_UNIX_SOCKET` is set.
    Unix,
}

pub(crate) async fn run() -> Vec<Row> {
    let mut rows = vec![through_nginx(Listener::Tcp).await];
    if std::env::var_os("BENCH_UNIX_SOCKET").is_some() {
        rows.push(through_nginx(Listener::Unix).await);
    }
    rows
}

async fn through_nginx(listener: Listener) -> Row {
    let folder = tempfile::tempdir().unwrap();
    let socket = format!("unix:{}", folder.path().join("keyward.sock").display());
    let database = TestDatabase::sqlite();
    // nginx's workers run as another user.
    std::fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
    let variables = [
        ("KEYWARD_INTERNAL_ADDR", socket.as_str()),
        ("KEYWARD_INTERNAL_SOCKET_MODE", "0666"),
    ];
    let variables = if listener == Listener::Unix {
        &variables[..]
    } else {
        &[]
    };
    let subject = Subject::start_on_one_core(&database, variables).await;
    let keyward = match listener {
        Listener::Tcp => subject.internal.to_string(),
        Listener::Unix => socket,
    };
    let api = FloorServer::start();
    let shipped = Nginx::start(&configuration(&keyward, api.addr));
    let alone = Nginx::start(&without_keyward(&configuration(&keyward, api.addr)));
    let requests = Requests {
        method: "GET",
        path: "/".to_owned(),
        lines: secrets_for(&database, "127.0.0.0/8").await,
        header: Some("X-Api-Key"),
    };
    let (mut ours, mut floor) = (Rounds::default(), Rounds::default());
    for _ in 0..rounds() {
        floor.add(wrk::run(alone.addr, &requests, CONNECTIONS));
        ours.add(wrk::run(shipped.addr, &requests, CONNECTIONS));
    }
    let over = match listener {
        Listener::Tcp => "TCP",
        Listener::Unix => "a Unix socket",
    };
    Row::new(
        format!("verify through nginx, over {over}, {CONNECTIONS} connections"),
        "nginx alone, the same API",
        &floor,
        &ours,
        ">= 0.60",
    )
}

/// The shipped file with these addresses. Connections to the API are kept too, so that opening them
/// does not hide what Keyward costs.
fn configuration(keyward: &str, api: SocketAddr) -> String {
    let text = std::fs::read_to_string(CONFIGURATION).unwrap();
    let kept =
        "proxy_http_version 1.1;\n            proxy_set_header Connection \"\";\n            ";
    let to_api = "proxy_pass http://$keyward_upstream;";
    for documented in ["127.0.0.1:8081", "127.0.0.1:9000", to_api, "http {\n"] {
        assert!(text.contains(documented), "{documented}");
    }
    // Only root may write to the default folders of the packages.
    let paths = "http {\n    client_body_temp_path body; proxy_temp_path proxy;\n    \
                 fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi;\n    \
                 scgi_temp_path scgi; access_log off;\n";
    text.replace("127.0.0.1:8081", keyward)
        .replace(
            "server 127.0.0.1:9000;",
            &format!("server {api};\n        keepalive 32;"),
        )
        .replace(to_api, &format!("{kept}{to_api}"))
        .replace("http {\n", paths)
}

/// The same without the question to Keyward: every call goes to the API.
fn without_keyward(text: &str) -> String {
    let map = "map $keyward_key_id $keyward_upstream";
    let to_api = "http://$keyward_upstream";
    assert!(text.contains(map) && text.contains(to_api), "{text}");
    let text = text.replace(map, "map $host $unused");
    let text = text.replace(to_api, "http://api");
    let without: Vec<&str> = text
        .lines()
        .filter(|line| !line.contains("auth_request ") && !line.contains("$keyward_"))
        .collect();
    without.join("\n")
}

/// nginx on the first core, until this is dropped.
struct Nginx {
    process: Child,
    addr: SocketAddr,
    _folder: TempDir,
}

impl Nginx {
    fn start(text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let addr = free_address();
        let text = text.replace("127.0.0.1:8000", &addr.to_string());
        std::fs::write(folder.path().join("nginx.conf"), text).unwrap();
        let mut process = command(folder.path()).spawn().unwrap();
        let begun = Instant::now();
        while TcpStream::connect(addr).is_err() {
            let ended = process.try_wait().unwrap();
            assert!(ended.is_none(), "nginx has ended");
            assert!(begun.elapsed() < PATIENCE, "nginx does not listen");
            std::thread::sleep(Duration::from_millis(10));
        }
        Self {
            process,
            addr,
            _folder: folder,
        }
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // nginx only ends its workers when it is asked to stop.
        let _asked = Command::new("kill")
            .arg(self.process.id().to_string())
            .status();
        let _reaped = self.process.wait();
    }
}

fn command(folder: &Path) -> Command {
    let mut command = Command::new("taskset");
    command
        .args([
            "-c",
            "0",
            "nginx",
            "-p",
            ".",
            "-c",
            "nginx.conf",
            "-e",
            "stderr",
        ])
        .args(["-g", "daemon off; pid nginx.pid;"])
        .current_dir(folder)
        .stdin(Stdio::null());
    command
}

fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap()
}
