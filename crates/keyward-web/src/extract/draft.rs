use keyward_domain::RawDraft;

use super::expected_members::take_expected;
use super::given::{integer, text, texts};
use super::member::Member;
use super::strict_json::Members;

/// Members as a draft: each where it belongs, none ignored. What a member is worth is for the
/// domain to say. Of a repeated member the first counts, and the repeat refuses the draft.
pub(crate) fn draft(members: Members) -> RawDraft {
    let mut draft = RawDraft::default();
    draft.unexpected = take_expected(
        members,
        Member::OF_DRAFT,
        &[],
        |member, value| match member {
            Member::Name => draft.name = text(value),
            Member::Scopes => draft.scopes = texts(value),
            Member::Mode => draft.mode = integer(&value),
            Member::IpAllowlist => draft.ip_allowlist = texts(value),
            Member::ExpiresAt => draft.expires_at = text(value),
            Member::OverlapSeconds
            | Member::KeyId
            | Member::Secret
            | Member::Ip
            | Member::Questions => {}
        },
    );
    draft
}

#[cfg(test)]
mod tests {
    use keyward_domain::{Given, Unexpected};

    use super::*;
    use crate::extract::expected_members::UNEXPECTED_MAX;
    use crate::extract::object;

    fn read(text: &str) -> RawDraft {
        draft(object(text.as_bytes()).unwrap())
    }

    #[test]
    fn every_member_has_its_place() {
        let draft =
            read(r#"{"expiresAt":"e","ipWhitelist":["i",1,null],"mode":2,"scopes":[],"name":"n"}"#);
        let rules = vec![Given::Value("i".into()), Given::WrongType, Given::Null];
        assert_eq!(
            draft,
            RawDraft {
                name: Given::Value("n".into()),
                scopes: Given::Value(vec![]),
                mode: Given::Value(2),
                ip_allowlist: Given::Value(rules),
                expires_at: Given::Value("e".into()),
                unexpected: vec![],
            }
        );
    }

    #[test]
    fn absent_null_and_wrong_are_told_apart() {
        assert_eq!(read("{}"), RawDraft::default());
        let null = read(r#"{"name":null,"scopes":null,"mode":null}"#);
        assert_eq!(
            (null.name, null.scopes, null.mode),
            (Given::Null, Given::Null, Given::Null)
        );
        let wrong = read(r#"{"name":1,"scopes":"a","mode":1.0,"ipWhitelist":{},"expiresAt":[]}"#);
        assert_eq!(wrong.name, Given::WrongType);
        assert_eq!(wrong.scopes, Given::WrongType);
        assert_eq!(wrong.mode, Given::WrongType);
        assert_eq!(wrong.ip_allowlist, Given::WrongType);
        assert_eq!(wrong.expires_at, Given::WrongType);
    }

    #[test]
    fn unknown_and_repeated_members_are_noted() {
        let draft = read(r#"{"name":"a","n\u0061me":"b","x":1,"x":2,"Mode":1}"#);
        assert_eq!(draft.name, Given::Value("a".into()));
        assert_eq!(draft.mode, Given::Absent);
        assert_eq!(
            draft.unexpected,
            [
                Unexpected::Repeated("name".into()),
                Unexpected::Unknown("x".into()),
                Unexpected::Repeated("x".into()),
                Unexpected::Unknown("Mode".into()),
            ]
        );
    }

    #[test]
    fn what_is_noted_is_bounded() {
        let members: Vec<String> = (0..500).map(|at| format!(r#""m{at}":1"#)).collect();
        let draft = read(&format!("{{{}}}", members.join(",")));
        assert_eq!(draft.unexpected.len(), UNEXPECTED_MAX);
    }
}
