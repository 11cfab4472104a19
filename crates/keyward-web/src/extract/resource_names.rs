use keyward_domain::{ResourceName, ResourceNames};

use super::body_members::BodyMembers;
use super::by_language::by_language;
use super::finish::finish;
use crate::error::RequestError;
use crate::json::{Json, JsonObject};
use crate::language::MessageId;
use crate::members;
use crate::problem::{Args, Problem, of_display_text};

const NAMES: &str = "names";

/// The names of a resource by language: none, or an English one among them (contract §9).
///
/// # Errors
/// [`RequestError::Invalid`] with every problem.
pub(crate) fn resource_names(object: JsonObject) -> Result<ResourceNames, RequestError> {
    let mut body = BodyMembers::of(object, members::RESOURCE_NAMES);
    let mut problems = Vec::new();
    let mut names = ResourceNames::default();
    match body.take(NAMES) {
        None | Some(Json::Null) => problems.push(Problem::new(NAMES, MessageId::Required)),
        Some(Json::Object(object)) => {
            let read = by_language(object, NAMES, name, &mut problems);
            match ResourceNames::new(read) {
                Ok(read) => names = read,
                Err(keyward_domain::EnglishNameMissing) if problems.is_empty() => {
                    problems.push(Problem::new("names.en", MessageId::Required));
                }
                // It may be the English name that can't be read.
                Err(keyward_domain::EnglishNameMissing) => {}
            }
        }
        Some(Json::Bool(_) | Json::Number(_) | Json::Text(_) | Json::List(_)) => {
            problems.push(Problem::new(NAMES, MessageId::NamesInvalid));
        }
    }
    finish(names, body, problems, members::RESOURCE_NAMES)
}

fn name(text: &str) -> Result<ResourceName, (MessageId, Args)> {
    ResourceName::parse(text).map_err(of_display_text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::object;

    #[test]
    fn names_are_texts_by_language_with_an_english_one_or_none_at_all() {
        let check = |body: &str, want: Result<&[(&str, &str)], &[&str]>| {
            let read = resource_names(object(body.as_bytes()).unwrap());
            let read = read.map_err(|failure| {
                let problems = failure.problems().iter();
                problems
                    .map(|problem| problem.field.to_string())
                    .collect::<Vec<_>>()
            });
            let read = read.as_ref().map(|read| {
                let read = read.iter();
                read.map(|(language, name)| (language.tag(), name))
                    .collect::<Vec<_>>()
            });
            let want = want.map(<[_]>::to_vec);
            let want =
                want.map_err(|want| want.iter().map(ToString::to_string).collect::<Vec<_>>());
            assert_eq!(read, want.as_ref().cloned(), "{body}");
        };
        check(
            r#"{"names":{"en":" Payments "}}"#,
            Ok(&[("en", "Payments")]),
        );
        check(
            r#"{"names":{"ja":"決済","en":"Payments","vi":null}}"#,
            Ok(&[("en", "Payments"), ("ja", "決済")]),
        );
        check(r#"{"names":{}}"#, Ok(&[]));
        check("{}", Err(&["names"]));
        check(r#"{"names":null}"#, Err(&["names"]));
        check(r#"{"names":"Payments"}"#, Err(&["names"]));
        check(r#"{"names":{"ja":"決済"}}"#, Err(&["names.en"]));
        check(r#"{"names":{"en":1}}"#, Err(&["names.en"]));
        check(r#"{"names":{"en":" "}}"#, Err(&["names.en"]));
        check(r#"{"names":{"en":"a","ja":"\u202e"}}"#, Err(&["names.ja"]));
        check(r#"{"names":{"en":"a","de":"b"}}"#, Err(&["names.de"]));
        check(r#"{"names":{"en":"a"},"code":"b"}"#, Err(&["code"]));
        let long = format!(r#"{{"names":{{"en":"{}"}}}}"#, "x".repeat(257));
        check(&long, Err(&["names.en"]));
    }
}
