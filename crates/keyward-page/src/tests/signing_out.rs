use keyward_domain::ports::RepositoryError;
use keyward_web::testing::{create_request, logs_of, now};

use super::*;

fn unavailable<T>() -> Result<T, RepositoryError> {
    Err(RepositoryError::Unavailable("out of reach".into()))
}

fn assert_forgotten(answer: &Answer) {
    let cookie = answer.header("set-cookie").unwrap();
    assert!(cookie.starts_with("__Secure-keyward_session=;"), "{cookie}");
    assert!(cookie.contains("1970"), "{cookie}");
}

#[actix_web::test]
async fn signing_out_ends_the_session_until_its_token_ends_by_itself() {
    let world = World {
        end: |id, ends_at| {
            let token = token(Portal::Partner, Some("device-1"));
            let (signed, _signature) = token.rsplit_once('.').unwrap();
            assert_eq!(id, keyward_domain::SessionId::of(signed.as_bytes()));
            assert_eq!(ends_at, now().plus_seconds(60));
            Ok(())
        },
        ..page_world()
    };
    let answer = world.send(post("/sign-out", &[])).await;
    assert_eq!(answer.status, 303);
    assert_forgotten(&answer);
    let logs = logs_of(world, post("/sign-out", &[])).await;
    assert!(logs.contains("session.ended"), "{logs}");
    assert!(logs.contains(r#""subject":"user_1""#), "{logs}");
}

#[actix_web::test]
async fn when_the_store_cant_be_told_the_browser_forgets_all_the_same() {
    let world = World {
        end: |_, _| unavailable(),
        ..page_world()
    };
    let answer = world.send(post("/sign-out", &[])).await;
    assert_page(&answer, "sign out", 503);
    assert_forgotten(&answer);
    assert_eq!(answer.header("retry-after"), Some("5"));
    assert!(
        answer.text.contains("works until it expires"),
        "{}",
        answer.text
    );
    assert!(
        !answer.text.contains("action=\"./sign-out\""),
        "not signed in"
    );
}

#[actix_web::test]
async fn a_sign_out_from_elsewhere_ends_nothing() {
    let world = || World {
        end: |_, _| panic!("ended"),
        ..page_world()
    };
    let mut refused = vec![post("/sign-out", &[]).set_payload("csrf=x")];
    for site in ["cross-site", "same-site"] {
        refused.push(post("/sign-out", &[]).insert_header(("sec-fetch-site", site)));
    }
    for request in refused {
        let answer = world().send(request).await;
        assert_page(&answer, "sign out", 400);
        assert_eq!(answer.header("set-cookie"), None);
    }
}

/// A host in the same domain can set a cookie for the whole domain.
#[actix_web::test]
async fn another_cookie_beside_the_sessions_keeps_nobody_signed_in() {
    let world = World {
        end: |id, _| {
            let token = session(Portal::Partner).token;
            let (signed, _signature) = token.rsplit_once('.').unwrap();
            assert_eq!(id, keyward_domain::SessionId::of(signed.as_bytes()));
            Ok(())
        },
        ..page_world()
    };
    let other = session(Portal::Tenant).encode().unwrap();
    let cookie = format!("__Secure-keyward_session={}", *other);
    let request = post("/sign-out", &[]).append_header(("cookie", cookie));
    let logs = logs_of(world, request).await;
    assert_eq!(logs.matches("session.ended").count(), 1, "{logs}");
}

#[actix_web::test]
async fn a_token_that_is_not_believed_has_no_session_to_end() {
    let world = World {
        end: |_, _| panic!("ended"),
        ..page_world()
    };
    let session = SessionCookie {
        token: Zeroizing::new(format!("{}x", token(Portal::Partner, None))),
        ..session(Portal::Partner)
    };
    let request = with_session(TestRequest::post().uri("/sign-out"), &session)
        .insert_header(("content-type", "application/x-www-form-urlencoded"))
        .set_payload(format!("csrf={}", session.csrf("form")));
    let answer = world.send(request).await;
    assert_eq!(answer.status, 303);
    assert_forgotten(&answer);
}

#[actix_web::test]
async fn an_ended_session_sees_no_page_and_does_nothing() {
    let world = || World {
        is_ended: |_| Ok(true),
        role: || panic!("asked for the role"),
        insert: |_| panic!("inserted"),
        save: |_| panic!("saved"),
        ..page_world()
    };
    let pages = pages().into_iter().map(|path| (get(&path), path));
    let forms = forms().into_iter();
    let forms = forms.map(|(path, fields)| (post(&path, &fields), path));
    for (request, path) in pages.chain(forms) {
        let answer = world().send(request).await;
        assert_page(&answer, &path, 401);
        assert!(answer.text.contains("Your session has ended"), "{path}");
    }
    let logs = logs_of(world(), get("/workspaces/ws_1/keys")).await;
    assert!(logs.contains("token.refused"), "{logs}");
    assert!(logs.contains(r#""reason":"ended""#), "{logs}");
    assert!(!logs.contains(&token(Portal::Partner, Some("device-1"))));
}

#[actix_web::test]
async fn what_the_store_cant_say_opens_nothing() {
    for path in pages() {
        let world = World {
            is_ended: |_| unavailable(),
            role: || panic!("asked for the role"),
            ..page_world()
        };
        assert_page(&world.send(get(&path)).await, &path, 503);
    }
    let world = World {
        is_ended: |_| unavailable(),
        ..page_world()
    };
    let answer = world.send(create_request()).await;
    let message = "Service temporarily unavailable";
    answer.assert("create", 503, "5030", message);
}
