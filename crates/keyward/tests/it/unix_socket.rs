//! The internal listener on a Unix socket.

use std::io::{Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream;
use std::path::Path;

use crate::server::{On, TestServer, TestStore, keyward};
use crate::tokens;

/// Sends a request and returns the whole response.
fn ask(socket: &Path, request: &str) -> String {
    let mut stream = UnixStream::connect(socket).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    response
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_on_the_same_machine_asks_through_a_unix_socket() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("keyward.sock");
    let addr = format!("unix:{}", socket.display());
    let store = TestStore::create(On::Sqlite).await;
    let variables = [
        ("KEYWARD_JWT_SECRET", tokens::SECRET),
        ("KEYWARD_INTERNAL_ADDR", addr.as_str()),
        ("KEYWARD_INTERNAL_SOCKET_MODE", "0600"),
    ];
    let mut server = TestServer::start_with(&store.database, &variables);
    let mode = std::fs::metadata(&socket).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let head = "HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
    let health = ask(&socket, &format!("GET /healthz {head}\r\n"));
    assert!(health.starts_with("HTTP/1.1 200 "), "{health}");
    let denied = ask(
        &socket,
        &format!("GET /internal/v1/authorize/nginx {head}X-Api-Key: none\r\n\r\n"),
    );
    assert!(denied.starts_with("HTTP/1.1 401 "), "{denied}");
    assert!(denied.contains("MALFORMED"), "{denied}");

    let second = keyward()
        .arg("serve")
        .env("DATABASE_URL", store.database.url())
        .env("KEYWARD_PUBLIC_ADDR", "127.0.0.1:0")
        .envs(variables)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&second.stderr);
    assert!(!second.status.success(), "{told}");
    assert!(told.contains("KEYWARD_INTERNAL_ADDR"), "{told}");

    server.signal("TERM");
    assert_eq!(server.wait(), Some(0));
    assert!(!socket.exists());
}
