//! Invalid queries of lists, and the response to each (contract §3).

use crate::server::{On, TestServer, TestStore};

#[tokio::test(flavor = "multi_thread")]
async fn each_wrong_parameter_is_named() {
    let store = TestStore::create(On::Sqlite).await;
    let server = TestServer::start(&store.database);
    let (id, _secret) = server.created();
    let long = format!("q={}", "x".repeat(129));
    for (query, field) in [
        ("page=-1", "page"),
        ("page=x", "page"),
        ("page=1.5", "page"),
        ("page=4294967296", "page"),
        ("page=%20", "page"),
        ("size=0", "size"),
        ("size=101", "size"),
        ("size=+1", "size"),
        ("sort=id", "sort"),
        ("sort=createdAt,up", "sort"),
        ("sort=CREATEDAT", "sort"),
        ("sort=createdAt;DROP%20TABLE", "sort"),
        ("status=DELETED", "status"),
        ("status=active", "status"),
        ("mode=1", "mode"),
        ("mode=PROD", "mode"),
        (long.as_str(), "q"),
        ("page=1&page=1", "page"),
        ("Page=1", "Page"),
        ("limit=5", "limit"),
        ("q=%FF", "q"),
        ("q=%2", "q"),
        ("q=%00", "q"),
    ] {
        let response = server.owner("GET", &format!("?{query}")).send();
        response.assert(query, 400, "4000");
        assert_eq!(response.fields(), [field], "{query}: {}", response.text());
    }
    let all = server
        .owner("GET", "?page=x&size=0&sort=up&status=A&mode=B&colour=red")
        .send();
    assert_eq!(all.fields().len(), 6, "{}", all.text());
    let events = server
        .owner("GET", &format!("/{id}/events?size=0&sort=name"))
        .send();
    events.assert("events", 400, "4000");
    assert_eq!(events.fields().len(), 2, "{}", events.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_but_right_queries_are_answered() {
    let store = TestStore::create(On::Sqlite).await;
    let server = TestServer::start(&store.database);
    server.created();
    for query in [
        "",
        "q=%F0%9F%91%8B",
        "q=a+b",
        "q=%25",
        "size=100",
        "page=007",
        "sort=lastUsedAt,desc",
        "sort=expiresAt,asc",
    ] {
        let response = server.owner("GET", &format!("?{query}")).send();
        response.assert(query, 200, "2000");
    }
}
