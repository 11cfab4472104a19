//! Requests in which a client tries to take another identity, as raw bytes.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::net::TcpStream;
use std::time::Duration;

use super::World;
use crate::http::read_response;

/// The client whose secret replaces `{secret}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Caller {
    /// May call the API: the identity that arrives must be its own.
    Holder,
    /// Has a key without the scope, or none: nothing may arrive.
    Stranger,
}

use Caller::{Holder, Stranger};

/// A forged request: its name, its sender, its first line (empty means `GET /payments HTTP/1.1`),
/// and its other lines. `\n` ends a line; `{secret}` is replaced.
struct Forged(&'static str, Caller, &'static str, &'static str);

const KEY: &str = "X-Api-Key: {secret}\n";

/// A line with the victim's identity; the API must never see it as the caller's.
macro_rules! victim {
    ($name:literal) => {
        concat!($name, ": ws_victim\n")
    };
}

const ALL: &[Forged] = &[
    // Underscores, which a WSGI, Rack or CGI server reads as hyphens.
    Forged(
        "_ as the 1st separator",
        Holder,
        "",
        victim!("X_Auth-Workspace-Id"),
    ),
    Forged(
        "_ as the 2nd separator",
        Holder,
        "",
        victim!("X-Auth_Workspace-Id"),
    ),
    Forged(
        "_ as the 3rd separator",
        Holder,
        "",
        victim!("X-Auth-Workspace_Id"),
    ),
    Forged(
        "_ as the 1st and 2nd",
        Holder,
        "",
        victim!("X_Auth_Workspace-Id"),
    ),
    Forged(
        "_ as the 1st and 3rd",
        Holder,
        "",
        victim!("X_Auth-Workspace_Id"),
    ),
    Forged(
        "_ as the 2nd and 3rd",
        Holder,
        "",
        victim!("X-Auth_Workspace_Id"),
    ),
    Forged("_ everywhere", Holder, "", victim!("X_Auth_Workspace_Id")),
    Forged("_ in capitals", Holder, "", victim!("X_AUTH_WORKSPACE_ID")),
    Forged(
        "_ in small letters",
        Holder,
        "",
        victim!("x-auth_workspace-id"),
    ),
    Forged("_ in the key's id", Holder, "", victim!("X-Auth_Key-Id")),
    Forged("_ in the mode", Holder, "", victim!("X_Auth-Mode")),
    Forged("_ in the scopes", Holder, "", victim!("X-Auth_Scopes")),
    Forged(
        "_ in the external id",
        Holder,
        "",
        victim!("X-Auth-External_Id"),
    ),
    Forged("the external id", Holder, "", victim!("X-Auth-External-Id")),
    // The header names themselves, in every form that HTTP allows.
    Forged("the name", Holder, "", victim!("X-Auth-Workspace-Id")),
    Forged(
        "the name in capitals",
        Holder,
        "",
        victim!("X-AUTH-WORKSPACE-ID"),
    ),
    Forged(
        "the name in small letters",
        Holder,
        "",
        victim!("x-auth-workspace-id"),
    ),
    Forged(
        "the name twice",
        Holder,
        "",
        "X-Auth-Workspace-Id: ws_victim\nX-Auth-Workspace-Id: ws_victim\n",
    ),
    Forged(
        "empty, then the victim",
        Holder,
        "",
        "X-Auth-Workspace-Id:\nX-Auth-Workspace-Id: ws_victim\n",
    ),
    Forged(
        "all four names",
        Holder,
        "",
        "X-Auth-Key-Id: ws_victim\nX-Auth-Workspace-Id: ws_victim\nX-Auth-Mode: ws_victim\n\
         X-Auth-Scopes: ws_victim\n",
    ),
    // Whitespace and line ends that parsers treat differently.
    Forged(
        "a blank before the colon",
        Holder,
        "",
        "X-Auth-Workspace-Id : ws_victim\n",
    ),
    Forged(
        "a tab before the colon",
        Holder,
        "",
        "X-Auth-Workspace-Id\t: ws_victim\n",
    ),
    Forged(
        "a folded line",
        Holder,
        "",
        "X-Note: a\n X-Auth-Workspace-Id: ws_victim\n",
    ),
    Forged(
        "a line folded by a tab",
        Holder,
        "",
        "X-Note: a\n\tX-Auth-Workspace-Id: ws_victim\n",
    ),
    Forged(
        "a bare CR in a value",
        Holder,
        "",
        "X-Note: a\rX-Auth-Workspace-Id: ws_victim\n",
    ),
    Forged(
        "a NUL in a value",
        Holder,
        "",
        "X-Note: a\0X-Auth-Workspace-Id: ws_victim\n",
    ),
    Forged(
        "a NUL in the name",
        Holder,
        "",
        "X-Auth-Workspace-Id\0: ws_victim\n",
    ),
    Forged(
        "a vertical tab in the name",
        Holder,
        "",
        "X-Auth-Workspace-Id\x0b: ws_victim\n",
    ),
    Forged("no colon", Holder, "", "X-Auth-Workspace-Id ws_victim\n"),
    Forged(
        "no value's blank",
        Holder,
        "",
        "X-Auth_Workspace-Id:ws_victim\n",
    ),
    // Headers that a proxy removes before the API because Connection names them.
    Forged(
        "Connection",
        Holder,
        "",
        "Connection: X-Auth-Workspace-Id\n",
    ),
    Forged(
        "Connection and an underscore",
        Holder,
        "",
        "X-Auth_Workspace-Id: ws_victim\nConnection: X-Auth-Workspace-Id\n",
    ),
    Forged(
        "Connection in small letters",
        Holder,
        "",
        "connection: x-auth-workspace-id\n",
    ),
    Forged(
        "Connection, second in a list",
        Holder,
        "",
        "Connection: keep-alive, X-Auth-Key-Id\n",
    ),
    Forged(
        "Connection after a tab",
        Holder,
        "",
        "Connection: close,\tX-Auth-Mode\n",
    ),
    Forged(
        "Connection without a blank",
        Holder,
        "",
        "Connection: close,X-Auth-Scopes\n",
    ),
    Forged(
        "Connection twice",
        Holder,
        "",
        "Connection: keep-alive\nConnection: X-Auth-Workspace-Id\n",
    ),
    Forged(
        "Connection of all four",
        Holder,
        "",
        "Connection: close, X-Auth-Key-Id, X-Auth-Workspace-Id, X-Auth-Mode, X-Auth-Scopes\n",
    ),
    Forged(
        "Connection of an underscore",
        Holder,
        "",
        "Connection: X_Auth_Workspace_Id\n",
    ),
    Forged(
        "Connection of the key",
        Holder,
        "",
        "Connection: X-Api-Key\n",
    ),
    Forged(
        "Connection of the client's address",
        Holder,
        "",
        "Connection: X-Forwarded-For\n",
    ),
    Forged(
        "Connection with empty members",
        Holder,
        "",
        "Connection: ,, X-Auth-Workspace-Id ,\n",
    ),
    Forged(
        "Proxy-Connection",
        Holder,
        "",
        "Proxy-Connection: X-Auth-Workspace-Id\n",
    ),
    Forged(
        "Keep-Alive",
        Holder,
        "",
        "Keep-Alive: X-Auth-Workspace-Id\n",
    ),
    Forged(
        "TE",
        Holder,
        "",
        "Connection: TE\nTE: trailers, X-Auth-Workspace-Id\n",
    ),
    // Upgrades.
    Forged(
        "a web socket",
        Holder,
        "",
        "Connection: Upgrade\nUpgrade: websocket\nSec-WebSocket-Version: 13\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\nX_Auth_Workspace_Id: ws_victim\n",
    ),
    Forged(
        "a web socket that nominates",
        Holder,
        "",
        "Connection: Upgrade, X-Auth-Workspace-Id\nUpgrade: websocket\n\
         Sec-WebSocket-Version: 13\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n",
    ),
    Forged(
        "HTTP/2 in the clear",
        Stranger,
        "",
        "Connection: Upgrade, HTTP2-Settings\nUpgrade: h2c\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\n",
    ),
    Forged("HTTP/2 by its preface", Stranger, "PRI * HTTP/2.0", ""),
    // Bodies.
    Forged(
        "a trailer",
        Holder,
        "POST /payments HTTP/1.1",
        "Transfer-Encoding: chunked\nTrailer: X-Auth-Workspace-Id\n\n\
         2\n{}\n0\nX-Auth-Workspace-Id: ws_victim\n",
    ),
    Forged(
        "two lengths",
        Holder,
        "POST /payments HTTP/1.1",
        "Content-Length: 0\nContent-Length: 44\n\nGET / HTTP/1.1\nX-Auth-Workspace-Id: ws_victim\n",
    ),
    Forged(
        "a length and chunks",
        Holder,
        "POST /payments HTTP/1.1",
        "Content-Length: 4\nTransfer-Encoding: chunked\n\n0\n\nGET / HTTP/1.1\n\
         X-Auth-Workspace-Id: ws_victim\n",
    ),
    Forged(
        "chunks in disguise",
        Holder,
        "POST /payments HTTP/1.1",
        "Transfer-Encoding: xchunked\n\n0\n\nGET / HTTP/1.1\nX-Auth-Workspace-Id: ws_victim\n",
    ),
    // The question: only the gateway decides what it asks.
    Forged(
        "a scope in the query",
        Stranger,
        "GET /payments?scope=payment:write HTTP/1.1",
        "",
    ),
    Forged(
        "no scope in the query",
        Stranger,
        "GET /payments?scope= HTTP/1.1",
        "",
    ),
    Forged(
        "a scope behind a fragment",
        Stranger,
        "GET /payments#?scope=payment:write HTTP/1.1",
        "",
    ),
    Forged(
        "a scope in a line break",
        Stranger,
        "GET /payments%0d%0aX-Keyward-Scopes:%20payment:write HTTP/1.1",
        "",
    ),
    Forged(
        "the scopes' header",
        Stranger,
        "",
        "X-Keyward-Scopes: payment:write\n",
    ),
    Forged(
        "the scopes' header by _",
        Stranger,
        "",
        "X-Keyward_Scopes: payment:write\n",
    ),
    Forged(
        "other addresses of the call",
        Stranger,
        "",
        "X-Original-URI: /?scope=payment:write\nX-Original-Method: OPTIONS\n\
         X-Forwarded-Uri: /?scope=payment:write\nX-Rewrite-Url: /public\n",
    ),
    Forged(
        "Connection names the external id",
        Holder,
        "",
        "Connection: close, X-Auth-External-Id\n",
    ),
    Forged(
        "an identity of its own",
        Stranger,
        "",
        victim!("X-Auth-Key-Id"),
    ),
    // Paths that try to bypass the check.
    Forged(
        "nginx's own location",
        Stranger,
        "GET /_keyward HTTP/1.1",
        "",
    ),
    Forged(
        "nginx's own location, encoded",
        Stranger,
        "GET /%5fkeyward HTTP/1.1",
        "",
    ),
    Forged(
        "Keyward's own path",
        Stranger,
        "GET /internal/v1/authorize/forwarded HTTP/1.1",
        "",
    ),
    Forged("dots", Stranger, "GET /public/../payments HTTP/1.1", ""),
    Forged("two slashes", Stranger, "GET //payments HTTP/1.1", ""),
    Forged(
        "a whole address",
        Stranger,
        "GET http://api.test/payments HTTP/1.1",
        "",
    ),
    Forged(
        "another protocol's address",
        Stranger,
        "GET ftp://api.test/payments HTTP/1.1",
        "",
    ),
    // Methods.
    Forged("OPTIONS", Stranger, "OPTIONS /payments HTTP/1.1", ""),
    Forged("OPTIONS of all", Stranger, "OPTIONS * HTTP/1.1", ""),
    Forged("HEAD", Stranger, "HEAD /payments HTTP/1.1", ""),
    Forged("TRACE", Stranger, "TRACE /payments HTTP/1.1", ""),
    Forged("CONNECT", Stranger, "CONNECT api.test:443 HTTP/1.1", ""),
    Forged(
        "a method of nobody",
        Stranger,
        "FORGE /payments HTTP/1.1",
        "",
    ),
    Forged(
        "a method in small letters",
        Stranger,
        "get /payments HTTP/1.1",
        "",
    ),
    Forged(
        "DELETE as somebody else",
        Holder,
        "DELETE /payments HTTP/1.1",
        victim!("X_Auth_Workspace-Id"),
    ),
    Forged("HTTP/1.0", Stranger, "GET /payments HTTP/1.0", ""),
    Forged(
        "HTTP/1.0 as somebody else",
        Holder,
        "GET /payments HTTP/1.0",
        victim!("X-Auth_Workspace-Id"),
    ),
    // Keys.
    Forged(
        "a second key",
        Stranger,
        "",
        "Authorization: Bearer {holder}\n",
    ),
    Forged(
        "a second key of that name",
        Stranger,
        "",
        "X-Api-Key: {holder}\n",
    ),
    Forged(
        "two keys in one header",
        Stranger,
        "",
        "X_Api_Key: {holder}\n",
    ),
];

/// Each request reaches the API as its sender, or not at all.
pub(super) fn assert_all_fail(world: &World) {
    let (id, holder) = world.created(&serde_json::json!({ "externalId": "customer-1" }));
    let (_, other) = world.created(&serde_json::json!({ "scopes": ["payment:write"] }));
    let own = BTreeMap::from([
        ("x-auth-key-id".to_owned(), vec![id]),
        ("x-auth-workspace-id".to_owned(), vec!["ws_1".to_owned()]),
        ("x-auth-mode".to_owned(), vec!["LIVE".to_owned()]),
        ("x-auth-scopes".to_owned(), vec!["payment:read".to_owned()]),
        (
            "x-auth-external-id".to_owned(),
            vec!["customer-1".to_owned()],
        ),
    ]);
    let mut arrived_count = 0;
    for Forged(case, caller, first, lines) in ALL {
        let first = if first.is_empty() {
            "GET /payments HTTP/1.1"
        } else {
            first
        };
        let secrets: &[&str] = match caller {
            Holder => &[&holder],
            Stranger => &[&other, ""],
        };
        for secret in secrets {
            if secret.is_empty() && lines.contains("{holder}") {
                continue; // A single key in the usual form.
            }
            let key = if secret.is_empty() { "" } else { KEY };
            let text = format!("{first}\nHost: api.test\n{key}{lines}\n");
            let text = text
                .replace("{secret}", secret)
                .replace("{holder}", &holder);
            let before = world.upstream.calls();
            send(&world.gateway.addr, &text.replace('\n', "\r\n"));
            let arrived = world.upstream.since(before);
            if *caller == Stranger {
                assert!(
                    arrived.is_empty(),
                    "{case}: a stranger got in: {}",
                    arrived[0].text()
                );
            }
            for call in &arrived {
                assert_eq!(call.identity(), own, "{case}: {}", call.text());
            }
            arrived_count += arrived.len();
        }
    }
    assert!(arrived_count > 20, "{arrived_count}: everything is refused");
}

/// Sends it, and waits for a response or the end of the connection.
fn send(gateway: &std::net::SocketAddr, bytes: &str) {
    let mut stream = TcpStream::connect(gateway).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(3)))
        .unwrap();
    // A gateway that refuses early may close the connection before everything was sent; its
    // response can still be read.
    let _sent = stream.write_all(bytes.as_bytes());
    let _answered = read_response(&mut stream);
}
