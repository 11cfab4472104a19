use std::collections::BTreeMap;

use keyward_domain::Language;

use super::body_members::BodyMembers;
use crate::json::{Json, JsonObject};
use crate::language::MessageId;
use crate::problem::{Args, Problem};

/// Reads the texts of the member `field`, an object with a text for each language. A language that is null is
/// missing. Each text becomes what `parse` makes of it.
pub(super) fn by_language<T>(
    object: JsonObject,
    field: &str,
    parse: fn(&str) -> Result<T, (MessageId, Args)>,
    problems: &mut Vec<Problem>,
) -> BTreeMap<Language, T> {
    let tags = Language::ALL.map(Language::tag);
    let mut body = BodyMembers::of(object, &tags);
    let mut texts = BTreeMap::new();
    for language in Language::ALL {
        let field = format!("{field}.{}", language.tag());
        match body.take(language.tag()) {
            None | Some(Json::Null) => {}
            Some(Json::Text(text)) => match parse(&text) {
                Ok(text) => {
                    texts.insert(language, text);
                }
                Err((message, args)) => problems.push(Problem::with(field, message, args)),
            },
            Some(Json::Bool(_) | Json::Number(_) | Json::List(_) | Json::Object(_)) => {
                problems.push(Problem::new(field, MessageId::NotText));
            }
        }
    }
    let unexpected = body.into_unexpected().into_iter();
    problems.extend(unexpected.map(|unexpected| {
        let problem = Problem::of(&unexpected.into(), &tags);
        let field = format!("{field}.{}", problem.field);
        Problem {
            field: field.into(),
            ..problem
        }
    }));
    texts
}
