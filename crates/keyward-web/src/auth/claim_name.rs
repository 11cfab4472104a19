use std::fmt;

use serde_json::Value;

/// Which claim of a token is meant: a member by its exact name, or a JSON Pointer (RFC 6901).
///
/// A text that begins with `/` is a pointer: `/realm_access/portal`. Any other text is a name, with
/// its dots, colons and slashes: `https://example.com/portal`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimName(Place);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    Member(String),
    Pointer(String),
}

/// A text that names no claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidClaimName {
    /// It is empty.
    #[error("a claim has a name of at least one character")]
    Empty,
    /// In a pointer, `~` is only part of `~0` and `~1`.
    #[error("in a JSON Pointer, ~ is written as ~0 and / in a name as ~1")]
    Pointer,
}

impl ClaimName {
    /// Reads a name, or a pointer when it begins with `/`.
    ///
    /// # Errors
    /// [`InvalidClaimName`].
    pub fn parse(text: &str) -> Result<Self, InvalidClaimName> {
        let owned = text.to_owned();
        if text.is_empty() {
            Err(InvalidClaimName::Empty)
        } else if !text.starts_with('/') {
            Ok(Self(Place::Member(owned)))
        } else if text
            .split('~')
            .skip(1)
            .all(|after| after.starts_with(['0', '1']))
        {
            Ok(Self(Place::Pointer(owned)))
        } else {
            Err(InvalidClaimName::Pointer)
        }
    }

    /// The member of this exact name. For names in the code.
    pub(super) fn member(name: &str) -> Self {
        Self(Place::Member(name.to_owned()))
    }

    /// The claim; `None` when it is absent.
    pub(super) fn find<'a>(&self, claims: &'a Value) -> Option<&'a Value> {
        match &self.0 {
            Place::Member(name) => claims.get(name),
            Place::Pointer(pointer) => claims.pointer(pointer),
        }
    }
}

impl ClaimName {
    /// Whether the claim can't be where the pointer leads, because a value on the way to it is
    /// neither an object nor a list: such a claim is of another type, not absent.
    pub(super) fn is_blocked(&self, claims: &Value) -> bool {
        let Place::Pointer(pointer) = &self.0 else {
            return false;
        };
        let mut rest = pointer.as_str();
        while let Some((parent, step)) = rest.rsplit_once('/') {
            match claims.pointer(parent) {
                None => rest = parent,
                Some(Value::Object(_)) => return false,
                Some(Value::Array(_)) => {
                    return !step.bytes().all(|digit| digit.is_ascii_digit());
                }
                Some(_) => return true,
            }
        }
        false
    }
}

impl fmt::Display for ClaimName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Place::Member(text) | Place::Pointer(text) => f.write_str(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_claim_is_named_as_it_is_or_by_a_pointer() {
        let claims = json!({
            "sub": 1,
            "a.b": 2,
            "https://example.com/portal": 3,
            "realm_access": { "roles": [4, 5], "a/b": 6, "a~b": 7, "": 8 },
            "": 9,
        });
        for (name, found) in [
            ("sub", Some(1)),
            ("a.b", Some(2)),
            ("https://example.com/portal", Some(3)),
            ("/https:~1~1example.com~1portal", Some(3)),
            ("/sub", Some(1)),
            ("/realm_access/roles/1", Some(5)),
            ("/realm_access/a~1b", Some(6)),
            ("/realm_access/a~0b", Some(7)),
            ("/realm_access/", Some(8)),
            ("/", Some(9)),
            ("realm_access.roles", None),
            ("Sub", None),
            ("sub ", None),
            ("/sub/x", None),
            ("/realm_access/roles/01", None),
            ("/realm_access/roles/+1", None),
            ("/realm_access/roles/-", None),
            ("/realm_access/roles/2", None),
            ("/realm_access/x/y", None),
        ] {
            let parsed = ClaimName::parse(name).unwrap();
            assert_eq!(
                parsed.find(&claims),
                found.map(|n| json!(n)).as_ref(),
                "{name}"
            );
            assert_eq!(parsed.to_string(), name);
        }
    }

    #[test]
    fn a_value_of_another_type_blocks_the_way_to_a_claim() {
        let claims = json!({ "text": "x", "null": null, "list": ["x"], "object": {} });
        for (name, is_blocked) in [
            ("/text/device", true),
            ("/null/device", true),
            ("/list/device", true),
            ("/text/a/b", true),
            ("/list/7", false),
            ("/object/device", false),
            ("/object/a/b", false),
            ("/absent/device", false),
            ("/absent", false),
            ("text", false),
        ] {
            let parsed = ClaimName::parse(name).unwrap();
            assert_eq!(parsed.is_blocked(&claims), is_blocked, "{name}");
        }
    }

    #[test]
    fn a_text_that_names_no_claim_is_refused() {
        assert_eq!(ClaimName::parse(""), Err(InvalidClaimName::Empty));
        for text in ["/~", "/a~", "/a~2", "/a~~0", "/~x/b"] {
            assert_eq!(
                ClaimName::parse(text),
                Err(InvalidClaimName::Pointer),
                "{text}"
            );
        }
        assert!(ClaimName::parse("a~b").is_ok(), "no pointer");
    }
}
