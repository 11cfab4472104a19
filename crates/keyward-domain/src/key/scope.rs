use std::fmt;

/// The maximum length of a scope code in bytes.
pub const SCOPE_LENGTH_MAX: usize = 64;

/// The maximum number of scopes in a request.
pub const SCOPES_MAX: usize = 100;

/// The code of one permission of a key, such as `payment:read`: a resource and an action. Each
/// consists of lower-case ASCII letters, digits, `_`, `-` and `.`, and begins with a letter. The
/// code has at most 64 bytes in all.
///
/// A well-formed scope does not have to exist. The scope catalogue has all scopes that exist.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scope(String);

/// The text is not a scope code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a scope code: resource:action in lower-case letters, at most 64 characters")]
pub struct InvalidScope;

impl Scope {
    /// Parses a scope code exactly as it is written.
    ///
    /// # Errors
    /// [`InvalidScope`] when the text is not well-formed.
    pub fn parse(text: &str) -> Result<Self, InvalidScope> {
        let (resource, action) = text.split_once(':').ok_or(InvalidScope)?;
        if text.len() <= SCOPE_LENGTH_MAX && is_word(resource) && is_word(action) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidScope)
        }
    }

    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the colon.
    #[must_use]
    pub fn resource(&self) -> &str {
        self.0
            .split_once(':')
            .map_or("", |(resource, _action)| resource)
    }

    /// The part after the colon.
    #[must_use]
    pub fn action(&self) -> &str {
        self.0
            .split_once(':')
            .map_or("", |(_resource, action)| action)
    }
}

/// Whether a text can be the resource or the action of a scope.
pub(crate) fn is_word(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.bytes().all(|byte| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-' | b'.')
        })
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The scopes of a key without repeats, in the order of their first occurrence.
///
/// An empty set means zero access: such a key is denied at every check (contract §1).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScopeSet(Vec<Scope>);

impl ScopeSet {
    /// The scopes in order.
    #[must_use]
    pub fn as_slice(&self) -> &[Scope] {
        &self.0
    }

    /// Whether the key has this scope.
    #[must_use]
    pub fn contains(&self, scope: &Scope) -> bool {
        self.0.contains(scope)
    }

    /// Whether the key has no scope at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Repeats collapse; the first occurrence keeps its place.
impl FromIterator<Scope> for ScopeSet {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        let mut set = Vec::new();
        for scope in scopes {
            if !set.contains(&scope) {
                set.push(scope);
            }
        }
        Self(set)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn scope_codes_are_resource_and_action_in_lower_case() {
        for text in [
            "payment:read",
            "payment_link:write",
            "a:b",
            "v2.report:read-all",
        ] {
            assert_eq!(Scope::parse(text).unwrap().as_str(), text);
        }
        let longest = format!("{}:{}", "a".repeat(31), "b".repeat(32));
        assert!(Scope::parse(&longest).is_ok());
        for text in [
            "",
            "*",
            "payment",
            "payment:",
            ":read",
            " read",
            " payment:read",
            "payment:read ",
            "Payment:read",
            "PAYMENT:READ",
            "payment:*",
            "a:b:c",
            "pay ment:read",
            "payment：read",
            "1a:b",
            "a:-",
            &format!("{longest}b"),
        ] {
            assert_eq!(Scope::parse(text), Err(InvalidScope), "{text}");
        }
    }

    #[test]
    fn repeated_scopes_collapse_and_the_first_keeps_its_place() {
        let set: ScopeSet = ["b:x", "a:x", "b:x", "c:x", "a:x"]
            .iter()
            .map(|s| Scope::parse(s).unwrap())
            .collect();
        let codes: Vec<_> = set.as_slice().iter().map(Scope::as_str).collect();
        assert_eq!(codes, ["b:x", "a:x", "c:x"]);
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text: String) {
            if let Ok(scope) = Scope::parse(&text) {
                prop_assert_eq!(scope.as_str(), text);
            }
        }
    }
}
