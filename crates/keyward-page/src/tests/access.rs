use std::sync::Arc;

use actix_web::dev::Service as _;
use actix_web::http::Method;
use actix_web::test::init_service;

use super::*;
use crate::OneTimeLink;
use keyward_web::public_app;

#[actix_web::test]
async fn who_is_not_signed_in_is_asked_to_and_nothing_is_done() {
    for path in pages() {
        let answer = page_world().send(TestRequest::get().uri(&path)).await;
        assert_page(&answer, &path, 401);
        assert!(answer.text.contains("name=\"token\""), "{path}");
    }
    for (path, fields) in forms() {
        let world = World {
            insert: |_| panic!("inserted"),
            save: |_| panic!("saved"),
            ..page_world()
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
                    ..page_world()
                },
                Some(_) => World {
                    role: || Ok(Some(Role::Viewer)),
                    ..page_world()
                },
                None => World {
                    role: || Ok(None),
                    ..page_world()
                },
            };
            let answer = world.send(get(&path)).await;
            assert_page(&answer, &path, 403);
            assert!(!answer.text.contains("Production Key"), "{path}");
        }
    }
}

#[actix_web::test]
async fn an_admin_sees_keys_and_may_disable_them_where_that_is_configured() {
    let world = || World {
        role: || Ok(Some(Role::Admin)),
        admin_rights: AdminRights::Supervise,
        insert: |_| panic!("inserted"),
        ..page_world()
    };
    let list = "/workspaces/ws_1/keys".to_owned();
    let settings = "/workspaces/ws_1/settings".to_owned();
    let of_key = ["", "/activity", "/history", "/use"].map(key_path);
    for path in pages() {
        let answer = world().send(get(&path)).await;
        let is_shown = path == list || path == settings || of_key.contains(&path);
        assert_page(&answer, &path, if is_shown { 200 } else { 403 });
        let has_key = is_shown && path != settings;
        assert_eq!(answer.text.contains("Production Key"), has_key, "{path}");
        if has_key {
            for owners in [
                "/new\"",
                "/edit\"",
                "/rotate\"",
                "/delete\"",
                "/enable\"",
                "/try\"",
                "/webhooks\"",
            ] {
                assert!(!answer.text.contains(owners), "{path} {owners}");
            }
            assert!(answer.text.contains("/disable\""), "{path}");
        }
    }
    for (path, fields) in forms() {
        let is_several = path.ends_with("/several/disable");
        let may_save = is_several || path == key_path("/disable");
        let world = if may_save {
            world()
        } else {
            World {
                save: |_| panic!("saved"),
                ..world()
            }
        };
        let answer = world.send(post(&path, &fields)).await;
        assert_eq!(
            answer.status.as_u16(),
            match (is_several, may_save) {
                (true, _) => 200,
                (false, true) => 303,
                (false, false) => 403,
            },
            "{path}"
        );
    }
}

#[actix_web::test]
async fn a_token_of_another_device_opens_nothing() {
    let session = SessionCookie {
        client_hash: "device-2".to_owned(),
        ..session(Portal::Partner)
    };
    let request = with_session(TestRequest::get().uri("/workspaces/ws_1/keys"), &session);
    assert_page(&page_world().send(request).await, "device", 401);
}

#[actix_web::test]
async fn a_form_from_elsewhere_does_nothing() {
    for (path, fields) in forms() {
        let world = || World {
            insert: |_| panic!("inserted"),
            save: |_| panic!("saved"),
            ..page_world()
        };
        // From another session, or from none.
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.append_pair("csrf", "x").extend_pairs(&fields);
        let foreign = post(&path, &[]).set_payload(body.finish());
        assert_page(&world().send(foreign).await, &path, 400);
        // Submitted by another site's page.
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
            .set_payload(format!("csrf={}", session.csrf("form")));
        let request = match origin {
            Some(origin) => request.insert_header(("origin", origin)),
            None => request,
        };
        let answer = page_world().send(request).await;
        assert_eq!(answer.status.as_u16(), status, "{origin:?}");
    }
}

#[actix_web::test]
async fn a_look_at_the_head_does_not_use_up_the_link_that_signs_in() {
    let text = |text: &str| Zeroizing::new(text.to_owned());
    let token = Zeroizing::new(token(Portal::Partner, Some("device-1")));
    let link = OneTimeLink::new(text("code"), "ws_1", "device-1", token);
    let state = PageState {
        one_time_link: Some(Arc::new(link)),
        ..page_state(page_world().state())
    };
    let app = init_service(public_app(&state.api, &|config| configure(&state, config))).await;
    let ask = async |method: Method| {
        let request = TestRequest::with_uri("/sign-in?once=code").method(method);
        Answer::of(app.call(request.to_request()).await).await
    };
    assert!(ask(Method::HEAD).await.header("set-cookie").is_none());
    let signed_in = ask(Method::GET).await;
    assert_eq!(signed_in.status, 303);
    assert!(signed_in.header("set-cookie").is_some());
    assert_eq!(ask(Method::GET).await.status, 401);
}
