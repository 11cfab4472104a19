//! HTTP/2, with TLS and without.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use actix_web::web::Bytes;
use h2::client::SendRequest;
use http::Request as HttpRequest;
use serde_json::json;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::metrics::{metrics, value};
use crate::server::{On, TestServer, TestStore};
use crate::tls::{self, Authority, TlsClient};

/// The output of curl, and the version of HTTP and the status at its end.
fn curl(arguments: &[&str]) -> (String, String) {
    let output = Command::new("curl")
        .args(["--silent", "--show-error", "--max-time", "30"])
        .args(["--write-out", "\n%{http_version} %{http_code}"])
        .args(arguments)
        .output()
        .unwrap();
    let shown = String::from_utf8(output.stdout).unwrap();
    let (body, end) = shown.rsplit_once('\n').unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    (body.to_owned(), format!("{end}{told}"))
}

fn write_authority(folder: &Path, authority: &Authority) -> String {
    let file = folder.join("authority.crt");
    std::fs::write(&file, authority.pem()).unwrap();
    file.to_str().unwrap().to_owned()
}

fn question(secret: &str) -> String {
    json!({ "secret": secret }).to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_chooses_the_protocol_by_alpn() {
    let store = TestStore::create(On::Sqlite).await;
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::create();
    authority.issue("keyward").write(folder.path(), "tls");
    let ca = write_authority(folder.path(), &authority);
    let server = tls::start(&store, folder.path(), false);
    let created = TlsClient::trusting(&authority)
        .send(&server.create())
        .unwrap();
    let secret = created.json()["data"]["secret"]
        .as_str()
        .unwrap()
        .to_owned();
    let verify = format!("https://{}/internal/v1/api-keys/verify", server.internal);
    let question = question(&secret);
    for (flag, version) in [("--http2", "2"), ("--http1.1", "1.1")] {
        // The second answer comes from the cache.
        for _ in 0..2 {
            let json = "content-type: application/json";
            let (body, end) = curl(&["--cacert", &ca, flag, "-H", json, "-d", &question, &verify]);
            assert_eq!(end, format!("{version} 200"));
            assert!(body.contains("\"decision\":\"NO_SCOPES\""), "{body}");
        }
        let docs = format!("https://{}/docs/swagger-ui-bundle.js", server.public);
        let (body, end) = curl(&["--cacert", &ca, flag, "--include", &docs]);
        assert_eq!(end, format!("{version} 200"));
        assert!(body.len() > 1_000_000);
        let head = body[..2_000].to_ascii_lowercase();
        for part in [
            "\ndate: ",
            "\ncontent-length: ",
            "strict-transport-security: max-age=",
        ] {
            assert!(head.contains(part), "{part}: {head}");
        }
        assert!(!head.contains("connection:"), "{head}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_may_speak_http2_without_tls_and_a_browser_may_not() {
    let store = TestStore::create(On::Sqlite).await;
    let server = TestServer::start(&store.database);
    let (_, secret) = server.created();
    let known = "--http2-prior-knowledge";
    let url = format!("http://{}/internal/v1/authorize/nginx", server.internal);
    let key = format!("X-Api-Key: {secret}");
    // The fast path answers the second one.
    for _ in 0..2 {
        let (_, end) = curl(&[known, "-H", &key, &url]);
        assert_eq!(end, "2 403");
    }
    let url = format!("http://{}/internal/v1/api-keys/verify", server.internal);
    let json = "content-type: application/json";
    let (body, end) = curl(&[known, "-H", json, "-d", &question(&secret), &url]);
    assert_eq!(end, "2 200");
    assert!(body.contains("NO_SCOPES"), "{body}");
    let (_, end) = curl(&[
        "--head",
        known,
        &format!("http://{}/readyz", server.internal),
    ]);
    assert_eq!(end, "2 200");
    // A page of another site whose name resolves to this machine is refused, as with HTTP/1.1.
    let (_, end) = curl(&[
        known,
        "-H",
        json,
        "-H",
        "host: evil.example",
        "-d",
        "{}",
        &url,
    ]);
    assert_eq!(end, "2 401");
    let (_, end) = curl(&[known, &format!("http://{}/docs/", server.public)]);
    assert!(!end.starts_with("2 "), "{end}");
    // HTTP/1.1 is still there, also when it begins with the same letter.
    let (_, end) = curl(&["-X", "PUT", &url]);
    assert_eq!(end, "1.1 405");
}

/// Many questions at a time on one connection, each with its own answer.
#[tokio::test(flavor = "multi_thread")]
async fn requests_share_a_connection() {
    let store = TestStore::create(On::Sqlite).await;
    let server = TestServer::start(&store.database);
    let (_, secret) = server.created();
    let mut client = connect(server.internal).await;
    client = client.ready().await.unwrap();
    // With the first answer the client knows how many requests it may send at a time.
    ask(&mut client, server.internal, &question("none")).await;
    let mut answers = Vec::new();
    for number in 0..300 {
        client = client.ready().await.unwrap();
        let secret = if number % 2 == 0 {
            secret.as_str()
        } else {
            "none"
        };
        answers.push((number, ask(&mut client, server.internal, &question(secret))));
    }
    for (number, answer) in answers {
        let expected = if number % 2 == 0 {
            "NO_SCOPES"
        } else {
            "MALFORMED"
        };
        let text = answer.await;
        assert!(text.contains(expected), "{number}: {text}");
    }
    let open = "keyward_connections_open{listener=\"internal\"}";
    // And the one that asks.
    assert_eq!(value(&metrics(&server), open), 2);
}

/// A client that opens more requests than it may is told so, and no request is lost in silence.
#[tokio::test(flavor = "multi_thread")]
async fn a_connection_has_a_limit_of_requests_at_a_time() {
    let store = TestStore::create(On::Sqlite).await;
    let server = TestServer::start(&store.database);
    let mut client = connect(server.internal).await;
    client = client.ready().await.unwrap();
    let text = ask(&mut client, server.internal, &question("none")).await;
    assert!(text.contains("MALFORMED"), "{text}");
    assert_eq!(client.current_max_send_streams(), 128);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shutdown_says_goodbye_and_ends_what_is_in_progress() {
    let store = TestStore::create(On::Sqlite).await;
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::create();
    authority.issue("keyward").write(folder.path(), "tls");
    let mut server = tls::start(&store, folder.path(), false);
    let config = TlsClient::trusting(&authority).speaking(b"h2");
    let stream = TcpStream::connect(server.internal).await.unwrap();
    let name = server.internal.ip().into();
    let stream = TlsConnector::from(config)
        .connect(name, stream)
        .await
        .unwrap();
    let (client, connection) = h2::client::handshake(stream).await.unwrap();
    let closed = tokio::spawn(connection);
    let mut client = client.ready().await.unwrap();
    // The body ends after the shutdown has begun.
    let uri = format!("https://{}/internal/v1/api-keys/verify", server.internal);
    let request = HttpRequest::post(uri).header("content-type", "application/json");
    let request = request.body(()).unwrap();
    let (answer, mut body) = client.send_request(request, false).unwrap();
    server.signal("INT");
    assert!(server.comes_to_log("draining"));
    body.send_data(question("none").into(), true).unwrap();
    let answer = answer.await.unwrap();
    assert_eq!(answer.status().as_u16(), 200);
    drop((answer, client));
    let ended = tokio::time::timeout(Duration::from_secs(15), closed).await;
    // The goodbye of the client may meet a socket that the server has closed.
    let _met = ended.expect("the connection ends").unwrap();
    assert_eq!(server.wait(), Some(0));
}

async fn connect(addr: SocketAddr) -> SendRequest<Bytes> {
    let stream = TcpStream::connect(addr).await.unwrap();
    let (client, connection) = h2::client::handshake(stream).await.unwrap();
    tokio::spawn(connection);
    client
}

/// Sends a question; the answer can be awaited later.
fn ask(
    client: &mut SendRequest<Bytes>,
    addr: SocketAddr,
    question: &str,
) -> impl Future<Output = String> + use<> {
    let uri = format!("http://{addr}/internal/v1/api-keys/verify");
    let request = HttpRequest::post(uri).header("content-type", "application/json");
    let (answer, mut body) = client
        .send_request(request.body(()).unwrap(), false)
        .unwrap();
    body.send_data(question.to_owned().into(), true).unwrap();
    async move {
        let mut body = answer.await.unwrap().into_body();
        let mut text = Vec::new();
        while let Some(part) = body.data().await {
            let part = part.unwrap();
            body.flow_control().release_capacity(part.len()).unwrap();
            text.extend_from_slice(&part);
        }
        String::from_utf8(text).unwrap()
    }
}
