use actix_web::test::TestRequest;
use keyward_domain::ports::Inserted;
use keyward_domain::{IdempotencyKey, Mode, Portal, RequestFingerprint};
use serde_json::json;

use crate::testing::{World, create_request, create_request_with, key_id, secret, token};

#[actix_web::test]
async fn the_users_example_is_answered_to_the_letter() {
    let body = json!({
        "name": "Production Key",
        "scopes": ["payment:read", "payment:write"],
        "mode": 1,
        "ipWhitelist": ["192.168.1.0/24"],
    });
    let answer = World::default().send(create_request().set_json(body)).await;
    answer.assert("the example", 201, "2000", "SUCCESS");
    let (id, secret) = (key_id(Mode::Live), secret(Mode::Live));
    let want = format!(
        r#"{{"version":"1.3.0","timestamp":1774051200000,"success":true,"code":"2000","message":"SUCCESS","data":{{"apiKeyId":"{id}","secret":"{}","name":"Production Key","status":"ACTIVE","mode":"LIVE","scopes":["payment:read","payment:write"],"ipWhitelist":["192.168.1.0/24"],"createdAt":"2026-03-21T00:00:00Z"}}}}"#,
        secret.expose()
    );
    assert_eq!(answer.text, want);
    let location = format!("/web/v1/workspaces/ws_1/api-keys/{id}");
    assert_eq!(answer.header("location"), Some(location.as_str()));
}

#[actix_web::test]
async fn expires_at_comes_last_and_only_when_there_is_one() {
    let body = r#"{"name":"K","mode":2,"expiresAt":"2027-01-31T14:00:00+02:00"}"#;
    let answer = World::default()
        .send(create_request().set_payload(body))
        .await;
    answer.assert("with an end", 201, "2000", "SUCCESS");
    assert!(
        answer.text.ends_with(
            r#""mode":"TEST","scopes":[],"ipWhitelist":[],"createdAt":"2026-03-21T00:00:00Z","expiresAt":"2027-01-31T12:00:00Z"}}"#
        ),
        "{}",
        answer.text
    );
}

#[actix_web::test]
async fn the_workspace_is_one_segment_of_the_location() {
    let request = create_request()
        .uri("/web/v1/workspaces/a%2Fb%3F%25/api-keys")
        .insert_header(("x-workspace-id", "a/b?%"));
    let answer = World::default().send(request).await;
    answer.assert("a slash", 201, "2000", "SUCCESS");
    let location = format!(
        "/web/v1/workspaces/a%2Fb%3F%25/api-keys/{}",
        key_id(Mode::Live)
    );
    assert_eq!(answer.header("location"), Some(location.as_str()));
}

#[actix_web::test]
async fn success_is_success_in_every_language() {
    for language in ["en", "zh", "zh-Hant", "ja", "vi"] {
        let request = create_request().insert_header(("accept-language", language));
        let answer = World::default().send(request).await;
        assert_eq!(answer.json()["message"], "SUCCESS", "{language}");
        assert_eq!(answer.header("content-language"), Some(language));
    }
}

#[actix_web::test]
async fn the_store_is_told_who_whence_and_under_which_idempotency_key() {
    let world = World {
        trusted_proxies: &["10.0.0.0/8"],
        insert: |new| {
            let idempotency = new.idempotency.unwrap();
            assert_eq!(idempotency.key, IdempotencyKey::parse("once").unwrap());
            let fingerprint = RequestFingerprint::of(br#"{"name":"Production Key"}"#);
            assert_eq!(idempotency.fingerprint, fingerprint);
            assert_eq!(new.event.origin.request_id.as_str(), "request-7");
            assert_eq!(
                new.event.origin.address.unwrap().ip().to_string(),
                "203.0.113.7"
            );
            assert_eq!(new.event.actor.user_id().unwrap().as_str(), "user_1");
            assert_eq!(new.key_count_max, 10);
            Ok(Inserted::Created)
        },
        ..World::default()
    };
    let request = create_request()
        .peer_addr("10.1.2.3:4711".parse().unwrap())
        .insert_header(("x-forwarded-for", "6.6.6.6, 203.0.113.7"))
        .insert_header(("x-request-id", "request-7"))
        .insert_header(("idempotency-key", "once"));
    world
        .send(request)
        .await
        .assert("all of it", 201, "2000", "SUCCESS");
}

#[actix_web::test]
async fn a_token_bound_to_a_device_works_from_that_device() {
    let bound = token(Portal::Partner, Some("device-1"));
    let check = async |request: TestRequest, status: u16| {
        let answer = World::default().send(request).await;
        assert_eq!(answer.status.as_u16(), status, "{}", answer.text);
    };
    check(create_request_with(&bound), 201).await;
    let elsewhere = create_request_with(&bound).insert_header(("x-client-hash", "device-2"));
    check(elsewhere, 401).await;
    // A missing value is reported as a header problem, before any comparison.
    let nowhere = create_request_with(&bound).insert_header(("x-client-hash", ""));
    check(nowhere, 400).await;
}

#[actix_web::test]
async fn annotations_come_last_and_only_when_they_are_given() {
    let body = r#"{"name":"K","description":" For the report ","externalId":"customer-4711",
        "metadata":{"plan":"gold","Team":"\"支\"","empty":""}}"#;
    let answer = World::default()
        .send(create_request().set_payload(body))
        .await;
    answer.assert("with annotations", 201, "2000", "SUCCESS");
    let end = r#""createdAt":"2026-03-21T00:00:00Z","description":"For the report","externalId":"customer-4711","metadata":{"Team":"\"支\"","empty":"","plan":"gold"}}}"#;
    assert!(answer.text.ends_with(end), "{}", answer.text);
    let body = r#"{"name":"K","description":null,"externalId":null,"metadata":{}}"#;
    let answer = World::default()
        .send(create_request().set_payload(body))
        .await;
    let end = r#""createdAt":"2026-03-21T00:00:00Z"}}"#;
    assert!(answer.text.ends_with(end), "{}", answer.text);
}
