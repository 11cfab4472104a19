use std::fmt;

/// The maximum length of an external id in characters.
pub const EXTERNAL_ID_LENGTH_MAX: usize = 255;

/// What the platform calls the holder of a key, such as a customer number: 1 to 255 visible ASCII
/// characters without spaces, compared exactly (contract §1). Several keys may have the same one.
///
/// A gateway passes it on in the header `X-Auth-External-Id`. Every such text is a valid value of a
/// header as it is (RFC 9110, section 5.5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExternalId(String);

/// The text is not an external id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must have 1 to 255 visible ASCII characters without spaces")]
pub struct InvalidExternalId;

impl ExternalId {
    /// Parses an external id. Nothing is trimmed or converted.
    ///
    /// # Errors
    /// [`InvalidExternalId`].
    pub fn parse(text: &str) -> Result<Self, InvalidExternalId> {
        let fits = (1..=EXTERNAL_ID_LENGTH_MAX).contains(&text.len());
        if fits && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidExternalId)
        }
    }

    /// The id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ExternalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_external_id_is_1_to_255_visible_ascii_characters() {
        for text in [
            "c",
            "customer-4711",
            "urn:example:customer:4711?a=b&c=%20#d",
            "\"a\",'b';{c}<d>\\~!",
            &"x".repeat(255),
        ] {
            assert_eq!(ExternalId::parse(text).unwrap().as_str(), text);
        }
        for text in [
            "",
            " ",
            " a",
            "a ",
            "a b",
            "a\tb",
            "a\r\nX-Auth-Mode: TEST",
            "a\0",
            "a\u{7F}",
            "ä",
            "支付",
            "a\u{200B}",
            &"x".repeat(256),
        ] {
            assert_eq!(ExternalId::parse(text), Err(InvalidExternalId), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn an_external_id_is_the_text_that_was_given(text in "[!-~]{1,255}") {
            let parsed = ExternalId::parse(&text).unwrap();
            prop_assert_eq!(parsed.to_string(), text);
        }

        #[test]
        fn no_other_text_is_one(text: String) {
            let is_visible = text.chars().all(|character| ('!'..='~').contains(&character));
            let fits = (1..=255).contains(&text.len());
            prop_assert_eq!(ExternalId::parse(&text).is_ok(), is_visible && fits);
        }
    }
}
