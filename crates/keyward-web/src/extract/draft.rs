use std::collections::HashSet;

use keyward_domain::{Given, RawDraft, Unexpected};

use super::member::Member;
use super::strict_json::{Json, Members};

/// How many unexpected members are told of at once; the rest would only make the answer long.
const UNEXPECTED_MAX: usize = 100;

/// Members as a draft: each where it belongs, none ignored. What a member is worth is for the
/// domain to say. Of a repeated member the first counts, and the repeat refuses the draft.
pub(crate) fn draft(members: Members) -> RawDraft {
    let mut draft = RawDraft::default();
    let mut seen = HashSet::new();
    for (name, value) in members {
        if !seen.insert(name.clone()) {
            unexpected(&mut draft, Unexpected::Repeated(name));
            continue;
        }
        match Member::parse(&name) {
            Some(Member::Name) => draft.name = text(value),
            Some(Member::Scopes) => draft.scopes = texts(value),
            Some(Member::Mode) => draft.mode = integer(&value),
            Some(Member::IpAllowlist) => draft.ip_allowlist = texts(value),
            Some(Member::ExpiresAt) => draft.expires_at = text(value),
            None => unexpected(&mut draft, Unexpected::Unknown(name)),
        }
    }
    draft
}

fn unexpected(draft: &mut RawDraft, member: Unexpected) {
    if draft.unexpected.len() < UNEXPECTED_MAX {
        draft.unexpected.push(member);
    }
}

fn text(value: Json) -> Given<String> {
    match value {
        Json::Null => Given::Null,
        Json::Text(text) => Given::Value(text),
        Json::Bool | Json::Integer(_) | Json::OtherNumber | Json::List(_) | Json::Object(_) => {
            Given::WrongType
        }
    }
}

fn texts(value: Json) -> Given<Vec<Given<String>>> {
    match value {
        Json::Null => Given::Null,
        Json::List(entries) => Given::Value(entries.into_iter().map(text).collect()),
        Json::Bool | Json::Integer(_) | Json::OtherNumber | Json::Text(_) | Json::Object(_) => {
            Given::WrongType
        }
    }
}

fn integer(value: &Json) -> Given<i64> {
    match value {
        Json::Null => Given::Null,
        Json::Integer(number) => Given::Value(*number),
        Json::Bool | Json::OtherNumber | Json::Text(_) | Json::List(_) | Json::Object(_) => {
            Given::WrongType
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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
