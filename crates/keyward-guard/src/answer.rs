use keyward_domain::{Decision, Scope};
use serde::Serialize;

/// The response to a call that is denied or undecided (contract §4), for any framework.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    status: AnswerStatus,
    decision: Option<&'static str>,
    body: String,
}

/// The status code of an [`Answer`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerStatus {
    /// 401: no valid secret, or its key is disabled or expired.
    Unauthorized,
    /// 403: the key is valid, but may not make this call.
    Forbidden,
    /// 503: the call could not be decided.
    ServiceUnavailable,
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
    /// The response to a denied call: 401 or 403, as the decision requires.
    #[must_use]
    pub fn denied(decision: &Decision) -> Self {
        Self {
            status: AnswerStatus::of(decision),
            decision: Some(decision.as_str()),
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
    pub fn headers(&self) -> impl Iterator<Item = (&'static str, &'static str)> + use<> {
        let of_status: &[_] = match self.status {
            AnswerStatus::Unauthorized => &[
                ("cache-control", "no-store"),
                ("www-authenticate", "Bearer"),
            ],
            AnswerStatus::Forbidden => &[("cache-control", "no-store")],
            AnswerStatus::ServiceUnavailable => &[("retry-after", "1")],
        };
        let of_decision = self.decision.map(|decision| ("x-auth-decision", decision));
        [("content-type", "application/json")]
            .into_iter()
            .chain(of_status.iter().copied())
            .chain(of_decision)
    }

    /// The body, in JSON.
    #[must_use]
    pub fn into_body(self) -> String {
        self.body
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
            | Decision::InsufficientScope { .. } => Self::Forbidden,
        }
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
