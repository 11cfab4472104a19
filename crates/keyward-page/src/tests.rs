//! The pages with mocks of the domain: who sees what, and how it is sent.

mod access;
mod changing;
mod compression;
mod creating;
mod other_origins;
mod settings;
mod showing;
mod signing_out;
mod webhooks;

use crate::{PageState, configure};
use actix_web::test::TestRequest;
use keyward_domain::ports::{CarriedOut, Inserted, MockKeyLookup, RepositoryError, Saved};
use keyward_domain::testing::{altered, key_name, key_prefix, webhook};
use keyward_domain::{
    AdminRights, Annotations, ApiKey, Description, ExternalId, Metadata, Mode, Portal, Role,
};
use keyward_web::PublicState;
use keyward_web::testing::{
    Answer, FoundRecord, World, key, key_id, page_of, secret, token, verify,
};
use std::sync::Arc;
use zeroize::Zeroizing;

use crate::request::session_cookie::SessionCookie;

/// A world whose app has the page.
fn page_world() -> World {
    World {
        configure: |api, config| configure(&page_state(api.clone()), config),
        ..World::default()
    }
}

fn page_state(api: PublicState) -> PageState {
    PageState {
        verify: verify(MockKeyLookup::new()),
        workspace_settings: settings::in_plan(api.keys.clone(), None),
        settings: Arc::default(),
        one_time_link: None,
        api,
    }
}

fn session(portal: Portal) -> SessionCookie {
    SessionCookie {
        workspace: "ws_1".to_owned(),
        client_hash: "device-1".to_owned(),
        token: Zeroizing::new(token(portal, Some("device-1"))),
    }
}

fn with_session(request: TestRequest, session: &SessionCookie) -> TestRequest {
    let value = session.encode().unwrap();
    request.insert_header(("cookie", format!("__Secure-keyward_session={}", *value)))
}

fn get(path: &str) -> TestRequest {
    with_session(TestRequest::get().uri(path), &session(Portal::Partner))
}

/// A form of the session with these fields.
fn post(path: &str, fields: &[(&str, &str)]) -> TestRequest {
    let session = session(Portal::Partner);
    let mut body = form_urlencoded::Serializer::new(String::new());
    body.append_pair("csrf", &session.csrf("form"));
    body.extend_pairs(fields);
    with_session(TestRequest::post().uri(path), &session)
        .insert_header(("content-type", "application/x-www-form-urlencoded"))
        .insert_header(("sec-fetch-site", "same-origin"))
        .set_payload(body.finish())
}

fn key_path(rest: &str) -> String {
    format!("/workspaces/ws_1/keys/{}{rest}", key_id(Mode::Live))
}

fn webhook_path(rest: &str) -> String {
    format!("/workspaces/ws_1/webhooks/{}{rest}", webhook().id)
}

fn pages() -> Vec<String> {
    let of_key = [
        "",
        "/activity",
        "/history",
        "/use",
        "/edit",
        "/rotate",
        "/delete",
        "/secret",
    ]
    .map(key_path);
    let of_webhook = ["", "/remove", "/secret"].map(webhook_path);
    let others = [
        "/workspaces/ws_1/keys",
        "/workspaces/ws_1/keys/new",
        "/workspaces/ws_1/try",
        "/workspaces/ws_1/webhooks",
        "/workspaces/ws_1/settings",
    ];
    let others = others.map(str::to_owned);
    of_key.into_iter().chain(of_webhook).chain(others).collect()
}

/// The path of a form, with valid fields.
type FilledForm = (String, Vec<(&'static str, &'static str)>);

/// Every form that changes something.
fn forms() -> Vec<FilledForm> {
    [key_forms(), webhook_forms()].concat()
}

/// Every form that does something with webhooks.
fn webhook_forms() -> Vec<FilledForm> {
    vec![
        (
            "/workspaces/ws_1/webhooks/new/secret".to_owned(),
            vec![
                ("url", "https://hooks.example.com/in"),
                ("encoding", "KEYWARD"),
            ],
        ),
        (webhook_path("/test"), vec![]),
        (webhook_path("/rotate"), vec![]),
        (webhook_path("/replay"), vec![("from", "1")]),
        (webhook_path("/enable"), vec![]),
        (webhook_path("/remove"), vec![]),
    ]
}

/// The id of the key.
const KEY: &str = "sk_live_032lUNuVCVnFfiE2EHko7d";

/// Every form that changes keys.
fn key_forms() -> Vec<FilledForm> {
    vec![
        (
            "/workspaces/ws_1/keys/new/secret".to_owned(),
            vec![
                ("name", "Key"),
                ("mode", "1"),
                ("expiry", "never"),
                ("idempotencyKey", "f"),
            ],
        ),
        (
            key_path("/rotate"),
            vec![("overlapSeconds", "0"), ("idempotencyKey", "f")],
        ),
        (
            key_path("/edit"),
            vec![
                ("do", "save"),
                ("version", "3"),
                ("name", "New"),
                ("expiry", "keep"),
            ],
        ),
        (key_path("/disable"), vec![]),
        (
            "/workspaces/ws_1/keys/several/disable".to_owned(),
            vec![("key", KEY), ("confirmed", "1")],
        ),
        (
            "/workspaces/ws_1/keys/several/expire".to_owned(),
            vec![("key", KEY), ("confirmed", "1"), ("expiry", "30")],
        ),
        (key_path("/enable"), vec![]),
        (key_path("/end-overlap"), vec![]),
        (key_path("/delete"), vec![("name", "Production Key")]),
    ]
}

fn assert_page(answer: &Answer, case: &str, status: u16) {
    assert_eq!(answer.status.as_u16(), status, "{case}: {}", answer.text);
    for (name, value) in [
        ("content-type", "text/html; charset=utf-8"),
        ("cache-control", "no-store"),
        ("vary", "Accept-Encoding, Accept-Language, Cookie"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "same-origin"),
        ("x-content-type-options", "nosniff"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{case}: {name}");
    }
    let policy = answer.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'"), "{case}: {policy}");
    assert!(!policy.contains("unsafe"), "{case}: {policy}");
    for inline in [
        "<style",
        " style=",
        "onclick",
        "<script>",
        "javascript:",
        "http-equiv",
    ] {
        assert!(!answer.text.contains(inline), "{case}: {inline}");
    }
    assert!(answer.header("x-request-id").is_some(), "{case}");
}
