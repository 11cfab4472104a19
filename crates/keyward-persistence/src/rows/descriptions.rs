//! The descriptions of a scope, by language.

use std::collections::BTreeMap;

use keyward_domain::Language;
use serde_json::Value;

use super::texts_by_language::{texts_from_json, texts_to_json};
use crate::error::Cause;
use crate::sql_types::Json;

pub(crate) fn descriptions_to_json(descriptions: &BTreeMap<Language, String>) -> Json {
    let texts = descriptions.iter();
    texts_to_json(texts.map(|(language, text)| (*language, text.as_str())))
}

pub(crate) fn descriptions_from_json(value: Value) -> Result<BTreeMap<Language, String>, Cause> {
    texts_from_json(value)
}
