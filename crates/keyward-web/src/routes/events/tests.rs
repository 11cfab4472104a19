use keyward_domain::{
    Actor, AuditAction, AuditedState, ClientAddress, EventHash, Mode, Pagination, Principal,
    RecordedEvent, UserId,
};

use crate::testing::{
    Operation, World, created_event, key, key_id, key_in_overlap, limited_key, now, old_secret,
    older_secret, page_of,
};

#[actix_web::test]
async fn a_history_is_answered_to_the_letter() {
    let world = World {
        events: |workspace_id, id, page| {
            assert_eq!((workspace_id.as_str(), id), ("ws_1", key_id(Mode::Live)));
            assert_eq!(page, Pagination::new(0, 20).unwrap());
            let created = created_event();
            let mut rotated = created.event.clone();
            rotated.action = AuditAction::Rotated;
            rotated.actor = Actor::Operator;
            rotated.occurred_at = now();
            rotated.origin.address =
                Some(ClientAddress::vouched_for("203.0.113.7".parse().unwrap()));
            let rotated_key = key_in_overlap().fields().audited(now());
            let (before, after) = key().fields().audited(now()).difference(rotated_key);
            (rotated.before, rotated.after) = (Some(before), Some(after));
            let rotated = RecordedEvent {
                position: 3,
                hash: EventHash::START,
                event: rotated,
            };
            Ok(page_of(vec![rotated, created]))
        },
        ..World::default()
    };
    let answer = world.send(Operation::EVENTS.request()).await;
    answer.assert("two lines", 200, "2000", "SUCCESS");
    let (hint, older) = (old_secret().hint(), older_secret().hint());
    let (hint, older) = (hint.as_str(), older.as_str());
    let key = format!(
        r#""name":"Production Key","status":"ACTIVE","scopes":["payment:read","payment:write"],"ipWhitelist":["192.168.1.0/24"],"expiresAt":"2027-01-31T12:00:00Z","secretHint":"sk_live_…{hint}""#
    );
    let want = format!(
        r#"{{"version":"1.3.0","timestamp":1774051200000,"success":true,"code":"2000","message":"SUCCESS","data":{{"items":[{{"position":3,"action":"ROTATED","actor":{{"kind":"OPERATOR"}},"address":"203.0.113.7","requestId":"request-1","occurredAt":"2026-03-21T00:00:00Z","before":{{"overlap":null}},"after":{{"overlap":{{"secretHint":"sk_live_…{older}","endsAt":"2026-03-21T01:00:00Z"}}}}}},{{"position":1,"action":"CREATED","actor":{{"kind":"USER","userId":"user_1","portal":"PARTNER"}},"address":null,"requestId":"request-1","occurredAt":"2026-03-01T08:00:00Z","before":null,"after":{{{key},"overlap":null}}}}],"page":0,"size":20,"total":2}}}}"#
    );
    assert_eq!(answer.text, want);
}

#[actix_web::test]
async fn a_session_without_a_portal_has_none_in_the_history() {
    let world = World {
        events: |_, _, _| {
            let mut created = created_event();
            created.event.actor = Actor::User(Principal {
                user_id: UserId::parse("user_1").unwrap(),
                portal: None,
            });
            Ok(page_of(vec![created]))
        },
        ..World::default()
    };
    let answer = world.send(Operation::EVENTS.request()).await;
    answer.assert("no portal", 200, "2000", "SUCCESS");
    let actor = answer.json()["data"]["items"][0]["actor"].clone();
    let expected = serde_json::json!({ "kind": "USER", "userId": "user_1", "portal": null });
    assert_eq!(actor, expected);
}

#[actix_web::test]
async fn the_history_of_a_deleted_key_stays_readable() {
    let world = World {
        get: |_, _| Ok(None),
        events: |_, _, _| {
            let mut deleted = created_event();
            let mut after = deleted.event.after.clone().unwrap();
            after.state = Some(AuditedState {
                is_deleted: true,
                ..AuditedState::default()
            });
            deleted.event.after = Some(after);
            deleted.event.action = AuditAction::Deleted;
            Ok(page_of(vec![deleted]))
        },
        ..World::default()
    };
    let answer = world.send(Operation::EVENTS.request()).await;
    answer.assert("deleted", 200, "2000", "SUCCESS");
    let after = answer.json()["data"]["items"][0]["after"].clone();
    assert_eq!(after["status"], "DELETED");
    assert_eq!(after["expiresAt"], serde_json::Value::Null);
}

#[actix_web::test]
async fn a_page_behind_the_last_is_empty_and_is_found() {
    let world = World {
        events: |_, _, page| {
            assert_eq!(page, Pagination::new(9, 1).unwrap());
            let (items, total) = (vec![], 2);
            Ok(keyward_domain::Page { items, total })
        },
        ..World::default()
    };
    let request = Operation::EVENTS.with_query("page=9&size=1");
    let answer = world.send(request).await;
    let end = r#""data":{"items":[],"page":9,"size":1,"total":2}}"#;
    assert!(answer.text.ends_with(end), "{}", answer.text);
}

#[actix_web::test]
async fn code_4000_names_every_wrong_parameter() {
    let request = Operation::EVENTS.with_query("sort=createdAt&page=x&size=101");
    let answer = World::default().send(request).await;
    answer.assert("three", 400, "4000", "Invalid request");
    assert_eq!(answer.fields(), ["sort", "page", "size"]);
}

/// Contract §11.
#[actix_web::test]
async fn changed_limits_are_in_the_history() {
    let world = World {
        events: |_, _, _| {
            let mut updated = created_event();
            updated.event.action = AuditAction::Updated;
            let limited = limited_key().fields().audited(now());
            let (before, after) = key().fields().audited(now()).difference(limited);
            (updated.event.before, updated.event.after) = (Some(before), Some(after));
            Ok(page_of(vec![updated]))
        },
        ..World::default()
    };
    let answer = world.send(Operation::EVENTS.request()).await;
    let shown = r#""before":{"limits":[]},"after":{"limits":[{"name":"requests","max":100,"window":"1m","onUnavailable":"deny"},{"name":"tokens","max":5000,"window":"day","onUnavailable":"deny"}]}"#;
    assert!(answer.text.contains(shown), "{}", answer.text);
}
