use keyward_domain::ports::{CarriedOut, Saved};
use keyward_domain::{AuditAction, IdempotencyKey, Mode, RepeatableOperation, RequestFingerprint};

use crate::testing::{Operation, World, key_id, key_in_overlap, old_secret, older_secret, secret};

#[actix_web::test]
async fn a_rotation_is_answered_to_the_letter() {
    let world = World {
        save: |changed| {
            let fields = changed.key.fields();
            assert_eq!(fields.secret.hash, secret(Mode::Live).hash());
            let previous = fields.previous_secret.as_ref().unwrap();
            assert_eq!(previous.secret.hash, old_secret().hash());
            assert_eq!(changed.event.action, AuditAction::Rotated);
            assert_eq!(changed.idempotency, None);
            Ok(Saved::Done)
        },
        ..World::default()
    };
    let request = Operation::ROTATE.with_body(r#"{"overlapSeconds":3600}"#);
    let answer = world.send(request).await;
    answer.assert("rotated", 201, "2000", "SUCCESS");
    let (id, secret) = (key_id(Mode::Live), secret(Mode::Live));
    let want = format!(
        r#"{{"version":"1.3.0","timestamp":1774051200000,"success":true,"code":"2000","message":"SUCCESS","data":{{"apiKeyId":"{id}","secret":"{}","overlapEndsAt":"2026-03-21T01:00:00Z"}}}}"#,
        secret.expose()
    );
    assert_eq!(answer.text, want);
}

#[actix_web::test]
async fn a_still_older_secret_that_it_ends_is_told() {
    let world = World {
        get: |_, _| Ok(Some(key_in_overlap())),
        ..World::default()
    };
    let answer = world.send(Operation::ROTATE.request()).await;
    answer.assert("rotated", 201, "2000", "SUCCESS");
    let end = format!(
        r#""overlapEndsAt":"2026-03-22T00:00:00Z","endedSecretHint":"sk_live_…{}"}}}}"#,
        older_secret().hint().as_str()
    );
    assert!(answer.text.ends_with(&end), "{}", answer.text);
}

#[actix_web::test]
async fn no_body_and_no_content_type_is_an_overlap_of_a_day() {
    let bare = || {
        let mut operation = Operation::ROTATE;
        operation.body = None;
        operation.request()
    };
    for (case, request) in [
        ("nothing", bare()),
        (
            "a length of zero",
            bare().insert_header(("content-length", "0")),
        ),
        ("an empty object", Operation::ROTATE.request()),
        (
            "null",
            Operation::ROTATE.with_body(r#"{"overlapSeconds":null}"#),
        ),
    ] {
        let answer = World::default().send(request).await;
        answer.assert(case, 201, "2000", "SUCCESS");
        let ends_at = answer.json()["data"]["overlapEndsAt"].clone();
        assert_eq!(ends_at, "2026-03-22T00:00:00Z", "{case}");
    }
    let untyped = bare().set_payload("{}");
    let answer = World::default().send(untyped).await;
    let expected = "Content type must be application/json";
    answer.assert("a body without a type", 415, "4150", expected);
    let huge = bare().set_payload("x".repeat(65 * 1024));
    let answer = World::default().send(huge).await;
    answer.assert("a huge body without a type", 415, "4150", expected);
    let empty = Operation::ROTATE.with_body("");
    let answer = World::default().send(empty).await;
    answer.assert("a type without a body", 400, "4000", "Invalid request");
    assert_eq!(answer.fields(), ["body"]);
}

#[actix_web::test]
async fn an_overlap_of_zero_ends_the_old_secret_at_once() {
    let world = World {
        save: |changed| {
            assert_eq!(changed.key.fields().previous_secret, None);
            Ok(Saved::Done)
        },
        ..World::default()
    };
    let request = Operation::ROTATE.with_body(r#"{"overlapSeconds":0}"#);
    let answer = world.send(request).await;
    let ends_at = answer.json()["data"]["overlapEndsAt"].clone();
    assert_eq!(ends_at, "2026-03-21T00:00:00Z");
}

#[actix_web::test]
async fn code_4000_names_every_wrong_member() {
    let check = async |body: &str, fields: &[&str]| {
        let answer = World::default()
            .send(Operation::ROTATE.with_body(body))
            .await;
        answer.assert(body, 400, "4000", "Invalid request");
        assert_eq!(answer.fields(), fields, "{body}");
    };
    for value in [
        "-1",
        "604801",
        "1.5",
        "1e3",
        r#""60""#,
        "true",
        "[]",
        "99999999999999999999",
    ] {
        let body = format!(r#"{{"overlapSeconds":{value}}}"#);
        check(&body, &["overlapSeconds"]).await;
    }
    check("[]", &["body"]).await;
    check(r#"{"overlap":60}"#, &["overlap"]).await;
    check(
        r#"{"overlapSeconds":1,"overlapSeconds":2,"name":"a"}"#,
        &["overlapSeconds", "name"],
    )
    .await;
    let answer = World::default()
        .send(Operation::ROTATE.with_body(r#"{"overlapseconds":0}"#))
        .await;
    let meant = "did you mean overlapSeconds?";
    assert!(answer.text.contains(meant), "{}", answer.text);
}

#[actix_web::test]
async fn a_request_that_may_come_twice_is_told_by_key_and_body() {
    let world = World {
        save: |changed| {
            let idempotency = changed.idempotency.unwrap();
            assert_eq!(idempotency.key, IdempotencyKey::parse("once").unwrap());
            let about = RequestFingerprint::about(key_id(Mode::Live), b"{ }");
            assert_eq!(idempotency.fingerprint, about);
            Ok(Saved::Done)
        },
        ..World::default()
    };
    let request = Operation::ROTATE
        .with_body("{ }")
        .insert_header(("idempotency-key", "once"));
    world
        .send(request)
        .await
        .assert("once", 201, "2000", "SUCCESS");
}

#[actix_web::test]
async fn code_4091_names_the_key_that_was_rotated() {
    let world = World {
        save: |_changed| Ok(Saved::Replayed(key_id(Mode::Live))),
        ..World::default()
    };
    let answer = world.send(Operation::ROTATE.request()).await;
    answer.assert("again", 409, "4091", "This request was already carried out");
    let end = format!(r#","data":{{"apiKeyId":"{}"}}}}"#, key_id(Mode::Live));
    assert!(answer.text.ends_with(&end), "{}", answer.text);
}

#[actix_web::test]
async fn what_was_carried_out_is_told_before_anything_is_judged() {
    let world = World {
        carried_out: |operation, idempotency| {
            assert_eq!(operation, RepeatableOperation::Rotate);
            let about = RequestFingerprint::about(key_id(Mode::Live), b"not JSON");
            assert_eq!(idempotency.fingerprint, about);
            Ok(Some(CarriedOut::SameRequest(key_id(Mode::Live))))
        },
        get: |_, _| Ok(None),
        ..World::default()
    };
    let request = Operation::ROTATE
        .with_body("not JSON")
        .insert_header(("if-match", "\"7\""))
        .insert_header(("idempotency-key", "once"));
    let answer = world.send(request).await;
    answer.assert("again", 409, "4091", "This request was already carried out");
}

#[actix_web::test]
async fn code_4220_idempotency_key_reused() {
    let world = World {
        save: |_changed| Ok(Saved::KeyReused),
        ..World::default()
    };
    let answer = world.send(Operation::ROTATE.request()).await;
    let expected = "The Idempotency-Key was used with a different request";
    answer.assert("reused", 422, "4220", expected);
}
