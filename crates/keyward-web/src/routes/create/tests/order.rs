use keyward_domain::ports::Inserted;
use keyward_domain::{Portal, Role};

use crate::testing::{Answer, World, create_request_with, token};

/// Contract §1: token, headers, owner, content type, size, JSON, members, portal, limit. Each
/// request also has all later faults.
#[actix_web::test]
async fn the_first_check_that_fails_answers() {
    let stranger = World {
        role: || Ok(None),
        insert: |_new| Ok(Inserted::LimitReached),
        ..World::default()
    };
    let owner = World {
        role: || Ok(Some(Role::Owner)),
        insert: |_new| Ok(Inserted::LimitReached),
        ..World::default()
    };
    let check = |case: &str, answer: &Answer, status: u16, code: &str| {
        assert_eq!(answer.status.as_u16(), status, "{case}: {}", answer.text);
        assert_eq!(answer.json()["code"], code, "{case}: {}", answer.text);
    };
    let wrong_headers = |token: &str| {
        create_request_with(token)
            .insert_header(("x-workspace-id", "ws_2"))
            .insert_header(("accept", "text/html"))
            .insert_header(("content-type", "text/plain"))
            .set_payload("x".repeat(65 * 1024))
    };
    let tenant = token(Portal::Tenant, None);
    let answer = stranger.send(wrong_headers("not-a-token")).await;
    check("token", &answer, 401, "4010");
    let answer = stranger.send(wrong_headers(&tenant)).await;
    check("headers", &answer, 400, "4000");
    let right_workspace = || wrong_headers(&tenant).insert_header(("x-workspace-id", "ws_1"));
    let answer = stranger.send(right_workspace()).await;
    check("accept", &answer, 406, "4060");
    let acceptable = || right_workspace().insert_header(("accept", "*/*"));
    let answer = stranger.send(acceptable()).await;
    check("owner", &answer, 403, "4030");
    let answer = owner.send(acceptable()).await;
    check("content type", &answer, 415, "4150");
    let typed = || acceptable().insert_header(("content-type", "application/json"));
    let answer = owner.send(typed()).await;
    check("size", &answer, 413, "4130");
    let answer = owner
        .send(typed().set_payload(r#"{"name":"","mode":2"#))
        .await;
    check("JSON", &answer, 400, "4000");
    assert_eq!(answer.fields(), ["body"]);
    let answer = owner
        .send(typed().set_payload(r#"{"name":"","mode":2}"#))
        .await;
    check("members", &answer, 400, "4000");
    assert_eq!(answer.fields(), ["name"]);
    let answer = owner
        .send(typed().set_payload(r#"{"name":"K","mode":2}"#))
        .await;
    check("portal", &answer, 403, "4031");
    let answer = owner.send(typed().set_payload(r#"{"name":"K"}"#)).await;
    check("limit", &answer, 409, "4092");
}
