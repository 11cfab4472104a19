use keyward_domain::RawQuestion;

use super::body_members::BodyMembers;
use crate::json::JsonObject;
use crate::members;

/// Reads the members of a question. None is ignored; the domain checks their values.
pub(crate) fn question(object: JsonObject) -> RawQuestion {
    let mut members = BodyMembers::of(object, members::QUESTION);
    RawQuestion {
        secret: members.text("secret"),
        address: members.text("ip"),
        scopes: members.texts("scopes"),
        mode: members.text("mode"),
        costs: members.costs(),
        unexpected: members.into_unexpected(),
    }
}
