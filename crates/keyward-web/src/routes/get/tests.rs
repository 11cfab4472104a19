use keyward_domain::Mode;

use crate::testing::{Operation, PATH, World, key_id, limited_key, old_secret};

#[actix_web::test]
async fn a_key_is_answered_to_the_letter() {
    let world = World {
        get: |workspace_id, id| {
            assert_eq!((workspace_id.as_str(), id), ("ws_1", key_id(Mode::Live)));
            Ok(Some(crate::testing::key()))
        },
        ..World::default()
    };
    let answer = world.send(Operation::GET.request()).await;
    answer.assert("a key", 200, "2000", "SUCCESS");
    let (id, hint) = (key_id(Mode::Live), old_secret().hint());
    let hint = hint.as_str();
    let want = format!(
        r#"{{"version":"1.3.0","timestamp":1774051200000,"success":true,"code":"2000","message":"SUCCESS","data":{{"apiKeyId":"{id}","name":"Production Key","status":"ACTIVE","mode":"LIVE","scopes":["payment:read","payment:write"],"ipWhitelist":["192.168.1.0/24"],"createdAt":"2026-03-01T08:00:00Z","secretHint":"sk_live_…{hint}","lastUsedAt":"2026-03-20T10:00:00Z","expiresAt":"2027-01-31T12:00:00Z","createdBy":"user_1","secrets":[{{"secretHint":"sk_live_…{hint}","createdAt":"2026-03-01T08:00:00Z","endsAt":null,"lastUsedAt":"2026-03-20T10:00:00Z","lastUsedAddress":null,"useCount":7}}]}}}}"#
    );
    assert_eq!(answer.text, want);
    assert_eq!(answer.header("etag"), Some("\"3\""));
}

#[actix_web::test]
async fn a_key_may_be_written_with_escapes() {
    let id = key_id(Mode::Live).to_string().replace('_', "%5f");
    let request = Operation::GET.request().uri(&format!("{PATH}/{id}"));
    let answer = World::default().send(request).await;
    answer.assert("escaped", 200, "2000", "SUCCESS");
}

/// Only changes read `If-Match`, and only a rotation also reads `Idempotency-Key`.
#[actix_web::test]
async fn headers_of_other_operations_are_not_looked_at() {
    let request = Operation::GET
        .request()
        .insert_header(("if-match", "nonsense"))
        .insert_header(("idempotency-key", "a b"));
    let answer = World::default().send(request).await;
    answer.assert("a key", 200, "2000", "SUCCESS");
}

/// Contract §11.
#[actix_web::test]
async fn the_limits_of_a_key_come_before_its_secrets() {
    let world = World {
        get: |_, _| Ok(Some(limited_key())),
        ..World::default()
    };
    let answer = world.send(Operation::GET.request()).await;
    let shown = r#""createdBy":"user_1","limits":[{"name":"requests","max":100,"window":"1m","onUnavailable":"deny"},{"name":"tokens","max":5000,"window":"day","onUnavailable":"deny"}],"secrets":"#;
    assert!(answer.text.contains(shown), "{}", answer.text);
}
