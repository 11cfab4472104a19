use actix_web::test::TestRequest;
use keyward_domain::ports::{MockWebhooks, RepositoryError, WebhookAdded};
use keyward_domain::testing::{at, published_event, webhook};
use keyward_domain::{
    AdminRights, Attempt, Delivery, DeliveryFailure, DeliveryStatus, DisabledReason, Outcome,
    Portal, Role,
};
use serde_json::{Value, json};

use crate::testing::{World, token};

const PATH: &str = "/web/v1/workspaces/ws_1/webhooks";

/// Every operation: method, path below the webhooks, and body.
const ALL: [(&str, &str, Option<&str>); 9] = [
    ("GET", "", None),
    (
        "POST",
        "",
        Some(r#"{"url":"https://hooks.example.com/in"}"#),
    ),
    ("GET", "/{id}", None),
    ("DELETE", "/{id}", None),
    ("POST", "/{id}/enable", None),
    ("POST", "/{id}/rotate", None),
    ("POST", "/{id}/test", None),
    ("POST", "/{id}/replay", None),
    ("GET", "/{id}/deliveries", None),
];

fn request_about((method, path, body): (&str, &str, Option<&str>), id: &str) -> TestRequest {
    let path = path.replace("{id}", id);
    let request = TestRequest::with_uri(&format!("{PATH}{path}"))
        .method(method.parse().unwrap())
        .insert_header((
            "authorization",
            format!("Bearer {}", token(Portal::Tenant, None)),
        ))
        .insert_header(("x-client-hash", "device-1"))
        .insert_header(("x-workspace-id", "ws_1"));
    match body {
        Some(body) => request
            .insert_header(("content-type", "application/json"))
            .set_payload(body.to_owned()),
        None => request,
    }
}

fn request(method: &str, path: &str, body: Option<&str>) -> TestRequest {
    request_about((method, path, body), &webhook().id.to_string())
}

#[actix_web::test]
async fn a_new_webhook_shows_its_secret_once() {
    let body = r#"{"url":"https://hooks.example.com/in","eventTypes":["api_key.disabled"],"encoding":"CAEP"}"#;
    let answer = World::default().send(request("POST", "", Some(body))).await;
    answer.assert("create", 201, "2000", "SUCCESS");
    let data = answer.json()["data"].clone();
    let want = json!({
        "id": webhook().id.to_string(),
        "url": "https://hooks.example.com/in",
        "eventTypes": ["api_key.disabled"],
        "encoding": "CAEP",
        "status": "ENABLED",
        "disabledReason": null,
        "disabledAt": null,
        "failingSince": null,
        "createdAt": "2026-03-21T00:00:00Z",
        "publicKey": format!("whpk_{}=", "p".repeat(43)),
        "previousSecretEndsAt": null,
        "secret": format!("whsec_{}=", "s".repeat(43))
    });
    assert_eq!(data, want);
    for (method, path) in [("GET", ""), ("GET", "/{id}"), ("POST", "/{id}/enable")] {
        let answer = World::default().send(request(method, path, None)).await;
        answer.assert(path, 200, "2000", "SUCCESS");
        assert!(!answer.text.contains("whsec_"), "{}", answer.text);
    }
    let answer = World::default()
        .send(request("POST", "/{id}/rotate", None))
        .await;
    assert_eq!(answer.json()["data"]["secret"], want["secret"]);
}

#[actix_web::test]
async fn a_disabled_webhook_says_why() {
    let world = World {
        webhooks: || {
            let mut webhooks = MockWebhooks::new();
            webhooks.expect_list().returning(|_| {
                let mut webhook = webhook();
                webhook.settings.disabled = Some(DisabledReason::Failing);
                webhook.disabled_at = Some(at(9));
                webhook.failing_since = Some(at(5));
                Ok(vec![webhook])
            });
            Some(webhooks)
        },
        ..World::default()
    };
    let answer = world.send(request("GET", "", None)).await;
    let item = answer.json()["data"]["items"][0].clone();
    assert_eq!(
        (
            &item["status"],
            &item["disabledReason"],
            &item["disabledAt"],
            &item["failingSince"]
        ),
        (
            &json!("DISABLED"),
            &json!("FAILING"),
            &json!(at(9).to_string()),
            &json!(at(5).to_string())
        )
    );
}

#[actix_web::test]
async fn the_other_operations_answer_with_their_result() {
    let send = async |method, path| World::default().send(request(method, path, None)).await;
    let tested = send("POST", "/{id}/test").await;
    let want = json!({
        "at": "2026-03-21T00:00:00Z",
        "durationMilliseconds": 20,
        "answerStatus": 204,
        "answer": "",
        "failure": null
    });
    assert_eq!(tested.json()["data"], want);
    let replayed = send("POST", "/{id}/replay?after=3").await;
    assert_eq!(replayed.json()["data"], json!({ "events": 3 }));
    assert_eq!(send("DELETE", "/{id}").await.status.as_u16(), 204);
}

#[actix_web::test]
async fn deliveries_show_the_last_attempt_and_no_number_of_the_deployment() {
    fn delivery(sequence: u64, outcome: Option<Outcome>) -> Delivery {
        let event = published_event(sequence);
        Delivery {
            event_id: event.id,
            event_type: event.event_type(),
            position: event.position,
            sequence: event.sequence,
            status: DeliveryStatus::Pending,
            attempts: 2,
            due_at: Some(at(70)),
            last_attempt: outcome.map(|outcome| Attempt {
                at: at(60),
                duration: std::time::Duration::from_micros(1_500),
                outcome,
            }),
        }
    }
    let world = World {
        webhooks: || {
            let mut webhooks = MockWebhooks::new();
            webhooks
                .expect_deliveries()
                .withf(|_, _, before, limit| *before == Some(9) && *limit == 2)
                .returning(|_, _, _, _| {
                    let timeout = Outcome::Failed(DeliveryFailure::TimedOut);
                    Ok(Some(vec![delivery(8, Some(timeout)), delivery(7, None)]))
                });
            Some(webhooks)
        },
        ..World::default()
    };
    let answer = world
        .send(request("GET", "/{id}/deliveries?before=9&size=2", None))
        .await;
    let data = answer.json()["data"].clone();
    let want = json!({
        "eventId": published_event(8).id.to_string(),
        "eventType": "api_key.deleted",
        "sequence": 8,
        "status": "PENDING",
        "attempts": 2,
        "dueAt": at(70).to_string(),
        "lastAttempt": {
            "at": at(60).to_string(),
            "durationMilliseconds": 1,
            "answerStatus": null,
            "answer": null,
            "failure": "TIMED_OUT"
        }
    });
    assert_eq!(data["items"][0], want);
    assert_eq!(
        (&data["items"][1]["lastAttempt"], &data["next"]),
        (&Value::Null, &json!(7))
    );
}

#[actix_web::test]
async fn code_4046_for_a_webhook_that_is_not_there() {
    let other = webhook().id.to_string().replace("whk_0", "whk_1");
    for operation in ALL.into_iter().filter(|(_, path, _)| !path.is_empty()) {
        for id in [
            other.as_str(),
            "whk_1",
            "%FF",
            "sk_live_0352LgEZNa95dBFUcIVbVc",
        ] {
            let answer = World::default().send(request_about(operation, id)).await;
            answer.assert(operation.1, 404, "4046", "Webhook not found");
        }
    }
}

#[actix_web::test]
async fn code_4030_for_everybody_but_the_owner_and_4010_without_a_token() {
    for operation in ALL {
        let id = webhook().id.to_string();
        let world = World {
            role: || Ok(Some(Role::Admin)),
            admin_rights: AdminRights::Supervise,
            webhooks: || Some(MockWebhooks::new()),
            ..World::default()
        };
        let answer = world.send(request_about(operation, &id)).await;
        answer.assert(
            operation.1,
            403,
            "4030",
            "Only workspace owner can manage API keys",
        );
        let path = operation.1.replace("{id}", &id);
        let nobody =
            TestRequest::with_uri(&format!("{PATH}{path}")).method(operation.0.parse().unwrap());
        let answer = world.send(nobody).await;
        answer.assert(operation.1, 401, "4010", "Invalid or expired token");
    }
}

#[actix_web::test]
async fn code_4041_when_the_deployment_has_no_webhooks() {
    let world = World {
        webhooks: || None,
        ..World::default()
    };
    for operation in ALL {
        let answer = world.send(request_about(operation, "whk_1")).await;
        answer.assert(operation.1, 404, "4041", "No such resource");
    }
}

#[actix_web::test]
async fn the_failures_of_a_creation_have_their_codes() {
    type Added = fn() -> Result<WebhookAdded, RepositoryError>;
    let refused: [(Added, u16, &str); 3] = [
        (|| Ok(WebhookAdded::LimitReached), 409, "4096"),
        (|| Ok(WebhookAdded::UnknownWorkspace), 404, "4042"),
        (
            || Err(RepositoryError::Unavailable("canary".into())),
            503,
            "5030",
        ),
    ];
    for (added, status, code) in refused {
        let world = World {
            added,
            ..World::default()
        };
        let answer = world.send(request("POST", "", ALL[1].2)).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["code"]),
            (status, &json!(code))
        );
        assert!(!answer.text.contains("canary"));
    }
    let bad = r#"{"url":"ftp://a","eventTypes":["member.added"],"encoding":"xml","secret":""}"#;
    let answer = World::default().send(request("POST", "", Some(bad))).await;
    answer.assert("members", 400, "4000", "Invalid request");
    assert_eq!(
        answer.fields(),
        ["url", "encoding", "eventTypes[0]", "secret"]
    );
}
