//! The names of a resource, by language.

use keyward_domain::{ResourceName, ResourceNames};
use serde_json::Value;

use super::texts_by_language::{texts_from_json, texts_to_json};
use crate::error::Cause;
use crate::sql_types::Json;

pub(crate) fn names_to_json(names: &ResourceNames) -> Json {
    texts_to_json(names.iter())
}

pub(crate) fn names_from_json(value: Value) -> Result<ResourceNames, Cause> {
    let texts = texts_from_json(value)?.into_iter();
    let names = texts.map(|(language, text)| Ok((language, ResourceName::parse(&text)?)));
    Ok(ResourceNames::new(names.collect::<Result<_, Cause>>()?)?)
}
