//! What a member was given, told apart by what it should be.

use keyward_domain::RawField;

use super::strict_json::Json;

/// For a member that is text.
pub(super) fn text(value: Json) -> RawField<String> {
    match value {
        Json::Null => RawField::Null,
        Json::Text(text) => RawField::Value(text),
        Json::Bool | Json::Integer(_) | Json::OtherNumber | Json::List(_) | Json::Object(_) => {
            RawField::WrongType
        }
    }
}

/// For a member that is a list of texts.
pub(super) fn texts(value: Json) -> RawField<Vec<RawField<String>>> {
    match value {
        Json::Null => RawField::Null,
        Json::List(entries) => RawField::Value(entries.into_iter().map(text).collect()),
        Json::Bool | Json::Integer(_) | Json::OtherNumber | Json::Text(_) | Json::Object(_) => {
            RawField::WrongType
        }
    }
}

/// For a member that is a whole number.
pub(super) fn integer(value: &Json) -> RawField<i64> {
    match value {
        Json::Null => RawField::Null,
        Json::Integer(number) => RawField::Value(*number),
        Json::Bool | Json::OtherNumber | Json::Text(_) | Json::List(_) | Json::Object(_) => {
            RawField::WrongType
        }
    }
}
