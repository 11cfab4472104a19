use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// Another process may take the port between choosing it and starting.
const STARTS_MAX: usize = 5;

/// A PostgreSQL server for one test, for actions that would disturb the shared server. It ends with
/// the test.
#[derive(Debug)]
pub struct PostgresServer {
    folder: TempDir,
    port: u16,
}

impl PostgresServer {
    /// An empty server on loopback that needs no password.
    ///
    /// # Panics
    /// When PostgreSQL's programs are not on the path, or fail.
    #[must_use]
    pub fn start() -> Self {
        Self::prepare().launch()
    }

    /// The same, not yet started, so that its [`data`](Self::data) folder can be configured.
    ///
    /// # Panics
    /// As [`start`](Self::start).
    #[must_use]
    pub fn prepare() -> Self {
        let server = Self::empty();
        let mut initdb = as_server("initdb");
        initdb
            .args(["--no-sync", "--auth=trust", "--username=postgres"])
            .args(["--encoding=UTF8", "--locale=C"])
            .arg(format!("--pgdata={}", server.data().display()));
        run(&mut initdb);
        server
    }

    /// A hot standby that follows this server by streaming replication.
    ///
    /// # Panics
    /// As [`start`](Self::start).
    #[must_use]
    pub fn standby(&self) -> Self {
        let server = Self::empty();
        let mut copy = as_server("pg_basebackup");
        copy.args(["--write-recovery-conf", "--checkpoint=fast", "--pgdata"])
            .arg(server.data())
            .args(["--dbname", &self.url("postgres")]);
        run(&mut copy);
        server.launch()
    }

    fn empty() -> Self {
        let folder = tempfile::tempdir_in("/tmp").expect("a temporary folder");
        let server = Self { folder, port: 0 };
        server.own();
        server
    }

    /// Starts a prepared server on a free port.
    ///
    /// # Panics
    /// When it does not start.
    #[must_use]
    pub fn launch(mut self) -> Self {
        self.own();
        for _attempt in 0..STARTS_MAX {
            self.port = free_port();
            if self.try_start() {
                return self;
            }
        }
        let log = std::fs::read_to_string(self.log()).unwrap_or_default();
        panic!("PostgreSQL doesn't start: {log}");
    }

    /// Gives the folder to the servers' user.
    fn own(&self) {
        if let Some(user) = server_user() {
            run(Command::new("chown").args(["-R", user]).arg(self.folder()));
        }
    }

    /// A folder for files of the server. It is removed with the server.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The folder of its data and configuration.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.folder().join("data")
    }

    fn log(&self) -> PathBuf {
        self.folder().join("log")
    }

    fn try_start(&self) -> bool {
        let options = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off \
             -c hot_standby=on",
            self.port
        );
        let mut start = as_server("pg_ctl");
        start
            .args(["start", "--wait", "--silent", "--timeout=60", "--pgdata"])
            .arg(self.data())
            .arg(format!("--log={}", self.log().display()))
            .arg(format!("--options={options}"));
        // Otherwise its output would keep the pipe of the test's output open.
        let started = start
            .stdin(std::process::Stdio::null())
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .status();
        started.is_ok_and(|status| status.success())
    }

    /// The superuser's URL of one of its databases.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    /// Its port on 127.0.0.1.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Runs SQL in one of its databases, statement by statement.
    ///
    /// # Panics
    /// When a statement fails.
    pub fn execute(&self, database: &str, sql: &str) -> String {
        let mut psql = Command::new("psql");
        psql.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"])
            .args(["--set=ON_ERROR_STOP=1", "--dbname", &self.url(database)]);
        for statement in sql.split(';').map(str::trim).filter(|sql| !sql.is_empty()) {
            psql.args(["--command", statement]);
        }
        run(&mut psql)
    }

    /// Turns this server into a standby whose primary does not exist.
    ///
    /// # Panics
    /// When it can't be stopped or started.
    pub fn become_standby(&self) {
        self.stop("fast");
        let signal = self.data().join("standby.signal");
        std::fs::write(signal, "").expect("a signal file");
        assert!(self.try_start(), "the standby starts");
    }

    /// Makes this standby the primary. It no longer needs its own.
    ///
    /// # Panics
    /// When it is no standby, or does not become the primary.
    pub fn promote(&self) {
        let mut promote = as_server("pg_ctl");
        promote
            .args(["promote", "--wait", "--silent", "--timeout=60", "--pgdata"])
            .arg(self.data());
        run(&mut promote);
    }

    /// Stops all processes of the server where they are. Its connections stay open, new ones are still
    /// accepted by the system, and nothing is answered.
    ///
    /// # Panics
    /// When it is not running.
    pub fn freeze(&self) {
        self.signal("-STOP");
    }

    fn signal(&self, signal: &str) {
        let file = std::fs::read_to_string(self.data().join("postmaster.pid"));
        let file = file.expect("a running server");
        let main = file.lines().next().expect("its process id").to_owned();
        // The main process first, so that it starts no other.
        for process in std::iter::once(main.clone()).chain(children(&main)) {
            // A process may end in the meantime.
            let _gone = Command::new("kill").args([signal, &process]).output();
        }
    }

    fn stop(&self, mode: &str) {
        let mut stop = as_server("pg_ctl");
        stop.args(["stop", "--silent", "--mode", mode, "--pgdata"])
            .arg(self.data());
        // It may have ended already.
        let _ended = stop.output();
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        if self.data().join("postmaster.pid").exists() {
            self.signal("-CONT");
        }
        self.stop("immediate");
    }
}

/// The ids of a process's children.
fn children(parent: &str) -> Vec<String> {
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let names = processes.filter_map(|process| process.file_name().into_string().ok());
    let is_child = |process: &String| {
        let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
        // `pid (name) state parent …`, and the name may contain anything.
        let after_name = stat.rsplit_once(')').map_or("", |(_name, rest)| rest);
        after_name.split_whitespace().nth(1) == Some(parent)
    };
    names.filter(is_child).collect()
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("its address").port()
}

/// The servers' user when the tests run as root, which PostgreSQL refuses.
fn server_user() -> Option<&'static str> {
    let id = Command::new("id").arg("-u").output().expect("id");
    if id.stdout != b"0\n" {
        return None;
    }
    let exists = |user: &str| {
        let id = Command::new("id").args(["-u", user]).output();
        id.is_ok_and(|id| id.status.success())
    };
    Some(if exists("postgres") {
        "postgres"
    } else {
        "nobody"
    })
}

/// A PostgreSQL program, run as the servers' user.
fn as_server(program: &str) -> Command {
    let mut command = match server_user() {
        None => Command::new(program),
        Some(user) => {
            let path = std::env::var("PATH").unwrap_or_default();
            let mut command = Command::new("runuser");
            command.args(["-u", user, "--", "env"]);
            command.arg(format!("PATH={path}")).arg(program);
            command
        }
    };
    command.current_dir("/tmp").env("LC_ALL", "C");
    command
}

fn run(command: &mut Command) -> String {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}; run ./scripts/test"));
    assert!(
        output.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}
