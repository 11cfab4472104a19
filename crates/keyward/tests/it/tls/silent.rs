//! Clients that open connections and say nothing.

use std::io::{Read as _, Write as _};
use std::time::{Duration, Instant};

use super::{Authority, TlsClient, start, variables};
use crate::connections::few_files;
use crate::http::Request;
use crate::metrics::value;
use crate::server::{On, TestServer, TestStore};

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_client_is_closed_in_time_and_counted() {
    let store = TestStore::create(On::Sqlite).await;
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::create();
    authority.issue("keyward").write(folder.path(), "tls");
    let server = start(&store, folder.path(), false);
    let begun = Instant::now();
    let mut silent = Request::new(server.public, "GET", "/").connect();
    assert_eq!(silent.read(&mut [0]).unwrap(), 0);
    let waited = begun.elapsed();
    assert!(waited > Duration::from_secs(8), "{waited:?}");
    assert!(waited < Duration::from_secs(15), "{waited:?}");
    let metrics = TlsClient::trusting(&authority).get(server.internal, "/metrics");
    let timeouts = "keyward_tls_handshake_failures_total{listener=\"public\",reason=\"timeout\"}";
    assert_eq!(value(&metrics.text(), timeouts), 1);
}

/// More silent clients than places. Those that have a connection before keep it.
#[tokio::test(flavor = "multi_thread")]
async fn silent_clients_stop_neither_the_next_client_nor_the_one_before() {
    let store = TestStore::create(On::Sqlite).await;
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::create();
    authority.issue("keyward").write(folder.path(), "tls");
    let variables = variables(folder.path(), false);
    let variables: Vec<_> = variables
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let server = TestServer::start_program(few_files(), &store.database, &variables);
    let client = TlsClient::trusting(&authority);
    let root = Request::new(server.public, "GET", "/nothing");
    let head = b"GET /nothing HTTP/1.1\r\nHost: keyward.test\r\n\r\n";
    let mut before = client.connect(&root);
    before.write_all(head).unwrap();
    let status = |stream: &mut super::client::TlsStream| {
        crate::http::read_response(stream).map(|response| response.status)
    };
    assert_eq!(status(&mut before), Some(404));
    let mut silent = Vec::new();
    for _ in 0..600 {
        silent.push(root.connect());
        // It is the one that was idle for the shortest time, and the server keeps up with the others.
        before.write_all(head).unwrap();
        assert_eq!(status(&mut before), Some(404));
    }
    let next = client.send(&server.create()).unwrap();
    next.assert("the next client", 201, "2000");
    before.write_all(head).unwrap();
    assert_eq!(status(&mut before), Some(404));
    let metrics = client.get(server.internal, "/metrics").text();
    let evicted = "keyward_connections_evicted_total{listener=\"public\"}";
    assert!(value(&metrics, evicted) > 300, "{metrics}");
    drop(silent);
}
