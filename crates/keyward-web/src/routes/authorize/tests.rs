//! Contract §11: limits and costs of gateways.

use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Service as _;
use actix_web::http::Method;
use actix_web::test::{TestRequest, init_service};
use async_trait::async_trait;
use keyward_domain::ports::{MockKeyLookup, MockLimiter, RepositoryError};
use keyward_domain::testing::{altered, verification_key};
use keyward_domain::{Costs, IpAllowlist, LimitName, LimitState, LimitVerdict, Mode, StoredSecret};

use crate::testing::{Answer, internal_state, key, limited_key, now, secret};
use crate::{NotReady, Readiness, Ready, internal_app};

const FORWARDED: &str = "/internal/v1/authorize/forwarded";
const NGINX: &str = "/internal/v1/authorize/nginx";
const ENVOY: &str = "/internal/v1/authorize/envoy";

struct Always;

#[async_trait]
impl Readiness for Always {
    async fn check(&self) -> Result<Ready, NotReady> {
        Ok(Ready::default())
    }
}

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

/// The answer about a key, by a limiter with this verdict; without one, the key has no limits.
async fn ask(judged: Option<Judged>, request: TestRequest) -> Answer {
    let stored = if judged.is_some() {
        limited_key()
    } else {
        key()
    };
    let stored = altered(stored, |fields| {
        fields.ip_allowlist = IpAllowlist::default();
        fields.secret = StoredSecret::of(&secret(Mode::Live), now());
    });
    let mut key_lookup = MockKeyLookup::new();
    key_lookup
        .expect_find()
        .returning(move |_| Ok(Some(verification_key(&stored))));
    let mut limiter = MockLimiter::new();
    if let Some(judged) = judged {
        limiter
            .expect_judge()
            .returning(move |_key, costs| judged(costs));
    }
    let mut state = internal_state(Arc::new(Always), key_lookup, None);
    state.verify.limiter = Arc::new(limiter);
    let app = init_service(internal_app(&state)).await;
    Answer::of(app.call(request.to_request()).await).await
}

fn call(uri: &str) -> TestRequest {
    let secret = secret(Mode::Live);
    TestRequest::get()
        .uri(uri)
        .insert_header(("x-api-key", secret.expose()))
}

#[actix_web::test]
async fn an_allowed_call_says_what_is_left_only_of_a_limited_key() {
    let judged: Judged = |costs| {
        assert_eq!(*costs, Costs::default());
        Ok(LimitVerdict::Allowed(states()))
    };
    for path in [FORWARDED, NGINX, ENVOY] {
        for method in [Method::GET, Method::HEAD, Method::POST] {
            let answer = ask(Some(judged), call(path).method(method)).await;
            assert_eq!(answer.status, 200, "{path}");
            let left = r#""requests";r=87;t=42, "tokens";r=4750;t=86"#;
            assert_eq!(answer.header("ratelimit"), Some(left), "{path}");
            let policy = r#""requests";q=100;w=60, "tokens";q=5000;w=86400"#;
            assert_eq!(answer.header("ratelimit-policy"), Some(policy), "{path}");
            assert_eq!(answer.header("retry-after"), None);
            assert!(answer.header("x-auth-key-id").is_some());
        }
        let answer = ask(None, call(path)).await;
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.header("ratelimit"), None, "{path}");
        assert_eq!(answer.header("ratelimit-policy"), None, "{path}");
    }
}

#[actix_web::test]
async fn a_reached_limit_is_429_with_the_time_to_wait() {
    let requests: Judged = |_| {
        Ok(LimitVerdict::Reached(LimitState {
            remaining: 0,
            ..states().remove(0)
        }))
    };
    let tokens: Judged = |_| Ok(LimitVerdict::Reached(states().remove(1)));
    for (judged, decision, retry_after, left, policy) in [
        (
            requests,
            "RATE_LIMITED",
            "42",
            r#""requests";r=0;t=42"#,
            r#""requests";q=100;w=60"#,
        ),
        (
            tokens,
            "QUOTA_EXCEEDED",
            "86",
            r#""tokens";r=4750;t=86"#,
            r#""tokens";q=5000;w=86400"#,
        ),
    ] {
        for path in [FORWARDED, NGINX, ENVOY] {
            let answer = ask(Some(judged), call(path)).await;
            assert_eq!(answer.status, 429, "{path}");
            let header = |name| answer.header(name);
            assert_eq!(header("x-auth-decision"), Some(decision));
            assert_eq!(header("retry-after"), Some(retry_after));
            assert_eq!(header("ratelimit"), Some(left));
            assert_eq!(header("ratelimit-policy"), Some(policy));
            assert_eq!(header("cache-control"), Some("no-store"));
            assert_eq!(header("www-authenticate"), None);
            assert_eq!(header("x-auth-key-id"), None);
            let body = format!(r#"{{"valid":false,"decision":"{decision}"}}"#);
            assert_eq!(answer.text, body);
        }
    }
}

#[actix_web::test]
async fn a_cost_above_the_limit_is_403_and_an_unjudged_limit_503() {
    let above: Judged = |_| Ok(LimitVerdict::CostAboveLimit(states().remove(1).limit));
    let answer = ask(Some(above), call(NGINX)).await;
    assert_eq!(answer.status, 403);
    assert_eq!(answer.header("x-auth-decision"), Some("COST_ABOVE_LIMIT"));
    for absent in ["retry-after", "ratelimit", "ratelimit-policy"] {
        assert_eq!(answer.header(absent), None, "{absent}");
    }
    let unjudged: Judged = |_| Err(RepositoryError::Unavailable("gone".into()));
    let answer = ask(Some(unjudged), call(NGINX)).await;
    answer.assert("unjudged", 503, "5030", "Service temporarily unavailable");
}

#[actix_web::test]
async fn gateways_state_costs_each_in_its_way() {
    let judged: Judged = |costs| {
        let cost = |name: &str| costs.get(&LimitName::parse(name).unwrap()).get();
        assert_eq!(
            (cost("tokens"), cost("jobs"), cost("requests")),
            (250, 0, 1)
        );
        Ok(LimitVerdict::Allowed(states()))
    };
    for path in [FORWARDED, NGINX] {
        let uri = format!("{path}?scope=payment:read&cost=tokens:250&mode=LIVE&cost=jobs:0");
        assert_eq!(ask(Some(judged), call(&uri)).await.status, 200, "{path}");
    }
    let by_header = call(ENVOY).insert_header(("x-keyward-cost", "tokens:250 jobs:0"));
    assert_eq!(ask(Some(judged), by_header).await.status, 200);
    let asks_nothing: Judged = |costs| {
        assert_eq!(*costs, Costs::default());
        Ok(LimitVerdict::Allowed(states()))
    };
    // The client's query, and a header that only Envoy sets.
    let query = call("/internal/v1/authorize/envoy/a?cost=requests:0");
    assert_eq!(ask(Some(asks_nothing), query).await.status, 200);
    let header = call(NGINX).insert_header(("x-keyward-cost", "requests:0"));
    assert_eq!(ask(Some(asks_nothing), header).await.status, 200);
}

#[actix_web::test]
async fn a_wrong_cost_lets_nobody_pass() {
    let judged: Judged = |_| panic!("not asked");
    for (request, field) in [
        (call(&format!("{NGINX}?cost=tokens")), "cost"),
        (call(&format!("{FORWARDED}?cost=tokens:-1")), "cost"),
        (call(&format!("{FORWARDED}?cost=a:1&cost=a:1")), "cost"),
        (
            call(ENVOY).insert_header(("x-keyward-cost", "tokens=1")),
            "X-Keyward-Cost",
        ),
    ] {
        let answer = ask(Some(judged), request).await;
        answer.assert(field, 400, "4000", "Invalid request");
        assert_eq!(answer.fields(), [field]);
        assert_eq!(answer.header("x-auth-key-id"), None);
    }
}
