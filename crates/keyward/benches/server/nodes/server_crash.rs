use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use super::World;
use crate::client::Client;

/// The pause between a recovery and the next crash.
const CALM: Duration = Duration::from_secs(3);
const PATIENCE: Duration = Duration::from_mins(1);

/// A PostgreSQL server on this machine.
struct Server {
    data: PathBuf,
    port: String,
}

/// Kills the database with all its processes and restarts it, this many times. Returns a text with
/// the time until every node decided again.
pub(crate) fn again_and_again(url: &str, times: usize, world: &World) -> String {
    let server = Server::at(url);
    let mut recoveries = Vec::with_capacity(times);
    for _ in 0..times {
        thread::sleep(CALM);
        server.kill();
        thread::sleep(Duration::from_secs(2));
        server.start();
        let started = Instant::now();
        for node in &world.nodes {
            decides(node.internal, world, started);
        }
        recoveries.push(started.elapsed());
        println!("  recovered after {:?}", started.elapsed());
    }
    thread::sleep(CALM);
    recoveries.sort_unstable();
    let (median, most) = (recoveries[times / 2], recoveries[times - 1]);
    format!(
        "; all nodes decide again after {:.1} s (median), {:.1} s (most)",
        median.as_secs_f64(),
        most.as_secs_f64()
    )
}

/// Waits until the node decides about a key that it can't have cached.
fn decides(node: std::net::SocketAddr, world: &World, started: Instant) {
    let mut client = Client::of(node);
    let key = world.keys.last().unwrap();
    let secret = key.history().secrets[0].clone();
    let question = json!({ "secret": secret }).to_string();
    while !world.is_over.load(Ordering::SeqCst) {
        let answer = client.send("POST", "/internal/v1/api-keys/verify", "", &question);
        if matches!(answer, Some((200, _))) {
            return;
        }
        assert!(started.elapsed() < PATIENCE, "the node does not recover");
        thread::sleep(Duration::from_millis(10));
    }
}

impl Server {
    fn at(url: &str) -> Self {
        let asked = Command::new("psql")
            .args([
                "--no-align",
                "--tuples-only",
                "--command",
                "SHOW data_directory",
                url,
            ])
            .output()
            .expect("psql is installed");
        let data = String::from_utf8(asked.stdout).unwrap();
        let (_, rest) = url.split_once('@').unwrap();
        let (address, _) = rest.split_once('/').unwrap();
        let (_, port) = address.split_once(':').unwrap();
        Self {
            data: PathBuf::from(data.trim()),
            port: port.to_owned(),
        }
    }

    /// Kills the postmaster and all its children at once.
    fn kill(&self) {
        let pid_file = std::fs::read_to_string(self.data.join("postmaster.pid")).unwrap();
        let pid = pid_file.lines().next().unwrap();
        let children = Command::new("pkill").args(["-KILL", "-P", pid]).status();
        let killed = Command::new("kill").args(["-KILL", pid]).status().unwrap();
        assert!(killed.success() && children.is_ok());
    }

    /// Runs a command as the owner of the data.
    fn start(&self) {
        let owner = Command::new("stat")
            .args(["--format", "%U"])
            .arg(&self.data)
            .output()
            .unwrap();
        let owner = String::from_utf8(owner.stdout).unwrap();
        let pg_ctl = Command::new("sh")
            .args(["-c", "command -v pg_ctl"])
            .output();
        let pg_ctl = String::from_utf8(pg_ctl.unwrap().stdout).unwrap();
        let begun = Instant::now();
        loop {
            let started = Command::new("runuser")
                .args([
                    "-u",
                    owner.trim(),
                    "--",
                    pg_ctl.trim(),
                    "--wait",
                    "--silent",
                    "--pgdata",
                ])
                .arg(&self.data)
                .args([
                    "--log",
                    &self.data.join("restarts.log").display().to_string(),
                ])
                .args(["--options", &format!("-p {}", self.port), "start"])
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .current_dir(self.data.parent().unwrap())
                .status()
                .unwrap();
            if started.success() {
                return;
            }
            assert!(
                begun.elapsed() < PATIENCE,
                "PostgreSQL does not start again"
            );
            thread::sleep(Duration::from_millis(200));
        }
    }
}
