use keyward_domain::Role;

use crate::testing::{Answer, Operation, World, expired_key, page_of};

fn stranger() -> World {
    World {
        role: || Ok(None),
        ..World::default()
    }
}

/// No key exists.
fn nothing_there() -> World {
    World {
        role: || Ok(Some(Role::Owner)),
        get: |_, _| Ok(None),
        events: |_, _, _| Ok(page_of(vec![])),
        ..World::default()
    }
}

fn check(operation: Operation, case: &str, answer: &Answer, status: u16, code: &str) {
    let text = &answer.text;
    assert_eq!(
        answer.status.as_u16(),
        status,
        "{operation:?} {case}: {text}"
    );
    assert_eq!(answer.json()["code"], code, "{operation:?} {case}: {text}");
}

/// Token, headers, owner. Each request also has all later faults.
#[actix_web::test]
async fn token_then_headers_then_owner() {
    for operation in Operation::ALL {
        let wrong = || {
            operation
                .request_about("no-key")
                .insert_header(("if-match", "\"9\""))
                .insert_header(("x-workspace-id", "ws_2"))
                .insert_header(("accept", "text/html"))
                .insert_header(("content-type", "text/plain"))
                .set_payload("x".repeat(65 * 1024))
        };
        let token = wrong().insert_header(("authorization", "Bearer a.b.c"));
        let answer = stranger().send(token).await;
        check(operation, "token", &answer, 401, "4010");
        let answer = stranger().send(wrong()).await;
        check(operation, "headers", &answer, 400, "4000");
        let right_workspace = || wrong().insert_header(("x-workspace-id", "ws_1"));
        let answer = stranger().send(right_workspace()).await;
        check(operation, "accept", &answer, 406, "4060");
        let acceptable = right_workspace().insert_header(("accept", "*/*"));
        let answer = stranger().send(acceptable).await;
        check(operation, "owner", &answer, 403, "4030");
    }
}

/// Content type, size, JSON, members, key, version.
#[actix_web::test]
async fn then_the_body_then_the_key_then_its_version() {
    for operation in [
        Operation::UPDATE,
        Operation::ROTATE,
        Operation::DELETE_NAMED,
    ] {
        let request = || operation.request().insert_header(("if-match", "\"9\""));
        let huge = || request().set_payload("x".repeat(65 * 1024));
        let plain = huge().insert_header(("content-type", "text/plain"));
        let answer = nothing_there().send(plain).await;
        check(operation, "content type", &answer, 415, "4150");
        let answer = nothing_there().send(huge()).await;
        check(operation, "size", &answer, 413, "4130");
        let answer = nothing_there()
            .send(request().set_payload("{\"colour\":1"))
            .await;
        check(operation, "JSON", &answer, 400, "4000");
        assert_eq!(answer.fields(), ["body"]);
        let answer = nothing_there()
            .send(request().set_payload("{\"colour\":1}"))
            .await;
        check(operation, "members", &answer, 400, "4000");
        let answer = nothing_there().send(request()).await;
        check(operation, "key", &answer, 404, "4040");
        let answer = World::default().send(request()).await;
        check(operation, "version", &answer, 412, "4120");
    }
}

#[actix_web::test]
async fn a_query_is_read_before_the_key_is_looked_for() {
    for (operation, query) in [(Operation::EVENTS, "size=0"), (Operation::USAGE, "by=week")] {
        let answer = nothing_there().send(operation.with_query(query)).await;
        check(operation, "query", &answer, 400, "4000");
        let answer = nothing_there().send(operation.request()).await;
        check(operation, "key", &answer, 404, "4040");
    }
}

#[actix_web::test]
async fn the_version_is_compared_before_the_state() {
    let expired = World {
        get: |_, _| Ok(Some(expired_key())),
        ..World::default()
    };
    for operation in [Operation::ENABLE, Operation::ROTATE] {
        let stale = operation.request().insert_header(("if-match", "\"9\""));
        let answer = expired.send(stale).await;
        check(operation, "version", &answer, 412, "4120");
        let fresh = operation.request().insert_header(("if-match", "\"3\""));
        let answer = expired.send(fresh).await;
        check(operation, "state", &answer, 409, "4090");
    }
}
