use std::collections::BTreeMap;
use std::collections::btree_map;
use std::sync::Arc;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::jwk::{Jwk, UnusableKey};
use super::verification_key::VerificationKey;
use crate::json::StrictObject;

/// The maximum size of a key set in bytes.
pub(super) const KEY_SET_LENGTH_MAX: usize = 256 * 1024;

/// The usable keys of a JSON Web Key Set (RFC 7517, section 5), by `kid`.
pub(super) struct KeySet {
    keys: BTreeMap<String, Arc<VerificationKey>>,
    unusable: Vec<Unusable>,
}

/// An ignored key of a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unusable {
    /// Its index in `keys`, from 0.
    pub(super) index: usize,
    /// Why it is ignored.
    pub(super) why: UnusableKey,
}

/// The text is not a key set, or has no usable key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidKeySet {
    /// Larger than any real key set.
    #[error("it is larger than 256 KiB")]
    TooLarge,
    /// Not the JSON of a key set.
    #[error("it must be a JSON Web Key Set: a JSON object with a list \"keys\"")]
    Malformed,
    /// It has no usable key.
    #[error(
        "it must have a public key with a kid: RSA of 2,048 bits or more, EC P-256 or OKP Ed25519"
    )]
    NoUsableKey,
}

#[derive(Deserialize)]
struct RawKeySet {
    keys: Vec<Entry>,
}

/// An entry of the list, valid or not.
#[derive(Deserialize)]
#[serde(untagged)]
enum Entry {
    Object(StrictObject),
    Other(IgnoredAny),
}

impl KeySet {
    /// Parses a set, which may be empty. Unusable keys are ignored, so that one bad key does not
    /// block all sessions.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, InvalidKeySet> {
        if bytes.len() > KEY_SET_LENGTH_MAX {
            return Err(InvalidKeySet::TooLarge);
        }
        let is_object = bytes.trim_ascii_start().starts_with(b"{");
        let members: RawKeySet = serde_json::from_slice(bytes)
            .ok()
            .filter(|_members| is_object)
            .ok_or(InvalidKeySet::Malformed)?;
        let mut set = Self {
            keys: BTreeMap::new(),
            unusable: Vec::new(),
        };
        for (index, entry) in members.keys.into_iter().enumerate() {
            if let Err(why) = set.add(entry) {
                set.unusable.push(Unusable { index, why });
            }
        }
        Ok(set)
    }

    fn add(&mut self, entry: Entry) -> Result<(), UnusableKey> {
        let jwk = match entry {
            Entry::Object(object) => Jwk::read(object)?,
            Entry::Other(IgnoredAny) => return Err(UnusableKey::Malformed),
        };
        match self.keys.entry(jwk.key_id) {
            btree_map::Entry::Occupied(_) => Err(UnusableKey::RepeatedKeyId),
            btree_map::Entry::Vacant(place) => {
                place.insert(Arc::new(jwk.key));
                Ok(())
            }
        }
    }

    /// Whether it has no usable key.
    pub(super) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The key with exactly this `kid`.
    pub(super) fn get(&self, key_id: &str) -> Option<Arc<VerificationKey>> {
        self.keys.get(key_id).map(Arc::clone)
    }

    /// Logs a warning for ignored keys, unless `before` ignored the same ones, and for an empty
    /// set.
    pub(super) fn warn_of_unusable(&self, before: Option<&Self>) {
        if self.is_empty() && before.is_none_or(|before| !before.is_empty()) {
            tracing::warn!(
                "token.all_keys_withdrawn: the key set is empty, so no token is accepted"
            );
        }
        if before.is_some_and(|before| before.unusable == self.unusable) {
            return;
        }
        for Unusable { index, why } in &self.unusable {
            tracing::warn!(index, %why, "token.key_ignored");
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const X: &str = "__________________________________________8";

    fn ed(kid: &str) -> Value {
        json!({ "kty": "OKP", "kid": kid, "crv": "Ed25519", "x": X })
    }

    fn parse(text: &Value) -> Result<KeySet, InvalidKeySet> {
        KeySet::parse(text.to_string().as_bytes())
    }

    #[test]
    fn keys_are_found_by_exactly_their_kid() {
        let set = parse(&json!({ "keys": [ed("a"), ed("b/../c")], "more": 1 })).unwrap();
        assert!(set.get("a").is_some());
        assert!(set.get("b/../c").is_some());
        for kid in ["", "A", " a", "a ", "a\0", "b", "c", "a' OR '1'='1", "../a"] {
            assert!(set.get(kid).is_none(), "{kid:?}");
        }
    }

    #[test]
    fn a_useless_key_is_left_out_alone() {
        let set = parse(&json!({ "keys": [
            7,
            { "kty": "oct", "kid": "s", "k": "AAAA" },
            ed("a"),
            { "kty": "new", "kid": "n" },
            ed("a"),
        ] }))
        .unwrap();
        assert_eq!(set.keys.len(), 1);
        let why: Vec<_> = set
            .unusable
            .iter()
            .map(|left| (left.index, left.why))
            .collect();
        assert_eq!(
            why,
            [
                (0, UnusableKey::Malformed),
                (1, UnusableKey::NotPublic),
                (3, UnusableKey::OtherType),
                (4, UnusableKey::RepeatedKeyId),
            ]
        );
    }

    #[test]
    fn a_member_that_is_there_twice_spoils_its_key() {
        let text = format!(
            r#"{{"keys":[{{"kty":"OKP","kid":"a","kid":"b","crv":"Ed25519","x":"{X}"}}]}}"#
        );
        assert!(KeySet::parse(text.as_bytes()).unwrap().is_empty());
    }

    #[test]
    fn a_set_without_a_key_of_use_is_empty() {
        for text in [
            r#"{"keys":[]}"#,
            r#"{"keys":[{"kty":"oct","kid":"s","k":"AAAA"}]}"#,
        ] {
            assert!(KeySet::parse(text.as_bytes()).unwrap().is_empty(), "{text}");
        }
    }

    #[test]
    fn what_is_no_key_set_is_refused() {
        let check = |bytes: &[u8], why: InvalidKeySet| {
            let shown = String::from_utf8_lossy(bytes);
            assert_eq!(KeySet::parse(bytes).err(), Some(why), "{shown:.60}");
        };
        check(b"", InvalidKeySet::Malformed);
        check(b"null", InvalidKeySet::Malformed);
        check(b"[]", InvalidKeySet::Malformed);
        check(b"[[]]", InvalidKeySet::Malformed);
        check(b"<html>", InvalidKeySet::Malformed);
        check(b"-----BEGIN PUBLIC KEY-----", InvalidKeySet::Malformed);
        check(b"{}", InvalidKeySet::Malformed);
        check(br#"{"keys":{}}"#, InvalidKeySet::Malformed);
        check(br#"{"keys":[],"keys":[]}"#, InvalidKeySet::Malformed);
        let large = format!("{}{}", ed("a"), " ".repeat(KEY_SET_LENGTH_MAX));
        check(large.as_bytes(), InvalidKeySet::TooLarge);
    }
}
