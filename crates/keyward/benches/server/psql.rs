//! PostgreSQL's command-line programs.

use std::process::Command;

/// Runs SQL and returns its output: a line per row, with tabs between the values.
pub(crate) fn psql(url: &str, sql: &str) -> String {
    let output = Command::new("psql")
        .args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"])
        .args(["--field-separator", "\t", "--set", "ON_ERROR_STOP=1"])
        .args(["--command", sql, url])
        .output()
        .expect("psql is installed");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The only value of a query.
pub(crate) fn number(url: &str, sql: &str) -> f64 {
    psql(url, sql).trim().parse().unwrap()
}

/// Does what autovacuum would do within a minute.
pub(crate) fn vacuum(url: &str) {
    psql(url, "VACUUM ANALYZE");
}
