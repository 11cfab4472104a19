//! `pgbench`: the statements of one create, prepared, in one transaction.

use std::io::Write as _;
use std::process::Command;

use crate::report::Round;
use crate::{SECONDS, WORKSPACES, subject};

pub(crate) fn run(url: &str, clients: usize) -> Round {
    let mut script = tempfile::NamedTempFile::new().unwrap();
    script.write_all(statements().as_bytes()).unwrap();
    let threads = clients.min(2).to_string();
    let output = Command::new("pgbench")
        .args(["--no-vacuum", "--protocol=prepared", "--file"])
        .arg(script.path())
        .args(["--client", &clients.to_string(), "--jobs", &threads])
        .args(["--time", &SECONDS.to_string(), url])
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

fn statements() -> String {
    let (owner, last) = (subject::OWNER, WORKSPACES - 1);
    format!(
        "\\set w random(0, {last})
BEGIN;
SELECT role FROM members WHERE workspace_id = 'ws_' || :w AND user_id = '{owner}';
SELECT code FROM scopes WHERE code = ANY(ARRAY['payment:read', 'payment:write']);
UPDATE workspaces SET key_count = key_count + 1 WHERE id = 'ws_' || :w AND key_count < 100000000;
INSERT_API_KEY
INSERT_AUDIT_EVENT
COMMIT;
"
    )
}
