use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::TestDatabase;

/// Another process may take the port between choosing it and starting.
const STARTS_MAX: usize = 5;
const PATIENCE: Duration = Duration::from_secs(30);

/// A real `PgBouncer` in front of a test's database. It ends with the test.
#[derive(Debug)]
pub struct Pooler {
    process: Child,
    url: String,
    _folder: TempDir,
}

impl Pooler {
    /// Starts it with this `pool_mode` and the lines `settings` in its configuration.
    ///
    /// # Panics
    /// When `KEYWARD_TEST_PGBOUNCER` is not a `PgBouncer` program, or it does not start.
    #[must_use]
    pub fn start(database: &TestDatabase, pool_mode: &str, settings: &str) -> Self {
        let (server, database) = database.url().rsplit_once('/').expect("a URL of ours");
        let (_user, address) = server.rsplit_once('@').expect("a URL of ours");
        let (host, port) = address.split_once(':').expect("a URL of ours");
        let folder = tempfile::tempdir_in("/tmp").expect("a temporary folder");
        for _attempt in 0..STARTS_MAX {
            let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
            let address = listener.local_addr().expect("its address");
            drop(listener);
            let file = folder.path().join("pgbouncer.ini");
            let port_here = address.port();
            let configuration = format!(
                "[databases]\n{database} = host={host} port={port} user=postgres\n\
                 [pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port_here}\n\
                 unix_socket_dir =\nauth_type = any\npool_mode = {pool_mode}\n{settings}\n"
            );
            std::fs::write(&file, configuration).expect("its configuration");
            let mut process = pgbouncer(&folder)
                .arg(&file)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .expect("PgBouncer runs");
            let begun = Instant::now();
            while begun.elapsed() < PATIENCE && matches!(process.try_wait(), Ok(None)) {
                if TcpStream::connect(address).is_ok() {
                    let url = format!("postgres://postgres@{address}/{database}");
                    return Self {
                        process,
                        url,
                        _folder: folder,
                    };
                }
                std::thread::yield_now();
            }
            let _gone = process.kill();
            let _reaped = process.wait();
        }
        panic!("PgBouncer doesn't start");
    }

    /// The database's URL through the pooler.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}

/// `PgBouncer` refuses to run as root.
fn pgbouncer(folder: &TempDir) -> Command {
    let program = std::env::var("KEYWARD_TEST_PGBOUNCER").expect("run ./scripts/test");
    let id = Command::new("id").arg("-u").output().expect("id");
    if id.stdout == b"0\n" {
        let given = Command::new("chmod").arg("755").arg(folder.path()).status();
        assert!(given.is_ok_and(|status| status.success()));
        let mut command = Command::new(program);
        command.args(["--user", "nobody"]);
        command
    } else {
        Command::new(program)
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        // It may have ended already.
        let _gone = self.process.kill();
        let _reaped = self.process.wait();
    }
}
