//! Texts by language, as a document of both databases.

use std::collections::BTreeMap;

use keyward_domain::Language;
use serde_json::{Map, Value};

use crate::error::Cause;
use crate::sql_types::Json;

pub(crate) fn texts_to_json<'t>(texts: impl Iterator<Item = (Language, &'t str)>) -> Json {
    let members = texts.map(|(language, text)| (language.tag().to_owned(), Value::from(text)));
    Json(Value::Object(members.collect::<Map<_, _>>()))
}

pub(crate) fn texts_from_json(value: Value) -> Result<BTreeMap<Language, String>, Cause> {
    let texts: BTreeMap<String, String> = serde_json::from_value(value)?;
    let texts = texts.into_iter().map(|(tag, text)| {
        let language = Language::parse(&tag).ok_or("an unknown language")?;
        Ok((language, text))
    });
    texts.collect()
}
