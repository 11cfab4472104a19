//! The page in a real browser: the scripts of tests/browser, each with its own server.
//!
//! They need the tools that `scripts/with-browser` puts on PATH. After a change to the design of
//! the pages: `KEYWARD_UPDATE_SCREENSHOTS=1 scripts/test screenshots`.

use std::path::PathBuf;
use std::process::Command;

use crate::cli::Cli;
use crate::dev::DevServer;
use crate::portal;

/// Runs a script with `keyward dev`; a failure includes its output.
fn run(script: &str, arguments: &[&str]) {
    // So that a use becomes visible while a test waits for it.
    run_with(script, arguments, &[("KEYWARD_LAST_USE_SECONDS", "1")]);
}

fn run_with(script: &str, arguments: &[&str], variables: &[(&str, &str)]) {
    run_after(&[], script, arguments, variables);
}

/// Runs operators' commands on the store of the server, and then the script.
fn run_after(commands: &[&str], script: &str, arguments: &[&str], variables: &[(&str, &str)]) {
    let folder = tempfile::tempdir().unwrap();
    let _server = DevServer::start_with(folder.path(), variables);
    let url = format!("sqlite://{}", folder.path().join("keyward.db").display());
    let cli = Cli { url: &url };
    for command in commands {
        cli.ok(command);
    }
    let tests: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests", "browser"]
        .iter()
        .collect();
    let output: PathBuf = [env!("CARGO_TARGET_TMPDIR"), "screenshots"]
        .iter()
        .collect();
    let run = Command::new("node")
        .arg(script)
        .args(arguments)
        .current_dir(tests)
        .env("KEYWARD_TEST_DEV_FILE", folder.path().join("dev.json"))
        .env("KEYWARD_TEST_OUTPUT", output)
        .output()
        .expect("node on PATH: run the tests by scripts/test");
    let said = [run.stdout, run.stderr].concat();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&said));
}

#[test]
fn everything_that_an_owner_does_in_english() {
    run("flows.mjs", &["en-US", "en"]);
}

#[test]
fn everything_that_an_owner_does_in_traditional_chinese() {
    run("flows.mjs", &["zh-TW", "zh-Hant"]);
}

#[test]
fn everything_that_an_owner_does_in_simplified_chinese() {
    run("flows.mjs", &["zh-CN", "zh"]);
}

#[test]
fn everything_that_an_owner_does_in_japanese() {
    run("flows.mjs", &["ja-JP", "ja"]);
}

#[test]
fn everything_that_an_owner_does_in_vietnamese() {
    run("flows.mjs", &["vi-VN", "vi"]);
}

#[test]
fn the_list_is_filtered_sorted_and_read_in_every_language() {
    run("list.mjs", &[]);
}

#[test]
fn what_is_filled_in_is_kept_and_a_secret_gets_into_no_address() {
    run("memory.mjs", &[]);
}

#[test]
fn a_key_is_shown_in_parts_in_every_language() {
    run_with(
        "key.mjs",
        &[],
        &[
            ("KEYWARD_LAST_USE_SECONDS", "1"),
            ("KEYWARD_PAGE_API_URL", "https://api.acme.example/v2"),
        ],
    );
}

#[test]
fn rare_states_are_told_in_every_language() {
    let commands = [
        "plans set pro --key-limit requests:100/1m --workspace-limit requests:2500/1m",
        "workspaces set-plan ws_demo pro",
    ];
    run_after(&commands, "states.mjs", &[], &[]);
}

#[test]
fn the_focus_has_an_order_targets_a_size_and_states_more_than_a_colour() {
    run("focus.mjs", &[]);
}

#[test]
fn everything_that_an_owner_does_with_webhooks() {
    run("webhooks.mjs", &[]);
}

#[test]
fn a_key_is_created_by_keyboard_alone() {
    run("keyboard.mjs", &[]);
}

#[test]
fn without_scripts_everything_works_but_copying() {
    run("no_scripts.mjs", &[]);
}

#[test]
fn everything_is_found_under_a_path_prefix() {
    run("prefix.mjs", &[]);
}

#[test]
fn the_pages_look_as_they_are_kept_in_screenshots() {
    run("screenshots.mjs", &[]);
}

#[test]
fn the_page_looks_like_a_part_of_the_portal() {
    let folder = tempfile::tempdir().unwrap();
    let logo = folder.path().join("logo.svg");
    let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 4 4\"><path d=\"M0 0h4v4z\"/></svg>";
    std::fs::write(&logo, svg).unwrap();
    // A free port, which the script then listens on.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port().to_string();
    drop(free);
    let origin = format!("http://127.0.0.1:{port}");
    let variables = [
        ("KEYWARD_ALLOWED_ORIGINS", origin.as_str()),
        ("KEYWARD_PAGE_BRAND_NAME", "ACME"),
        ("KEYWARD_PAGE_BRAND_ACCENT", "#0a6b4f"),
        (
            "KEYWARD_PAGE_BRAND_BACK_URL",
            "https://portal.acme.example/",
        ),
        ("KEYWARD_PAGE_BRAND_LOGO_FILE", logo.to_str().unwrap()),
    ];
    run_with("brand.mjs", &[&port], &variables);
}

#[test]
fn a_portal_on_a_listed_origin_calls_signs_in_and_frames_and_no_other_does() {
    let [listed, other] =
        [portal::serve(portal::PAGE), portal::serve(portal::PAGE)].map(|port| port.to_string());
    let origins = format!("http://127.0.0.1:{listed},http://localhost:{listed}");
    let variables = [("KEYWARD_ALLOWED_ORIGINS", origins.as_str())];
    run_with("origins.mjs", &[&listed, &other], &variables);
}

#[test]
fn the_description_is_readable_without_any_network() {
    run("docs.mjs", &[]);
}
