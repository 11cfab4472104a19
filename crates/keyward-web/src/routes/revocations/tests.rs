use std::sync::Mutex;

use actix_web::test::TestRequest;
use keyward_domain::ports::{RepositoryError, Saved};
use keyward_domain::{Actor, ApiKeyId, AuditAction};
use serde_json::json;

use crate::testing::{Answer, World, old_secret};

fn report(body: impl Into<String>) -> TestRequest {
    TestRequest::post()
        .uri("/public/v1/revocations")
        .insert_header(("content-type", "application/json"))
        .set_payload(body.into())
}

fn of(secrets: &[&str]) -> String {
    json!({ "secrets": secrets }).to_string()
}

static DISABLED: Mutex<Vec<ApiKeyId>> = Mutex::new(Vec::new());

fn world() -> World {
    World {
        save: |changed| {
            assert_eq!(changed.event.action, AuditAction::Disabled);
            let Actor::Service { name } = &changed.event.actor else {
                panic!("{:?}", changed.event.actor);
            };
            assert_eq!(name.as_str(), "secret-holder");
            DISABLED.lock().unwrap().push(changed.key.id());
            Ok(Saved::Done)
        },
        ..World::default()
    }
}

async fn answer(world: &World, body: String) -> Answer {
    world.send(report(body)).await
}

#[actix_web::test]
async fn whoever_has_a_secret_can_end_it_and_learns_nothing() {
    tokio::time::pause();
    let known = old_secret();
    let unknown = keyward_domain::testing::secret(99);
    let text = |answer: Answer| {
        answer.assert("revocation", 202, "2000", "SUCCESS");
        answer.text
    };
    let of_unknown = text(answer(&world(), of(&[unknown.expose(), "nonsense"])).await);
    assert_eq!(DISABLED.lock().unwrap().len(), 0);
    let of_known = text(answer(&world(), of(&[known.expose(), " "])).await);
    assert_eq!(DISABLED.lock().unwrap().len(), 1);
    assert_eq!(of_unknown, of_known);
    assert!(
        of_known.ends_with(r#""data":{"received":2}}"#),
        "{of_known}"
    );
}

#[actix_web::test]
async fn every_answer_takes_the_same_time() {
    tokio::time::pause();
    for secrets in [vec!["nonsense"], vec!["x"; 1_000]] {
        let begun = tokio::time::Instant::now();
        world().send(report(of(&secrets))).await;
        assert_eq!(begun.elapsed().as_secs(), 1);
    }
}

#[actix_web::test]
async fn a_store_that_does_not_answer_leaves_the_report_to_the_holder() {
    tokio::time::pause();
    let world = World {
        get: |_, _| Err(RepositoryError::Unavailable("down".into())),
        ..World::default()
    };
    let answer = answer(&world, of(&[old_secret().expose()])).await;
    assert_eq!(answer.status.as_u16(), 503, "{}", answer.text);
}

#[actix_web::test]
async fn a_wrong_body_is_refused() {
    for (body, field) in [
        ("{}".to_owned(), "secrets"),
        (r#"{"secrets":"sk"}"#.to_owned(), "secrets"),
        (r#"{"secrets":[]}"#.to_owned(), "secrets"),
        (r#"{"secrets":["a",1]}"#.to_owned(), "secrets[1]"),
        (r#"{"secrets":["a"],"url":"x"}"#.to_owned(), "url"),
        (of(&vec!["a"; 1_001]), "secrets"),
    ] {
        let answer = answer(&world(), body.clone()).await;
        answer.assert(&body, 400, "4000", "Invalid request");
        let problems = answer.json()["errors"].clone();
        assert_eq!(problems[0]["field"], field, "{problems}");
    }
}

#[actix_web::test]
async fn an_address_may_send_ten_reports_in_a_minute() {
    let state = world().state();
    let address = |text: &str| Some(keyward_domain::testing::address(text));
    for _ in 0..10 {
        assert!(state.secret_reports.admit(address("203.0.113.9")).is_ok());
    }
    assert!(state.secret_reports.admit(address("203.0.113.9")).is_err());
    assert!(state.secret_reports.admit(address("203.0.113.10")).is_ok());
    for number in 0..10 {
        let from = format!("2001:db8::{number}");
        assert!(state.secret_reports.admit(address(&from)).is_ok());
    }
    assert!(
        state
            .secret_reports
            .admit(address("2001:db8::ffff"))
            .is_err(),
        "one network"
    );
    assert!(
        state
            .secret_reports
            .admit(address("2001:db8:0:1::"))
            .is_ok()
    );
}
