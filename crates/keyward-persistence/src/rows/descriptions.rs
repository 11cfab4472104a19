//! The descriptions of a scope, by language.

use std::collections::BTreeMap;

use keyward_domain::Language;
use serde_json::{Map, Value};

use crate::error::Cause;
use crate::sql_types::Json;

pub(crate) fn descriptions_to_json(descriptions: &BTreeMap<Language, String>) -> Json {
    let members = descriptions
        .iter()
        .map(|(language, words)| (language.tag().to_owned(), Value::from(words.as_str())));
    Json(Value::Object(members.collect::<Map<_, _>>()))
}

pub(crate) fn descriptions_from_json(value: Value) -> Result<BTreeMap<Language, String>, Cause> {
    let words: BTreeMap<String, String> = serde_json::from_value(value)?;
    words
        .into_iter()
        .map(|(tag, words)| {
            let language = Language::parse(&tag).ok_or("an unknown language")?;
            Ok((language, words))
        })
        .collect()
}
