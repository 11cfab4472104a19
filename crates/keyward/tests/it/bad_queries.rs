//! Invalid queries of a listing, and the response to them (contract §3). The parsers are tested with
//! all variants.

use crate::server::{On, TestServer, TestStore};

#[tokio::test(flavor = "multi_thread")]
async fn code_4000_names_every_wrong_parameter() {
    let store = TestStore::create(On::Sqlite).await;
    let server = TestServer::start(&store.database);
    let (id, _secret) = server.created();
    let list = "?limit=5&page=x&size=0&sort=up&status=A&mode=B&q=%FF&page=1";
    let fields = [
        "limit", "q", "page", "page", "size", "sort", "status", "mode",
    ];
    let events = format!("/{id}/events?sort=name&size=101");
    for (path, fields) in [(list, &fields[..]), (&events, &["sort", "size"])] {
        let response = server.owner("GET", path).send();
        response.assert(path, 400, "4000");
        assert_eq!(response.fields(), fields, "{}", response.text());
    }
}
