//! Several addresses of a listener, and IPv6.

use std::net::SocketAddr;

use crate::http::Request;
use crate::server::{On, TestServer, TestStore, keyward};
use crate::tokens;

const SECRET: (&str, &str) = ("KEYWARD_JWT_SECRET", tokens::SECRET);
const TOKEN: (&str, &str) = (
    "KEYWARD_INTERNAL_TOKEN",
    "an-internal-token-of-32-characters",
);

fn answers(addr: SocketAddr, path: &str) -> bool {
    Request::new(addr, "GET", path)
        .try_send()
        .is_some_and(|response| response.status == 200)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listener_has_several_addresses_with_one_limit() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("k.sock");
    let internal = format!("127.0.0.1:0,[::1]:0,unix:{}", socket.display());
    let store = TestStore::create(On::Sqlite).await;
    let variables = [
        SECRET,
        ("KEYWARD_PUBLIC_ADDR", "127.0.0.1:0, [::1]:0"),
        ("KEYWARD_INTERNAL_ADDR", internal.as_str()),
    ];
    let mut server = TestServer::start_with(&store.database, &variables);
    let addr = |text: &String| text.parse::<SocketAddr>().unwrap();
    let public: Vec<_> = server.public_addrs.iter().map(addr).collect();
    let [v4, v6] = public.as_slice() else {
        panic!("{public:?}")
    };
    assert!(v4.is_ipv4() && v6.is_ipv6());
    assert!(answers(*v4, "/docs/") && answers(*v6, "/docs/"));
    let [v4, v6, unix] = server.internal_addrs.as_slice() else {
        panic!("{:?}", server.internal_addrs)
    };
    assert!(answers(addr(v4), "/readyz") && answers(addr(v6), "/readyz"));
    assert_eq!(*unix, format!("unix:{}", socket.display()));
    assert!(socket.exists());
    // A connection to each address.
    let open: Vec<_> = public
        .iter()
        .map(|addr| std::net::TcpStream::connect(addr).unwrap())
        .collect();
    let metric = "keyward_connections_open{listener=\"public\"}";
    while crate::metrics::value(&crate::metrics::metrics(&server), metric) < 2 {}
    drop(open);
    server.signal("TERM");
    assert_eq!(server.wait(), Some(0));
    assert!(!socket.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_client_of_an_ipv6_listener_has_its_own_address() {
    let store = TestStore::create(On::Sqlite).await;
    let variables = [SECRET, TOKEN, ("KEYWARD_PUBLIC_ADDR", "[::]:0")];
    let server = TestServer::start_with(&store.database, &variables);
    let port = server.public.port();
    for (ip, shown) in [("127.0.0.1", "127.0.0.1"), ("::1", "::1")] {
        let addr = SocketAddr::new(ip.parse().unwrap(), port);
        assert!(answers(addr, "/docs/"), "{ip}");
        // The address of an IPv4 client is not written as ::ffff:127.0.0.1.
        assert!(server.comes_to_log(&format!("\"client_address\":\"{shown}\"")));
    }
}

#[test]
fn one_address_for_ipv4_and_one_for_ipv6_may_have_the_same_port() {
    // A free port for both: the system would have to give the same one twice.
    let free = std::net::TcpListener::bind("[::]:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let store = runtime.block_on(TestStore::create(On::Sqlite));
    let both = format!("0.0.0.0:{port},[::]:{port}");
    let variables = [SECRET, ("KEYWARD_PUBLIC_ADDR", both.as_str())];
    let server = TestServer::start_with(&store.database, &variables);
    for ip in ["127.0.0.1", "::1"] {
        let addr = SocketAddr::new(ip.parse().unwrap(), port);
        assert!(answers(addr, "/docs/"), "{ip}");
    }
    assert_eq!(server.public_addrs.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_taken_is_named() {
    let store = TestStore::create(On::Sqlite).await;
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = taken.local_addr().unwrap().to_string();
    let output = keyward()
        .arg("serve")
        .env("DATABASE_URL", store.database.url())
        .envs([SECRET])
        .env("KEYWARD_PUBLIC_ADDR", format!("127.0.0.1:0,{addr}"))
        .env("KEYWARD_INTERNAL_ADDR", "127.0.0.1:0")
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success());
    assert!(told.contains(&format!("can't listen on {addr}")), "{told}");
    assert!(told.contains("KEYWARD_PUBLIC_ADDR"), "{told}");
}
