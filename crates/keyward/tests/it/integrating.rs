//! `docs/integrating.md`, step by step: a real identity service, a front end in a real browser, a real
//! gateway.
//!
//! It needs what `scripts/with-browser` and `scripts/with-gateways` put on PATH.

use std::fs;
use std::path::Path;
use std::process::Command;

use keyward_persistence::testing::TestDatabase;

use crate::gateways::gateway::{Gateway, Kind};
use crate::gateways::upstream::Upstream;
use crate::issuer::Issuer;
use crate::portal;
use crate::server::TestServer;

const DOCS: &str = include_str!("../../../../docs/integrating.md");

/// The blocks of this language in the section with this number.
fn blocks(docs: &str, section: u8, language: &str) -> Vec<String> {
    let heading = format!("\n## {section}. ");
    let (_, rest) = docs.split_once(&heading).unwrap();
    let section = rest.split("\n## ").next().unwrap();
    let begin = format!("\n```{language}\n");
    let blocks = section.split(&begin).skip(1);
    blocks
        .map(|block| block.split("\n```").next().unwrap().to_owned())
        .collect()
}

/// Runs the commands of a block as a reader does.
fn run(folder: &Path, commands: &str) -> String {
    let binaries = Path::new(env!("CARGO_BIN_EXE_keyward")).parent().unwrap();
    let path = format!("{}:{}", binaries.display(), std::env::var("PATH").unwrap());
    let output = Command::new("sh")
        .args(["-e", "-x", "-c", commands])
        .current_dir(folder)
        .env("PATH", path)
        .output()
        .unwrap();
    let (stdout, stderr) = (output.stdout, output.stderr);
    let (stdout, stderr) = (
        String::from_utf8_lossy(&stdout),
        String::from_utf8_lossy(&stderr),
    );
    assert!(output.status.success(), "{commands}\n{stdout}\n{stderr}");
    stdout.into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_platform_is_integrated_as_the_guide_says() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let database = TestDatabase::sqlite();
    let issuer = Issuer::start("key-1", "RS256");
    let front_end = portal::listen();
    let portal = format!(
        "http://localhost:{}",
        front_end.local_addr().unwrap().port()
    );
    let docs = DOCS
        .replace("http://127.0.0.1:9100", &issuer.url)
        .replace("http://localhost:3000", &portal)
        .replace("sqlite:keyward.db", database.url());

    for block in blocks(&docs, 2, "sh") {
        run(folder, &block);
    }
    let variables = fs::read_to_string(folder.join("keyward.env")).unwrap();
    let variables: Vec<(&str, &str)> = variables
        .lines()
        .map(|line| line.split_once('=').unwrap())
        .collect();
    let server = TestServer::start_with(&database, &variables);
    let (public, internal) = (server.public.to_string(), server.internal.to_string());
    let docs = docs
        .replace("127.0.0.1:8080", &public)
        .replace("127.0.0.1:8081", &internal);

    let [workspace] = <[String; 1]>::try_from(blocks(&docs, 3, "sh")).unwrap();
    assert!(run(folder, &workspace).contains(r#""id":"ws_acme""#));

    let [page] = <[String; 1]>::try_from(blocks(&docs, 4, "html")).unwrap();
    portal::serve_at(front_end, page);
    let [token, list] = <[String; 2]>::try_from(blocks(&docs, 4, "sh")).unwrap();
    run(folder, &token);
    let token = fs::read_to_string(folder.join("token")).unwrap();
    let scripts = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/browser");
    let created = Command::new("node")
        .args([
            "integrating.mjs",
            &portal,
            &format!("http://{public}"),
            token.trim(),
        ])
        .current_dir(scripts)
        .output()
        .expect("node on PATH: run the tests by scripts/test");
    let said = String::from_utf8_lossy(&created.stderr).into_owned();
    assert!(created.status.success(), "{said}\n{}", server.logs());
    run(folder, &list);

    let upstream = Upstream::start();
    let gateway = Gateway::start(Kind::Nginx, server.internal, upstream.addr);
    let [call] = <[String; 1]>::try_from(blocks(&docs, 5, "sh")).unwrap();
    fs::write(folder.join("secret"), created.stdout).unwrap();
    run(
        folder,
        &call.replace("127.0.0.1:8000", &gateway.addr.to_string()),
    );
    assert_eq!(upstream.calls(), 1);
    assert!(
        upstream
            .last()
            .text()
            .contains("X-Auth-Workspace-Id: ws_acme")
    );
}
