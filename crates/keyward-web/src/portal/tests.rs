//! The pages over the domain's mocks: who sees what, and how it is sent.

use actix_web::test::TestRequest;
use keyward_domain::ports::{Inserted, RepositoryError, Saved};
use keyward_domain::{ApiKey, ApiKeyFields, KeyName, Mode, Portal, Role};
use zeroize::Zeroizing;

use super::session_cookie::SessionCookie;
use crate::testing::{Answer, World, key, key_id, page_of, secret, token};

fn session(portal: Portal) -> SessionCookie {
    SessionCookie {
        workspace: "ws_1".to_owned(),
        client_hash: "device-1".to_owned(),
        token: Zeroizing::new(token(portal, Some("device-1"))),
    }
}

fn with_session(request: TestRequest, session: &SessionCookie) -> TestRequest {
    let value = session.encode().unwrap();
    request.insert_header(("cookie", format!("keyward_session={}", *value)))
}

fn get(path: &str) -> TestRequest {
    with_session(TestRequest::get().uri(path), &session(Portal::Partner))
}

/// A form of the session, with these fields.
fn post(path: &str, fields: &[(&str, &str)]) -> TestRequest {
    let session = session(Portal::Partner);
    let mut body = form_urlencoded::Serializer::new(String::new());
    body.append_pair("csrf", &session.csrf());
    body.extend_pairs(fields);
    with_session(TestRequest::post().uri(path), &session)
        .insert_header(("content-type", "application/x-www-form-urlencoded"))
        .insert_header(("sec-fetch-site", "same-origin"))
        .set_payload(body.finish())
}

fn key_path(rest: &str) -> String {
    format!("/workspaces/ws_1/keys/{}{rest}", key_id(Mode::Live))
}

fn pages() -> Vec<String> {
    let of_key = ["", "/edit", "/rotate", "/delete", "/secret"].map(key_path);
    let others = [
        "/workspaces/ws_1/keys",
        "/workspaces/ws_1/keys/new",
        "/workspaces/ws_1/try",
    ];
    let others = others.map(str::to_owned);
    of_key.into_iter().chain(others).collect()
}

/// Every form that changes something, as it goes well.
fn forms() -> Vec<(String, Vec<(&'static str, &'static str)>)> {
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
        ("vary", "Accept-Language, Cookie"),
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

#[actix_web::test]
async fn every_page_is_shown_to_the_owner_under_a_strict_policy() {
    for path in pages() {
        assert_page(&World::default().send(get(&path)).await, &path, 200);
    }
}

#[actix_web::test]
async fn who_is_not_signed_in_is_asked_to_and_nothing_is_done() {
    for path in pages() {
        let answer = World::default().send(TestRequest::get().uri(&path)).await;
        assert_page(&answer, &path, 401);
        assert!(answer.text.contains("name=\"token\""), "{path}");
    }
    for (path, fields) in forms() {
        let world = World {
            insert: |_| panic!("inserted"),
            save: |_| panic!("saved"),
            ..World::default()
        };
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(&fields);
        let request = TestRequest::post()
            .uri(&path)
            .insert_header(("content-type", "application/x-www-form-urlencoded"))
            .set_payload(body.finish());
        assert_page(&world.send(request).await, &path, 401);
    }
}

#[actix_web::test]
async fn who_is_no_owner_is_told_so_and_sees_nothing() {
    for role in [Some(Role::Admin), Some(Role::Viewer), None] {
        for path in pages() {
            let world = match role {
                Some(Role::Admin) => World {
                    role: || Ok(Some(Role::Admin)),
                    ..World::default()
                },
                Some(_) => World {
                    role: || Ok(Some(Role::Viewer)),
                    ..World::default()
                },
                None => World {
                    role: || Ok(None),
                    ..World::default()
                },
            };
            let answer = world.send(get(&path)).await;
            assert_page(&answer, &path, 403);
            assert!(!answer.text.contains("Production Key"), "{path}");
        }
    }
}

#[actix_web::test]
async fn a_token_of_another_device_opens_nothing() {
    let session = SessionCookie {
        client_hash: "device-2".to_owned(),
        ..session(Portal::Partner)
    };
    let request = with_session(TestRequest::get().uri("/workspaces/ws_1/keys"), &session);
    assert_page(&World::default().send(request).await, "device", 401);
}

#[actix_web::test]
async fn a_form_from_elsewhere_does_nothing() {
    for (path, fields) in forms() {
        let world = || World {
            insert: |_| panic!("inserted"),
            save: |_| panic!("saved"),
            ..World::default()
        };
        // Of another session, or of none.
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.append_pair("csrf", "x").extend_pairs(&fields);
        let foreign = post(&path, &[]).set_payload(body.finish());
        assert_page(&world().send(foreign).await, &path, 400);
        // Sent by another site's page.
        for site in ["cross-site", "same-site"] {
            let request = post(&path, &fields).insert_header(("sec-fetch-site", site));
            assert_page(&world().send(request).await, &format!("{path} {site}"), 400);
        }
    }
}

#[actix_web::test]
async fn without_fetch_metadata_the_origin_must_be_the_host() {
    for (origin, status) in [
        (Some("http://keys.example"), 303),
        (Some("https://keys.example"), 303),
        (Some("https://evil.example"), 400),
        (Some("null"), 400),
        (None, 303),
    ] {
        let session = session(Portal::Partner);
        let request = with_session(TestRequest::post().uri(&key_path("/disable")), &session)
            .insert_header(("content-type", "application/x-www-form-urlencoded"))
            .insert_header(("host", "keys.example"))
            .set_payload(format!("csrf={}", session.csrf()));
        let request = match origin {
            Some(origin) => request.insert_header(("origin", origin)),
            None => request,
        };
        let answer = World::default().send(request).await;
        assert_eq!(answer.status.as_u16(), status, "{origin:?}");
    }
}

#[actix_web::test]
async fn a_created_key_is_revealed_once_and_its_address_reveals_nothing() {
    let (path, fields) = forms().remove(0);
    let answer = World::default().send(post(&path, &fields)).await;
    assert_page(&answer, "create", 201);
    let shown = secret(Mode::Live);
    let times = answer.text.matches(shown.expose()).count();
    assert_eq!(times, 2, "the field and the curl");
    assert!(answer.header("location").is_none());
    let world = World {
        insert: |_new| Ok(Inserted::Replayed(key_id(Mode::Live))),
        ..World::default()
    };
    let again = world.send(post(&path, &fields)).await;
    assert_page(&again, "again", 200);
    assert!(!again.text.contains(shown.expose()));
    assert!(again.text.contains("shown already"), "{}", again.text);
    assert!(again.text.contains("/rotate"), "{}", again.text);
}

#[actix_web::test]
async fn what_is_wrong_is_told_at_its_field_and_nothing_is_lost() {
    let fields = [
        ("name", " "),
        ("mode", "1"),
        ("ip", "1.2.3.4/24"),
        ("expiry", "on"),
        ("expiresOn", "2020-01-01"),
        ("scope", "No Scope"),
        ("idempotencyKey", "f"),
    ];
    let answer = World::default()
        .send(post("/workspaces/ws_1/keys/new/secret", &fields))
        .await;
    assert_page(&answer, "create", 400);
    for part in [
        "at least one visible character",
        "did you mean 1.2.3.0/24?",
        "Must be in the future",
        "Must be a scope code",
        ">1.2.3.4/24</textarea>",
        "value=\"2020-01-01\"",
    ] {
        assert!(answer.text.contains(part), "{part}: {}", answer.text);
    }
}

#[actix_web::test]
async fn test_mode_is_for_the_partner_portal_and_explained_to_others() {
    let tenant = session(Portal::Tenant);
    let request = TestRequest::get().uri("/workspaces/ws_1/keys/new");
    let answer = World::default().send(with_session(request, &tenant)).await;
    assert!(
        answer.text.contains("in the PARTNER portal only"),
        "{}",
        answer.text
    );
    let answer = World::default()
        .send(get("/workspaces/ws_1/keys/new"))
        .await;
    assert!(
        !answer.text.contains("in the PARTNER portal only"),
        "{}",
        answer.text
    );
}

#[actix_web::test]
async fn names_are_text_and_nothing_else() {
    fn hostile() -> ApiKey {
        let name = KeyName::parse("<script>alert(1)</script>\"'&").unwrap();
        ApiKey::from_fields(ApiKeyFields {
            name,
            ..key().into_fields()
        })
    }
    for path in pages() {
        let world = World {
            get: |_, _| Ok(Some(hostile())),
            list: |_, _| Ok(page_of(vec![hostile()])),
            ..World::default()
        };
        let answer = world.send(get(&path)).await;
        assert!(!answer.text.contains("<script>alert"), "{path}");
        assert!(!answer.text.contains("\"'&\""), "{path}");
    }
    let query = "/workspaces/ws_1/keys?q=%22%3E%3Cscript%3Ealert(1)";
    let answer = World::default().send(get(query)).await;
    assert!(!answer.text.contains("<script>alert"), "{}", answer.text);
}

#[actix_web::test]
async fn an_edit_is_shown_before_it_is_saved() {
    let fields = [("version", "3"), ("name", "New name"), ("expiry", "keep")];
    let with = |step| [fields.as_slice(), &[("do", step)]].concat();
    let world = World {
        save: |_| panic!("saved"),
        ..World::default()
    };
    let review = world.send(post(&key_path("/edit"), &with("review"))).await;
    assert_page(&review, "review", 200);
    for part in [
        "Production Key",
        "New name",
        "192.168.1.0/24",
        "value=\"save\"",
    ] {
        assert!(review.text.contains(part), "{part}: {}", review.text);
    }
    let saved = World::default()
        .send(post(&key_path("/edit"), &with("save")))
        .await;
    assert_eq!(saved.status, 303, "{}", saved.text);
    let location = saved.header("location").unwrap();
    assert!(location.ends_with("?done=saved&known=all"), "{location}");
    let back = World::default()
        .send(post(&key_path("/edit"), &with("edit")))
        .await;
    assert!(back.text.contains("value=\"New name\""), "{}", back.text);
}

#[actix_web::test]
async fn a_lost_race_shows_both_versions() {
    let fields = [
        ("do", "save"),
        ("version", "2"),
        ("name", "Mine"),
        ("expiry", "keep"),
    ];
    let world = World {
        save: |_| panic!("saved"),
        ..World::default()
    };
    let answer = world.send(post(&key_path("/edit"), &fields)).await;
    assert_page(&answer, "conflict", 412);
    for part in ["Production Key", "Mine", "name=\"version\" value=\"3\""] {
        assert!(answer.text.contains(part), "{part}: {}", answer.text);
    }
}

#[actix_web::test]
async fn a_key_that_was_used_lately_is_deleted_by_its_name_alone() {
    let world = World {
        save: |_| panic!("saved"),
        ..World::default()
    };
    let refused = world
        .send(post(&key_path("/delete"), &[("name", "production key")]))
        .await;
    assert_page(&refused, "name", 400);
    let typed = [("name", " Production Key ")];
    let deleted = World::default()
        .send(post(&key_path("/delete"), &typed))
        .await;
    assert_eq!(deleted.status, 303, "{}", deleted.text);
    let unused = World {
        get: |_, _| {
            let fields = key().into_fields();
            let last_used_at = None;
            Ok(Some(ApiKey::from_fields(ApiKeyFields {
                last_used_at,
                ..fields
            })))
        },
        ..World::default()
    };
    let deleted = unused.send(post(&key_path("/delete"), &[])).await;
    assert_eq!(deleted.status, 303, "{}", deleted.text);
}

#[actix_web::test]
async fn success_is_told_only_after_the_store_has_confirmed() {
    for (path, fields) in forms() {
        let world = World {
            insert: |_| Err(RepositoryError::Unavailable("gone".into())),
            save: |_| Err(RepositoryError::Unavailable("gone".into())),
            // Nothing to enable, nothing to end: those have no effect, and are no failure.
            ..World::default()
        };
        let answer = world.send(post(&path, &fields)).await;
        if path.ends_with("/enable") || path.ends_with("/end-overlap") {
            assert_eq!(answer.status, 303, "{path}");
        } else {
            assert_page(&answer, &path, 503);
            assert_eq!(answer.header("retry-after"), Some("5"), "{path}");
        }
    }
}

#[actix_web::test]
async fn a_choice_of_language_wins_over_the_browsers() {
    let request = get("/workspaces/ws_1/keys").insert_header(("accept-language", "ja"));
    let answer = World::default().send(request).await;
    assert_eq!(answer.header("content-language"), Some("ja"));
    let session = session(Portal::Partner).encode().unwrap();
    let cookies = format!("keyward_session={}; keyward_language=vi", *session);
    let request = get("/workspaces/ws_1/keys")
        .insert_header(("accept-language", "ja"))
        .insert_header(("cookie", cookies));
    let answer = World::default().send(request).await;
    assert_eq!(answer.header("content-language"), Some("vi"));
    assert!(answer.text.contains("lang=\"vi\""));
}

#[actix_web::test]
async fn a_rotation_that_was_superseded_changes_nothing() {
    let world = World {
        save: |_| Ok(Saved::Replayed(key_id(Mode::Live))),
        ..World::default()
    };
    let fields = [("overlapSeconds", "0"), ("idempotencyKey", "f")];
    let answer = world.send(post(&key_path("/rotate"), &fields)).await;
    assert_page(&answer, "rotate", 200);
    assert!(answer.text.contains("shown already"), "{}", answer.text);
    let wrong = [("overlapSeconds", "x")];
    let answer = World::default()
        .send(post(&key_path("/rotate"), &wrong))
        .await;
    assert_page(&answer, "overlap", 400);
}

#[actix_web::test]
async fn a_query_that_is_none_is_told_and_no_query_panics() {
    for (query, status) in [
        ("page=4294967295", 200),
        ("page=4294967296", 400),
        ("page=-1", 400),
        ("size=0", 400),
        ("status=X", 400),
        ("q=%FF", 400),
        ("x=1", 400),
        ("done=saved", 200),
        ("done=x", 400),
    ] {
        let path = format!("/workspaces/ws_1/keys?{query}");
        assert_page(&World::default().send(get(&path)).await, query, status);
    }
    let path = key_path("?page=4294967295");
    assert_page(&World::default().send(get(&path)).await, "history", 200);
}
