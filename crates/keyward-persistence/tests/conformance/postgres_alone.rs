use std::net::{SocketAddr, TcpListener};
use std::time::{Duration, Instant};

use keyward_domain::ports::{ApiKeys as _, Inserted, RepositoryError, WorkspaceDirectory as _};
use keyward_domain::testing::{at, workspace_id};
use keyward_persistence::{DatabaseUrl, Store, StoreConfig, StoreError};

use crate::imports::{hash, imported};
use crate::proxy::Proxy;
use crate::subject::{Subject, assert_unavailable, new_key};

const DEADLINE: Duration = Duration::from_millis(600);

fn config(url: &str) -> StoreConfig {
    StoreConfig {
        call_deadline: DEADLINE,
        connections_max: 2,
        ..StoreConfig::new(DatabaseUrl::parse(url).unwrap())
    }
}

/// The address of the test server, and the subject's URL as a function of the address.
fn split(subject: &Subject) -> (SocketAddr, impl Fn(SocketAddr) -> String + use<>) {
    let config: tokio_postgres::Config = subject.database.url().parse().unwrap();
    let host = match &config.get_hosts()[0] {
        tokio_postgres::config::Host::Tcp(host) => host.clone(),
        other @ tokio_postgres::config::Host::Unix(_) => panic!("{other:?}"),
    };
    let server = format!("{host}:{}", config.get_ports()[0]);
    let address = std::net::ToSocketAddrs::to_socket_addrs(&server)
        .unwrap()
        .next()
        .unwrap();
    let url = subject.database.url().to_owned();
    (address, move |other| {
        url.replace(&server, &other.to_string())
    })
}

pub(crate) async fn behind_proxy(subject: &Subject) -> (Proxy, Store) {
    let (server, url) = split(subject);
    let proxy = Proxy::before(server);
    let store = Store::open(config(&url(proxy.address))).await.unwrap();
    (proxy, store)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_not_there_is_unreachable() {
    let closed = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let url = format!("postgres://user:hunter2@{closed}/db");
    let begun = Instant::now();
    let error = Store::open(config(&url)).await.unwrap_err();
    assert!(begun.elapsed() < DEADLINE * 2, "{:?}", begun.elapsed());
    let StoreError::Unreachable { database, source } = error else {
        panic!("{error:?}");
    };
    assert_eq!(database, format!("postgres://user:***@{closed}/db"));
    let told = format!("{source} {source:?}");
    assert!(
        told.contains("onnection refused") && !told.contains("hunter2"),
        "{told}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_accepts_and_says_nothing_is_unreachable() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("postgres://user@{}/db", listener.local_addr().unwrap());
    let begun = Instant::now();
    let opened = Store::open(config(&url)).await;
    assert!(
        matches!(opened, Err(StoreError::Unreachable { .. })),
        "{opened:?}"
    );
    assert!(begun.elapsed() < DEADLINE * 3, "{:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_refuses_is_unreachable_and_says_why() {
    let subject = Subject::postgres().await;
    let (server, _url) = split(&subject);
    let url = format!("postgres://nobody:hunter2@{server}/no_such_database");
    let StoreError::Unreachable { source, .. } = Store::open(config(&url)).await.unwrap_err()
    else {
        panic!("another error");
    };
    let told = format!("{source} {source:?}");
    assert!(
        told.contains("nobody") && !told.contains("hunter2"),
        "{told}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_host_is_taken_when_the_first_is_gone() {
    let subject = Subject::postgres().await;
    let (server, _url) = split(&subject);
    let closed = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let url = subject.database.url();
    let hosts = format!("{closed},{server}");
    let url = url.replace(&server.to_string(), &hosts) + "?target_session_attrs=read-write";
    let store = Store::open(config(&url)).await.unwrap();
    store.ping().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn require_refuses_a_server_without_tls() {
    let subject = Subject::postgres().await;
    let url = format!("{}?sslmode=require", subject.database.url());
    let opened = Store::open(config(&url)).await;
    assert!(
        matches!(opened, Err(StoreError::Unreachable { .. })),
        "{opened:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_falls_silent_is_unavailable_and_comes_back() {
    let subject = Subject::postgres().await;
    let workspace = subject.workspace("ws_1").await;
    let (proxy, store) = behind_proxy(&subject).await;
    proxy.fall_silent();
    let begun = Instant::now();
    assert_unavailable(&store.workspace(&workspace_id("ws_1")).await);
    assert_unavailable(&store.insert(new_key(&workspace, at(0))).await);
    let pinged = store.ping().await;
    assert!(
        matches!(pinged, Err(StoreError::Unreachable { .. })),
        "{pinged:?}"
    );
    assert!(begun.elapsed() < DEADLINE * 6, "{:?}", begun.elapsed());

    proxy.speak_again();
    assert_eq!(
        store.insert(new_key(&workspace, at(0))).await.unwrap(),
        Inserted::Created
    );
    assert_eq!(subject.key_count("ws_1").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn cut_connections_are_replaced() {
    let subject = Subject::postgres().await;
    let (proxy, store) = behind_proxy(&subject).await;
    for _ in 0..3 {
        store.ping().await.unwrap();
        proxy.cut_all();
        // The first call may notice the lost connection. No later call may be affected.
        if let Err(error) = store.ping().await {
            assert!(matches!(error, StoreError::Unreachable { .. }), "{error:?}");
        }
        store.ping().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_whose_answer_is_lost_has_an_unknown_outcome() {
    let subject = Subject::postgres().await;
    let workspace = subject.workspace("ws_1").await;
    let (proxy, store) = behind_proxy(&subject).await;
    proxy.lose_answers_to_commits();
    // An import takes a transaction of several statements.
    let outcome = store.insert(imported(&workspace, hash(1), 1, 0)).await;
    assert!(
        matches!(outcome, Err(RepositoryError::OutcomeUnknown(_))),
        "{outcome:?}"
    );
    let listed = subject.listed(workspace.workspace_id(), 0, 20).await;
    assert_eq!(listed.total, 1, "the key was created");
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_say_who_they_are_and_give_up_before_their_caller() {
    let subject = Subject::postgres().await;
    let store = Store::open(config(subject.database.url())).await.unwrap();
    store.ping().await.unwrap();
    let client = subject.raw_postgres().await;
    let named = "SELECT count(*) FROM pg_stat_activity
         WHERE application_name = 'keyward' AND datname = current_database()";
    let count: i64 = client.query_one(named, &[]).await.unwrap().get(0);
    assert!(count >= 1);
    // The server cancels a read that waits for a lock, and its connection stays usable.
    client
        .batch_execute("BEGIN; LOCK TABLE workspaces")
        .await
        .unwrap();
    assert_unavailable(&store.workspaces(None, 100).await);
    client.batch_execute("ROLLBACK").await.unwrap();
    assert!(store.workspaces(None, 100).await.unwrap().is_empty());
}
