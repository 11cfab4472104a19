use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use super::strict_json::Json;

/// A JSON object without repeated members, at any depth.
pub(crate) struct StrictObject(Map<String, Value>);

impl StrictObject {
    /// Whether the member exists, whatever its value.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The member, if it is a text.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }

    /// The object as a value.
    pub(crate) fn into_value(self) -> Value {
        Value::Object(self.0)
    }

    /// The object as a struct; unknown members are ignored.
    pub(crate) fn read<T: DeserializeOwned>(self) -> serde_json::Result<T> {
        T::deserialize(Value::Object(self.0))
    }
}

/// For members that may be absent but not null: `#[serde(default, deserialize_with = "present")]`.
pub(crate) fn present<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    T::deserialize(deserializer).map(Some)
}

impl<'de> Deserialize<'de> for StrictObject {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Json::deserialize(deserializer)?.try_into() {
            Ok(Value::Object(members)) => Ok(Self(members)),
            Ok(_) => Err(D::Error::custom("not a JSON object")),
            Err(repeated) => Err(D::Error::custom(repeated)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Eq, Deserialize)]
    struct Letter {
        #[serde(default, deserialize_with = "present")]
        a: Option<u8>,
    }

    fn read(text: &str) -> Option<Letter> {
        serde_json::from_str::<StrictObject>(text).ok()?.read().ok()
    }

    #[test]
    fn an_object_is_read_when_no_member_is_there_twice() {
        assert_eq!(read(r#"{"a":1,"b":[2]}"#), Some(Letter { a: Some(1) }));
        assert_eq!(read("{}"), Some(Letter { a: None }));
        for text in [
            "",
            "null",
            "[1]",
            r#"{"a":null}"#,
            r#"{"a":"1"}"#,
            r#"{"a":1,"a":1}"#,
            r#"{"a":1,"\u0061":1}"#,
            r#"{"a":1,"b":2,"b":2}"#,
            r#"{"a":1,"b":{"c":1,"c":2}}"#,
            r#"{"a":1,"b":[{"c":1,"c":1}]}"#,
            r#"{"a":1} {}"#,
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
