//! Converts JSON values to fields, by the expected type.

use keyward_domain::RawField;

use super::strict_json::Json;

/// For a text member.
pub(super) fn text(value: Json) -> RawField<String> {
    match value {
        Json::Null => RawField::Null,
        Json::Text(text) => RawField::Value(text),
        Json::Bool | Json::Integer(_) | Json::OtherNumber | Json::List(_) | Json::Object(_) => {
            RawField::WrongType
        }
    }
}

/// For a member with a list of texts.
pub(super) fn texts(value: Json) -> RawField<Vec<RawField<String>>> {
    match value {
        Json::Null => RawField::Null,
        Json::List(entries) => RawField::Value(entries.into_iter().map(text).collect()),
        Json::Bool | Json::Integer(_) | Json::OtherNumber | Json::Text(_) | Json::Object(_) => {
            RawField::WrongType
        }
    }
}

/// For a whole number.
pub(super) fn integer(value: &Json) -> RawField<i64> {
    match value {
        Json::Null => RawField::Null,
        Json::Integer(number) => RawField::Value(*number),
        Json::Bool | Json::OtherNumber | Json::Text(_) | Json::List(_) | Json::Object(_) => {
            RawField::WrongType
        }
    }
}
