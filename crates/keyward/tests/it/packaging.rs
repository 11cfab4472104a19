//! What is installed: man pages, completions, the systemd unit, the Debian package, the container image. The files are
//! checked by the tools that read them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use crate::http::Request;
use crate::nodes::until;
use crate::server::{On, TestServer, TestStore, keyward, program};
use crate::tokens;

/// A file of the repository.
pub(crate) fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(path)
        .canonicalize()
        .unwrap()
}

/// The standard output of a command that must succeed.
pub(crate) fn ok(command: &mut Command) -> String {
    let Output {
        status,
        stdout,
        stderr,
    } = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let stdout = String::from_utf8(stdout).unwrap();
    let stderr = String::from_utf8_lossy(&stderr);
    assert!(status.success(), "{command:?}: {stdout}{stderr}");
    stdout
}

fn run(line: &str) -> String {
    ok(keyward().args(line.split(' ')))
}

fn write(folder: &Path, name: &str, content: &str) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, content).unwrap();
    path
}

#[test]
fn every_command_has_a_man_page_without_a_fault() {
    let folder = tempfile::tempdir().unwrap();
    ok(keyward().arg("man-pages").arg(folder.path()));
    let pages: Vec<PathBuf> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    for name in [
        "keyward",
        "keyward-serve",
        "keyward-keys-rotate",
        "keyward-openapi",
    ] {
        assert!(
            pages.contains(&folder.path().join(format!("{name}.1"))),
            "{name}"
        );
    }
    let mut groff = Command::new("groff");
    groff
        .args(["-Kutf8", "-man", "-ww", "-Tutf8", "-z"])
        .args(&pages);
    let said = groff.output().unwrap();
    assert!(said.status.success());
    assert_eq!(String::from_utf8_lossy(&said.stderr), "");
    let shown = ok(Command::new("groff")
        .args(["-Kutf8", "-man", "-Tutf8"])
        .arg(folder.path().join("keyward-serve.1")));
    assert!(shown.contains("KEYWARD_JWT_ISSUER"), "{shown}");
}

#[test]
fn each_shell_completes_commands() {
    let folder = tempfile::tempdir().unwrap();
    let script = |shell: &str| write(folder.path(), shell, &run(&format!("completions {shell}")));

    let completed = ok(Command::new("bash").arg("-c").arg(
        r#". "$1"; COMP_WORDS=(keyward keys ro); COMP_CWORD=2; _keyward keyward ro keys; echo "${COMPREPLY[*]}""#,
    ).arg("bash").arg(script("bash")));
    assert_eq!(completed.trim(), "rotate");

    let completed = ok(Command::new("fish")
        .args([
            "--no-config",
            "-c",
            "source $argv[1]; complete -C 'keyward keys ro'",
        ])
        .arg(script("fish"))
        .env("HOME", folder.path()));
    assert!(completed.starts_with("rotate"), "{completed}");

    // Completion in zsh needs a terminal, so only its syntax and its function are checked.
    let defined = ok(Command::new("zsh")
        .args([
            "-f",
            "-c",
            r#"compdef() { :; }; . "$1"; whence -w _keyward"#,
            "zsh",
        ])
        .arg(script("zsh")));
    assert_eq!(defined.trim(), "_keyward: function");
}

#[test]
fn the_description_of_the_api_is_the_stored_one() {
    let stored = fs::read_to_string(repository("docs/api/openapi.json")).unwrap();
    assert_eq!(run("openapi"), stored);
    assert_eq!(run("--version"), run("version"));
}

/// 10 is a service without any restriction.
#[test]
fn the_systemd_unit_is_hardened_and_has_no_fault() {
    let unit = repository("packaging/keyward.service");
    ok(Command::new("systemd-analyze")
        .args(["security", "--offline=true", "--no-pager", "--threshold=20"])
        .arg(&unit));
    // The binary and the file of variables must exist for this check.
    let folder = tempfile::tempdir().unwrap();
    let text = fs::read_to_string(&unit).unwrap();
    let here = text.replace("/usr/bin/keyward", env!("CARGO_BIN_EXE_keyward"));
    assert_ne!(here, text);
    let here = write(folder.path(), "keyward.service", &here);
    let mut verify = Command::new("systemd-analyze");
    let verified = verify
        .args(["verify", "--man=no"])
        .arg(here)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&verified.stderr);
    let about_ours: Vec<&str> = said
        .lines()
        .filter(|line| line.contains("keyward"))
        .collect();
    assert!(verified.status.success() && about_ours.is_empty(), "{said}");
}

/// The content of the image, made as the Dockerfile makes it, and run without rights on a read-only file system.
#[tokio::test(flavor = "multi_thread")]
async fn the_image_serves_as_process_1_and_stops_on_sigterm() {
    let dockerfile = fs::read_to_string(repository("Dockerfile")).unwrap();
    for step in [
        "packaging/image-root target/release/keyward /image",
        "COPY --from=build /image /",
        "USER 65532:65532",
        "ENTRYPOINT [\"/usr/bin/keyward\"]\nCMD [\"serve\"]",
    ] {
        assert!(dockerfile.contains(step), "{step}");
    }
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("image");
    ok(Command::new(repository("packaging/image-root"))
        .arg(env!("CARGO_BIN_EXE_keyward"))
        .arg(&root));

    let store = TestStore::create(On::Postgres).await;
    let mut sandbox = program("bwrap");
    sandbox
        .args([
            "--unshare-user",
            "--unshare-pid",
            "--as-pid-1",
            "--uid",
            "65532",
            "--gid",
            "65532",
        ])
        .arg("--ro-bind")
        .arg(&root)
        .args(["/", "--proc", "/proc", "--dev", "/dev", "/usr/bin/keyward"]);
    let variables = [
        ("KEYWARD_JWT_SECRET", tokens::SECRET),
        ("KEYWARD_SHUTDOWN_NOTICE_SECONDS", "0"),
    ];
    let mut server = TestServer::start_program(sandbox, &store.database, &variables);
    let ready = Request::new(server.internal, "GET", "/readyz").send();
    assert_eq!(ready.status, 200, "{}", ready.text());
    server.create().send().assert("create", 201, "2000");

    // The child of bubblewrap is process 1 of its own namespace.
    let children = format!("/proc/{0}/task/{0}/children", server.id());
    let inside = fs::read_to_string(children).unwrap();
    let status = fs::read_to_string(format!("/proc/{}/status", inside.trim())).unwrap();
    let namespaced = status.lines().find(|line| line.starts_with("NSpid:"));
    assert_eq!(
        namespaced.unwrap().split_whitespace().last(),
        Some("1"),
        "{status}"
    );
    ok(Command::new("kill").args(["-TERM", inside.trim()]));
    assert_eq!(server.wait(), Some(0), "{}", server.logs());
}

#[test]
fn the_services_of_compose_are_closed_and_read_secrets_from_files() {
    let config = ok(Command::new("docker-compose")
        .arg("--file")
        .arg(repository("compose.yaml"))
        .args(["config", "--format", "json"])
        .env("KEYWARD_JWT_ISSUER", "https://id.example.com"));
    let config: Value = serde_json::from_str(&config).unwrap();
    let services = config["services"].as_object().unwrap();
    for (name, service) in services {
        let is_ours = name != "postgres";
        assert_eq!(service["read_only"] == true, is_ours, "{name}");
        let is_published = service.get("ports").is_some();
        assert_eq!(is_published, name == "nginx", "{name}");
    }
    let node = &services["keyward"];
    assert_eq!(
        node["depends_on"]["migrate"]["condition"],
        "service_completed_successfully"
    );
    let mut command = keyward();
    for (variable, value) in node["environment"].as_object().unwrap() {
        assert!(
            !variable.ends_with("_TOKEN") && variable != "DATABASE_URL",
            "{variable}"
        );
        command.env(variable, value.as_str().unwrap());
    }
    let said = command.args(["scopes", "list"]).output().unwrap();
    let said = String::from_utf8_lossy(&said.stderr);
    assert!(!said.contains("is not a variable of Keyward"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_proxy_of_compose_passes_the_page_on_and_nothing_of_the_internal_listener() {
    let store = TestStore::create(On::Sqlite).await;
    let server = TestServer::start(&store.database);
    let folder = tempfile::tempdir().unwrap();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = free.local_addr().unwrap();
    drop(free);
    let text = fs::read_to_string(repository("packaging/nginx.conf")).unwrap();
    let text = text
        .replace(
            "server keyward:8080;",
            &format!("server {};", server.public),
        )
        .replace("listen 8080;", &format!("listen {addr};"))
        .replace("/tmp/", &format!("{}/", folder.path().display()));
    let config = write(folder.path(), "nginx.conf", &text);
    let mut nginx = Command::new("nginx")
        .args(["-g", "daemon off;", "-c"])
        .arg(&config)
        .spawn()
        .unwrap();
    until(
        || std::net::TcpStream::connect(addr).is_ok(),
        "nginx listens",
    );
    let get = |path: &str| Request::new(addr, "GET", path).send().status;
    let statuses = [
        get("/"),
        get("/openapi.json"),
        get("/metrics"),
        get("/readyz"),
    ];
    ok(Command::new("kill").args(["-QUIT", &nginx.id().to_string()]));
    nginx.wait().unwrap();
    assert_eq!(statuses, [200, 200, 404, 404]);
}

#[test]
fn the_debian_package_has_all_files_at_their_places() {
    let folder = tempfile::tempdir().unwrap();
    let package = folder.path().join("keyward.deb");
    ok(Command::new(repository("packaging/debian-package"))
        .arg(&package)
        .args([env!("CARGO_BIN_EXE_keyward"), "--fast"]));
    let root = folder.path().join("root");
    ok(Command::new("dpkg-deb")
        .arg("--raw-extract")
        .args([&package, &root]));
    for path in [
        "usr/bin/keyward",
        "usr/lib/systemd/system/keyward.service",
        "etc/keyward/keyward.env",
        "usr/share/man/man1/keyward.1.gz",
        "usr/share/man/man1/keyward-keys-rotate.1.gz",
        "usr/share/bash-completion/completions/keyward",
        "usr/share/zsh/vendor-completions/_keyward",
        "usr/share/fish/vendor_completions.d/keyward.fish",
        "usr/share/doc/keyward/copyright",
        "usr/share/doc/keyward/operations.md",
        "usr/share/doc/keyward/postgres-role.sql",
        "DEBIAN/postinst",
        "DEBIAN/prerm",
    ] {
        assert!(root.join(path).is_file(), "{path}");
    }
    let conffiles = fs::read_to_string(root.join("DEBIAN/conffiles")).unwrap();
    assert_eq!(conffiles.trim(), "/etc/keyward/keyward.env");
    let listed = ok(Command::new("dpkg-deb").arg("--contents").arg(&package));
    let env_file = listed
        .lines()
        .find(|line| line.ends_with("/keyward.env"))
        .unwrap();
    assert!(
        env_file.starts_with("-rw-------"),
        "others can't read secrets: {env_file}"
    );
    let version = ok(Command::new(root.join("usr/bin/keyward")).arg("--version"));
    assert_eq!(version, run("version"));

    // An installation enables and starts nothing before it is configured.
    let installed = fs::read_to_string(root.join("DEBIAN/postinst")).unwrap();
    assert!(
        !installed.contains("deb-systemd-invoke start"),
        "{installed}"
    );
}

#[test]
fn the_bill_of_materials_lists_every_linked_crate() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keyward.cdx.json");
    ok(Command::new(repository("packaging/bill-of-materials")).arg(&file));
    let bill: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!(bill["bomFormat"], "CycloneDX");
    assert_eq!(bill["metadata"]["component"]["name"], "keyward");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let components = bill["components"].as_array().unwrap().iter();
    let listed: BTreeSet<String> = components
        .map(|one| format!("{} v{}", text(&one["name"]), text(&one["version"])))
        .collect();
    let tree = ok(Command::new(env!("CARGO"))
        .args([
            "tree",
            "--offline",
            "--package",
            "keyward",
            "--edges",
            "normal",
            "--prefix",
            "none",
        ])
        .current_dir(repository(".")));
    let linked = tree
        .lines()
        .map(|line| line.split(' ').take(2).collect::<Vec<_>>().join(" "));
    let missing: BTreeSet<String> = linked
        .filter(|one| !one.is_empty() && !one.starts_with("keyward v") && !listed.contains(one))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
    assert!(listed.len() > 200);
}
