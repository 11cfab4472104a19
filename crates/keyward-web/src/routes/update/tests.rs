use keyward_domain::ports::Saved;
use keyward_domain::testing::limit;
use keyward_domain::{AuditAction, Limits};

use crate::testing::{Operation, World, annotated_key, key_in_overlap, limited_key, old_secret};

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
        "Must name what is to change: name, scopes, ipWhitelist, expiresAt, description, externalId, \
         metadata or limits",
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

/// Contract §11.
#[actix_web::test]
async fn limits_are_replaced_as_a_whole_and_null_removes_them() {
    let world = World {
        get: |_, _| Ok(Some(limited_key())),
        save: |changed| {
            let before = changed.event.before.unwrap().limits;
            assert_eq!(before, Some(limited_key().fields().limits.clone()));
            let after = changed.event.after.unwrap().limits;
            assert_eq!(after.as_ref(), Some(&changed.key.fields().limits));
            Ok(Saved::Done)
        },
        ..World::default()
    };
    let replaced = r#"{"limits":[{"name":"jobs","max":5,"window":"3600s"}]}"#;
    let answer = world.send(Operation::UPDATE.with_body(replaced)).await;
    answer.assert("replaced", 200, "2000", "SUCCESS");
    assert_eq!(answer.header("etag"), Some("\"4\""));
    let shown = r#""createdBy":"user_1","limits":[{"name":"jobs","max":5,"window":"1h","onUnavailable":"deny"}],"secrets":"#;
    assert!(answer.text.contains(shown), "{}", answer.text);
    for none in [r#"{"limits":null}"#, r#"{"limits":[]}"#] {
        let answer = world.send(Operation::UPDATE.with_body(none)).await;
        answer.assert(none, 200, "2000", "SUCCESS");
        assert!(!answer.text.contains("limits"), "{}", answer.text);
    }
}

#[actix_web::test]
async fn limits_stay_without_the_member_and_the_same_ones_have_no_effect() {
    let world = World {
        get: |_, _| Ok(Some(limited_key())),
        save: |changed| {
            assert_eq!(changed.event.after.unwrap().limits, None);
            assert_eq!(changed.key.fields().limits, limited_key().fields().limits);
            Ok(Saved::Done)
        },
        ..World::default()
    };
    let answer = world.send(Operation::UPDATE.request()).await;
    answer.assert("renamed", 200, "2000", "SUCCESS");
    let world = World {
        save: |_changed| panic!("there is nothing to save"),
        ..world
    };
    let same = r#"{"limits":[{"name":"tokens","max":5000,"window":"day","onUnavailable":"deny"},
        {"name":"requests","max":100,"window":"60s"}]}"#;
    let answer = world.send(Operation::UPDATE.with_body(same)).await;
    answer.assert("the same", 200, "2000", "SUCCESS");
    assert_eq!(answer.header("etag"), Some("\"3\""));
}

#[actix_web::test]
async fn code_4000_for_a_changed_limit_above_the_plan_or_of_another_form() {
    let world = World {
        plan: || Limits::of(vec![limit("requests", 10, "1m")]).unwrap(),
        get: |_, _| Ok(Some(limited_key())),
        ..World::default()
    };
    for (body, field) in [
        (
            r#"{"limits":[{"name":"requests","max":11,"window":"1m"}]}"#,
            "limits[0]",
        ),
        (r#"{"limits":{}}"#, "limits"),
        (
            r#"{"limits":[{"name":"a","max":0,"window":"1m"}]}"#,
            "limits[0].max",
        ),
    ] {
        let answer = world.send(Operation::UPDATE.with_body(body)).await;
        answer.assert(body, 400, "4000", "Invalid request");
        assert_eq!(answer.fields(), [field], "{body}");
    }
    // A plan that was lowered since is no hindrance to other changes.
    let answer = world.send(Operation::UPDATE.request()).await;
    answer.assert("renamed", 200, "2000", "SUCCESS");
}
