//! The commands in the docs work exactly as they are written.

use std::path::Path;
use std::process::Command;

use crate::dev::DevServer;
use crate::server::{On, TestStore, keyward, on_both_stores};

const OPERATIONS: &str = include_str!("../../../../docs/operations.md");

#[test]
fn the_walkthrough_shows_a_whole_life() {
    let folder = tempfile::tempdir().unwrap();
    let _server = DevServer::start(folder.path());
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/walkthrough.sh");
    let output = Command::new(script).arg(folder.path()).output().unwrap();
    let shown = String::from_utf8_lossy(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{shown}\n{stderr}");
    for part in [
        r#""status":"ACTIVE""#,
        r#""name":"Walkthrough, renamed""#,
        "The API key was changed by someone else",
        r#""overlapEndsAt":""#,
        "API key not found",
        r#""action":"OVERLAP_ENDED""#,
        r#""status":"DELETED""#,
    ] {
        assert!(shown.contains(part), "{part} in {shown}");
    }
    let events = shown.matches(r#""action":""#).count();
    assert_eq!(events, 7, "{shown}");
}

#[test]
fn the_walkthrough_says_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/walkthrough.sh");
    let output = Command::new(script).arg(folder.path()).output().unwrap();
    assert!(!output.status.success());
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains("cargo run --release -- dev"), "{stderr}");
}

/// The commands of each section, in order.
fn sections() -> Vec<(&'static str, String)> {
    let mut sections = Vec::new();
    for section in OPERATIONS.split("\n## ").skip(1) {
        let title = section.lines().next().unwrap();
        let blocks = section.split("```sh\n").skip(1);
        let commands: String = blocks
            .map(|block| block.split("```").next().unwrap())
            .collect();
        if !commands.is_empty() {
            sections.push((title, commands));
        }
    }
    sections
}

on_both_stores! {
    async fn every_command_of_the_operations_guide_works(on: On) {
        let sections = sections();
        assert!(sections.len() >= 6, "{sections:?}");
        for (title, commands) in sections {
            let store = TestStore::create(on).await;
            for (user, role) in [("user_1", "OWNER"), ("user_2", "VIEWER")] {
                store.add_member("ws_1", user, keyward_domain::Role::parse(role).unwrap()).await;
            }
            run(&store, title, &commands);
        }
    }
}

fn run(store: &TestStore, title: &str, commands: &str) {
    let folder = tempfile::tempdir().unwrap();
    let created = keyward()
        .args([
            "keys",
            "create",
            "--workspace",
            "ws_1",
            "--name",
            "Production Key",
            "-o",
            "json",
        ])
        .env("DATABASE_URL", store.database.url())
        .output()
        .unwrap();
    let created: serde_json::Value = serde_json::from_slice(&created.stdout).unwrap();
    let binaries = Path::new(env!("CARGO_BIN_EXE_keyward")).parent().unwrap();
    let path = format!("{}:{}", binaries.display(), std::env::var("PATH").unwrap());
    let output = Command::new("sh")
        .args(["-e", "-x", "-c", commands])
        .current_dir(folder.path())
        .env("PATH", path)
        .env("DATABASE_URL", store.database.url())
        .env("KEY", created["apiKeyId"].as_str().unwrap())
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{title}: {stderr}");
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let file = file.unwrap();
        assert!(
            file.metadata().unwrap().len() > 0,
            "{title}: {}",
            file.path().display()
        );
    }
}
