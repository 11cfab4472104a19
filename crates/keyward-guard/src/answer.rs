use std::slice;

use keyward_domain::{Decision, LimitState, Scope};
use serde::Serialize;

use crate::headers::{reset_seconds, write_rate_limit, write_rate_limit_policy};

/// The response to a call that is denied or undecided (contract §4), for any framework.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    status: AnswerStatus,
    decision: Option<&'static str>,
    of_limit: Option<LimitHeaders>,
    body: String,
}

/// The status code of an [`Answer`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerStatus {
    /// 401: no valid secret, or its key is disabled or expired.
    Unauthorized,
    /// 403: the key is valid, but may not make this call.
    Forbidden,
    /// 429: a limit of the key is reached.
    TooManyRequests,
    /// 503: the call could not be decided.
    ServiceUnavailable,
}

/// The values of the headers about a limit that is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
struct LimitHeaders {
    retry_after: String,
    rate_limit: String,
    policy: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AnswerData<'a> {
    valid: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    missing_scopes: Option<Vec<&'a str>>,
}

impl Answer {
    /// The response to a denied call: 401, 403 or 429, as the decision requires.
    #[must_use]
    pub fn denied(decision: &Decision) -> Self {
        Self {
            status: AnswerStatus::of(decision),
            decision: Some(decision.as_str()),
            of_limit: reached(decision).map(LimitHeaders::of),
            body: body(&AnswerData {
                valid: false,
                decision: Some(decision.as_str()),
                missing_scopes: missing_scopes(decision),
            }),
        }
    }

    /// 503 when the call could not be decided. The client may try again after a second.
    #[must_use]
    pub fn undecided() -> Self {
        Self {
            status: AnswerStatus::ServiceUnavailable,
            decision: None,
            of_limit: None,
            body: body(&AnswerData {
                valid: false,
                decision: None,
                missing_scopes: None,
            }),
        }
    }

    /// The status code.
    #[must_use]
    pub fn status(&self) -> AnswerStatus {
        self.status
    }

    /// The headers, with names in lower case.
    pub fn headers(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let of_status: &[(&str, &str)] = match self.status {
            AnswerStatus::Unauthorized => &[
                ("cache-control", "no-store"),
                ("www-authenticate", "Bearer"),
            ],
            AnswerStatus::Forbidden | AnswerStatus::TooManyRequests => {
                &[("cache-control", "no-store")]
            }
            AnswerStatus::ServiceUnavailable => &[("retry-after", "1")],
        };
        let of_decision = self.decision.map(|decision| ("x-auth-decision", decision));
        [("content-type", "application/json")]
            .into_iter()
            .chain(of_status.iter().copied())
            .chain(of_decision)
            .chain(self.of_limit.iter().flat_map(LimitHeaders::named))
    }

    /// The body, in JSON.
    #[must_use]
    pub fn into_body(self) -> String {
        self.body
    }
}

impl LimitHeaders {
    fn of(state: &LimitState) -> Self {
        let (mut rate_limit, mut policy) = (String::new(), String::new());
        write_rate_limit(slice::from_ref(state), &mut rate_limit);
        write_rate_limit_policy(slice::from_ref(state), &mut policy);
        Self {
            retry_after: reset_seconds(state).max(1).to_string(),
            rate_limit,
            policy,
        }
    }

    fn named(&self) -> [(&'static str, &str); 3] {
        [
            ("retry-after", &self.retry_after),
            ("ratelimit", &self.rate_limit),
            ("ratelimit-policy", &self.policy),
        ]
    }
}

impl AnswerStatus {
    fn of(decision: &Decision) -> Self {
        match decision {
            Decision::Malformed | Decision::Unknown | Decision::Disabled | Decision::Expired => {
                Self::Unauthorized
            }
            // `Valid` without a key is a contradiction, and never allows the call.
            Decision::Valid
            | Decision::WrongMode
            | Decision::IpNotAllowed
            | Decision::NoScopes
            | Decision::InsufficientScope { .. }
            // The same call is never allowed, however long the client waits.
            | Decision::CostAboveLimit(_) => Self::Forbidden,
            Decision::RateLimited(_) | Decision::QuotaExceeded(_) => Self::TooManyRequests,
        }
    }
}

/// The limit that is reached, if it is the reason.
fn reached(decision: &Decision) -> Option<&LimitState> {
    if let Decision::RateLimited(state) | Decision::QuotaExceeded(state) = decision {
        Some(state)
    } else {
        None
    }
}

fn missing_scopes(decision: &Decision) -> Option<Vec<&str>> {
    if let Decision::InsufficientScope { missing } = decision {
        Some(missing.iter().map(Scope::as_str).collect())
    } else {
        None
    }
}

/// The body as JSON. Serialization can't fail here: all values are booleans, names and scopes.
fn body(data: &AnswerData<'_>) -> String {
    serde_json::to_string(data).unwrap_or_else(|_impossible| r#"{"valid":false}"#.to_owned())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use keyward_domain::testing::limit;

    use super::*;

    fn check(answer: Answer, status: AnswerStatus, headers: &[(&str, &str)], body: &str) {
        assert_eq!(answer.status(), status, "{answer:?}");
        let json = [("content-type", "application/json")];
        let expected: Vec<_> = json.iter().chain(headers).copied().collect();
        assert_eq!(answer.headers().collect::<Vec<_>>(), expected);
        assert_eq!(answer.into_body(), body);
    }

    #[test]
    fn unknown_callers_get_401_and_denied_keys_403() {
        check(
            Answer::denied(&Decision::Expired),
            AnswerStatus::Unauthorized,
            &[
                ("cache-control", "no-store"),
                ("www-authenticate", "Bearer"),
                ("x-auth-decision", "EXPIRED"),
            ],
            r#"{"valid":false,"decision":"EXPIRED"}"#,
        );
        let missing = ["a:b", "c:d"].map(|code| Scope::parse(code).unwrap());
        let missing = missing.to_vec();
        check(
            Answer::denied(&Decision::InsufficientScope { missing }),
            AnswerStatus::Forbidden,
            &[
                ("cache-control", "no-store"),
                ("x-auth-decision", "INSUFFICIENT_SCOPE"),
            ],
            r#"{"valid":false,"decision":"INSUFFICIENT_SCOPE","missingScopes":["a:b","c:d"]}"#,
        );
    }

    fn state(window: &str, remaining: u64, resets_in: Duration) -> LimitState {
        LimitState {
            limit: limit("requests", 100, window),
            remaining,
            resets_in,
        }
    }

    #[test]
    fn a_reached_limit_gets_429_and_says_when_to_come_back() {
        let minute = state("1m", 0, Duration::from_millis(11_001));
        check(
            Answer::denied(&Decision::RateLimited(Box::new(minute))),
            AnswerStatus::TooManyRequests,
            &[
                ("cache-control", "no-store"),
                ("x-auth-decision", "RATE_LIMITED"),
                ("retry-after", "12"),
                ("ratelimit", r#""requests";r=0;t=12"#),
                ("ratelimit-policy", r#""requests";q=100;w=60"#),
            ],
            r#"{"valid":false,"decision":"RATE_LIMITED"}"#,
        );
        let day = state("day", 3, Duration::ZERO);
        check(
            Answer::denied(&Decision::QuotaExceeded(Box::new(day))),
            AnswerStatus::TooManyRequests,
            &[
                ("cache-control", "no-store"),
                ("x-auth-decision", "QUOTA_EXCEEDED"),
                ("retry-after", "1"),
                ("ratelimit", r#""requests";r=3;t=0"#),
                ("ratelimit-policy", r#""requests";q=100;w=86400"#),
            ],
            r#"{"valid":false,"decision":"QUOTA_EXCEEDED"}"#,
        );
    }

    #[test]
    fn a_cost_above_the_limit_gets_403_because_waiting_does_not_help() {
        let limit = Box::new(limit("requests", 100, "1m"));
        check(
            Answer::denied(&Decision::CostAboveLimit(limit)),
            AnswerStatus::Forbidden,
            &[
                ("cache-control", "no-store"),
                ("x-auth-decision", "COST_ABOVE_LIMIT"),
            ],
            r#"{"valid":false,"decision":"COST_ABOVE_LIMIT"}"#,
        );
    }

    #[test]
    fn an_undecided_call_gets_503_with_retry_after() {
        check(
            Answer::undecided(),
            AnswerStatus::ServiceUnavailable,
            &[("retry-after", "1")],
            r#"{"valid":false}"#,
        );
    }
}
