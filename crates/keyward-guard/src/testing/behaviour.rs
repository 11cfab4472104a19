//! The tests that every middleware must pass. The handler behind it returns `Hello` and the
//! caller's name.

use std::net::SocketAddr;
use std::time::Duration;

use keyward_domain::testing::limit;
use keyward_domain::{Cost, Costs, Decision, LimitName, LimitState, Mode, Question, Scope};

use super::{Says, caller};
use crate::{Guard, Require, Undecided, Verdict};

/// A request.
pub(crate) struct Call {
    pub(crate) peer: Option<SocketAddr>,
    pub(crate) headers: Vec<(&'static str, &'static str)>,
}

/// A response.
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) text: String,
}

impl Call {
    fn with(headers: &[(&'static str, &'static str)]) -> Self {
        Self {
            peer: Some("10.0.0.9:4711".parse().unwrap()),
            headers: headers.to_vec(),
        }
    }
}

impl Answered {
    fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let found = headers.find(|(found, _value)| found == name);
        found.map(|(_name, value)| value.as_str())
    }
}

/// Generates all tests for one middleware. `$call` sends a request through it to the handler.
macro_rules! behaves {
    ($call:path, $test:meta) => {
        $crate::testing::behaviour::behaves!($call, $test:
            the_verifier_is_asked_what_is_required,
            a_client_is_not_believed_about_its_address,
            without_a_peer_the_address_is_unknown,
            a_missing_or_repeated_secret_is_malformed,
            what_is_denied_or_undecided_never_passes,
            a_reached_limit_is_429_with_the_time_to_wait);
    };
    ($call:path, $test:meta: $($rule:ident),+) => {
        $(
            #[$test]
            async fn $rule() {
                $crate::testing::behaviour::$rule($call).await;
            }
        )+
    };
}
pub(crate) use behaves;

pub(crate) async fn the_verifier_is_asked_what_is_required(
    call: impl AsyncFn(Require, Call) -> Answered,
) {
    let guard = Guard::new(Says(|secret: &str, question: &Question| {
        assert_eq!(secret, "sk_1");
        assert_eq!(question.scopes, caller().scopes().to_vec());
        assert_eq!(question.mode, Some(Mode::Live));
        let address = question.address.unwrap().ip().to_string();
        assert_eq!(address, "203.0.113.7");
        let cost = |name| question.costs.get(&LimitName::parse(name).unwrap()).get();
        assert_eq!((cost("tokens"), cost("requests")), (250, 1));
        Ok(Verdict::Allowed(caller()))
    }));
    let guard = guard.behind(&["10.0.0.0/8".parse().unwrap()]);
    let tokens = LimitName::parse("tokens").unwrap();
    let costs = Costs::of(vec![(tokens, Cost::of(250).unwrap())]);
    let require = guard.require(&["payment:read"]).unwrap();
    let require = require.mode(Mode::Live).costs(costs);
    let headers = [
        ("x-api-key", "sk_1"),
        ("x-forwarded-for", "6.6.6.6, 203.0.113.7"),
    ];
    let answered = call(require, Call::with(&headers)).await;
    assert_eq!(
        (answered.status, answered.text.as_str()),
        (200, "Hello Key")
    );
}

pub(crate) async fn a_client_is_not_believed_about_its_address(
    call: impl AsyncFn(Require, Call) -> Answered,
) {
    let guard = Guard::new(Says(|_: &str, question: &Question| {
        assert_eq!(question.address.unwrap().ip().to_string(), "10.0.0.9");
        Ok(Verdict::Allowed(caller()))
    }));
    let headers = [("x-forwarded-for", "203.0.113.7")];
    let answered = call(guard.require(&[]).unwrap(), Call::with(&headers)).await;
    assert_eq!(answered.status, 200);
}

pub(crate) async fn without_a_peer_the_address_is_unknown(
    call: impl AsyncFn(Require, Call) -> Answered,
) {
    let guard = Guard::new(Says(|_: &str, question: &Question| {
        assert_eq!(question.address, None);
        Ok(Verdict::Denied(Decision::IpNotAllowed))
    }));
    let guard = guard.behind(&["0.0.0.0/0".parse().unwrap()]);
    let headers = [
        ("x-forwarded-for", "203.0.113.7"),
        ("x-real-ip", "203.0.113.7"),
    ];
    let from_nowhere = Call {
        peer: None,
        ..Call::with(&headers)
    };
    let answered = call(guard.require(&[]).unwrap(), from_nowhere).await;
    assert_eq!(answered.status, 403);
}

pub(crate) async fn a_missing_or_repeated_secret_is_malformed(
    call: impl AsyncFn(Require, Call) -> Answered,
) {
    let guard = Guard::new(Says(|secret: &str, _: &Question| {
        assert_eq!(secret, "");
        Ok(Verdict::Denied(Decision::Malformed))
    }));
    for headers in [
        &[][..],
        &[("x-api-key", "sk_1"), ("x-api-key", "sk_1")],
        &[("x-api-key", "sk_1"), ("authorization", "Bearer sk_2")],
        &[("authorization", "Basic c2s6")],
    ] {
        let answered = call(guard.require(&[]).unwrap(), Call::with(headers)).await;
        assert_eq!(answered.status, 401, "{headers:?}");
    }
}

pub(crate) async fn what_is_denied_or_undecided_never_passes(
    call: impl AsyncFn(Require, Call) -> Answered,
) {
    let missing = vec![Scope::parse("a:b").unwrap()];
    for (decision, status, body) in [
        (
            Some(Decision::Unknown),
            401,
            r#"{"valid":false,"decision":"UNKNOWN"}"#,
        ),
        (
            Some(Decision::Expired),
            401,
            r#"{"valid":false,"decision":"EXPIRED"}"#,
        ),
        (
            Some(Decision::IpNotAllowed),
            403,
            r#"{"valid":false,"decision":"IP_NOT_ALLOWED"}"#,
        ),
        (
            Some(Decision::InsufficientScope { missing }),
            403,
            r#"{"valid":false,"decision":"INSUFFICIENT_SCOPE","missingScopes":["a:b"]}"#,
        ),
        (
            Some(Decision::CostAboveLimit(Box::new(limit(
                "tokens", 100, "1m",
            )))),
            403,
            r#"{"valid":false,"decision":"COST_ABOVE_LIMIT"}"#,
        ),
        // A verifier that contradicts itself must not allow the call.
        (
            Some(Decision::Valid),
            403,
            r#"{"valid":false,"decision":"VALID"}"#,
        ),
        (None, 503, r#"{"valid":false}"#),
    ] {
        let said = decision.clone();
        let guard = Guard::new(Says(move |_: &str, _: &Question| {
            let said = said.clone();
            let denied = said.map(Verdict::Denied);
            denied.ok_or_else(|| Undecided("nobody knows".into()))
        }));
        let answered = call(guard.require(&[]).unwrap(), Call::with(&[])).await;
        assert_eq!(answered.status, status, "{decision:?}");
        assert_eq!(answered.text, body);
        let header = |name| answered.header(name);
        assert_eq!(header("content-type"), Some("application/json"));
        assert_eq!(
            header("x-auth-decision"),
            decision.as_ref().map(Decision::as_str)
        );
        let challenge = (status == 401).then_some("Bearer");
        assert_eq!(header("www-authenticate"), challenge);
        let kept = decision.is_some().then_some("no-store");
        assert_eq!(header("cache-control"), kept);
        assert_eq!(
            header("retry-after"),
            decision.is_none().then_some("1"),
            "{decision:?}"
        );
    }
}

pub(crate) async fn a_reached_limit_is_429_with_the_time_to_wait(
    call: impl AsyncFn(Require, Call) -> Answered,
) {
    for (window, seconds, policy) in [
        ("1m", "12", r#""requests";q=100;w=60"#),
        ("month", "12", r#""requests";q=100;w=2678400"#),
    ] {
        let guard = Guard::new(Says(move |_: &str, _: &Question| {
            let state = LimitState {
                limit: limit("requests", 100, window),
                remaining: 0,
                resets_in: Duration::from_millis(11_001),
            };
            let is_quota = state.is_quota();
            let state = Box::new(state);
            Ok(Verdict::Denied(if is_quota {
                Decision::QuotaExceeded(state)
            } else {
                Decision::RateLimited(state)
            }))
        }));
        let answered = call(guard.require(&[]).unwrap(), Call::with(&[])).await;
        assert_eq!(answered.status, 429, "{window}");
        let header = |name| answered.header(name);
        assert_eq!(header("retry-after"), Some(seconds));
        assert_eq!(header("ratelimit"), Some(r#""requests";r=0;t=12"#));
        assert_eq!(header("ratelimit-policy"), Some(policy));
        assert_eq!(header("cache-control"), Some("no-store"));
        let decision = header("x-auth-decision").unwrap();
        let body = format!(r#"{{"valid":false,"decision":"{decision}"}}"#);
        assert_eq!(answered.text, body);
    }
}
