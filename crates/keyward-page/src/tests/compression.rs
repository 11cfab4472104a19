use std::io::Read as _;

use actix_web::body::to_bytes;
use actix_web::dev::Service as _;
use actix_web::test::init_service;
use actix_web::web::Bytes;
use flate2::read::GzDecoder;
use keyward_domain::ports::{CatalogueEntry, DailyUses};
use keyward_domain::testing::{api_key_id_of, scope, scopes};
use keyward_domain::{ApiKeyId, IpRule, Language};
use keyward_web::public_app;
use keyward_web::testing::now;

use super::*;
use crate::assets::FILES;

/// The size of everything that a browser gets when it first opens the list of keys.
const FIRST_VIEW_BYTES_MAX: usize = 60 * 1024;

/// The files that the list links to and imports.
const FILES_OF_LIST: [&str; 15] = [
    "icon.svg",
    "icons.svg",
    "page.css",
    "htmx.min.js",
    "page.js",
    "connection.js",
    "filters.js",
    "form-memory.js",
    "language.js",
    "local-time.js",
    "own-address.js",
    "presets.js",
    "search.js",
    "select-all.js",
    "status.js",
];

/// The encoding of a response, and its body.
async fn sent(world: &World, request: TestRequest) -> (Option<String>, Bytes) {
    let request = request.insert_header(("accept-encoding", "gzip, br"));
    let state = world.state();
    let app = init_service(public_app(&state, &|config| {
        (world.configure)(&state, config);
    }))
    .await;
    let response = app.call(request.to_request()).await.unwrap();
    let encoding = response.headers().get("content-encoding");
    let encoding = encoding.map(|value| value.to_str().unwrap().to_owned());
    (encoding, to_bytes(response.into_body()).await.ok().unwrap())
}

fn unpacked(bytes: &Bytes) -> String {
    let mut text = String::new();
    GzDecoder::new(bytes.as_ref())
        .read_to_string(&mut text)
        .unwrap();
    text
}

fn many_keys() -> Vec<ApiKey> {
    let key_of = |number: u64| {
        altered(key(), |fields| {
            fields.id = api_key_id_of(Mode::Live, now(), number * 0x1234_5678_9ABC);
            fields.name = key_name(&format!("Warehouse of the north, number {number}"));
            let text = "The nightly job of the warehouse; ask the team of payments before a change";
            fields.annotations.description = Some(Description::parse(text).unwrap());
            fields.scopes = scopes(&[
                "customer:read",
                "payment:read",
                "payment:write",
                "refund:read",
            ]);
            let rules = ["203.0.113.0/24", "2001:db8:85a3:8d3:1319:8a2e:370:7348"];
            let rules = rules.map(|rule| IpRule::parse(rule).unwrap());
            fields.ip_allowlist = rules.into_iter().collect();
        })
    };
    (0..20).map(key_of).collect()
}

fn catalogue() -> Vec<CatalogueEntry> {
    let codes = [
        "customer:read",
        "payment:read",
        "payment:write",
        "refund:read",
    ];
    let entry = |code: &str| CatalogueEntry {
        scope: scope(code),
        descriptions: [(Language::English, format!("do {code}"))].into(),
    };
    codes.into_iter().map(entry).collect()
}

/// A world with twenty keys, which are used every day.
fn busy_world() -> World {
    World {
        list: |_, _| Ok(page_of(many_keys())),
        scopes: || Ok(catalogue()),
        daily_uses: |ids| {
            let of_key = |(at, id): (usize, &ApiKeyId)| {
                let at = u64::try_from(at).unwrap();
                let of_day = move |day: u64| DailyUses {
                    api_key_id: *id,
                    day: now().plus_seconds(-86_400 * i64::try_from(day).unwrap()),
                    count: (day * 7_919 + at * 104_729) % 1_000,
                };
                (0..30).map(of_day).collect::<Vec<_>>()
            };
            ids.iter().enumerate().flat_map(of_key).collect()
        },
        ..page_world()
    }
}

#[actix_web::test]
async fn the_first_view_of_a_full_list_is_small() {
    let (encoding, page) = sent(&busy_world(), get("/workspaces/ws_1/keys")).await;
    assert_eq!(encoding.as_deref(), Some("gzip"));
    let text = unpacked(&page);
    assert_eq!(text.matches("class=\"sparkline\"").count(), 20, "{text}");
    let mut bytes = page.len();
    for name in FILES_OF_LIST {
        let file = FILES.iter().find(|file| file.name == name);
        bytes += file.unwrap_or_else(|| panic!("{name}")).gzip.len();
    }
    println!(
        "page: {} of {} bytes, in all: {bytes}",
        page.len(),
        text.len()
    );
    assert!(bytes <= FIRST_VIEW_BYTES_MAX, "{bytes}");
}

#[actix_web::test]
async fn pages_are_compressed_but_those_with_secrets() {
    for path in pages() {
        let (encoding, _) = sent(&page_world(), get(&path)).await;
        let is_detail = path == webhook_path("") || path.ends_with("/webhooks");
        assert_eq!(encoding.is_none(), is_detail, "{path}");
    }
    let secret_pages = [
        "/workspaces/ws_1/keys/new/secret".to_owned(),
        key_path("/rotate"),
        "/workspaces/ws_1/webhooks/new/secret".to_owned(),
        webhook_path("/rotate"),
    ];
    let shown = secret(Mode::Live);
    for (path, fields) in forms() {
        if secret_pages.contains(&path) {
            let (encoding, body) = sent(&page_world(), post(&path, &fields)).await;
            assert_eq!(encoding, None, "{path}");
            let text = String::from_utf8(body.to_vec()).unwrap();
            let is_shown = text.contains(shown.expose()) || text.contains("whsec_");
            assert!(is_shown, "{path}: {text}");
        }
    }
}

#[actix_web::test]
async fn a_client_that_does_not_accept_gzip_gets_text() {
    let answer = page_world().send(get("/workspaces/ws_1/keys")).await;
    assert_page(&answer, "identity", 200);
    assert_eq!(answer.header("content-encoding"), None);
}
