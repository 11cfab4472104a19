use std::hash::{BuildHasher as _, RandomState};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// A PostgreSQL server of a test's own that is only spoken to by TLS. Its programs are on the PATH
/// that `scripts/with-postgres` gives; dropping it stops it.
pub(super) struct TlsServer {
    folder: TempDir,
    port: u16,
}

impl TlsServer {
    /// A folder and a database; the certificate `server.crt` and its `server.key` are still to be
    /// put in the folder.
    pub(super) fn prepare() -> Self {
        let folder = tempfile::Builder::new().tempdir_in("/tmp").unwrap();
        let server = Self { folder, port: 0 };
        server.own();
        let data = server.data();
        let data = data.to_str().unwrap();
        let arguments = [
            "--no-sync",
            "--auth=trust",
            "--username=postgres",
            "--pgdata",
            data,
        ];
        done(server.as_server("initdb").args(arguments));
        server
    }

    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Starts it on a free port.
    pub(super) fn start(mut self) -> Self {
        let folder = self.folder().display();
        let settings = format!(
            "listen_addresses = '127.0.0.1'\nunix_socket_directories = ''\nfsync = off\n\
             ssl = on\nssl_cert_file = '{folder}/server.crt'\nssl_key_file = '{folder}/server.key'\n"
        );
        let data = self.data();
        append(&data.join("postgresql.conf"), &settings);
        let hba = "hostssl all all 127.0.0.1/32 trust\n";
        std::fs::write(data.join("pg_hba.conf"), hba).unwrap();
        self.own();
        // Another process may take a port between any look and the start, so the start is the look.
        let mut log = String::new();
        for _attempt in 0..10 {
            let random = RandomState::new().hash_one(&data) % 12_000;
            self.port = 20_000 + u16::try_from(random).unwrap();
            let mut start = self.control("start");
            let options = format!("-p {}", self.port);
            let log_file = self.folder().join("log");
            start
                .arg("--log")
                .arg(&log_file)
                .args(["--options", &options]);
            if start.output().unwrap().status.success() {
                return self;
            }
            log = std::fs::read_to_string(&log_file).unwrap_or_default();
        }
        panic!("PostgreSQL does not start: {log}");
    }

    pub(super) fn url(&self, host: &str, options: &str) -> String {
        format!(
            "postgres://postgres@{host}:{}/postgres?{options}",
            self.port
        )
    }

    fn data(&self) -> PathBuf {
        self.folder().join("data")
    }

    fn control(&self, action: &str) -> Command {
        let mut command = self.as_server("pg_ctl");
        command.arg(action).arg("--pgdata").arg(self.data());
        command.args(["--wait", "--timeout=60", "--silent"]);
        command
    }

    /// A program of the server as a user that it agrees to run as: it refuses to run as root.
    fn as_server(&self, program: &str) -> Command {
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", server_user(), "--", program]);
            command
        } else {
            Command::new(program)
        };
        command.current_dir(self.folder()).env("LC_ALL", "C");
        command
    }

    /// Gives the folder and all in it to that user.
    fn own(&self) {
        if is_root() {
            let folder = self.folder();
            done(
                Command::new("chown")
                    .args(["-R", server_user()])
                    .arg(folder),
            );
        }
    }
}

impl Drop for TlsServer {
    fn drop(&mut self) {
        // One that never started is stopped already.
        let _stopped = self.control("stop").args(["--mode", "immediate"]).output();
    }
}

/// Runs OpenSSL in `folder`, as PostgreSQL's manual has it run.
pub(super) fn openssl(folder: &Path, arguments: &str) {
    let words = arguments.split_whitespace();
    done(Command::new("openssl").args(words).current_dir(folder));
}

fn is_root() -> bool {
    let id = done(Command::new("id").arg("-u"));
    id.stdout == b"0\n"
}

fn server_user() -> &'static str {
    let known = |user: &&str| {
        Command::new("id")
            .arg("-u")
            .arg(user)
            .output()
            .unwrap()
            .status
            .success()
    };
    ["postgres", "nobody"].into_iter().find(known).unwrap()
}

fn append(file: &Path, text: &str) {
    let before = std::fs::read_to_string(file).unwrap();
    std::fs::write(file, before + text).unwrap();
}

fn done(command: &mut Command) -> Output {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {output:?}");
    output
}
