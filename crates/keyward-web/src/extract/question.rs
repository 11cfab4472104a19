use keyward_domain::RawQuestion;

use super::expected_members::take_expected;
use super::raw_field::{text, texts};
use super::strict_json::JsonObject;
use crate::member::Member;

/// Reads the members of a question. None is ignored; the domain checks their values.
pub(crate) fn question(members: JsonObject) -> RawQuestion {
    let mut question = RawQuestion::default();
    question.unexpected =
        take_expected(
            members,
            Member::OF_QUESTION,
            &[],
            |member, value| match member {
                Member::Secret => question.secret = text(value),
                Member::Ip => question.address = text(value),
                Member::Scopes => question.scopes = texts(value),
                Member::Mode => question.mode = text(value),
                Member::Name
                | Member::IpAllowlist
                | Member::ExpiresAt
                | Member::OverlapSeconds
                | Member::KeyId
                | Member::Questions => {}
            },
        );
    question
}
