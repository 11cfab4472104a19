//! The listeners with TLS: handshakes, certificates that change, and client certificates.

mod authority;
mod client;
mod client_certificates;
mod doctor;
mod reload;
mod silent;

use std::io::Write as _;
use std::path::Path;

pub(crate) use self::authority::{Authority, Issued};
pub(crate) use self::client::TlsClient;
use crate::http::{Request, read_response};
use crate::server::{On, TestServer, TestStore};
use crate::tokens;

/// The variables of a server with TLS on both listeners, with the files `tls.crt`, `tls.key` and, for
/// client certificates, `clients.crt` of a folder.
pub(crate) fn variables(folder: &Path, has_client_ca: bool) -> Vec<(&'static str, String)> {
    let file = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let mut variables = vec![
        ("KEYWARD_JWT_SECRET", tokens::SECRET.to_owned()),
        ("KEYWARD_PUBLIC_TLS_CERTIFICATE_FILE", file("tls.crt")),
        ("KEYWARD_PUBLIC_TLS_KEY_FILE", file("tls.key")),
        ("KEYWARD_INTERNAL_TLS_CERTIFICATE_FILE", file("tls.crt")),
        ("KEYWARD_INTERNAL_TLS_KEY_FILE", file("tls.key")),
    ];
    if has_client_ca {
        variables.push(("KEYWARD_INTERNAL_TLS_CLIENT_CA_FILE", file("clients.crt")));
    }
    variables
}

/// A server with TLS on both listeners.
pub(crate) fn start(store: &TestStore, folder: &Path, has_client_ca: bool) -> TestServer {
    let variables = variables(folder, has_client_ca);
    let variables: Vec<_> = variables
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    TestServer::start_with(&store.database, &variables)
}

#[tokio::test(flavor = "multi_thread")]
async fn both_listeners_serve_by_https() {
    let store = TestStore::create(On::Sqlite).await;
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::create();
    authority.issue("keyward").write(folder.path(), "tls");
    let server = start(&store, folder.path(), false);
    let client = TlsClient::trusting(&authority);
    let created = client.send(&server.create()).unwrap();
    created.assert("create", 201, "2000");
    assert_eq!(
        created.header("strict-transport-security"),
        Some("max-age=31536000")
    );
    let ready = client.get(server.internal, "/readyz");
    assert_eq!(ready.status, 200, "{}", ready.text());
    assert_eq!(ready.header("strict-transport-security"), None);
    // Who trusts another authority does not send anything.
    let stranger = TlsClient::trusting(&Authority::create());
    let refused = stranger.send(&server.create()).err().unwrap();
    assert!(refused.to_string().contains("UnknownIssuer"), "{refused}");
    let metrics = client.get(server.internal, "/metrics").text();
    let expected = "keyward_tls_handshake_failures_total{listener=\"public\",reason=\"refused_by_client\"} 1\n";
    assert!(metrics.contains(expected), "{metrics}");
    let expires_at = Authority::expires_at();
    for listener in ["public", "internal"] {
        let expected = format!(
            "keyward_tls_certificate_expiry_timestamp_seconds{{listener=\"{listener}\"}} {expires_at}\n"
        );
        assert!(metrics.contains(&expected), "{expected}{metrics}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn plain_http_is_not_answered_and_is_counted() {
    let store = TestStore::create(On::Sqlite).await;
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::create();
    authority.issue("keyward").write(folder.path(), "tls");
    let server = start(&store, folder.path(), false);
    let plain = Request::new(server.internal, "GET", "/healthz");
    for _ in 0..3 {
        let mut stream = plain.connect();
        stream.write_all(&plain.bytes()).unwrap();
        assert!(read_response(&mut stream).is_none());
    }
    let metrics = TlsClient::trusting(&authority).get(server.internal, "/metrics");
    let expected =
        "keyward_tls_handshake_failures_total{listener=\"internal\",reason=\"no_tls\"} 3\n";
    assert!(metrics.text().contains(expected), "{}", metrics.text());
    assert!(server.comes_to_log("tls.handshake_failed"));
    let lines = server.logs().matches("tls.handshake_failed").count();
    assert_eq!(lines, 1, "{}", server.logs());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_does_not_start_with_files_that_do_not_belong_together() {
    let store = TestStore::create(On::Sqlite).await;
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::create();
    let (one, other) = (authority.issue("keyward"), authority.issue("keyward"));
    Issued {
        key: other.key,
        ..one
    }
    .write(folder.path(), "tls");
    let output = crate::server::keyward()
        .arg("serve")
        .env("DATABASE_URL", store.database.url())
        .envs(variables(folder.path(), false))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(3));
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("is not that of the certificate in"), "{told}");
    assert!(!told.contains("PRIVATE KEY"), "{told}");
}
