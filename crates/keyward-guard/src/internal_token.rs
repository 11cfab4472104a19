use std::fmt;

use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// The minimum length of an [`InternalToken`].
const LENGTH_MIN: usize = 32;

/// The credential of callers of a node's internal listener: at least 32 visible ASCII characters.
pub struct InternalToken(Zeroizing<String>);

/// The text is not an internal token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must have at least 32 visible ASCII characters")]
pub struct InvalidInternalToken;

impl InternalToken {
    /// Parses a token.
    ///
    /// # Errors
    /// [`InvalidInternalToken`] when the text is too short or not visible ASCII.
    pub fn parse(text: &str) -> Result<Self, InvalidInternalToken> {
        if text.len() >= LENGTH_MIN && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(Self(Zeroizing::new(text.to_owned())))
        } else {
            Err(InvalidInternalToken)
        }
    }

    /// The token itself, to send it to a node.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether the presented text is this token, in constant time.
    #[must_use]
    pub fn is(&self, shown: &[u8]) -> bool {
        shown.ct_eq(self.0.as_bytes()).into()
    }
}

impl fmt::Debug for InternalToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InternalToken(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_internal_token_is_long_and_visible() {
        assert!(InternalToken::parse(&"x".repeat(32)).is_ok());
        for text in [
            String::new(),
            "x".repeat(31),
            " ".repeat(32),
            "é".repeat(32),
        ] {
            assert_eq!(
                InternalToken::parse(&text).err(),
                Some(InvalidInternalToken)
            );
        }
        let token = InternalToken::parse(&"x".repeat(32)).unwrap();
        assert!(token.is("x".repeat(32).as_bytes()));
        assert!(!token.is("x".repeat(33).as_bytes()) && !token.is(b""));
        let shown = format!("{:?}", InternalToken::parse(&"canary".repeat(9)).unwrap());
        assert!(!shown.contains("canary"));
    }
}
