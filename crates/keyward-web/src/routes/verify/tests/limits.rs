//! Contract §11: limits and costs at verification.

use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Service as _;
use actix_web::test::{TestRequest, init_service};
use keyward_domain::ports::{MockKeyLookup, MockLimiter, RepositoryError};
use keyward_domain::testing::{altered, verification_key};
use keyward_domain::{Costs, LimitName, LimitState, LimitVerdict, ScopeSet};
use serde_json::{Value, json};

use super::{Always, PATH, about_secret, ask, asking, stored};
use crate::internal_app;
use crate::testing::{Answer, internal_state, limited_key, secret};

type Judged = fn(&Costs) -> Result<LimitVerdict, RepositoryError>;

/// The limits of the key after a call: 87 of 100 requests, and 4,750 of 5,000 tokens.
fn states() -> Vec<LimitState> {
    let limits = limited_key().into_fields().limits;
    let of = |(at, remaining, millis): (usize, u64, u64)| LimitState {
        limit: limits.as_slice()[at].clone(),
        remaining,
        resets_in: Duration::from_millis(millis),
    };
    [(0, 87, 41_001), (1, 4_750, 86_000)].map(of).to_vec()
}

/// The answer about a limited key, by a limiter with this verdict.
async fn ask_limited(judged: Judged, request: TestRequest) -> Answer {
    let key = altered(stored(), |fields| {
        fields.limits = limited_key().into_fields().limits;
    });
    let mut key_lookup = MockKeyLookup::new();
    key_lookup
        .expect_find()
        .returning(move |_| Ok(Some(verification_key(&key))));
    let mut limiter = MockLimiter::new();
    limiter
        .expect_judge()
        .returning(move |_key, costs| judged(costs));
    let mut state = internal_state(Arc::new(Always), key_lookup, None);
    state.verify.limiter = Arc::new(limiter);
    let app = init_service(internal_app(&state)).await;
    Answer::of(app.call(request.to_request()).await).await
}

fn costing(cost: &Value) -> TestRequest {
    let body = json!({ "secret": secret(keyward_domain::Mode::Live).expose(), "cost": cost });
    asking(body.to_string())
}

#[actix_web::test]
async fn an_allowed_caller_hears_what_is_left_of_every_limit() {
    let judged: Judged = |costs| {
        assert_eq!(*costs, Costs::default());
        Ok(LimitVerdict::Allowed(states()))
    };
    let answer = ask_limited(judged, asking(about_secret())).await;
    answer.assert_decided("allowed");
    let end = r#""name":"Production Key","limits":[{"name":"requests","limit":100,"window":"1m","remaining":87,"reset":42},{"name":"tokens","limit":5000,"window":"day","remaining":4750,"reset":86}]}}"#;
    assert!(answer.text.ends_with(end), "{}", answer.text);
}

#[actix_web::test]
async fn a_denied_caller_hears_of_the_limit_that_is_the_reason() {
    let cases: [(Judged, Value); 3] = [
        (
            |_| {
                let mut state = states().remove(0);
                state.remaining = 0;
                Ok(LimitVerdict::Reached(state))
            },
            json!({
                "valid": false,
                "decision": "RATE_LIMITED",
                "limits": [
                    { "name": "requests", "limit": 100, "window": "1m", "remaining": 0, "reset": 42 },
                ],
            }),
        ),
        (
            |_| Ok(LimitVerdict::Reached(states().remove(1))),
            json!({
                "valid": false,
                "decision": "QUOTA_EXCEEDED",
                "limits": [
                    { "name": "tokens", "limit": 5000, "window": "day", "remaining": 4750, "reset": 86 },
                ],
            }),
        ),
        (
            |_| Ok(LimitVerdict::CostAboveLimit(states().remove(1).limit)),
            json!({
                "valid": false,
                "decision": "COST_ABOVE_LIMIT",
                "limits": [{ "name": "tokens", "limit": 5000, "window": "day" }],
            }),
        ),
    ];
    for (judged, want) in cases {
        let answer = ask_limited(judged, asking(about_secret())).await;
        answer.assert_decided("denied");
        assert_eq!(answer.json()["data"], want);
    }
}

#[actix_web::test]
async fn a_key_without_limits_says_nothing_of_them() {
    // The limiter would panic.
    let answer = ask(
        || Ok(Some(stored())),
        None,
        costing(&json!({ "tokens": 5 })),
    )
    .await;
    answer.assert_decided("without limits");
    assert!(!answer.text.contains("limits"), "{}", answer.text);
    let powerless = || {
        Ok(Some(altered(stored(), |fields| {
            fields.scopes = ScopeSet::default();
            fields.limits = limited_key().into_fields().limits;
        })))
    };
    let answer = ask(powerless, None, asking(about_secret())).await;
    assert_eq!(
        answer.json()["data"],
        json!({ "valid": false, "decision": "NO_SCOPES" })
    );
}

#[actix_web::test]
async fn costs_are_told_to_the_limiter_by_name() {
    let judged: Judged = |costs| {
        let cost = |name: &str| costs.get(&LimitName::parse(name).unwrap()).get();
        assert_eq!(
            (cost("tokens"), cost("none"), cost("requests")),
            (250, 0, 1)
        );
        Ok(LimitVerdict::Allowed(states()))
    };
    let cost = json!({ "tokens": 250, "none": 0 });
    let answer = ask_limited(judged, costing(&cost)).await;
    answer.assert_decided("costs");
    for nothing in [json!(null), json!({})] {
        let judged: Judged = |costs| {
            assert_eq!(*costs, Costs::default());
            Ok(LimitVerdict::Allowed(states()))
        };
        let answer = ask_limited(judged, costing(&nothing)).await;
        answer.assert_decided("no costs");
    }
}

#[actix_web::test]
async fn code_4000_names_every_wrong_cost() {
    let check = async |cost: &str, fields: &[&str]| {
        let body = format!(r#"{{"secret":"x","cost":{cost}}}"#);
        let answer = ask(|| panic!("no look-up"), None, asking(body)).await;
        answer.assert(cost, 400, "4000", "Invalid request");
        assert_eq!(answer.fields(), fields, "{cost}");
    };
    for wrong in ["1", "true", r#""tokens:1""#, "[]", r#"["tokens",1]"#] {
        check(wrong, &["cost"]).await;
    }
    for wrong in [
        "-1",
        "1.5",
        "1.0",
        "1e3",
        "1000000001",
        "9223372036854775808",
        "null",
        "true",
        r#""1""#,
        "[1]",
        "{}",
    ] {
        check(&format!(r#"{{"tokens":{wrong}}}"#), &["cost.tokens"]).await;
    }
    for wrong in ["", "Tokens", "1a", "a b", &"n".repeat(33)] {
        let field = format!("cost.{wrong}");
        check(&format!(r#"{{"{wrong}":1}}"#), &[&field]).await;
    }
    check(r#"{"a":1,"b":2,"\u0061":1}"#, &["cost.a"]).await;
    let many: Vec<String> = (0..25).map(|at| format!(r#""l{at}":1"#)).collect();
    check(&format!("{{{}}}", many.join(",")), &["cost"]).await;
    let answer = ask(
        || panic!("no look-up"),
        None,
        asking(r#"{"secret":"x","costs":{}}"#),
    )
    .await;
    let words = &answer.json()["errors"][0]["message"];
    assert_eq!(*words, "There is no such field; did you mean cost?");
}

#[actix_web::test]
async fn an_explanation_costs_nothing_and_ends_with_the_limits() {
    let judged: Judged = |costs| {
        assert_eq!(*costs, Costs::NONE);
        Ok(LimitVerdict::Allowed(states()))
    };
    for (tokens, decision, passes, told) in [
        (4_750, "VALID", true, 2),
        (4_751, "QUOTA_EXCEEDED", false, 1),
        (5_001, "COST_ABOVE_LIMIT", false, 1),
    ] {
        let request = costing(&json!({ "tokens": tokens }));
        let request = request.uri(&format!("{PATH}?explain=true"));
        let answer = ask_limited(judged, request).await;
        answer.assert_decided(decision);
        let data = &answer.json()["data"];
        assert_eq!(data["decision"], decision);
        assert_eq!(data["limits"].as_array().unwrap().len(), told, "{data}");
        let checks = data["checks"].as_array().unwrap();
        let limits = json!({ "check": "limits", "passes": passes });
        assert_eq!(checks.last(), Some(&limits), "{data}");
    }
}

#[actix_web::test]
async fn a_limit_that_cannot_be_judged_is_503() {
    let judged: Judged = |_| Err(RepositoryError::Unavailable("gone".into()));
    let answer = ask_limited(judged, asking(about_secret())).await;
    answer.assert("undecided", 503, "5030", "Service temporarily unavailable");
}

#[actix_web::test]
async fn each_question_of_a_batch_has_its_own_cost() {
    let judged: Judged = |costs| {
        let tokens = LimitName::parse("tokens").unwrap();
        Ok(if costs.get(&tokens).get() > 1 {
            LimitVerdict::Reached(states().remove(1))
        } else {
            LimitVerdict::Allowed(states())
        })
    };
    let secret = secret(keyward_domain::Mode::Live);
    let questions = json!({ "questions": [
        { "secret": secret.expose() },
        { "secret": secret.expose(), "cost": { "tokens": 2 } },
    ]});
    let batch = format!("{PATH}/batch");
    let answer = ask_limited(judged, asking(questions.to_string()).uri(&batch)).await;
    let answers = answer.json()["data"]["answers"].clone();
    assert_eq!(answers[0]["decision"], "VALID");
    assert_eq!(answers[0]["limits"].as_array().unwrap().len(), 2);
    assert_eq!(answers[1]["decision"], "QUOTA_EXCEEDED");
    let wrong = json!({ "questions": [{ "secret": "x", "cost": { "tokens": -1 } }] });
    let answer = ask_limited(judged, asking(wrong.to_string()).uri(&batch)).await;
    assert_eq!(answer.fields(), ["questions[0].cost.tokens"]);
}
