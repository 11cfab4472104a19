use actix_web::test::TestRequest;
use keyward_domain::Portal;

use crate::testing::{Operation, World, create_request, logs_of, token};

fn ended() -> World {
    World {
        is_ended: |_| Ok(true),
        role: || panic!("asked for the role"),
        scopes: || panic!("asked for the scopes"),
        ..World::default()
    }
}

/// Every operation that needs a token.
fn requests() -> Vec<(String, TestRequest)> {
    let of_key = Operation::ALL.map(|operation| (format!("{operation:?}"), operation.request()));
    let scopes = TestRequest::get()
        .uri("/web/v1/api-scopes")
        .insert_header((
            "authorization",
            format!("Bearer {}", token(Portal::Tenant, None)),
        ))
        .insert_header(("x-client-hash", "device-1"));
    let others = [
        ("create".to_owned(), create_request()),
        ("scopes".to_owned(), scopes),
    ];
    of_key.into_iter().chain(others).collect()
}

#[actix_web::test]
async fn the_token_of_an_ended_session_is_as_good_as_expired() {
    for (operation, request) in requests() {
        let answer = ended().send(request).await;
        answer.assert(&operation, 401, "4010", "Invalid or expired token");
        let challenge = answer.header("www-authenticate");
        assert_eq!(challenge, Some("Bearer error=\"invalid_token\""));
    }
}

#[actix_web::test]
async fn the_log_says_why_and_nothing_of_the_token() {
    for (operation, request) in requests() {
        let logs = logs_of(ended(), request).await;
        assert!(logs.contains("token.refused"), "{operation}: {logs}");
        assert!(logs.contains(r#""reason":"ended""#), "{operation}: {logs}");
        for portal in [Portal::Tenant, Portal::Partner] {
            assert!(!logs.contains(&token(portal, None)), "{operation}");
        }
    }
}
