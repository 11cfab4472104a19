//! `scripts/test` starts only what the selected tests need; and its other checks.

use std::io::Write as _;
use std::process::{Command, Stdio};

/// The output of `scripts/needs-of-tests` for a list of tests.
fn needs(listing: &str) -> String {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scripts/needs-of-tests");
    let mut asked = Command::new(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = asked.stdin.take().unwrap();
    stdin.write_all(listing.as_bytes()).unwrap();
    drop(stdin);
    let output = asked.wait_with_output().unwrap();
    assert!(output.status.success(), "{listing}");
    let needs = String::from_utf8(output.stdout).unwrap();
    needs.lines().collect::<Vec<_>>().join(" ")
}

#[test]
fn only_what_the_selected_tests_need_is_started() {
    for (tests, want) in [
        (&["keyward-domain scope::tests::a_scope"][..], ""),
        (&["keyward-guard tower::tests::a_rule"], ""),
        (&["keyward-web edge::tests::a_header"], ""),
        (&["keyward::bin/keyward config::tests::a_number"], ""),
        (&["keyward::it dependency_rule::the_domain"], ""),
        (&["keyward::it create::a_key_is_created::sqlite"], ""),
        (
            &["keyward-persistence::conformance sqlite_alone::a_file"],
            "",
        ),
        (
            &["keyward::it create::a_key_is_created::postgres"],
            "postgres",
        ),
        (&["keyward::it nodes::two_nodes"], "postgres"),
        (
            &["keyward-persistence::conformance races::a_race::postgres"],
            "postgres",
        ),
        (&["keyward::it gateways::every_gateway"], "gateways"),
        (&["keyward::it browser::a_key"], "browser"),
        (&["keyward::it description::a_linter"], "browser"),
        (&["keyward::it issuer::two_issuers"], "browser"),
        (&["keyward::it integrating::a_platform"], "gateways browser"),
        (&["keyward::it secret_scanning::an_expression"], ""),
        (&["keyward::it secret_scanning::gitleaks_finds"], "scanner"),
        (&["keyward::it packaging::the_unit"], "packaging"),
        (&["keyward::it packaging::the_proxy_of"], "gateways"),
        (
            &["keyward::it packaging::the_image_serves"],
            "packaging postgres",
        ),
        (
            &["keyward::it upgrades::two_releases"],
            "next-release postgres",
        ),
        (
            &[
                "keyward-domain scope::tests::a_scope",
                "keyward::it browser::a_key",
                "keyward::it gateways::every_gateway",
                "keyward::it create::a_key_is_created::postgres",
            ],
            "gateways browser postgres",
        ),
    ] {
        let pairs = || tests.iter().map(|test| test.split_once(' ').unwrap());
        let nextest: Vec<String> = pairs()
            .map(|(binary, test)| format!("{binary}:\n    {test}\n"))
            .collect();
        let nextest = nextest.concat();
        assert_eq!(needs(&nextest), want, "{nextest}");
        let cargo_test: Vec<String> = pairs()
            .map(|(binary, test)| {
                let name = binary.rsplit([':', '/']).next().unwrap().replace('-', "_");
                format!(
                    "     Running src/main.rs (target/debug/deps/{name}-0a1b2c3d)\n{test}: test\n"
                )
            })
            .collect();
        let cargo_test = cargo_test.concat();
        assert_eq!(needs(&cargo_test), want, "{cargo_test}");
    }
}

#[test]
fn a_listing_without_tests_needs_nothing() {
    assert_eq!(needs(""), "");
    assert_eq!(
        needs("keyward::it:\nkeyward-persistence::conformance:\n"),
        ""
    );
}

#[test]
fn a_migration_that_would_stop_nodes_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let check = |sql: &str, is_well: bool| {
        let migration = folder.path().join("9000-01-01-000001_case");
        std::fs::create_dir_all(&migration).unwrap();
        std::fs::write(migration.join("up.sql"), sql).unwrap();
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scripts/lint-migrations");
        let linted = Command::new(script).arg(folder.path()).output().unwrap();
        let said = String::from_utf8_lossy(&linted.stdout);
        assert_eq!(linted.status.success(), is_well, "{sql}: {said}");
    };
    check("CREATE TABLE labels (id bigint PRIMARY KEY);", true);
    check("ALTER TABLE api_keys ADD COLUMN label text;", true);
    check("ALTER TABLE api_keys DROP COLUMN name;", false);
    check("ALTER TABLE api_keys RENAME COLUMN name TO label;", false);
    check("CREATE INDEX keys_by_label ON api_keys (label);", false);
}
