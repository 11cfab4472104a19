use keyward_domain::Metadata;
use serde_json::Value;

use crate::error::Cause;

/// An object of texts.
pub(super) fn metadata_to_json(metadata: &Metadata) -> Value {
    let members = metadata.iter();
    let members = members.map(|(name, value)| (name.to_owned(), Value::from(value)));
    Value::Object(members.collect())
}

/// Reads what [`metadata_to_json`] writes.
pub(super) fn metadata_from_json(value: Value) -> Result<Metadata, Cause> {
    let Value::Object(members) = value else {
        return Err("not an object".into());
    };
    let members = members.iter().map(|(name, value)| {
        let value = value.as_str().ok_or("a value is not a text")?;
        Ok((name.as_str(), value))
    });
    let members = members.collect::<Result<Vec<_>, Cause>>()?;
    Ok(Metadata::parse(members)?)
}
