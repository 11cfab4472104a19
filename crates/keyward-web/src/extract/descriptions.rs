use std::collections::BTreeMap;

use keyward_domain::Language;

use super::body_members::BodyMembers;
use super::by_language::by_language;
use super::finish::finish;
use crate::error::RequestError;
use crate::json::{Json, JsonObject};
use crate::language::MessageId;
use crate::members;
use crate::problem::{Args, Problem};

const DESCRIPTIONS: &str = "descriptions";
const ENGLISH: &str = "descriptions.en";

/// The maximum length of a description.
const LENGTH_MAX: usize = 256;

/// The descriptions of a scope by language, an English one among them (contract §9). Trimmed, each
/// 1 to 256 characters without control characters.
///
/// # Errors
/// [`RequestError::Invalid`] with every problem.
pub(crate) fn descriptions(object: JsonObject) -> Result<BTreeMap<Language, String>, RequestError> {
    let mut body = BodyMembers::of(object, members::DESCRIPTIONS);
    let mut problems = Vec::new();
    let mut descriptions = BTreeMap::new();
    match body.take(DESCRIPTIONS) {
        None | Some(Json::Null) => problems.push(Problem::new(DESCRIPTIONS, MessageId::Required)),
        Some(Json::Object(object)) => {
            descriptions = by_language(object, DESCRIPTIONS, description, &mut problems);
            let is_told = problems.iter().any(|problem| problem.field == ENGLISH);
            if !is_told && !descriptions.contains_key(&Language::English) {
                problems.push(Problem::new(ENGLISH, MessageId::Required));
            }
        }
        Some(Json::Bool(_) | Json::Number(_) | Json::Text(_) | Json::List(_)) => {
            problems.push(Problem::new(DESCRIPTIONS, MessageId::DescriptionsInvalid));
        }
    }
    finish(descriptions, body, problems, members::DESCRIPTIONS)
}

/// The trimmed text.
fn description(text: &str) -> Result<String, (MessageId, Args)> {
    let text = text.trim();
    let fits = (1..=LENGTH_MAX).contains(&text.chars().count());
    if fits && !text.chars().any(char::is_control) {
        Ok(text.to_owned())
    } else {
        let max = ("max", LENGTH_MAX.to_string().into());
        Err((MessageId::SearchInvalid, vec![max]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::object;

    #[test]
    fn descriptions_are_texts_by_language_with_an_english_one() {
        let check = |body: &str, want: Result<&[(&str, &str)], &[&str]>| {
            let read = descriptions(object(body.as_bytes()).unwrap());
            let read = read.map_err(|failure| {
                let problems = failure.problems().iter();
                problems
                    .map(|problem| problem.field.to_string())
                    .collect::<Vec<_>>()
            });
            let read = read.map(|read| {
                let read = read.into_iter();
                read.map(|(language, text)| (language.tag(), text))
                    .collect::<Vec<_>>()
            });
            let want = want.map(|want| {
                let want = want.iter();
                want.map(|(tag, text)| (*tag, (*text).to_owned())).collect()
            });
            let want = want.map_err(|want| want.iter().map(ToString::to_string).collect());
            assert_eq!(read, want, "{body}");
        };
        check(r#"{"descriptions":{"en":" View "}}"#, Ok(&[("en", "View")]));
        let all = r#"{"descriptions":{"en":"a","zh":"b","zh-Hant":"c","ja":"d","vi":null}}"#;
        check(
            all,
            Ok(&[("en", "a"), ("zh", "b"), ("zh-Hant", "c"), ("ja", "d")]),
        );
        check("{}", Err(&["descriptions"]));
        check(r#"{"descriptions":null}"#, Err(&["descriptions"]));
        check(r#"{"descriptions":"en"}"#, Err(&["descriptions"]));
        check(r#"{"descriptions":{}}"#, Err(&["descriptions.en"]));
        check(r#"{"descriptions":{"ja":"d"}}"#, Err(&["descriptions.en"]));
        check(r#"{"descriptions":{"en":1}}"#, Err(&["descriptions.en"]));
        check(r#"{"descriptions":{"en":" "}}"#, Err(&["descriptions.en"]));
        check(
            r#"{"descriptions":{"en":"a\u0000"}}"#,
            Err(&["descriptions.en"]),
        );
        check(
            r#"{"descriptions":{"en":"a","en":"b"}}"#,
            Err(&["descriptions.en"]),
        );
        check(
            r#"{"descriptions":{"en":"a","de":"b"}}"#,
            Err(&["descriptions.de"]),
        );
        check(r#"{"descriptions":{"en":"a"},"code":1}"#, Err(&["code"]));
        let long = format!(r#"{{"descriptions":{{"en":"{}"}}}}"#, "x".repeat(257));
        check(&long, Err(&["descriptions.en"]));
    }
}
