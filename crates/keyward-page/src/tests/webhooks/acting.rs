//! The actions on one webhook.

use std::sync::Arc;
use std::time::Duration;

use actix_web::web::ServiceConfig;
use keyward_domain::ports::{MockWebhookSender, SigningKeys};
use keyward_domain::{Attempt, DeliveryFailure, Outcome};
use keyward_web::testing::now;

use super::*;

/// The page of a deployment whose messages all end like this.
fn sending(api: &PublicState, config: &mut ServiceConfig, outcome: Outcome) {
    let mut sender = MockWebhookSender::new();
    sender.expect_signing_keys().returning(|_| SigningKeys {
        secret: whsec(),
        public_key: "whpk_".to_owned(),
    });
    sender.expect_send().returning(move |_, _| Attempt {
        at: now(),
        duration: Duration::from_millis(1_234),
        outcome: outcome.clone(),
    });
    let mut api = api.clone();
    api.webhooks.as_mut().unwrap().sender = Arc::new(sender);
    configure(&page_state(api), config);
}

#[actix_web::test]
async fn a_test_message_shows_what_came_of_it() {
    let path = webhook_path("/test");
    let answer = page_world().send(post(&path, &[])).await;
    assert_page(&answer, "taken", 200);
    assert_has(&answer, &["Answered with status 204", "20 ms"]);
    assert_has_not(&answer, &["Beginning of the answer"]);
    let refused = World {
        configure: |api, config| {
            let outcome = Outcome::Answered {
                status: 500,
                answer: HOSTILE.to_owned(),
            };
            sending(api, config, outcome);
        },
        ..page_world()
    };
    let answer = refused.send(post(&path, &[])).await;
    assert_page(&answer, "refused", 200);
    assert_has(
        &answer,
        &[
            "Answered with status 500",
            "1234 ms",
            "&#60;script&#62;alert(1)&#60;/script&#62;&#34;&#39;&#38;</pre>",
        ],
    );
    assert_has_not(&answer, &["<script>alert"]);
    let late = World {
        configure: |api, config| {
            sending(api, config, Outcome::Failed(DeliveryFailure::TimedOut));
        },
        ..page_world()
    };
    let answer = late.send(post(&path, &[])).await;
    assert_has(&answer, &["There was no answer in time"]);
}

#[actix_web::test]
async fn events_are_sent_again_from_the_written_sequence_on() {
    let world = World {
        webhooks: || {
            let mut webhooks = MockWebhooks::new();
            webhooks.expect_get().returning(|_, _| Ok(Some(webhook())));
            webhooks
                .expect_deliveries()
                .returning(|_, _, _, _| Ok(Some(vec![])));
            webhooks
                .expect_replay()
                .withf(|_, id, after, _| *id == webhook().id && *after == 16)
                .returning(|_, _, _, _| Ok(Some(4)));
            Some(webhooks)
        },
        ..page_world()
    };
    let path = webhook_path("/replay");
    let answer = world.send(post(&path, &[("from", " 17 ")])).await;
    assert_page(&answer, "replay", 200);
    assert_has(&answer, &["Events that are sent again: 4"]);
    for from in ["", "0", "-1", "all", "\"><script>"] {
        let answer = world.send(post(&path, &[("from", from)])).await;
        assert_page(&answer, from, 400);
        assert_has(&answer, &["Enter a whole number from 1 on"]);
        assert_has_not(&answer, &["\"><script>"]);
    }
}

#[actix_web::test]
async fn only_a_disabled_webhook_can_be_enabled() {
    let world = World {
        webhooks: || {
            let mut webhooks = MockWebhooks::new();
            webhooks.expect_get().returning(|_, _| Ok(Some(disabled())));
            webhooks
                .expect_deliveries()
                .returning(|_, _, _, _| Ok(Some(vec![])));
            Some(webhooks)
        },
        ..page_world()
    };
    let answer = world.send(get(&webhook_path(""))).await;
    assert_page(&answer, "disabled", 200);
    assert_has(
        &answer,
        &["/enable\"", "Disabled since", "?token=canary", "five days"],
    );
    let enabled = page_world().send(get(&webhook_path(""))).await;
    assert_has_not(&enabled, &["/enable\""]);
    let answer = page_world().send(post(&webhook_path("/enable"), &[])).await;
    assert_eq!(answer.status, 303, "{}", answer.text);
    let location = answer.header("location").unwrap();
    assert!(
        location.ends_with("?done=webhook-enabled&known=all&at=1774051200"),
        "{location}"
    );
    let notice = webhook_path("?done=webhook-enabled&known=all&at=1774051200");
    let answer = page_world().send(get(&notice)).await;
    assert_page(&answer, "notice", 200);
    assert_has(&answer, &["The webhook is enabled."]);
}

#[actix_web::test]
async fn removing_is_asked_before_it_is_done() {
    let world = World {
        webhooks: || {
            let mut webhooks = MockWebhooks::new();
            webhooks.expect_get().returning(|_, _| Ok(Some(webhook())));
            Some(webhooks)
        },
        ..page_world()
    };
    let asked = world.send(get(&webhook_path("/remove"))).await;
    assert_page(&asked, "asked", 200);
    assert_has(&asked, &["undone", "method=\"post\""]);
    let removed = page_world().send(post(&webhook_path("/remove"), &[])).await;
    assert_eq!(removed.status, 303, "{}", removed.text);
    let location = removed.header("location").unwrap();
    assert!(
        location.ends_with("/webhooks?done=webhook-removed&known=all&at=1774051200"),
        "{location}"
    );
    let list = format!("{LIST}?done=webhook-removed&known=all&at=1774051200");
    assert_has(
        &page_world().send(get(&list)).await,
        &["The webhook is removed."],
    );
}

#[actix_web::test]
async fn the_address_of_an_action_leads_back() {
    for action in ["/test", "/rotate", "/replay"] {
        let answer = page_world().send(get(&webhook_path(action))).await;
        assert_eq!(answer.status, 303, "{action}");
        let location = answer.header("location").unwrap();
        assert!(location.ends_with(&webhook_path("")), "{location}");
    }
    let answer = page_world().send(get(NEW)).await;
    assert_eq!(answer.header("location"), Some("../../webhooks"));
}
