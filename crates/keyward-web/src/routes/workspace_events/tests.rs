use std::num::NonZeroU8;

use actix_web::test::TestRequest;
use keyward_domain::testing::{address, at, published_event, published_notice, secret};
use keyward_domain::{
    AdminRights, Alarm, Exposure, ExposureSource, FoundAt, NoticeKind, Portal, PublishedEvent,
    Reaction, Role,
};
use serde_json::json;

use crate::testing::{World, token};

fn events_of(workspace: &str, query: &str) -> TestRequest {
    TestRequest::get()
        .uri(&format!("/web/v1/workspaces/{workspace}/events{query}"))
        .insert_header((
            "authorization",
            format!("Bearer {}", token(Portal::Tenant, None)),
        ))
        .insert_header(("x-client-hash", "device-1"))
        .insert_header(("x-workspace-id", workspace))
}

fn world(published: fn() -> Vec<PublishedEvent>) -> World {
    World {
        published,
        ..World::default()
    }
}

#[actix_web::test]
async fn an_owner_sees_the_event_and_where_it_is_but_no_number_of_the_deployment() {
    let world = world(|| vec![published_event(1), published_event(2)]);
    let answer = world.send(events_of("ws_1", "?after=1")).await;
    answer.assert("events", 200, "2000", "SUCCESS");
    let event = published_event(2);
    let want = json!({
        "items": [{
            "id": event.id.to_string(),
            "type": "api_key.deleted",
            "timestamp": "2027-01-15T08:00:00Z",
            "sequence": 2,
            "workspaceId": "ws_1",
            "apiKeyId": event.api_key_id().unwrap().to_string(),
            "trail": { "position": 2, "hash": "02".repeat(32) },
            "data": {
                "position": 2,
                "action": "DELETED",
                "actor": { "kind": "OPERATOR" },
                "address": null,
                "requestId": "request-1",
                "occurredAt": "2027-01-15T08:00:00Z",
                "before": null,
                "after": null
            }
        }],
        "next": 2
    });
    assert_eq!(answer.json()["data"], want, "{}", answer.text);
}

#[actix_web::test]
async fn a_notice_says_what_happened() {
    let world = world(|| {
        let expiring = NoticeKind::Expiring {
            expires_at: at(7 * 86_400),
            within_days: NonZeroU8::new(7).unwrap(),
        };
        let denied = NoticeKind::DeniedUse {
            alarm: Alarm::WrongAddress,
            count: 3,
            address: Some(address("203.0.113.9")),
        };
        let exposed = NoticeKind::Exposed(Exposure {
            secret_hint: secret(1).hint(),
            is_previous: false,
            source: ExposureSource::GitHub,
            url: FoundAt::parse("https://github.com/a/b"),
            address: Some(address("192.0.2.1")),
            reaction: Reaction::Disabled,
        });
        let kinds = [
            expiring,
            NoticeKind::Expired { expires_at: at(0) },
            denied,
            NoticeKind::QuotaReached,
            exposed,
        ];
        let numbered = (1..).zip(kinds);
        numbered
            .map(|(at, kind)| published_notice(at, kind))
            .collect()
    });
    let answer = world.send(events_of("ws_1", "?size=5")).await;
    answer.assert("notices", 200, "2000", "SUCCESS");
    let hint = secret(1)
        .hint()
        .masked(published_event(1).api_key_id().unwrap());
    for (at, event_type, data) in [
        (
            0,
            "api_key.expiring",
            json!({ "expiresAt": "2027-01-22T08:00:00Z", "withinDays": 7 }),
        ),
        (
            1,
            "api_key.expired",
            json!({ "expiresAt": "2027-01-15T08:00:00Z" }),
        ),
        (
            2,
            "api_key.denied_use",
            json!({ "alarm": "WRONG_ADDRESS", "denied": 3, "address": "203.0.113.9" }),
        ),
        (3, "api_key.quota_reached", json!({})),
        (
            4,
            "api_key.exposed",
            json!({
                "address": "192.0.2.1",
                "secretHint": hint,
                "isPreviousSecret": false,
                "source": "GITHUB",
                "url": "https://github.com/a/b",
                "reaction": "DISABLED"
            }),
        ),
    ] {
        let item = &answer.json()["data"]["items"][at];
        assert_eq!(item["type"], event_type);
        assert_eq!(item["data"], data, "{event_type}");
    }
}

#[actix_web::test]
async fn without_new_events_the_place_stays() {
    let answer = world(Vec::new)
        .send(events_of("ws_1", "?after=7&wait=0"))
        .await;
    answer.assert("none", 200, "2000", "SUCCESS");
    assert_eq!(answer.json()["data"], json!({ "items": [], "next": 7 }));
}

/// Token, headers, role, query. Each request also has all later faults.
#[actix_web::test]
async fn the_checks_are_in_the_order_of_the_contract() {
    let stranger = || World {
        role: || Ok(None),
        ..World::default()
    };
    let wrong = || events_of("ws_1", "?wait=31").insert_header(("accept", "text/html"));
    let answer = stranger()
        .send(wrong().insert_header(("authorization", "Bearer a.b.c")))
        .await;
    answer.assert("token", 401, "4010", "Invalid or expired token");
    let answer = stranger().send(wrong()).await;
    assert_eq!(answer.status.as_u16(), 406, "{}", answer.text);
    let acceptable = || wrong().insert_header(("accept", "*/*"));
    let answer = stranger().send(acceptable()).await;
    assert_eq!(answer.json()["code"], "4030", "{}", answer.text);
    let answer = World::default().send(acceptable()).await;
    answer.assert("query", 400, "4000", "Invalid request");
}

#[actix_web::test]
async fn whoever_may_read_the_history_may_read_the_events() {
    let admin = || Ok(Some(Role::Admin));
    for (rights, status) in [(AdminRights::Supervise, 200), (AdminRights::None, 403)] {
        let world = World {
            role: admin,
            admin_rights: rights,
            ..World::default()
        };
        let answer = world.send(events_of("ws_1", "")).await;
        assert_eq!(answer.status.as_u16(), status, "{}", answer.text);
    }
}
