//! The names of a resource, by language.

use std::collections::BTreeMap;

use keyward_domain::{Language, ResourceName, ResourceNames};
use serde_json::{Map, Value};

use crate::error::Cause;
use crate::sql_types::Json;

pub(crate) fn names_to_json(names: &ResourceNames) -> Json {
    let members = names.iter();
    let members = members.map(|(language, name)| (language.tag().to_owned(), Value::from(name)));
    Json(Value::Object(members.collect::<Map<_, _>>()))
}

pub(crate) fn names_from_json(value: Value) -> Result<ResourceNames, Cause> {
    let names: BTreeMap<String, String> = serde_json::from_value(value)?;
    let names = names.iter().map(|(tag, name)| {
        let language = Language::parse(tag).ok_or("an unknown language")?;
        Ok((language, ResourceName::parse(name)?))
    });
    Ok(ResourceNames::new(names.collect::<Result<_, Cause>>()?)?)
}
