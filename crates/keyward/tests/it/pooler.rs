//! A real PgBouncer.

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// Another process may take a port between looking and starting.
const STARTS_MAX: usize = 5;
const PATIENCE: Duration = Duration::from_secs(30);

/// One that leads to the database of a test.
pub(crate) struct Pooler {
    process: Child,
    /// The database's URL through it.
    pub(crate) url: String,
    _folder: TempDir,
}

impl Pooler {
    /// With this `pool_mode`, and PgBouncer's defaults but for `settings`.
    pub(crate) fn start(database_url: &str, pool_mode: &str, settings: &str) -> Self {
        let (server, database) = database_url.rsplit_once('/').unwrap();
        let (host, port) = server.rsplit_once('@').unwrap().1.split_once(':').unwrap();
        let folder = tempfile::tempdir_in("/tmp").unwrap();
        for _attempt in 0..STARTS_MAX {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let address = listener.local_addr().unwrap();
            drop(listener);
            let file = folder.path().join("pgbouncer.ini");
            let port_here = address.port();
            let configuration = format!(
                "[databases]\n{database} = host={host} port={port} user=postgres\n\
                 [pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port_here}\n\
                 unix_socket_dir =\nauth_type = any\npool_mode = {pool_mode}\n{settings}\n"
            );
            std::fs::write(&file, configuration).unwrap();
            let mut process = pgbouncer(&folder)
                .arg(&file)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            let begun = Instant::now();
            while begun.elapsed() < PATIENCE && process.try_wait().unwrap().is_none() {
                if TcpStream::connect(address).is_ok() {
                    let url = format!("postgres://postgres@{address}/{database}");
                    let _folder = folder;
                    return Self {
                        process,
                        url,
                        _folder,
                    };
                }
                std::thread::yield_now();
            }
            let _gone = process.kill();
            let _reaped = process.wait();
        }
        panic!("PgBouncer doesn't start");
    }
}

/// It refuses to run as root.
fn pgbouncer(folder: &TempDir) -> Command {
    let program = std::env::var("KEYWARD_TEST_PGBOUNCER").expect("run ./scripts/test");
    let id = Command::new("id").arg("-u").output().unwrap();
    if id.stdout == b"0\n" {
        let given = Command::new("chmod").arg("755").arg(folder.path()).status();
        assert!(given.unwrap().success());
        let mut command = Command::new(program);
        command.args(["--user", "nobody"]);
        command
    } else {
        Command::new(program)
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        // Gone already is as good.
        let _gone = self.process.kill();
        let _reaped = self.process.wait();
    }
}
