//! Bodies that must not create a key, and the response to each (contract §1).

use serde_json::json;

use crate::server::{OWNER, On, TestServer, TestStore, WORKSPACE};
use crate::tokens;

async fn server() -> (TestStore, TestServer) {
    let store = TestStore::create(On::Sqlite).await;
    let server = TestServer::start(&store.database);
    (store, server)
}

/// Each body is refused with 400 `4000`, and the first fault is in the field.
async fn check(cases: &[(&str, Vec<u8>, &str)]) {
    let (store, server) = server().await;
    for (case, body, field) in cases {
        let response = server.create().body(body).send();
        response.assert(case, 400, "4000");
        assert_eq!(response.json()["message"], "Invalid request", "{case}");
        let fields = response.fields();
        assert_eq!(
            fields.first().map(String::as_str),
            Some(*field),
            "{case}: {}",
            response.text()
        );
        let errors = response.json()["errors"].clone();
        for error in errors.as_array().unwrap() {
            assert!(!error["message"].as_str().unwrap().is_empty(), "{case}");
        }
    }
    assert_no_key(&store).await;
}

async fn assert_no_key(store: &TestStore) {
    assert_eq!(store.keys().await, []);
}

fn case(
    name: &'static str,
    body: impl AsRef<[u8]>,
    field: &'static str,
) -> (&'static str, Vec<u8>, &'static str) {
    (name, body.as_ref().to_vec(), field)
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_are_not_one_json_object() {
    let deep = format!("{}1{}", "[".repeat(200), "]".repeat(200));
    check(&[
        case("empty", "", "body"),
        case("white space", "  ", "body"),
        case("not JSON", "name=Key", "body"),
        case(
            "array that serde takes for a struct",
            r#"["Key",["payment:read"]]"#,
            "body",
        ),
        case("top-level null", "null", "body"),
        case("top-level text", r#""Key""#, "body"),
        case("top-level number", "1", "body"),
        case("unfinished", r#"{"name":"Key""#, "body"),
        case("trailing bytes", r#"{"name":"Key"} x"#, "body"),
        case("two objects", r#"{"name":"Key"}{"name":"Key"}"#, "body"),
        case("trailing comma", r#"{"name":"Key",}"#, "body"),
        case("byte order mark", "\u{FEFF}{\"name\":\"Key\"}", "body"),
        case("invalid UTF-8", b"{\"name\":\"K\xFFey\"}", "body"),
        case("lone surrogate", r#"{"name":"\ud800"}"#, "body"),
        case("NaN", r#"{"name":"Key","mode":NaN}"#, "body"),
        case(
            "depth 200",
            format!(r#"{{"name":"Key","scopes":{deep}}}"#),
            "body",
        ),
        case("UTF-16", b"\xFF\xFE{\0}\0", "body"),
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn members_that_should_not_be_there() {
    check(&[
        case("repeated", r#"{"name":"Key","name":"Key"}"#, "name"),
        case(
            "repeated by escape",
            r#"{"name":"Key","nam\u0065":"Key"}"#,
            "name",
        ),
        case("unknown", r#"{"name":"Key","colour":"red"}"#, "colour"),
        case(
            "mistyped ipWhitelist",
            r#"{"name":"Key","ipWhiteList":["10.0.0.1"]}"#,
            "ipWhiteList",
        ),
        case(
            "workspaceId smuggled in",
            r#"{"name":"Key","workspaceId":"ws_2"}"#,
            "workspaceId",
        ),
        case(
            "status smuggled in",
            r#"{"name":"Key","status":"ACTIVE"}"#,
            "status",
        ),
        case("id smuggled in", r#"{"name":"Key","id":"x"}"#, "id"),
        case(
            "secret smuggled in",
            r#"{"name":"Key","secret":"x"}"#,
            "secret",
        ),
        case(
            "member of another case",
            r#"{"Name":"Key","name":"Key"}"#,
            "Name",
        ),
        case("__proto__", r#"{"name":"Key","__proto__":{}}"#, "__proto__"),
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mistyped_member_is_told_the_right_one() {
    let (_store, server) = server().await;
    let response = server
        .create()
        .body(r#"{"name":"Key","ipWhiteList":[]}"#)
        .send();
    assert!(
        response.text().contains("ipWhitelist"),
        "{}",
        response.text()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_names() {
    let named = |name: &str| json!({ "name": name }).to_string();
    check(&[
        case("absent", "{}", "name"),
        case("null", r#"{"name":null}"#, "name"),
        case("number", r#"{"name":7}"#, "name"),
        case("list", r#"{"name":["Key"]}"#, "name"),
        case("empty", named(""), "name"),
        case("spaces", named("   "), "name"),
        case("U+3164 only", named("\u{3164}"), "name"),
        case("U+200B only", named("\u{200B}"), "name"),
        case("NUL", named("a\0b"), "name"),
        case("newline", named("a\nb"), "name"),
        case("U+202E", named("a\u{202E}b"), "name"),
        case("U+2028", named("a\u{2028}b"), "name"),
        case("129 scalars", named(&"x".repeat(129)), "name"),
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_modes() {
    let mode = |mode: &str| format!(r#"{{"name":"Key","mode":{mode}}}"#);
    check(&[
        case("0", mode("0"), "mode"),
        case("3", mode("3"), "mode"),
        case("257", mode("257"), "mode"),
        case("-1", mode("-1"), "mode"),
        case("1.0", mode("1.0"), "mode"),
        case("1.5", mode("1.5"), "mode"),
        case("1e0", mode("1e0"), "mode"),
        case("text", mode(r#""1""#), "mode"),
        case("LIVE", mode(r#""LIVE""#), "mode"),
        case("true", mode("true"), "mode"),
        case("beyond 64 bits", mode("18446744073709551617"), "mode"),
        case("list", mode("[1]"), "mode"),
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_scopes() {
    let scopes = |scopes: serde_json::Value| json!({ "name": "Key", "scopes": scopes }).to_string();
    check(&[
        case("text", scopes(json!("payment:read")), "scopes"),
        case("object", scopes(json!({ "payment": "read" })), "scopes"),
        case(
            "null inside",
            scopes(json!(["payment:read", null])),
            "scopes[1]",
        ),
        case("number inside", scopes(json!([1])), "scopes[0]"),
        case(
            "unknown",
            scopes(json!(["payment:read", "payment:destroy"])),
            "scopes[1]",
        ),
        case("star", scopes(json!(["*"])), "scopes[0]"),
        case(
            "leading space",
            scopes(json!([" payment:read"])),
            "scopes[0]",
        ),
        case("upper case", scopes(json!(["PAYMENT:READ"])), "scopes[0]"),
        case(
            "65 characters",
            scopes(json!([format!("payment:{}", "x".repeat(57))])),
            "scopes[0]",
        ),
        case("empty", scopes(json!([""])), "scopes[0]"),
        case(
            "1,000 entries",
            scopes(json!(vec!["payment:read"; 1_000])),
            "scopes",
        ),
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_ip_rules() {
    let rules =
        |rules: serde_json::Value| json!({ "name": "Key", "ipWhitelist": rules }).to_string();
    let mut cases: Vec<_> = [
        "1.2.3.4/24",
        "0.0.0.0/0",
        "::/0",
        "1.2.3.0/33",
        "1.2.3.0/024",
        "1.2.3.0/+24",
        "1.2.3.0/255.255.255.0",
        "01.2.3.4",
        "1.2.3",
        "fe80::1%eth0",
        "[::1]",
        "1.2.3.4-1.2.3.9",
        "example.com",
        " 1.2.3.4",
        "",
        "::/129",
    ]
    .into_iter()
    .map(|rule| case(rule, rules(json!(["10.0.0.1", rule])), "ipWhitelist[1]"))
    .collect();
    cases.push(case("text", rules(json!("10.0.0.1")), "ipWhitelist"));
    cases.push(case("number inside", rules(json!([7])), "ipWhitelist[0]"));
    cases.push(case("null inside", rules(json!([null])), "ipWhitelist[0]"));
    cases.push(case(
        "101 entries",
        rules(json!(vec!["10.0.0.1"; 101])),
        "ipWhitelist",
    ));
    check(&cases).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn host_bits_are_told_the_block_that_was_meant() {
    let (_store, server) = server().await;
    let response = server
        .create()
        .body(r#"{"name":"K","ipWhitelist":["1.2.3.4/24"]}"#)
        .send();
    assert!(
        response.text().contains("1.2.3.0/24"),
        "{}",
        response.text()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_expiries() {
    let expires = |at: serde_json::Value| json!({ "name": "Key", "expiresAt": at }).to_string();
    check(&[
        case("past", expires(json!("2020-01-01T00:00:00Z")), "expiresAt"),
        case(
            "no offset",
            expires(json!("2099-01-01T00:00:00")),
            "expiresAt",
        ),
        case(
            "year 10000",
            expires(json!("10000-01-01T00:00:00Z")),
            "expiresAt",
        ),
        case(
            "leap second",
            expires(json!("2098-12-31T23:59:60Z")),
            "expiresAt",
        ),
        case("number", expires(json!(4_102_444_800_u64)), "expiresAt"),
        case("a date alone", expires(json!("2099-01-01")), "expiresAt"),
        case("empty", expires(json!("")), "expiresAt"),
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_problems_come_at_once() {
    let (_store, server) = server().await;
    let response = server
        .create()
        .body(
            json!({
                "name": "", "scopes": ["payment:read", "nope"], "mode": 9,
                "ipWhitelist": ["10.0.0.1", "1.2.3.4/24"], "expiresAt": "soon", "colour": "red",
            })
            .to_string(),
        )
        .send();
    response.assert("six faults", 400, "4000");
    assert_eq!(
        response.fields(),
        [
            "name",
            "scopes[1]",
            "mode",
            "ipWhitelist[1]",
            "expiresAt",
            "colour"
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn code_4130_bodies_over_64_kib() {
    let (store, server) = server().await;
    let filler = " ".repeat(64 * 1024);
    let large = format!(r#"{{"name":"Key"}}{filler}"#);
    server
        .create()
        .body(&large)
        .send()
        .assert("by length", 413, "4130");
    let announced = server
        .create()
        .header("Content-Length", "999999999999")
        .body("{}");
    announced.send().assert("announced", 413, "4130");
    let chunked = format!("{:x}\r\n{large}\r\n0\r\n\r\n", large.len());
    server
        .create()
        .header("Transfer-Encoding", "chunked")
        .body(chunked)
        .send()
        .assert("chunked", 413, "4130");
    let at_limit = format!(r#"{{"name":"Key"}}{}"#, " ".repeat(64 * 1024 - 14));
    assert_eq!(at_limit.len(), 64 * 1024);
    assert_no_key(&store).await;
    server
        .create()
        .body(at_limit)
        .send()
        .assert("at the limit", 201, "2000");
}

#[tokio::test(flavor = "multi_thread")]
async fn chunked_bodies_are_as_good() {
    let (_store, server) = server().await;
    let request = server.create().header("Transfer-Encoding", "chunked");
    request
        .body("e\r\n{\"name\":\"Key\"}\r\n0\r\n\r\n")
        .send()
        .assert("chunked", 201, "2000");
}

#[tokio::test(flavor = "multi_thread")]
async fn code_4031_only_the_partner_portal_creates_test_keys() {
    let (store, server) = server().await;
    for portal in ["SYSTEM", "TENANT", "CONSUMER"] {
        let request = server
            .create_as(&tokens::of(OWNER, portal), WORKSPACE)
            .also("X-Portal", "PARTNER")
            .body(r#"{"name":"Key","mode":2}"#);
        let response = request.send();
        response.assert(portal, 403, "4031");
        assert_eq!(
            response.json()["message"],
            "Only the PARTNER portal can create TEST keys"
        );
    }
    assert_no_key(&store).await;
}
