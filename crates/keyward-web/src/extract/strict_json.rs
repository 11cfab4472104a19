use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::language::MessageId;
use crate::problem::Problem;

/// A JSON value as it was written: members in order, with repeats and without conversion.
///
/// serde's derives accept an array as an object, and silently use the last of repeated members;
/// `serde_json::Value` drops repeats. Here the caller sees them and decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool,
    /// A whole number without fraction or exponent, within 64 bits.
    Integer(i64),
    /// Any other number.
    OtherNumber,
    /// Text with decoded escapes.
    Text(String),
    /// An array.
    List(Vec<Json>),
    /// An object.
    Object(JsonObject),
}

/// The members of an object, in the order of the text.
pub(crate) type JsonObject = Vec<(String, Json)>;

/// Why bytes are not one JSON object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JsonFault {
    /// Only white space.
    Empty,
    /// Not JSON in UTF-8, nested too deeply, or more than one value.
    Malformed {
        /// The line of the error, from 1.
        line: usize,
        /// The byte in that line, from 1; 0 at the end of the previous line.
        column: usize,
    },
    /// JSON, but not an object.
    NotObject,
}

/// Parses one JSON object (RFC 8259), surrounded only by white space. `serde_json` limits the depth
/// to 128.
///
/// # Errors
/// [`JsonFault`].
pub(crate) fn object(bytes: &[u8]) -> Result<JsonObject, JsonFault> {
    let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
    if bytes.iter().all(is_blank) {
        return Err(JsonFault::Empty);
    }
    match serde_json::from_slice(bytes) {
        Ok(Json::Object(members)) => Ok(members),
        Ok(
            Json::Null
            | Json::Bool
            | Json::Integer(_)
            | Json::OtherNumber
            | Json::Text(_)
            | Json::List(_),
        ) => Err(JsonFault::NotObject),
        Err(error) => Err(JsonFault::Malformed {
            line: error.line(),
            column: error.column(),
        }),
    }
}

impl From<JsonFault> for Problem {
    fn from(fault: JsonFault) -> Self {
        const FIELD: &str = "body";
        match fault {
            JsonFault::Empty => Self::new(FIELD, MessageId::BodyEmpty),
            JsonFault::NotObject => Self::new(FIELD, MessageId::BodyNotObject),
            JsonFault::Malformed { line, column } => {
                let position = format!("{line}:{column}").into();
                Self::with(FIELD, MessageId::BodyNotJson, vec![("position", position)])
            }
        }
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyJson)
    }
}

struct AnyJson;

impl<'de> Visitor<'de> for AnyJson {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, _value: bool) -> Result<Json, E> {
        Ok(Json::Bool)
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Integer(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(i64::try_from(value).map_or(Json::OtherNumber, Json::Integer))
    }

    fn visit_f64<E>(self, _value: f64) -> Result<Json, E> {
        Ok(Json::OtherNumber)
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Json, A::Error> {
        let mut list = Vec::new();
        while let Some(entry) = entries.next_element()? {
            list.push(entry);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Json, A::Error> {
        let mut members = JsonObject::new();
        while let Some(member) = entries.next_entry()? {
            members.push(member);
        }
        Ok(Json::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    #[test]
    fn one_object_is_read_member_by_member() {
        let members = object(br#" {"a":1,"b":[null,true,"\u00e9"],"\u0061":1.0,"c":{}} "#).unwrap();
        let list = Json::List(vec![Json::Null, Json::Bool, Json::Text("é".into())]);
        assert_eq!(
            members,
            [
                ("a".to_owned(), Json::Integer(1)),
                ("b".to_owned(), list),
                ("a".to_owned(), Json::OtherNumber),
                ("c".to_owned(), Json::Object(vec![])),
            ]
        );
    }

    #[test]
    fn only_whole_numbers_are_integers() {
        for (text, want) in [
            ("1", Json::Integer(1)),
            ("-1", Json::Integer(-1)),
            ("9223372036854775807", Json::Integer(i64::MAX)),
            ("9223372036854775808", Json::OtherNumber),
            ("18446744073709551617", Json::OtherNumber),
            ("1.0", Json::OtherNumber),
            ("1e0", Json::OtherNumber),
        ] {
            let members = object(format!(r#"{{"n":{text}}}"#).as_bytes()).unwrap();
            assert_eq!(members[0].1, want, "{text}");
        }
    }

    #[test]
    fn all_else_is_told_apart() {
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(200), "]".repeat(200));
        let malformed = |line, column| JsonFault::Malformed { line, column };
        let check = |text: &[u8], want: JsonFault| {
            let shown = String::from_utf8_lossy(text);
            assert_eq!(object(text), Err(want), "{shown}");
        };
        check(b"", JsonFault::Empty);
        check(b" \r\n\t", JsonFault::Empty);
        check(b"null", JsonFault::NotObject);
        check(b"[\"name\"]", JsonFault::NotObject);
        check(b"\"name\"", JsonFault::NotObject);
        check(b"1", JsonFault::NotObject);
        check(b"name", malformed(1, 2));
        check(b"{\"a\":1} x", malformed(1, 9));
        check(b"{\"a\":1}{}", malformed(1, 8));
        check(b"{\"a\":1,}", malformed(1, 8));
        check(b"{\n\"a\":NaN}", malformed(2, 5));
        for text in [
            "\u{FEFF}{}".as_bytes(),
            b"{\"a\":\"\xFF\"}",
            b"{\"\xFF\":1}",
            br#"{"a":"\ud800"}"#,
            br#"{"a":"\udc00\ud800"}"#,
            br#"{"\ud800":1}"#,
            b"{\"a\":\"\n\"}",
            b"{\"a\":1",
            b"{\"a\":01}",
            b"{'a':1}",
            b"{\0}",
            deep.as_bytes(),
        ] {
            let shown = String::from_utf8_lossy(text);
            let fault = object(text).unwrap_err();
            assert!(
                matches!(fault, JsonFault::Malformed { .. }),
                "{shown}: {fault:?}"
            );
        }
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            ".*".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::btree_map(".*", inner, 0..6)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_bytes_are_judged_as_serde_json_judges_them(
            bytes in prop::collection::vec(any::<u8>(), 0..60)
        ) {
            let theirs = serde_json::from_slice::<Value>(&bytes);
            prop_assert_eq!(object(&bytes).is_ok(), theirs.is_ok_and(|value| value.is_object()));
        }

        #[test]
        fn any_likely_text_is_judged_as_serde_json_judges_it(
            text in r#"([{}\[\]:,"\\ ]|"a"|"b"|null|true|1|-|\.|e|\\u0061|\\ud800){0,16}"#
        ) {
            let theirs = serde_json::from_str::<Value>(&text);
            prop_assert_eq!(
                object(text.as_bytes()).is_ok(),
                theirs.is_ok_and(|value| value.is_object())
            );
        }

        #[test]
        fn objects_are_read_as_serde_json_reads_them(
            members in prop::collection::btree_map(".*", value(), 0..6)
        ) {
            let text = serde_json::to_string(&members).unwrap();
            let read = object(text.as_bytes()).unwrap();
            prop_assert_eq!(read.len(), members.len());
            for ((name, value), (their_name, their_value)) in read.iter().zip(&members) {
                prop_assert_eq!(name, their_name);
                prop_assert_eq!(value, &plain(their_value));
            }
        }
    }

    /// Converts the result of `serde_json`.
    fn plain(value: &Value) -> Json {
        match value {
            Value::Null => Json::Null,
            Value::Bool(_) => Json::Bool,
            Value::Number(number) => number.as_i64().map_or(Json::OtherNumber, Json::Integer),
            Value::String(text) => Json::Text(text.clone()),
            Value::Array(entries) => Json::List(entries.iter().map(plain).collect()),
            Value::Object(members) => Json::Object(
                members
                    .iter()
                    .map(|(name, value)| (name.clone(), plain(value)))
                    .collect(),
            ),
        }
    }
}
