//! The API description, checked by other tools: a linter, generated clients, and Schemathesis,
//! which compares the server with it.
//!
//! They need the tools that `scripts/with-browser` puts on PATH.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::dev::DevServer;

const DESCRIPTION: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/api/openapi.json");
const TESTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/description");

/// A folder for the test that is kept, so that it need not be built again.
fn output(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Runs a command; a failure includes its output.
fn run(command: &mut Command) {
    let run = command.output().unwrap_or_else(|error| {
        panic!("{command:?}: {error}; run the tests by scripts/test");
    });
    let said = [run.stdout, run.stderr].concat();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&said));
}

/// A command from an npm package.
fn npm(name: &str) -> Command {
    let mut command = Command::new(Path::new(TESTS).join("node_modules/.bin").join(name));
    command.current_dir(TESTS);
    command
}

/// A command from a `PyPI` package.
fn python(name: &str) -> Command {
    let packages = std::env::var("KEYWARD_TEST_PYTHON").expect("run the tests by scripts/test");
    let mut command = Command::new("python3");
    command
        .arg(Path::new(&packages).join("bin").join(name))
        .env("PYTHONPATH", packages);
    command
}

fn start() -> (tempfile::TempDir, DevServer) {
    let folder = tempfile::tempdir().unwrap();
    let server = DevServer::start(folder.path());
    (folder, server)
}

#[test]
fn a_linter_finds_nothing_to_say() {
    run(npm("spectral")
        .args(["lint", DESCRIPTION, "--ruleset", "spectral.yaml"])
        .args(["--fail-severity", "hint"]));
}

#[test]
fn a_typescript_client_creates_and_verifies() {
    run(npm("openapi-typescript").args([DESCRIPTION, "-o", "generated/api.d.ts"]));
    run(&mut npm("tsc"));
    let (_folder, server) = start();
    run(Command::new("node")
        .arg("generated/out/client.js")
        .current_dir(TESTS)
        .envs(server.variables()));
}

#[test]
fn a_rust_client_creates_and_verifies() {
    let folder = output("rust-client");
    run(python("openapi-generator-cli")
        .args(["generate", "-g", "rust", "-i", DESCRIPTION, "-o"])
        .arg(&folder)
        .args(["--skip-validate-spec", "--additional-properties"])
        .arg("packageName=keyward_client,library=reqwest,supportMiddleware=false"));
    // Our own manifest, without TLS, and the program.
    let ours = Path::new(TESTS).join("rust-client");
    for file in ["Cargo.toml", "Cargo.lock", "src/main.rs"] {
        std::fs::copy(ours.join(file), folder.join(file)).unwrap();
    }
    run(Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--locked", "--target-dir", "target"])
        .current_dir(&folder));
    let (_folder, server) = start();
    run(Command::new(folder.join("target/debug/keyward_client")).envs(server.variables()));
}

#[test]
fn schemathesis_finds_nothing_that_is_not_described() {
    let (_folder, server) = start();
    // Gateways use the method of their client's request.
    for (listener, paths, excluded) in [
        ("PUBLIC_URL", "^/web/", None),
        (
            "INTERNAL_URL",
            "^/(internal/v1/api-keys|healthz|readyz|metrics)",
            None,
        ),
        (
            "INTERNAL_URL",
            "^/internal/v1/authorize/",
            Some("unsupported_method"),
        ),
    ] {
        let reports = tempfile::tempdir().unwrap();
        let variables = server.variables();
        let value = |name: &str| {
            let mut variables = variables.iter();
            let found = variables.find(|(known, _)| *known == name);
            found.map(|(_, value)| value.clone()).unwrap()
        };
        run(python("st")
            .args([
                "--config-file",
                &format!("{TESTS}/schemathesis.toml"),
                "run",
                DESCRIPTION,
            ])
            .args(["--url", &value(listener), "--include-path-regex", paths])
            .args([
                "--header",
                &format!("Authorization: Bearer {}", value("TOKEN")),
            ])
            .args([
                "--header",
                &format!("X-Client-Hash: {}", value("CLIENT_HASH")),
            ])
            .args([
                "--header",
                &format!("X-Workspace-Id: {}", value("WORKSPACE")),
            ])
            .args([
                "--checks",
                "all",
                "--max-examples",
                "50",
                "--generation-deterministic",
            ])
            .args(["--continue-on-failure", "--no-color"])
            .args(excluded.map(|check| format!("--exclude-checks={check}")))
            .current_dir(reports.path())
            .envs(server.variables()));
    }
}
