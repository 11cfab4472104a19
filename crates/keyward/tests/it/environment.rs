//! The environment as Kubernetes sets it, and with typing mistakes.

use crate::cli::Cli;
use crate::http::Request;
use crate::server::{On, TestServer, TestStore, keyward};
use crate::tokens;

/// Kubernetes sets these in each pod next to a Service `keyward-internal`.
const LINKS: [(&str, &str); 7] = [
    ("KEYWARD_INTERNAL_PORT", "tcp://10.96.0.10:8081"),
    ("KEYWARD_INTERNAL_PORT_8081_TCP", "tcp://10.96.0.10:8081"),
    ("KEYWARD_INTERNAL_PORT_8081_TCP_ADDR", "10.96.0.10"),
    ("KEYWARD_INTERNAL_PORT_8081_TCP_PORT", "8081"),
    ("KEYWARD_INTERNAL_PORT_8081_TCP_PROTO", "tcp"),
    ("KEYWARD_INTERNAL_SERVICE_HOST", "10.96.0.10"),
    ("KEYWARD_INTERNAL_SERVICE_PORT", "8081"),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_service_named_keyward_internal_keeps_no_pod_from_starting() {
    let store = TestStore::create(On::Sqlite).await;
    let mut variables = vec![("KEYWARD_JWT_SECRET", tokens::SECRET)];
    variables.extend(LINKS);
    let server = TestServer::start_with(&store.database, &variables);
    let readyz = Request::new(server.internal, "GET", "/readyz").send();
    assert_eq!(readyz.status, 200, "{}", readyz.text());
    assert!(!server.logs().contains("WARN"), "{}", server.logs());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_variable_is_warned_of_once_and_stops_nothing() {
    let store = TestStore::create(On::Sqlite).await;
    let variables = [
        ("KEYWARD_JWT_SECRET", tokens::SECRET),
        ("KEYWARD_PUBLIC_ADRESS", "canary"),
        ("KEYWARD_COLOUR", "canary"),
    ];
    let server = TestServer::start_with(&store.database, &variables);
    let logs = server.logs();
    assert_eq!(
        logs.matches("did you mean KEYWARD_PUBLIC_ADDR?").count(),
        1,
        "{logs}"
    );
    assert_eq!(
        logs.matches("KEYWARD_COLOUR is not a variable").count(),
        1,
        "{logs}"
    );
    assert_eq!(logs.matches("\"WARN\"").count(), 2, "{logs}");
    assert!(!logs.contains("canary"), "{logs}");
    drop(server);

    let command = |line: &str| {
        let output = keyward()
            .args(line.split(' '))
            .env("DATABASE_URL", store.database.url())
            .envs(variables)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0), "{line}: {output:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    for line in [
        "workspaces list",
        "migrate status",
        "keys list --workspace ws_1",
    ] {
        let stderr = command(line);
        let warned = stderr.matches("did you mean KEYWARD_PUBLIC_ADDR?").count();
        assert_eq!(warned, 1, "{line}: {stderr}");
        assert!(!stderr.contains("canary"), "{line}: {stderr}");
    }
    for line in ["version", "--help", "help serve"] {
        assert_eq!(command(line), "", "{line} needs no configuration");
    }
}

/// A file of a Kubernetes secret usually ends with a line break.
#[tokio::test(flavor = "multi_thread")]
async fn line_breaks_at_the_ends_of_secrets_and_urls_do_no_harm() {
    let store = TestStore::create(On::Sqlite).await;
    let url = format!("{}\n", store.database.url());
    Cli { url: &url }.ok("workspaces list");
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, contents: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, contents).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let url = file("url", &format!("{}\r\n", store.database.url()));
    let output = keyward()
        .args(["workspaces", "list"])
        .env("DATABASE_URL_FILE", format!("{url}\n"))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");

    let token = "an-internal-token-of-more-than-32-bytes";
    let (secret_line, token_line) = (format!("{}\n", tokens::SECRET), format!("{token}\n"));
    let in_files = [
        ("KEYWARD_JWT_SECRET_FILE", file("secret", &secret_line)),
        ("KEYWARD_INTERNAL_TOKEN_FILE", file("token", &token_line)),
    ];
    let in_variables = [
        ("KEYWARD_JWT_SECRET", secret_line.clone()),
        ("KEYWARD_INTERNAL_TOKEN", token_line.clone()),
    ];
    for variables in [in_files, in_variables] {
        let variables = variables
            .each_ref()
            .map(|(name, value)| (*name, value.as_str()));
        let server = TestServer::start_with(&store.database, &variables);
        server.create().send().assert("the secret", 201, "2000");
        let question = Request::new(server.internal, "POST", "/internal/v1/api-keys/verify")
            .also("Content-Type", "application/json")
            .also("Authorization", format!("Bearer {token}"))
            .body(r#"{"secret":"none"}"#);
        assert_eq!(question.send().status, 200, "the token");
    }
}

#[test]
fn a_database_url_that_is_wrong_says_how_to_write_it_and_nothing_of_the_password() {
    for (url, part) in [
        (
            "postgres://keyward:S3cr@t/hunter2@127.0.0.1:1/keyward",
            "percent-encoded",
        ),
        (
            "postgres://keyward:hun@hunter2@127.0.0.1:1/keyward",
            "percent-encoded",
        ),
        (
            "postgres://u:hunter2@127.0.0.1:1/d?pgbouncer=true",
            "pgbouncer",
        ),
        (
            "postgres://u:hunter2@127.0.0.1:1/d?schema=app",
            "search_path",
        ),
        (
            "postgres://u:hunter2@127.0.0.1:1/d?ssl=true",
            "sslmode=require",
        ),
        (
            "postgres://u:hunter2@127.0.0.1:1/d?sslmode=require&sslrootcert=/nonexistent",
            "sslrootcert=/nonexistent",
        ),
    ] {
        for line in ["serve", "migrate status", "workspaces list"] {
            let output = keyward()
                .args(line.split(' '))
                .env("DATABASE_URL", url)
                .env("KEYWARD_JWT_SECRET", tokens::SECRET)
                .output()
                .unwrap();
            let stderr = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(3), "{line} {url}: {stderr}");
            assert!(stderr.contains(part), "{line} {url}: {stderr}");
            for secret in ["hunter2", "S3cr", "hun@"] {
                assert!(!stderr.contains(secret), "{line} {url}: {stderr}");
            }
        }
    }
}

#[test]
fn a_certificate_that_is_not_verified_though_tls_is_asked_for_is_told_once() {
    for (mode, told) in [("prefer", 0), ("require", 1), ("verify-full", 0)] {
        let output = keyward()
            .arg("serve")
            .env(
                "DATABASE_URL",
                format!("postgres://u@127.0.0.1:1/d?sslmode={mode}"),
            )
            .env("KEYWARD_JWT_SECRET", tokens::SECRET)
            .output()
            .unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(4), "{mode}: {stderr}");
        let count = stderr.matches("database.certificate_unverified").count();
        assert_eq!(count, told, "{mode}: {stderr}");
    }
}
