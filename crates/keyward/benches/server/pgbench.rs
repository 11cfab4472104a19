//! pgbench, with prepared statements.

use std::process::Command;

use crate::report::Round;
use crate::settings::seconds;

/// Runs randomly selected scripts with this many clients.
pub(crate) fn run(url: &str, scripts: &[String], clients: usize) -> Round {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new("pgbench");
    command.args(["--no-vacuum", "--protocol=prepared"]);
    for (at, script) in scripts.iter().enumerate() {
        let file = folder.path().join(at.to_string());
        std::fs::write(&file, script).unwrap();
        command.arg("--file").arg(file);
    }
    let output = command
        .args([
            "--client",
            &clients.to_string(),
            "--jobs",
            &clients.min(2).to_string(),
        ])
        .args(["--time", &seconds().to_string(), url])
        .output()
        .expect("pgbench is installed");
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}{errors}");
    let line = text
        .lines()
        .find(|line| line.starts_with("tps = "))
        .expect("a tps line");
    let per_second = line.trim_start_matches("tps = ").split(' ').next().unwrap();
    Round::of_throughput(per_second.parse().unwrap())
}
