use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use actix_web::body::to_bytes;
use actix_web::dev::Service as _;
use actix_web::http::StatusCode;
use actix_web::test::{TestRequest, init_service};
use actix_web::web::BytesMut;
use async_trait::async_trait;
use futures_util::StreamExt as _;
use keyward_domain::ports::{CacheAnswer, MockKeyLookup, MockLimiter};
use keyward_domain::testing::{altered, verification_key};
use keyward_domain::{
    Annotations, ApiKey, IpAllowlist, LimitState, LimitVerdict, Mode, ScopeSet, StoredSecret,
};
use serde_json::json;

use super::*;
use crate::testing::{Answer, annotated_key, internal_state, limited_key, now, secret};
use crate::{NotReady, Readiness, Ready, internal_app};

struct Always;

#[async_trait]
impl Readiness for Always {
    async fn check(&self) -> Result<Ready, NotReady> {
        Ok(Ready::default())
    }
}

/// A key with the test secret and without IP rules.
fn cached() -> ApiKey {
    altered(annotated_key(), |fields| {
        fields.ip_allowlist = IpAllowlist::default();
        fields.secret = StoredSecret::of(&secret(Mode::Live), now());
    })
}

/// The cache answers this about every secret.
fn state(answer: CacheAnswer, token: Option<&str>) -> InternalState {
    let mut key_lookup = MockKeyLookup::new();
    key_lookup.expect_cached().return_const(answer);
    key_lookup.expect_find().returning(|_| Ok(None));
    internal_state(Arc::new(Always), key_lookup, token)
}

fn hit() -> CacheAnswer {
    CacheAnswer::Hit(verification_key(&cached()))
}

fn verify(body: impl Into<String>) -> TestRequest {
    TestRequest::post()
        .uri(VERIFY)
        .insert_header(("content-type", "application/json"))
        .set_payload(body.into())
}

/// A body whose length is not known before its end.
fn chunked(body: &str) -> TestRequest {
    TestRequest::post()
        .uri(VERIFY)
        .insert_header(("content-type", "application/json"))
        .insert_header(("transfer-encoding", "chunked"))
        .set_payload(body.to_owned())
}

fn gateway(uri: &str) -> TestRequest {
    let secret = secret(Mode::Live);
    TestRequest::get()
        .uri(uri)
        .insert_header(("authorization", format!("Bearer {}", secret.expose())))
        .insert_header(("x-real-ip", "203.0.113.7"))
        .insert_header(("x-forwarded-for", "203.0.113.7"))
}

/// The answer of the fast path and that of the application.
async fn both(
    state: InternalState,
    request: impl Fn() -> TestRequest,
) -> (Result<Answer, Request>, Answer) {
    let request = || request().insert_header(("x-request-id", "request-1"));
    let fast = FastPath::new(state.clone());
    let fast = match fast.answer(request().to_request()).await {
        Ok(response) => {
            let (head, body) = response.into_parts();
            let body = to_bytes(body).await.unwrap();
            Ok(Answer {
                status: head.status(),
                headers: head.headers().clone(),
                text: String::from_utf8(body.to_vec()).unwrap(),
            })
        }
        Err(request) => Err(request),
    };
    let app = init_service(internal_app(&state)).await;
    let usual = Answer::of(app.call(request().to_request()).await).await;
    (fast, usual)
}

/// Checks that the fast path answers, as the application would. Returns the status.
async fn same(state: InternalState, request: impl Fn() -> TestRequest) -> StatusCode {
    let (fast, usual) = both(state, request).await;
    let Ok(fast) = fast else {
        panic!("not answered: {}", usual.text);
    };
    let headers = |answer: &Answer| {
        let headers = answer.headers.iter();
        let mut headers: Vec<_> = headers
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        headers.sort_by(|(one, _), (other, _)| one.as_str().cmp(other.as_str()));
        headers
    };
    assert_eq!(fast.text, usual.text);
    assert_eq!(headers(&fast), headers(&usual));
    assert_eq!(fast.status, usual.status);
    fast.status
}

#[actix_web::test]
async fn a_usual_question_gets_the_same_answer_as_from_its_route() {
    let secret = secret(Mode::Live);
    let secret = secret.expose();
    let disabled = altered(cached(), |fields| fields.is_disabled = true);
    let without_scopes = altered(cached(), |fields| fields.scopes = ScopeSet::default());
    let plain = altered(cached(), |fields| {
        fields.annotations = Annotations::default();
    });
    let answers = [
        hit(),
        CacheAnswer::Hit(verification_key(&disabled)),
        CacheAnswer::Hit(verification_key(&without_scopes)),
        CacheAnswer::Hit(verification_key(&plain)),
        CacheAnswer::NegativeHit,
    ];
    for answer in answers {
        for body in [
            json!({ "secret": secret }),
            json!({ "secret": secret, "ip": "203.0.113.7", "scopes": [], "mode": "LIVE" }),
            json!({ "secret": secret, "scopes": ["payment:read", "payout:write"] }),
            json!({ "mode": "TEST", "secret": secret, "ip": "::ffff:10.0.0.1" }),
        ] {
            let request = || verify(body.to_string());
            assert_eq!(same(state(answer.clone(), None), request).await, 200);
        }
        for uri in [
            FORWARDED,
            "/internal/v1/authorize/nginx?scope=payment:read&mode=LIVE",
            "/internal/v1/authorize/nginx?scope=payout:write",
            ENVOY,
            "/internal/v1/authorize/envoy/a/b?c=d",
        ] {
            let status = same(state(answer.clone(), None), || gateway(uri)).await;
            assert!(
                [200, 401, 403].contains(&status.as_u16()),
                "{uri}: {status}"
            );
        }
    }
}

/// The cache answers with a limited key, whose limits give this verdict; with `None`, they need the
/// store.
fn limited(verdict: Option<&LimitVerdict>) -> InternalState {
    let key = altered(cached(), |fields| {
        fields.limits = limited_key().into_fields().limits;
    });
    let mut limiter = MockLimiter::new();
    limiter.expect_judge_now().return_const(verdict.cloned());
    let verdict = verdict.cloned();
    let verdict = verdict.unwrap_or_else(|| LimitVerdict::Allowed(states()));
    limiter
        .expect_judge()
        .returning(move |_key, _costs| Ok(verdict.clone()));
    let mut state = state(CacheAnswer::Hit(verification_key(&key)), None);
    state.verify.limiter = Arc::new(limiter);
    state
}

fn states() -> Vec<LimitState> {
    let limits = limited_key().into_fields().limits;
    let states = limits.as_slice().iter().map(|limit| LimitState {
        limit: limit.clone(),
        remaining: 7,
        resets_in: Duration::from_millis(1_500),
    });
    states.collect()
}

/// Contract §11.
#[actix_web::test]
async fn a_limited_key_gets_the_same_answer_as_from_its_route() {
    let secret = secret(Mode::Live);
    let body = json!({ "secret": secret.expose() }).to_string();
    for (verdict, status) in [
        (LimitVerdict::Allowed(states()), 200),
        (LimitVerdict::Allowed(vec![]), 200),
        (LimitVerdict::Reached(states().remove(0)), 429),
        (LimitVerdict::Reached(states().remove(1)), 429),
        (LimitVerdict::CostAboveLimit(states().remove(0).limit), 403),
    ] {
        let state = || limited(Some(&verdict));
        assert_eq!(same(state(), || verify(body.clone())).await, 200);
        for uri in [FORWARDED, NGINX, ENVOY] {
            assert_eq!(same(state(), || gateway(uri)).await, status, "{uri}");
            let head = || gateway(uri).method(Method::HEAD);
            assert_eq!(same(state(), head).await, status, "{uri}");
        }
        let costing = || gateway(ENVOY).insert_header(("x-keyward-cost", "tokens:2"));
        assert_eq!(same(state(), costing).await, status);
    }
}

#[actix_web::test]
async fn a_limit_that_needs_the_store_and_a_stated_cost_go_on_as_they_came() {
    let secret = secret(Mode::Live);
    let usual = json!({ "secret": secret.expose() });
    let costing = json!({ "secret": secret.expose(), "cost": { "tokens": 2 } });
    let costless = json!({ "secret": secret.expose(), "cost": null });
    let allowed = LimitVerdict::Allowed(states());
    for (body, verdict) in [
        (&usual, None),
        (&costing, Some(&allowed)),
        (&costless, Some(&allowed)),
    ] {
        let (fast, answer) = both(limited(verdict), || verify(body.to_string())).await;
        let mut request = fast.err().unwrap_or_else(|| panic!("answered: {body}"));
        assert_eq!(body_of(&mut request).await, body.to_string());
        assert_eq!(answer.json()["data"]["decision"], "VALID", "{body}");
    }
    for (uri, verdict) in [
        (NGINX, None),
        (ENVOY, None),
        ("/internal/v1/authorize/nginx?cost=tokens:2", Some(&allowed)),
        (
            "/internal/v1/authorize/forwarded?cost=tokens:2",
            Some(&allowed),
        ),
        ("/internal/v1/authorize/nginx?cost=", Some(&allowed)),
    ] {
        let (fast, _) = both(limited(verdict), || gateway(uri)).await;
        assert!(fast.is_err(), "{uri}");
    }
}

#[actix_web::test]
async fn an_internal_token_is_checked_and_counted() {
    const TOKEN: &str = "a-token-of-at-least-thirty-two-bytes";
    let body = json!({ "secret": secret(Mode::Live).expose() }).to_string();
    let state = state(hit(), Some(TOKEN));
    let own = || verify(body.clone()).insert_header(("authorization", format!("Bearer {TOKEN}")));
    assert_eq!(same(state.clone(), own).await, 200);
    let gateways = || gateway(NGINX).insert_header(("x-keyward-internal-token", TOKEN));
    assert_eq!(same(state.clone(), gateways).await, 200);
    let (fast, refused) = both(state.clone(), || verify(body.clone())).await;
    assert!(fast.is_err() && refused.status == 401, "{}", refused.text);
    let (fast, refused) = both(state.clone(), || gateway(NGINX)).await;
    assert!(fast.is_err() && refused.status == 503, "{}", refused.text);
    let counted =
        crate::metrics::exposition(&state.registry, crate::metrics::MetricsFormat::OpenMetrics);
    let counted = counted.unwrap();
    for line in [
        "keyward_internal_requests_total{caller=\"default\"} 4",
        "keyward_verifications_total{decision=\"VALID\"} 4",
    ] {
        assert!(counted.contains(line), "{line}\n{counted}");
    }
}

/// Reads the body of a request that the fast path did not answer.
async fn body_of(request: &mut Request) -> String {
    let mut body = BytesMut::new();
    let mut payload = request.take_payload();
    while let Some(part) = payload.next().await {
        body.extend_from_slice(&part.unwrap());
    }
    String::from_utf8(body.to_vec()).unwrap()
}

#[actix_web::test]
async fn every_other_request_goes_on_as_it_came() {
    let secret = secret(Mode::Live);
    let secret = secret.expose();
    let of = |body: String| move || verify(body.clone());
    for body in [
        String::new(),
        "{}".to_owned(),
        "null".to_owned(),
        format!("[\"{secret}\"]"),
        format!("{{\"secret\":\"{secret}\"}} x"),
        json!({ "secret": secret, "ip": null }).to_string(),
        json!({ "secret": secret, "ip": "" }).to_string(),
        json!({ "secret": secret, "ip": "10.0.0.0/8" }).to_string(),
        json!({ "secret": secret, "scopes": ["*"] }).to_string(),
        json!({ "secret": secret, "scopes": vec!["a:a"; 101] }).to_string(),
        json!({ "secret": secret, "mode": "live" }).to_string(),
        json!({ "secret": secret, "address": "10.0.0.1" }).to_string(),
        format!("{{\"secret\":\"{secret}\",\"secret\":\"{secret}\"}}"),
        format!("{{\"secret\":\"{secret}\\u0030\"}}"),
    ] {
        let (fast, _) = both(state(hit(), None), of(body.clone())).await;
        let mut request = fast.err().unwrap_or_else(|| panic!("answered: {body}"));
        assert_eq!(body_of(&mut request).await, body);
    }
    let body = json!({ "secret": secret }).to_string();
    let unusual: [&dyn Fn() -> TestRequest; 8] = [
        &|| verify(body.clone()).uri("/internal/v1/api-keys/verify?explain=true"),
        &|| verify(body.clone()).insert_header(("content-type", "text/plain")),
        &|| verify(body.clone()).insert_header(("host", "evil.example")),
        &|| verify(body.clone()).method(Method::PUT),
        &|| chunked(&body),
        &|| gateway("/internal/v1/authorize/nginx?scope=*"),
        &|| gateway("/internal/v1/authorize/envoys"),
        &|| gateway("/metrics"),
    ];
    for request in unusual {
        let (fast, _) = both(state(hit(), None), request).await;
        assert!(fast.is_err(), "{:?}", request().to_request());
    }
    let no_form = json!({ "secret": "not issued" }).to_string();
    for body in [body.clone(), no_form] {
        let (fast, _) = both(state(CacheAnswer::Miss, None), of(body.clone())).await;
        assert_eq!(body_of(&mut fast.err().unwrap()).await, body);
    }
}

#[actix_web::test]
async fn a_body_in_parts_is_left_for_the_application() {
    use actix_http::{Payload, h1};
    let body = json!({ "secret": secret(Mode::Live).expose() }).to_string();
    let (first, second) = body.split_at(10);
    let fast = FastPath::new(state(hit(), None));
    for is_late in [false, true] {
        let (mut sender, payload) = h1::Payload::create(false);
        let request = verify("").to_request();
        let (mut request, _none) = request.replace_payload(Payload::H1 { payload });
        sender.feed_data(first.to_owned().into());
        if !is_late {
            sender.feed_data(second.to_owned().into());
        }
        request = {
            let mut answer = pin!(fast.answer(request));
            // As the protocol library does it.
            let mut context = Context::from_waker(Waker::noop());
            let mut look = || answer.as_mut().poll(&mut context);
            let first = look();
            let answer = if first.is_pending() { look() } else { first };
            let Poll::Ready(Err(request)) = answer else {
                panic!("neither answered nor passed on");
            };
            request
        };
        if is_late {
            sender.feed_data(second.to_owned().into());
        }
        sender.feed_eof();
        assert_eq!(body_of(&mut request).await, body);
    }
}
