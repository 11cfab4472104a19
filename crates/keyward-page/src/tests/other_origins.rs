//! A portal on another origin: it may sign a browser in and frame the page, and nothing else.

use super::*;

const PORTAL: &str = "https://portal.example.com";

fn portal_world() -> World {
    World {
        allowed_origins: "https://portal.example.com,http://localhost:3000",
        ..page_world()
    }
}

/// The form that signs in, as a browser submits it from a page of these origins.
fn sign_in(token: &str, origins: &[&str]) -> TestRequest {
    let mut body = form_urlencoded::Serializer::new(String::new());
    body.append_pair("token", token)
        .append_pair("workspace", "ws_1")
        .append_pair("clientHash", "device-1");
    let request = TestRequest::post()
        .uri("/session")
        .insert_header(("content-type", "application/x-www-form-urlencoded"))
        .insert_header(("sec-fetch-site", "cross-site"))
        .insert_header(("sec-fetch-mode", "navigate"))
        .set_payload(body.finish());
    let origins = origins.iter();
    origins.fold(request, |request, origin| {
        request.append_header(("origin", *origin))
    })
}

#[actix_web::test]
async fn an_allowed_origin_signs_a_browser_in_by_a_page_of_ours() {
    for origin in [PORTAL, "http://localhost:3000"] {
        let session = session(Portal::Partner);
        let answer = portal_world()
            .send(sign_in(&session.token, &[origin]))
            .await;
        // A redirect would lead to a page without the cookie.
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(
            answer.header("refresh"),
            Some("0; url=workspaces/ws_1/keys")
        );
        let link = "<a href=\"workspaces/ws_1/keys\">Continue to the API keys</a>";
        assert!(answer.text.contains(link), "{}", answer.text);
        assert!(!answer.text.contains(session.token.as_str()));
        let cookie = answer.header("set-cookie").unwrap();
        for part in ["HttpOnly", "SameSite=Strict", "Secure", "__Secure-"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        assert_eq!(answer.header("access-control-allow-origin"), None);
        assert_eq!(answer.header("location"), None);
    }
}

#[actix_web::test]
async fn a_browser_that_one_user_was_signed_in_with_shows_nothing_of_them() {
    let token = session(Portal::Partner).token;
    let old = SessionCookie {
        workspace: "ws_of_before".to_owned(),
        ..session(Portal::Partner)
    };
    let request = with_session(sign_in(&token, &[PORTAL]), &old);
    let answer = portal_world().send(request).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert!(!answer.text.contains("ws_of_before"), "{}", answer.text);
    assert!(!answer.text.contains("csrf"), "{}", answer.text);
}

#[actix_web::test]
async fn a_wrong_token_of_an_allowed_origin_signs_nobody_in() {
    let answer = portal_world().send(sign_in("a.b.c", &[PORTAL])).await;
    assert_eq!(answer.status, 401, "{}", answer.text);
    assert_eq!(answer.header("set-cookie"), None);
    assert_eq!(answer.header("refresh"), None);
    assert!(answer.text.contains("name=\"token\""));
}

#[actix_web::test]
async fn no_other_origin_signs_anybody_in() {
    for origins in [
        &[][..],
        &["null"],
        &["https://evil.example"],
        &["https://portal.example.com:8443"],
        &["https://Portal.example.com"],
        &["https://a.portal.example.com"],
        &["http://portal.example.com"],
        &[PORTAL, PORTAL],
        &[PORTAL, "https://evil.example"],
    ] {
        let token = session(Portal::Partner).token;
        let answer = portal_world().send(sign_in(&token, origins)).await;
        assert_eq!(answer.status, 400, "{origins:?}: {}", answer.text);
        assert_eq!(answer.header("set-cookie"), None, "{origins:?}");
    }
    let token = session(Portal::Partner).token;
    let answer = page_world().send(sign_in(&token, &[PORTAL])).await;
    assert_page(&answer, "without a list", 400);
}

#[actix_web::test]
async fn an_allowed_origin_submits_no_other_form() {
    let sign_out = ("/sign-out".to_owned(), vec![]);
    for (path, fields) in forms().into_iter().chain([sign_out]) {
        let world = World {
            insert: |_| panic!("inserted"),
            save: |_| panic!("saved"),
            end: |_, _| panic!("ended"),
            ..portal_world()
        };
        for site in ["cross-site", "same-site"] {
            let request = post(&path, &fields)
                .insert_header(("sec-fetch-site", site))
                .insert_header(("origin", PORTAL));
            let answer = world.send(request).await;
            assert_eq!(answer.status, 400, "{path} {site}: {}", answer.text);
        }
    }
}

#[actix_web::test]
async fn our_own_form_leads_on_by_a_redirect() {
    let token = session(Portal::Partner).token;
    let request = sign_in(&token, &["https://keys.example.com"])
        .insert_header(("sec-fetch-site", "same-origin"));
    let answer = portal_world().send(request).await;
    assert_eq!(answer.status, 303, "{}", answer.text);
    assert_eq!(answer.header("location"), Some("workspaces/ws_1/keys"));
}

#[actix_web::test]
async fn the_allowed_origins_may_frame_every_page() {
    for path in pages() {
        let answer = portal_world().send(get(&path)).await;
        let policy = answer.header("content-security-policy").unwrap();
        let ancestors = "frame-ancestors https://portal.example.com http://localhost:3000";
        assert!(policy.ends_with(ancestors), "{path}: {policy}");
        assert_eq!(answer.header("x-frame-options"), None, "{path}");
        let answer = page_world().send(get(&path)).await;
        let policy = answer.header("content-security-policy").unwrap();
        assert!(
            policy.ends_with("frame-ancestors 'none'"),
            "{path}: {policy}"
        );
        assert_eq!(answer.header("x-frame-options"), Some("DENY"), "{path}");
    }
}

#[actix_web::test]
async fn no_page_is_open_to_scripts_of_an_allowed_origin() {
    for path in pages() {
        let answer = portal_world()
            .send(get(&path).insert_header(("origin", PORTAL)))
            .await;
        for name in answer.headers.keys() {
            assert!(
                !name.as_str().starts_with("access-control-"),
                "{path}: {name}"
            );
        }
    }
}
