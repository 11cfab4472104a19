use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use keyward_domain::SessionId;

use super::session::TokenError;

/// The maximum size of a token in bytes (contract §7).
pub(super) const TOKEN_LENGTH_MAX: usize = 8 * 1024;

/// A text in the form of a signed token (RFC 7515, section 7.1): three parts of unpadded base64url.
/// The form alone proves nothing.
#[derive(Clone, Copy)]
pub(super) struct CompactToken<'a> {
    header: &'a str,
    claims: &'a str,
    signature: &'a str,
    /// The header and the claims, with the dot between them.
    signed: &'a str,
}

impl<'a> CompactToken<'a> {
    /// Checks the form. A text that is too long is refused before any decoding.
    pub(super) fn parse(text: &'a str) -> Result<Self, TokenError> {
        if text.len() > TOKEN_LENGTH_MAX {
            return Err(TokenError::Invalid("longer than 8 KiB"));
        }
        let parts = text
            .rsplit_once('.')
            .and_then(|(signed, signature)| Some((signed.split_once('.')?, signed, signature)));
        let Some(((header, claims), signed, signature)) = parts else {
            return Err(TokenError::Invalid("not three parts"));
        };
        if [header, claims, signature].into_iter().all(is_base64url) {
            Ok(Self {
                header,
                claims,
                signature,
                signed,
            })
        } else {
            Err(TokenError::Invalid("not base64url"))
        }
    }

    /// The signed part, as it is written.
    pub(super) fn signed(self) -> &'a str {
        self.signed
    }

    /// The session that the token opens if it is valid.
    pub(super) fn session_id(self) -> SessionId {
        SessionId::of(self.signed.as_bytes())
    }

    /// The signature, as it is written.
    pub(super) fn signature(self) -> &'a str {
        self.signature
    }

    /// The JSON of the header.
    pub(super) fn header(self) -> Result<Vec<u8>, TokenError> {
        URL_SAFE_NO_PAD
            .decode(self.header)
            .map_err(|_nothing_of_the_token| TokenError::Invalid("header not base64url"))
    }

    /// The JSON of the claims.
    pub(super) fn claims(self) -> Result<Vec<u8>, TokenError> {
        URL_SAFE_NO_PAD
            .decode(self.claims)
            .map_err(|_nothing_of_the_token| TokenError::Invalid("claims not base64url"))
    }
}

fn is_base64url(part: &str) -> bool {
    !part.is_empty()
        && part
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_three_parts_of_base64url() {
        assert!(CompactToken::parse("a.b.c").is_ok());
        assert!(CompactToken::parse("Az09-_.x.y").is_ok());
        for text in [
            "",
            "a",
            "a.b",
            "a.b.c.d",
            "a.b.c.d.e",
            "..",
            "a.b.",
            ".b.c",
            "a..c",
            "a.b.c=",
            "a.b.c ",
            " a.b.c",
            "a.b.c\n",
            "a+b.c.d",
            "a/b.c.d",
            "é.b.c",
            r#"{"payload":"b","protected":"a","signature":"c"}"#,
        ] {
            assert!(CompactToken::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_token_has_at_most_8_kib() {
        let of_length = |length: usize| format!("a.b.{}", "c".repeat(length - 4));
        assert!(CompactToken::parse(&of_length(TOKEN_LENGTH_MAX)).is_ok());
        let refused = CompactToken::parse(&of_length(TOKEN_LENGTH_MAX + 1)).err();
        assert_eq!(refused, Some(TokenError::Invalid("longer than 8 KiB")));
    }

    #[test]
    fn a_header_has_one_spelling() {
        let header = |text: &str| CompactToken::parse(text).unwrap().header();
        assert_eq!(header("e30.b.c").unwrap(), b"{}");
        assert!(header("e31.b.c").is_err(), "bits after the last byte");
        assert!(header("e.b.c").is_err(), "no whole byte");
    }
}
