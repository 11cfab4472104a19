//! Changes that must be refused, one per rule, and the response to each (contract §3). The parsers
//! and handlers are tested with all variants.

use serde_json::json;

use crate::server::{On, TestServer, TestStore};

async fn server() -> (TestStore, TestServer, String) {
    let store = TestStore::create(On::Sqlite).await;
    let server = TestServer::start(&store.database);
    let (id, _secret) = server.created();
    (store, server, id)
}

#[tokio::test(flavor = "multi_thread")]
async fn code_4000_names_every_wrong_member_and_nothing_changes() {
    let (store, server, id) = server().await;
    let before = store.keys().await;
    let (key, rotate) = (format!("/{id}"), format!("/{id}/rotate"));
    let all_wrong = r#"{"name":" ","scopes":["*"],"ipWhitelist":["1.2.3.4/24"],
        "expiresAt":"2020-01-01T00:00:00Z","mode":2,"colour":"red","name":"New"}"#;
    let all_fields = [
        "name",
        "scopes[0]",
        "ipWhitelist[0]",
        "expiresAt",
        "mode",
        "colour",
        "name",
    ];
    for (method, path, body, fields) in [
        ("PATCH", key.as_str(), "", &["body"][..]),
        ("PATCH", &key, "{}", &["body"]),
        ("PATCH", &key, all_wrong, &all_fields),
        ("POST", &rotate, "[]", &["body"]),
        (
            "POST",
            &rotate,
            r#"{"overlapSeconds":604801,"overlap":60}"#,
            &["overlapSeconds", "overlap"],
        ),
        ("POST", "/delete", r#"{"force":true}"#, &["keyId", "force"]),
    ] {
        let response = server.owner(method, path).body(body).send();
        response.assert(body, 400, "4000");
        assert_eq!(response.fields(), fields, "{body}: {}", response.text());
    }
    assert_eq!(store.keys().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn ids_that_no_key_has_are_not_found() {
    let (store, server, id) = server().await;
    let before = store.keys().await;
    let other_mode = id.replace("live", "test");
    let nobodys = "sk_live_0352LgEZNa95dBFUcIVbVc";
    for wrong in [nobodys, &other_mode, "..%2F.."] {
        for (method, path) in [
            ("GET", format!("/{wrong}")),
            ("DELETE", format!("/{wrong}")),
            ("POST", format!("/{wrong}/disable")),
            ("POST", format!("/{wrong}/enable")),
            ("POST", format!("/{wrong}/rotate/finish")),
            ("GET", format!("/{wrong}/events")),
        ] {
            let response = server.owner(method, &path).send();
            response.assert(&format!("{method} {path}"), 404, "4040");
        }
        let patch = server
            .owner("PATCH", &format!("/{wrong}"))
            .body(r#"{"name":"New"}"#);
        patch.send().assert(wrong, 404, "4040");
        let rotate = server.owner("POST", &format!("/{wrong}/rotate")).body("{}");
        rotate.send().assert(wrong, 404, "4040");
        let body = json!({ "keyId": wrong }).to_string();
        server
            .owner("POST", "/delete")
            .body(body)
            .send()
            .assert(wrong, 404, "4040");
    }
    assert_eq!(store.keys().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn if_match_is_one_list_of_entity_tags() {
    let (_store, server, id) = server().await;
    let patch = |value: &str| {
        let request = server
            .owner("PATCH", &format!("/{id}"))
            .body(r#"{"name":"Production Key"}"#);
        request.also("If-Match", value).send()
    };
    patch("\"7\", \"1\"").assert("one of them", 200, "2000");
    patch("\"2\", W/\"1\"").assert("none of them", 412, "4120");
    let response = patch("1");
    response.assert("no list", 400, "4000");
    assert_eq!(response.fields(), ["If-Match"]);
    let delete = server
        .owner("DELETE", &format!("/{id}"))
        .also("If-Match", "\"9\"");
    delete.send().assert("delete", 412, "4120");
}

#[tokio::test(flavor = "multi_thread")]
async fn code_4150_4130_and_4050_as_on_create() {
    let (_store, server, id) = server().await;
    let patch = || server.owner("PATCH", &format!("/{id}"));
    let typed = patch().header("Content-Type", "text/json").body("{}");
    typed.send().assert("text/json", 415, "4150");
    let large = patch().body("x".repeat(65 * 1024));
    large.send().assert("65 KiB", 413, "4130");
    let put = server.owner("PUT", &format!("/{id}")).send();
    put.assert("PUT", 405, "4050");
    assert_eq!(put.header("allow"), Some("GET, HEAD, PATCH, DELETE"));
    server
        .owner("GET", &format!("/{id}/nonsense"))
        .send()
        .assert("unknown path", 404, "4041");
}
