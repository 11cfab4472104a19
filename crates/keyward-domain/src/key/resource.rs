use std::fmt;

use crate::key::scope::{SCOPE_LENGTH_MAX, is_word};

/// The maximum length of a resource's code in bytes. A scope has a colon and an action as well.
pub const RESOURCE_LENGTH_MAX: usize = SCOPE_LENGTH_MAX - 2;

/// The code of what a scope gives access to: `payment` in `payment:read`. Lower-case ASCII letters,
/// digits, `_`, `-` and `.`, beginning with a letter; at most 62 bytes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Resource(String);

/// The text is not the code of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the code of a resource: a word in lower-case letters, at most 62 characters")]
pub struct InvalidResource;

impl Resource {
    /// Parses a code exactly as it is written.
    ///
    /// # Errors
    /// [`InvalidResource`] when the text is not well-formed.
    pub fn parse(text: &str) -> Result<Self, InvalidResource> {
        if text.len() <= RESOURCE_LENGTH_MAX && is_word(text) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidResource)
        }
    }

    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// As a resource is ordered and compared like its code, maps can be asked by a part of a scope.
impl std::borrow::Borrow<str> for Resource {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::scope::Scope;
    use proptest::prelude::*;

    #[test]
    fn a_resource_is_a_word_that_a_scope_can_begin_with() {
        let longest = "a".repeat(62);
        for text in ["payment", "payment_link", "v2.report", "a", &longest] {
            assert_eq!(Resource::parse(text).unwrap().as_str(), text);
            assert!(Scope::parse(&format!("{text}:x")).is_ok(), "{text}");
        }
        for text in [
            "",
            "payment:read",
            "payment:",
            "Payment",
            " payment",
            "1a",
            "-",
            "支払い",
            &format!("{longest}a"),
        ] {
            assert_eq!(Resource::parse(text), Err(InvalidResource), "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_scope_has_a_resource(code in "[a-z][a-z0-9_.-]{0,40}:[a-z][a-z0-9_.-]{0,40}") {
            if let Ok(scope) = Scope::parse(&code) {
                let resource = Resource::parse(scope.resource()).unwrap();
                prop_assert_eq!(resource.as_str(), scope.resource());
            }
        }

        #[test]
        fn any_text_is_read_without_panic(text: String) {
            if let Ok(resource) = Resource::parse(&text) {
                prop_assert_eq!(resource.as_str(), text);
            }
        }
    }
}
