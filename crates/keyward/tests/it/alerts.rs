//! The recommended alerts: valid rules that fire when they should, about metrics that there are.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use crate::packaging::{ok, repository};

const RULES: &str = "packaging/chart/files/alerts.yaml";

#[test]
fn the_rules_are_valid() {
    ok(Command::new("promtool")
        .args(["check", "rules", "--lint=all", "--lint-fatal"])
        .arg(repository(RULES)));
}

#[test]
fn an_alert_fires_in_its_case_and_only_then() {
    let rules = repository(RULES);
    let folder = tempfile::tempdir().unwrap();
    let cases = folder.path().join("alerts_test.yaml");
    let text = fs::read_to_string(repository("packaging/alerts_test.yaml")).unwrap();
    fs::write(&cases, text.replace("RULES", rules.to_str().unwrap())).unwrap();
    ok(Command::new("promtool").args(["test", "rules"]).arg(&cases));

    let rules = fs::read_to_string(&rules).unwrap();
    let named = |line: &str, word: &str| line.trim().strip_prefix(word).map(str::to_owned);
    let alerts: BTreeSet<String> = rules
        .lines()
        .filter_map(|line| named(line, "- alert: "))
        .collect();
    let tested: BTreeSet<String> = text
        .lines()
        .filter_map(|line| named(line, "alertname: "))
        .collect();
    assert_eq!(alerts, tested, "each alert has a case");
}
