use keyward_domain::RawDraft;

use super::body_members::BodyMembers;
use crate::json::JsonObject;
use crate::members;

/// Reads the members of a draft. None is ignored; the domain checks their values. The first of
/// repeated members is used, and the repeat makes the draft invalid.
pub(crate) fn draft(object: JsonObject) -> RawDraft {
    draft_of(BodyMembers::of(object, members::DRAFT))
}

/// The draft in a body that may have other members, which were taken before.
pub(super) fn draft_of(mut members: BodyMembers) -> RawDraft {
    RawDraft {
        name: members.text("name"),
        scopes: members.texts("scopes"),
        mode: members.integer("mode"),
        ip_allowlist: members.texts("ipWhitelist"),
        expires_at: members.text("expiresAt"),
        annotations: members.annotations(),
        limits: members.limits("limits"),
        unexpected: members.into_unexpected(),
    }
}

#[cfg(test)]
mod tests {
    use keyward_domain::{RawAnnotations, RawField, RawLimit, Unexpected};

    use super::*;
    use crate::extract::body_members::UNEXPECTED_MAX;
    use crate::json::object;

    fn read(text: &str) -> RawDraft {
        draft(object(text.as_bytes()).unwrap())
    }

    #[test]
    fn every_member_has_its_place() {
        let draft = read(
            r#"{"expiresAt":"e","ipWhitelist":["i",1,null],"mode":2,"scopes":[],"name":"n",
                "metadata":{"b":"1","a":2,"b":null},"externalId":"x","description":"d",
                "limits":[{"window":"w","max":1,"name":"l","onUnavailable":"o","Max":2,"max":3},
                    null,7]}"#,
        );
        let members = [
            ("b", RawField::Value("1".into())),
            ("a", RawField::WrongType),
            ("b", RawField::Null),
        ];
        let members = members.map(|(name, value)| (name.to_owned(), value));
        let rules = vec![
            RawField::Value("i".into()),
            RawField::WrongType,
            RawField::Null,
        ];
        let limit = RawLimit {
            name: RawField::Value("l".into()),
            max: RawField::Value(1),
            window: RawField::Value("w".into()),
            on_unavailable: RawField::Value("o".into()),
            unexpected: vec![
                Unexpected::Unknown("Max".into()),
                Unexpected::Repeated("max".into()),
            ],
        };
        assert_eq!(
            draft,
            RawDraft {
                name: RawField::Value("n".into()),
                scopes: RawField::Value(vec![]),
                mode: RawField::Value(2),
                ip_allowlist: RawField::Value(rules),
                expires_at: RawField::Value("e".into()),
                annotations: RawAnnotations {
                    description: RawField::Value("d".into()),
                    external_id: RawField::Value("x".into()),
                    metadata: RawField::Value(members.to_vec()),
                },
                limits: RawField::Value(vec![
                    RawField::Value(limit),
                    RawField::Null,
                    RawField::WrongType,
                ]),
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
            (RawField::Null, RawField::Null, RawField::Null)
        );
        let wrong = read(
            r#"{"name":1,"scopes":"a","mode":1.0,"ipWhitelist":{},"expiresAt":[],
            "description":1,"externalId":{},"metadata":["a"],"limits":{}}"#,
        );
        assert_eq!(wrong.name, RawField::WrongType);
        assert_eq!(wrong.scopes, RawField::WrongType);
        assert_eq!(wrong.mode, RawField::WrongType);
        assert_eq!(wrong.ip_allowlist, RawField::WrongType);
        assert_eq!(wrong.expires_at, RawField::WrongType);
        assert_eq!(wrong.annotations.description, RawField::WrongType);
        assert_eq!(wrong.annotations.external_id, RawField::WrongType);
        assert_eq!(wrong.annotations.metadata, RawField::WrongType);
        assert_eq!(wrong.limits, RawField::WrongType);
    }

    #[test]
    fn text_is_not_a_list_and_a_list_is_not_an_object() {
        assert_eq!(read(r#"{"name":["Key"]}"#).name, RawField::WrongType);
        let scopes = read(r#"{"scopes":{"payment":"read"}}"#).scopes;
        assert_eq!(scopes, RawField::WrongType);
    }

    #[test]
    fn a_mode_is_an_integer() {
        for mode in [
            "1.0",
            "1.5",
            "1e0",
            r#""1""#,
            r#""LIVE""#,
            "true",
            "[1]",
            "18446744073709551617",
        ] {
            let draft = read(&format!(r#"{{"mode":{mode}}}"#));
            assert_eq!(draft.mode, RawField::WrongType, "{mode}");
        }
    }

    #[test]
    fn no_member_can_be_smuggled_in() {
        for member in [
            "id",
            "apiKeyId",
            "workspaceId",
            "status",
            "secret",
            "Name",
            "ipWhiteList",
            "__proto__",
        ] {
            let draft = read(&format!(r#"{{"name":"Key","{member}":"x"}}"#));
            let want = [Unexpected::Unknown(member.to_owned())];
            assert_eq!(draft.unexpected, want);
        }
    }

    #[test]
    fn unknown_and_repeated_members_are_noted() {
        let draft = read(r#"{"name":"a","n\u0061me":"b","x":1,"x":2,"Mode":1}"#);
        assert_eq!(draft.name, RawField::Value("a".into()));
        assert_eq!(draft.mode, RawField::Absent);
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
