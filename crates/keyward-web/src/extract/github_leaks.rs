use keyward_domain::{FoundAt, RawField};

use super::batch::{BatchLeak, ITEMS_MAX, PROBLEMS_MAX};
use super::body_members::BodyMembers;
use crate::error::RequestError;
use crate::json::{Json, JsonFault, JsonObject, value};
use crate::language::MessageId;
use crate::members;
use crate::problem::Problem;

/// One leaked secret in a report of GitHub. No `Debug`: it is a secret.
pub(crate) struct GitHubLeak {
    pub(crate) leak: BatchLeak,
    /// GitHub's name for secrets of this form.
    pub(crate) token_type: Option<String>,
}

/// The leaked secrets in a report of GitHub: a list of 1 to 1,000 (contract §13). Members that GitHub
/// may add are ignored, and so is a URL that is none.
///
/// # Errors
/// [`RequestError::Invalid`] with all problems.
pub(crate) fn github_leaks(bytes: &[u8]) -> Result<Vec<GitHubLeak>, RequestError> {
    let items = match value(bytes) {
        Ok(Json::List(items)) if (1..=ITEMS_MAX).contains(&items.len()) => items,
        Err(fault @ JsonFault::Malformed { .. }) => return Err(Problem::from(fault).into()),
        Ok(_) | Err(JsonFault::Empty | JsonFault::NotObject) => {
            let max = ("max", ITEMS_MAX.to_string().into());
            return Err(Problem::with("body", MessageId::ItemsInvalid, vec![max]).into());
        }
    };
    let mut leaks = Vec::with_capacity(items.len());
    let mut problems = Vec::new();
    for (at, item) in items.into_iter().enumerate() {
        match item {
            Json::Object(members) => match leak(members) {
                Ok(leak) => leaks.push(leak),
                Err(message) => problems.push(Problem::new(format!("[{at}].token"), message)),
            },
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::Text(_) | Json::List(_) => {
                problems.push(Problem::new(format!("[{at}]"), MessageId::BodyNotObject));
            }
        }
    }
    problems.truncate(PROBLEMS_MAX);
    if problems.is_empty() {
        Ok(leaks)
    } else {
        Err(RequestError::Invalid(problems))
    }
}

fn leak(object: JsonObject) -> Result<GitHubLeak, MessageId> {
    let mut body = BodyMembers::of(object, members::GITHUB_LEAK);
    let secret = match body.text("token") {
        RawField::Value(secret) => secret,
        RawField::Absent | RawField::Null => return Err(MessageId::Required),
        RawField::WrongType => return Err(MessageId::NotText),
    };
    let text = |field: RawField<String>| match field {
        RawField::Value(text) => Some(text),
        RawField::Absent | RawField::Null | RawField::WrongType => None,
    };
    let url = text(body.text("url"));
    let url = url.as_deref().and_then(FoundAt::parse);
    Ok(GitHubLeak {
        leak: BatchLeak::new(secret, url),
        token_type: text(body.text("type")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Result<Vec<GitHubLeak>, Vec<String>> {
        let read = github_leaks(body.as_bytes());
        read.map_err(|failure| {
            let problems = failure.problems().iter();
            problems.map(|problem| problem.field.to_string()).collect()
        })
    }

    #[test]
    fn only_the_token_is_required_and_more_is_ignored() {
        let body = r#"[{"token":" a\n","type":"t","url":"https://github.com/x","source":"content","more":{}},
                       {"token":"","url":""},
                       {"url":7,"type":7,"token":"b"}]"#;
        let Ok(leaks) = read(body) else {
            panic!("refused")
        };
        let leaks = leaks.iter().map(|GitHubLeak { leak, token_type }| {
            let url = leak.url.as_ref().map(FoundAt::as_str);
            (leak.secret.as_str(), url, token_type.as_deref())
        });
        assert_eq!(
            leaks.collect::<Vec<_>>(),
            [
                (" a\n", Some("https://github.com/x"), Some("t")),
                ("", None, None),
                ("b", None, None),
            ]
        );
    }

    #[test]
    fn what_is_no_list_of_tokens_is_refused() {
        let many = |count: usize| format!("[{}]", vec![r#"{"token":"a"}"#; count].join(","));
        assert_eq!(read(&many(1_000)).map(|leaks| leaks.len()), Ok(1_000));
        for (body, fields) in [
            ("", &["body"][..]),
            ("[", &["body"]),
            ("{}", &["body"]),
            ("[]", &["body"]),
            (&many(1_001), &["body"]),
            (
                r#"[1,{},{"token":"a"},{"token":1}]"#,
                &["[0]", "[1].token", "[3].token"],
            ),
        ] {
            let refused = read(body).map(|leaks| leaks.len());
            let want: Vec<String> = fields.iter().map(ToString::to_string).collect();
            assert_eq!(refused, Err(want), "{} bytes", body.len());
        }
    }
}
