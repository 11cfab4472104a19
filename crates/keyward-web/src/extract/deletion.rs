use keyward_domain::{Fault, Field, RawField, Unexpected, Violation};

use super::body_members::BodyMembers;
use crate::json::JsonObject;
use crate::members;

/// The key id in a body that asks for a deletion, as it was written.
///
/// # Errors
/// All violations at once: the body must have one text member and nothing else.
pub(crate) fn deletion(object: JsonObject) -> Result<String, Vec<Violation>> {
    let mut members = BodyMembers::of(object, members::DELETION);
    let key_id = members.text("keyId");
    let mut violations = Vec::new();
    let written = match key_id {
        RawField::Value(written) => Some(written),
        RawField::Absent | RawField::Null => {
            violations.push(of_key_id(Fault::Required));
            None
        }
        RawField::WrongType => {
            violations.push(of_key_id(Fault::NotText));
            None
        }
    };
    violations.extend(members.into_unexpected().into_iter().map(of_member));
    written.filter(|_| violations.is_empty()).ok_or(violations)
}

fn of_key_id(fault: Fault) -> Violation {
    let field = Field::Other("keyId".to_owned());
    Violation { field, fault }
}

fn of_member(unexpected: Unexpected) -> Violation {
    let (member, fault) = match unexpected {
        Unexpected::Unknown(member) => (member, Fault::Unknown),
        Unexpected::Repeated(member) => (member, Fault::Repeated),
        Unexpected::Immutable(member) => (member, Fault::Immutable),
    };
    let field = Field::Other(member);
    Violation { field, fault }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::object;

    #[test]
    fn a_deletion_names_one_key_and_nothing_else() {
        let check = |body: &str, want: Result<&str, &[&str]>| {
            let read = deletion(object(body.as_bytes()).unwrap());
            let read = read.map_err(|found| {
                let lines = found.iter().map(ToString::to_string);
                lines.collect::<Vec<_>>()
            });
            let want = want.map(str::to_owned);
            let want = want.map_err(|lines| lines.iter().map(ToString::to_string).collect());
            assert_eq!(read, want, "{body}");
        };
        check(r#"{"keyId":"x"}"#, Ok("x"));
        check("{}", Err(&["keyId: is required"]));
        check(r#"{"keyId":null}"#, Err(&["keyId: is required"]));
        check(r#"{"keyId":7}"#, Err(&["keyId: must be text"]));
        check(
            r#"{"keyId":"x","keyId":"x","id":1}"#,
            Err(&["keyId: is given more than once", "id: is not a known field"]),
        );
        check(
            r#"{"keyid":"x"}"#,
            Err(&["keyId: is required", "keyid: is not a known field"]),
        );
    }
}
