use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// A JSON value as it was written: members in order, with repeats and without conversion.
///
/// serde's derives accept an array as an object, and refuse a repeated member without the others;
/// `serde_json::Value` drops repeats. Here the caller sees all members and decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(Number),
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
    match value(bytes)? {
        Json::Object(members) => Ok(members),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::Text(_) | Json::List(_) => {
            Err(JsonFault::NotObject)
        }
    }
}

/// Parses one value of any type, as [`object`] does.
///
/// # Errors
/// [`JsonFault`], but never [`JsonFault::NotObject`].
pub(crate) fn value(bytes: &[u8]) -> Result<Json, JsonFault> {
    let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
    if bytes.iter().all(is_blank) {
        return Err(JsonFault::Empty);
    }
    serde_json::from_slice(bytes).map_err(|error| JsonFault::Malformed {
        line: error.line(),
        column: error.column(),
    })
}

/// An object has a member twice. Two readers could use different values: one the first, the other the
/// last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a repeated member")]
pub(crate) struct RepeatedMember;

impl TryFrom<Json> for Value {
    type Error = RepeatedMember;

    fn try_from(json: Json) -> Result<Self, RepeatedMember> {
        Ok(match json {
            Json::Null => Self::Null,
            Json::Bool(value) => Self::Bool(value),
            Json::Number(number) => Self::Number(number),
            Json::Text(text) => Self::String(text),
            Json::List(entries) => {
                let entries = entries.into_iter().map(Self::try_from);
                Self::Array(entries.collect::<Result<_, _>>()?)
            }
            Json::Object(read) => {
                let mut members = Map::new();
                for (name, value) in read {
                    if members.insert(name, value.try_into()?).is_some() {
                        return Err(RepeatedMember);
                    }
                }
                Self::Object(members)
            }
        })
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

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        // JSON has no number that is not finite.
        Ok(Number::from_f64(value).map_or(Json::Null, Json::Number))
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

    use super::*;

    #[test]
    fn one_object_is_read_member_by_member() {
        let members = object(br#" {"a":1,"b":[null,true,"\u00e9"],"\u0061":1.0,"c":{}} "#).unwrap();
        let list = Json::List(vec![Json::Null, Json::Bool(true), Json::Text("é".into())]);
        assert_eq!(
            members,
            [
                ("a".to_owned(), Json::Number(1.into())),
                ("b".to_owned(), list),
                ("a".to_owned(), Json::Number(Number::from_f64(1.0).unwrap())),
                ("c".to_owned(), Json::Object(vec![])),
            ]
        );
    }

    #[test]
    fn only_whole_numbers_are_integers() {
        for (text, want) in [
            ("1", Some(1)),
            ("-1", Some(-1)),
            ("9223372036854775807", Some(i64::MAX)),
            ("9223372036854775808", None),
            ("18446744073709551617", None),
            ("1.0", None),
            ("1e0", None),
        ] {
            let members = object(format!(r#"{{"n":{text}}}"#).as_bytes()).unwrap();
            let Json::Number(number) = &members[0].1 else {
                panic!("{members:?}");
            };
            assert_eq!(number.as_i64(), want, "{text}");
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
            b"\xFF\xFE{\0}\0",
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
            let theirs: Value = serde_json::from_str(&text).unwrap();
            let read = object(text.as_bytes()).unwrap();
            let names: Vec<&String> = read.iter().map(|(name, _value)| name).collect();
            prop_assert_eq!(names, members.keys().collect::<Vec<_>>());
            prop_assert_eq!(Value::try_from(Json::Object(read)), Ok(theirs));
        }
    }
}
