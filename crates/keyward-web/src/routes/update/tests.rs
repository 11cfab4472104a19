use keyward_domain::AuditAction;
use keyward_domain::ports::Saved;

use crate::testing::{Operation, World, annotated_key, key_in_overlap, old_secret};

#[actix_web::test]
async fn the_changed_key_is_answered_with_its_new_version() {
    let world = World {
        save: |changed| {
            let fields = changed.key.fields();
            assert_eq!(fields.name.as_str(), "New");
            assert_eq!(fields.version, 4);
            assert!(fields.scopes.is_empty());
            assert_eq!(fields.ip_allowlist.as_slice().len(), 1);
            assert_eq!(changed.event.action, AuditAction::Updated);
            assert_eq!(changed.event.origin.request_id.as_str(), "request-7");
            assert_eq!(changed.idempotency, None);
            Ok(Saved::Done)
        },
        ..World::default()
    };
    let request = Operation::UPDATE
        .with_body(r#"{"name":" New ","scopes":null,"expiresAt":null}"#)
        .insert_header(("x-request-id", "request-7"));
    let answer = world.send(request).await;
    answer.assert("changed", 200, "2000", "SUCCESS");
    assert_eq!(answer.header("etag"), Some("\"4\""));
    let hint = old_secret().hint();
    let end = format!(
        r#""name":"New","status":"ACTIVE","mode":"LIVE","scopes":[],"ipWhitelist":["192.168.1.0/24"],"createdAt":"2026-03-01T08:00:00Z","secretHint":"sk_live_…{hint}","lastUsedAt":"2026-03-20T10:00:00Z","expiresAt":null,"createdBy":"user_1","secrets":[{{"secretHint":"sk_live_…{hint}","createdAt":"2026-03-01T08:00:00Z","endsAt":null,"lastUsedAt":"2026-03-20T10:00:00Z","lastUsedAddress":null,"useCount":7}}]}}}}"#,
        hint = hint.as_str()
    );
    assert!(answer.text.ends_with(&end), "{}", answer.text);
}

#[actix_web::test]
async fn a_change_to_what_it_is_has_no_effect() {
    let world = World {
        save: |_changed| panic!("there is nothing to save"),
        ..World::default()
    };
    let request = Operation::UPDATE.with_body(r#"{"name":"Production Key"}"#);
    let answer = world.send(request).await;
    answer.assert("the same", 200, "2000", "SUCCESS");
    assert_eq!(answer.header("etag"), Some("\"3\""));
}

#[actix_web::test]
async fn the_old_secret_is_shown_as_long_as_it_lives() {
    let world = World {
        get: |_, _| Ok(Some(key_in_overlap())),
        ..World::default()
    };
    let answer = world.send(Operation::UPDATE.request()).await;
    let secrets = answer.json()["data"]["secrets"].clone();
    assert_eq!(secrets.as_array().unwrap().len(), 2, "{secrets}");
}

#[actix_web::test]
async fn code_4000_names_every_wrong_member() {
    let check = async |body: &str, fields: &[&str]| {
        let answer = World::default()
            .send(Operation::UPDATE.with_body(body))
            .await;
        answer.assert(body, 400, "4000", "Invalid request");
        assert_eq!(answer.fields(), fields, "{body}");
    };
    check("{}", &["body"]).await;
    check("", &["body"]).await;
    check("[]", &["body"]).await;
    check(r#"{"name":null}"#, &["name"]).await;
    check(
        r#"{"name":"","scopes":["*"],"ipWhitelist":["1.2.3.4/24"],"expiresAt":"2020-01-01T00:00:00Z"}"#,
        &["name", "scopes[0]", "ipWhitelist[0]", "expiresAt"],
    )
    .await;
    check(
        r#"{"mode":1,"status":"ACTIVE","colour":"red","name":"a","name":"b"}"#,
        &["mode", "status", "colour", "name"],
    )
    .await;
}

#[actix_web::test]
async fn what_is_wrong_is_said_in_words() {
    let check = async |body: &str, words: &str| {
        let answer = World::default()
            .send(Operation::UPDATE.with_body(body))
            .await;
        let said = answer.json()["errors"][0]["message"].clone();
        assert_eq!(said, words, "{body}");
    };
    check(r#"{"secret":"x"}"#, "This field can't be changed").await;
    check(
        r#"{"ipWhiteList":[]}"#,
        "There is no such field; did you mean ipWhitelist?",
    )
    .await;
    check(
        "{}",
        "Must name what is to change: name, scopes, ipWhitelist, expiresAt, description, externalId or \
         metadata",
    )
    .await;
}

#[actix_web::test]
async fn null_clears_annotations_and_absent_keeps_them() {
    let world = World {
        get: |_, _| Ok(Some(annotated_key())),
        save: |changed| {
            let annotations = &changed.key.fields().annotations;
            assert_eq!(annotations.external_id, None);
            assert!(annotations.metadata.is_empty());
            let before = changed.event.before.unwrap();
            assert_eq!(before.description, None);
            assert!(before.external_id.unwrap().is_some());
            assert_eq!(changed.event.after.unwrap().external_id, Some(None));
            Ok(Saved::Done)
        },
        ..World::default()
    };
    let body = r#"{"externalId":null,"metadata":null}"#;
    let answer = world.send(Operation::UPDATE.with_body(body)).await;
    answer.assert("cleared", 200, "2000", "SUCCESS");
    let data = answer.json()["data"].clone();
    assert_eq!(data["description"], "For the report");
    assert!(data.get("externalId").is_none(), "{data}");
    assert!(data.get("metadata").is_none(), "{data}");
}

#[actix_web::test]
async fn an_annotation_is_replaced_as_a_whole() {
    let world = World {
        get: |_, _| Ok(Some(annotated_key())),
        ..World::default()
    };
    let body = r#"{"metadata":{"b":"2","a":"1"},"description":" New "}"#;
    let answer = world.send(Operation::UPDATE.with_body(body)).await;
    answer.assert("replaced", 200, "2000", "SUCCESS");
    let shown = r#""description":"New","externalId":"customer-4711","metadata":{"a":"1","b":"2"},"secrets":"#;
    assert!(answer.text.contains(shown), "{}", answer.text);
}
