//! The deliveries of a webhook.

use std::time::Duration;

use keyward_domain::testing::published_event;
use keyward_domain::{Attempt, Delivery, DeliveryFailure, DeliveryStatus, EventType, Outcome};

use super::*;

fn delivery(sequence: u64, status: DeliveryStatus, outcome: Option<Outcome>) -> Delivery {
    let event = published_event(sequence);
    Delivery {
        event_id: event.id,
        event_type: EventType::ApiKeyDeleted,
        position: event.position,
        sequence: event.sequence,
        status,
        attempts: 10,
        due_at: None,
        last_attempt: outcome.map(|outcome| Attempt {
            at: at(60),
            duration: Duration::from_micros(15_000_500),
            outcome,
        }),
    }
}

#[actix_web::test]
async fn a_delivery_that_failed_says_why() {
    let world = World {
        webhooks: || {
            let mut webhooks = MockWebhooks::new();
            webhooks.expect_get().returning(|_, _| Ok(Some(webhook())));
            webhooks.expect_deliveries().returning(|_, _, _, _| {
                let refused = Outcome::Answered {
                    status: 503,
                    answer: HOSTILE.to_owned(),
                };
                let late = Outcome::Failed(DeliveryFailure::TimedOut);
                let mut pending = delivery(7, DeliveryStatus::Pending, Some(refused));
                pending.due_at = Some(at(3_600));
                Ok(Some(vec![
                    delivery(8, DeliveryStatus::Failed, Some(late)),
                    pending,
                    delivery(6, DeliveryStatus::Delivered, None),
                ]))
            });
            Some(webhooks)
        },
        ..page_world()
    };
    let answer = world.send(get(&webhook_path(""))).await;
    assert_page(&answer, "deliveries", 200);
    assert_has(
        &answer,
        &[
            "api_key.deleted",
            "Failed",
            "<td>10</td>",
            "There was no answer in time · 15000 ms",
            "Answered with status 503 · 15000 ms",
            "&#60;script&#62;alert(1)",
            "2027-01-15 09:00 UTC",
            "Delivered",
        ],
    );
    assert_has_not(&answer, &["<script>alert", "?before="]);
}

#[actix_web::test]
async fn older_deliveries_have_a_link() {
    let world = World {
        webhooks: || {
            let mut webhooks = MockWebhooks::new();
            webhooks.expect_get().returning(|_, _| Ok(Some(webhook())));
            webhooks
                .expect_deliveries()
                .returning(|_, _, before, limit| {
                    let first = before.unwrap_or(100);
                    let all = (1..first).rev().take(usize::try_from(limit).unwrap());
                    let delivered = |sequence| delivery(sequence, DeliveryStatus::Delivered, None);
                    Ok(Some(all.map(delivered).collect()))
                });
            Some(webhooks)
        },
        ..page_world()
    };
    let answer = world.send(get(&webhook_path(""))).await;
    assert_has(&answer, &["?before=80\"", "<td>99</td>", "<td>80</td>"]);
    assert_has_not(&answer, &["<td>79</td>", "Latest deliveries"]);
    let answer = world.send(get(&webhook_path("?before=21"))).await;
    assert_has(&answer, &["<td>20</td>", "<td>1</td>", "Latest deliveries"]);
    assert_has_not(&answer, &["Older deliveries"]);
    for query in ["?before=-1", "?after=1", "?done=x"] {
        let answer = world.send(get(&webhook_path(query))).await;
        assert_page(&answer, query, 400);
    }
}
