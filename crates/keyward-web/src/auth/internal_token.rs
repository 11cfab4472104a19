use std::fmt;

use actix_web::http::header::{HeaderMap, HeaderName};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::error::Failure;
use crate::extract::{Once, bearer_token};

const X_KEYWARD_INTERNAL_TOKEN: HeaderName = HeaderName::from_static("x-keyward-internal-token");

/// The fewest characters of an [`InternalToken`].
const LENGTH_MIN: usize = 32;

/// What callers of the internal listener show to be heard: at least 32 visible ASCII characters.
pub struct InternalToken(Zeroizing<String>);

/// A text that is no internal token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must have at least 32 visible ASCII characters")]
pub struct InvalidInternalToken;

impl InternalToken {
    /// Reads a token.
    ///
    /// # Errors
    /// [`InvalidInternalToken`] when it is too short or not visible ASCII.
    pub fn parse(text: &str) -> Result<Self, InvalidInternalToken> {
        if text.len() >= LENGTH_MIN && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(Self(Zeroizing::new(text.to_owned())))
        } else {
            Err(InvalidInternalToken)
        }
    }

    /// The token itself, to be shown to a node.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// Whether the caller shows it as a bearer token.
    ///
    /// # Errors
    /// [`Failure::TokenMissing`] or [`Failure::TokenRefused`] when not.
    pub(crate) fn check(&self, headers: &HeaderMap) -> Result<(), Failure> {
        self.compare(bearer_token(headers)?.as_bytes())
    }

    /// Whether a gateway shows it beside the credentials of its client, in
    /// `X-Keyward-Internal-Token`.
    ///
    /// # Errors
    /// As [`check`](Self::check).
    pub(crate) fn check_beside_client(&self, headers: &HeaderMap) -> Result<(), Failure> {
        match Once::of(headers, &X_KEYWARD_INTERNAL_TOKEN) {
            Once::Absent => Err(Failure::TokenMissing),
            Once::Repeated => Err(Failure::TokenRefused("more than one internal token")),
            Once::Value(shown) => self.compare(shown.as_bytes()),
        }
    }

    fn compare(&self, shown: &[u8]) -> Result<(), Failure> {
        if shown.ct_eq(self.0.as_bytes()).into() {
            Ok(())
        } else {
            Err(Failure::TokenRefused("not the internal token"))
        }
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
        let shown = format!("{:?}", InternalToken::parse(&"canary".repeat(9)).unwrap());
        assert!(!shown.contains("canary"));
    }
}
