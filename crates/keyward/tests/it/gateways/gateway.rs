use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::http::Request;

/// The gateway programs that are started and tested.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    Nginx,
    HaProxy,
    Caddy,
    Envoy,
    Traefik,
}

pub(crate) const ALL: [Kind; 5] = [
    Kind::Nginx,
    Kind::HaProxy,
    Kind::Caddy,
    Kind::Envoy,
    Kind::Traefik,
];

/// Another process may take the port between choosing it and starting.
const STARTS_MAX: usize = 5;
const PATIENCE: Duration = Duration::from_secs(30);

/// The folder of the configurations.
pub(crate) fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/gateways")
}

impl Kind {
    /// The gateway's configuration files, the main file first.
    pub(crate) fn files(self) -> &'static [&'static str] {
        match self {
            Self::Nginx => &["nginx.conf"],
            Self::HaProxy => &["haproxy.cfg", "keyward.lua"],
            Self::Caddy => &["Caddyfile"],
            Self::Envoy => &["envoy.yaml"],
            Self::Traefik => &["traefik.yaml", "traefik-routes.yaml"],
        }
    }

    /// The address that the gateway reports for a client on loopback. Envoy reports its machine's
    /// own.
    pub(crate) fn address_of_loopback(self) -> IpAddr {
        let loopback = IpAddr::from([127, 0, 0, 1]);
        match self {
            Self::Nginx | Self::HaProxy | Self::Caddy | Self::Traefik => loopback,
            Self::Envoy => {
                // Nothing is sent: this only finds the source address that the system would use.
                let socket = UdpSocket::bind("0.0.0.0:0").unwrap();
                let chosen = socket
                    .connect("192.0.2.1:9")
                    .and_then(|()| socket.local_addr());
                chosen.map_or(loopback, |address| address.ip())
            }
        }
    }

    fn command(self, folder: &Path) -> Command {
        let (program, arguments): (&str, &[&str]) = match self {
            // The gateway's own files are in the test's folder.
            Self::Nginx => (
                "nginx",
                &[
                    "-p",
                    ".",
                    "-c",
                    "nginx.conf",
                    "-e",
                    "stderr",
                    "-g",
                    "daemon off; pid nginx.pid;",
                ],
            ),
            Self::HaProxy => ("haproxy", &["-db", "-f", "haproxy.cfg"]),
            Self::Caddy => (
                "caddy",
                &["run", "--config", "Caddyfile", "--adapter", "caddyfile"],
            ),
            Self::Envoy => (
                "envoy",
                &[
                    "-c",
                    "envoy.yaml",
                    "--disable-hot-restart",
                    "--concurrency",
                    "1",
                    "-l",
                    "warn",
                ],
            ),
            Self::Traefik => ("traefik", &["--configfile=traefik.yaml"]),
        };
        let mut command = Command::new(program);
        command
            .args(arguments)
            .current_dir(folder)
            .env("HOME", folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        command
    }
}

/// A gateway that runs until this is dropped.
pub(crate) struct Gateway {
    pub(crate) addr: SocketAddr,
    process: Child,
    _folder: TempDir,
}

impl Gateway {
    /// Loads the configuration from the docs, with the test's addresses instead of the documented
    /// ones.
    pub(crate) fn start(kind: Kind, keyward: SocketAddr, api: SocketAddr) -> Self {
        Self::start_with(kind, keyward, api, &str::to_owned)
    }

    /// The same with other configuration files.
    pub(crate) fn start_with(
        kind: Kind,
        keyward: SocketAddr,
        api: SocketAddr,
        edit: &dyn Fn(&str) -> String,
    ) -> Self {
        let mut said = String::new();
        for _attempt in 0..STARTS_MAX {
            match Self::try_start(kind, keyward, api, edit) {
                Ok(gateway) => return gateway,
                Err(stderr) => said = stderr,
            }
        }
        panic!("{kind:?} does not start: {said}")
    }

    fn try_start(
        kind: Kind,
        keyward: SocketAddr,
        api: SocketAddr,
        edit: &dyn Fn(&str) -> String,
    ) -> Result<Self, String> {
        let addr = free_address();
        let folder = tempfile::tempdir().unwrap();
        for file in kind.files() {
            let mut text = fs::read_to_string(docs().join(file)).unwrap();
            // Placeholders first, because a real port may look like a documented one.
            let ports = [
                ("8000", "GATEWAY-PORT", addr),
                ("8081", "KEYWARD-PORT", keyward),
                ("9000", "API-PORT", api),
            ];
            for (documented, mark, _) in ports {
                text = text.replace(documented, mark);
            }
            for (_, mark, real) in ports {
                text = text.replace(mark, &real.port().to_string());
            }
            if matches!(kind, Kind::Nginx) {
                // Only root may write to the default folders of the packages.
                let paths = "http {\n    client_body_temp_path body; proxy_temp_path proxy;\n    \
                             fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi;\n    \
                             scgi_temp_path scgi; access_log off;\n";
                text = text.replace("http {\n", paths);
            }
            fs::write(folder.path().join(file), edit(&text)).unwrap();
        }
        let log = fs::File::create(folder.path().join("stderr")).unwrap();
        let mut process = kind
            .command(folder.path())
            .stderr(log)
            .spawn()
            .unwrap_or_else(|error| panic!("{kind:?}: {error}; run ./scripts/test"));
        let begun = Instant::now();
        while TcpStream::connect(addr).is_err() {
            if process.try_wait().unwrap().is_some() {
                return Err(fs::read_to_string(folder.path().join("stderr")).unwrap());
            }
            assert!(begun.elapsed() < PATIENCE, "{kind:?} does not listen");
            std::thread::yield_now();
        }
        while matches!(kind, Kind::Traefik) && !has_routes(addr) {
            assert!(begun.elapsed() < PATIENCE, "{kind:?} has no routes");
            std::thread::yield_now();
        }
        Ok(Self {
            addr,
            process,
            _folder: folder,
        })
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        // nginx only ends its workers when it is asked to stop.
        let asked = Command::new("kill")
            .arg(self.process.id().to_string())
            .status();
        let begun = Instant::now();
        while asked.is_ok() && begun.elapsed() < Duration::from_secs(5) {
            if !matches!(self.process.try_wait(), Ok(None)) {
                return;
            }
            std::thread::yield_now();
        }
        let _gone = self.process.kill();
        let _reaped = self.process.wait();
    }
}

/// Traefik listens before it has read its routes, and responds with 404 until then. The Keyward
/// that it asks may not answer yet.
fn has_routes(addr: SocketAddr) -> bool {
    let mut stream = TcpStream::connect(addr).unwrap();
    let soon = Some(Duration::from_secs(1));
    stream.set_read_timeout(soon).unwrap();
    let request = Request::new(addr, "GET", "/").bytes();
    stream.write_all(&request).unwrap();
    let mut begin = [0; 12];
    stream.read_exact(&mut begin).is_err() || &begin != b"HTTP/1.1 404"
}

fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap()
}
