use crate::key::id::ApiKeyId;
use crate::key::secret_hash::SecretHash;

/// How an imported secret begins where it is shown or recorded.
const IMPORTED: &str = "imported";

/// What is shown of a secret later, so that people can tell their keys apart: its last four
/// characters. Of an imported secret only the hash is known: the last four hexadecimal digits of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SecretHint {
    characters: [u8; 4],
    is_imported: bool,
}

/// The text is not four base62 characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not four letters and digits")]
pub struct InvalidSecretHint;

impl SecretHint {
    /// The hint of a secret that Keyward has issued.
    pub(crate) fn issued(characters: [u8; 4]) -> Self {
        Self {
            characters,
            is_imported: false,
        }
    }

    /// The hint of an imported secret with this hash.
    #[must_use]
    pub fn imported(hash: &SecretHash) -> Self {
        let [.., last_but_one, last] = *hash.as_bytes();
        let digits = [last_but_one >> 4, last_but_one & 15, last >> 4, last & 15];
        let characters = digits.map(|digit| match digit {
            0..=9 => b'0' + digit,
            _ => b'a' + digit - 10,
        });
        Self {
            characters,
            is_imported: true,
        }
    }

    /// A secret of this key as it is shown later: everything before its digits, an ellipsis, and the
    /// hint (contract §3); `imported…` instead for an imported secret.
    #[must_use]
    pub fn masked(self, id: ApiKeyId) -> String {
        if self.is_imported {
            format!("{IMPORTED}…{}", self.as_str())
        } else {
            format!("{}…{}", id.prefix().lead(id.mode()), self.as_str())
        }
    }

    /// Restores a hint from its stored parts.
    ///
    /// # Errors
    /// [`InvalidSecretHint`] when the text is not four base62 characters.
    pub fn from_parts(text: &str, is_imported: bool) -> Result<Self, InvalidSecretHint> {
        let characters: [u8; 4] = text
            .as_bytes()
            .try_into()
            .map_err(|_wrong_length| InvalidSecretHint)?;
        if characters.iter().all(u8::is_ascii_alphanumeric) {
            Ok(Self {
                characters,
                is_imported,
            })
        } else {
            Err(InvalidSecretHint)
        }
    }

    /// The four characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.characters).unwrap_or_default()
    }

    /// Whether the secret was imported.
    #[must_use]
    pub fn is_imported(&self) -> bool {
        self.is_imported
    }

    /// The hint in an audit event: the four characters, after `imported:` for an imported secret.
    #[must_use]
    pub fn recorded(self) -> String {
        if self.is_imported {
            format!("{IMPORTED}:{}", self.as_str())
        } else {
            self.as_str().to_owned()
        }
    }

    /// Parses the text of [`recorded`](Self::recorded).
    ///
    /// # Errors
    /// [`InvalidSecretHint`].
    pub fn parse(text: &str) -> Result<Self, InvalidSecretHint> {
        match text.split_once(':') {
            Some((IMPORTED, characters)) => Self::from_parts(characters, true),
            Some(_) => Err(InvalidSecretHint),
            None => Self::from_parts(text, false),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::api_key_id;

    #[test]
    fn an_imported_secret_is_shown_by_its_hash() {
        let hash = SecretHash::of(b"abc");
        let hint = SecretHint::imported(&hash);
        assert_eq!(hint.masked(api_key_id(1)), "imported…15ad");
        assert_eq!(hint.recorded(), "imported:15ad");
    }

    #[test]
    fn a_recorded_hint_reads_back() {
        let issued = SecretHint::issued(*b"a1B2");
        let imported = SecretHint::imported(&SecretHash::from_bytes([0xf0; 32]));
        assert_eq!(imported.as_str(), "f0f0");
        for hint in [issued, imported] {
            assert_eq!(SecretHint::parse(&hint.recorded()), Ok(hint));
        }
        for text in [
            "",
            "a1b",
            "a1b2c",
            "a1b-",
            "imported:",
            "imported:a1",
            "x:a1b2",
            ":a1b2",
            "é1b",
        ] {
            assert_eq!(SecretHint::parse(text), Err(InvalidSecretHint), "{text}");
        }
    }
}
