//! `keyward dev` for a newcomer: no configuration, and a curl that works when pasted.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::http::Request;
use crate::server::keyward;

pub(crate) struct DevServer {
    process: Child,
    banner: String,
    file: Value,
}

impl DevServer {
    pub(crate) fn start(data_dir: &Path) -> Self {
        Self::start_with(data_dir, &[])
    }

    pub(crate) fn start_with(data_dir: &Path, variables: &[(&str, &str)]) -> Self {
        let mut process = keyward()
            .envs(variables.iter().copied())
            .args(["dev", "--data-dir"])
            .arg(data_dir)
            .env("KEYWARD_PUBLIC_ADDR", "127.0.0.1:0")
            .env("KEYWARD_INTERNAL_ADDR", "127.0.0.1:0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut banner = String::new();
        for line in BufReader::new(process.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            banner.push_str(&line);
            banner.push('\n');
            if line.contains("Ctrl-C") {
                break;
            }
        }
        let file = std::fs::read(data_dir.join("dev.json")).unwrap();
        Self {
            process,
            banner,
            file: serde_json::from_slice(&file).unwrap(),
        }
    }

    fn field(&self, name: &str) -> &str {
        self.file[name]
            .as_str()
            .unwrap_or_else(|| panic!("{name} in dev.json"))
    }

    /// The data that a client needs, as variables.
    pub(crate) fn variables(&self) -> Vec<(&'static str, String)> {
        let variables = [
            ("PUBLIC_URL", "publicUrl"),
            ("INTERNAL_URL", "internalUrl"),
            ("TOKEN", "token"),
            ("CLIENT_HASH", "clientHash"),
            ("WORKSPACE", "workspaceId"),
        ];
        let variables = variables.into_iter();
        let variables = variables.map(|(name, field)| (name, self.field(field).to_owned()));
        variables.collect()
    }

    fn create(&self, token: &str, client_hash: &str) -> Request {
        let addr: SocketAddr = self
            .field("publicUrl")
            .strip_prefix("http://")
            .unwrap()
            .parse()
            .unwrap();
        let workspace = self.field("workspaceId");
        Request::new(
            addr,
            "POST",
            &format!("/web/v1/workspaces/{workspace}/api-keys"),
        )
        .also("Content-Type", "application/json")
        .also("X-Client-Hash", client_hash)
        .also("X-Workspace-Id", workspace)
        .also("Authorization", format!("Bearer {token}"))
        .body(r#"{"name":"Key","mode":2}"#)
    }
}

impl Drop for DevServer {
    fn drop(&mut self) {
        let _gone = self.process.kill();
        let _reaped = self.process.wait();
    }
}

#[test]
fn the_banners_curl_works_when_pasted() {
    let folder = tempfile::tempdir().unwrap();
    let server = DevServer::start(folder.path());
    let curl = &server.banner[server.banner.find("curl -i").expect("a curl")..];
    let curl = curl.split("\n\n").next().unwrap();
    let output = Command::new("sh").args(["-c", curl]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.starts_with("HTTP/1.1 201 Created"), "{text}");
    assert!(
        text.contains(r#""name":"Production Key","status":"ACTIVE","mode":"LIVE""#),
        "{text}"
    );
}

#[test]
fn dev_json_has_what_scripts_need() {
    let folder = tempfile::tempdir().unwrap();
    let server = DevServer::start(folder.path());
    for name in [
        "publicUrl",
        "internalUrl",
        "workspaceId",
        "userId",
        "clientHash",
        "token",
    ] {
        assert!(!server.field(name).is_empty(), "{name}");
    }
    let created = server
        .create(server.field("token"), server.field("clientHash"))
        .send();
    created.assert("with dev.json", 201, "2000");
    let other = server
        .create(server.field("token"), "another-device")
        .send();
    other.assert("the token is bound to its client", 401, "4010");
    for name in ["dev.json", "jwt-secret"] {
        let mode = std::fs::metadata(folder.path().join(name))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o077, 0, "{name} is for its owner alone");
    }
}

#[test]
fn a_second_start_keeps_the_keys_and_the_secret() {
    let folder = tempfile::tempdir().unwrap();
    let first = DevServer::start(folder.path());
    first
        .create(first.field("token"), first.field("clientHash"))
        .send()
        .assert("first", 201, "2000");
    let token = first.field("token").to_owned();
    drop(first);
    let second = DevServer::start(folder.path());
    let created = second.create(&token, second.field("clientHash")).send();
    created.assert("the old token still passes", 201, "2000");
    let url = format!("sqlite:{}", folder.path().join("keyward.db").display());
    let listed = keyward()
        .args(["keys", "list", "--workspace", "ws_demo", "-o", "json"])
        .env("DATABASE_URL", url)
        .output()
        .unwrap();
    let rows: Value = serde_json::from_slice(&listed.stdout).unwrap();
    assert_eq!(rows.as_array().unwrap().len(), 2);
}

fn mint(folder: &Path, more: &[&str]) -> std::process::Output {
    keyward()
        .args([
            "token",
            "--user",
            "user_demo",
            "--portal",
            "PARTNER",
            "--data-dir",
        ])
        .arg(folder)
        .args(more)
        .output()
        .unwrap()
}

#[test]
fn token_mints_a_token_and_prints_it_alone() {
    let folder = tempfile::tempdir().unwrap();
    let server = DevServer::start(folder.path());
    let token = |more: &[&str]| String::from_utf8(mint(folder.path(), more).stdout).unwrap();
    let plain = token(&[]);
    assert_eq!(plain.lines().count(), 1);
    server
        .create(plain.trim(), "any-device")
        .send()
        .assert("unbound", 201, "2000");
    let bound = token(&["--client-hash", "device-9", "--ttl", "5m"]);
    server
        .create(bound.trim(), "device-9")
        .send()
        .assert("bound", 201, "2000");
    server
        .create(bound.trim(), "device-8")
        .send()
        .assert("another device", 401, "4010");
}

#[test]
fn token_refuses_where_production_keys_are_set() {
    let folder = tempfile::tempdir().unwrap();
    for variable in [
        "KEYWARD_JWT_SECRET",
        "KEYWARD_JWT_SECRET_FILE",
        "KEYWARD_JWT_JWKS_FILE",
        "KEYWARD_JWT_JWKS_URL",
        "KEYWARD_JWT_ISSUER",
        "KEYWARD_ISSUERS_FILE",
    ] {
        let output = keyward()
            .args(["token", "--user", "u", "--portal", "PARTNER", "--data-dir"])
            .arg(folder.path())
            .env(variable, "anything")
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(3), "{variable}");
        assert!(output.stdout.is_empty(), "{variable}");
    }
    let output = mint(folder.path(), &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("keyward dev"),
        "names the way out"
    );
}
