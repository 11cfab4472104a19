//! What a member was given, told apart by what it should be.

use keyward_domain::Given;

use super::strict_json::Json;

/// For a member that is text.
pub(super) fn text(value: Json) -> Given<String> {
    match value {
        Json::Null => Given::Null,
        Json::Text(text) => Given::Value(text),
        Json::Bool | Json::Integer(_) | Json::OtherNumber | Json::List(_) | Json::Object(_) => {
            Given::WrongType
        }
    }
}

/// For a member that is a list of texts.
pub(super) fn texts(value: Json) -> Given<Vec<Given<String>>> {
    match value {
        Json::Null => Given::Null,
        Json::List(entries) => Given::Value(entries.into_iter().map(text).collect()),
        Json::Bool | Json::Integer(_) | Json::OtherNumber | Json::Text(_) | Json::Object(_) => {
            Given::WrongType
        }
    }
}

/// For a member that is a whole number.
pub(super) fn integer(value: &Json) -> Given<i64> {
    match value {
        Json::Null => Given::Null,
        Json::Integer(number) => Given::Value(*number),
        Json::Bool | Json::OtherNumber | Json::Text(_) | Json::List(_) | Json::Object(_) => {
            Given::WrongType
        }
    }
}
