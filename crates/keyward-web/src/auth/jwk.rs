use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

use super::verification_key::{SignatureAlgorithm, VerificationKey};
use crate::json::StrictObject;

/// Smaller RSA keys can be broken. Larger ones make verification slow, and the crypto library
/// refuses them.
const RSA_BITS_MIN: usize = 2_048;
const RSA_BITS_MAX: usize = 8_192;
/// The maximum length of a `kid`; a whole token has at most 8 KiB.
const KEY_ID_LENGTH_MAX: usize = 1_024;

/// Members that only the signer may know (RFC 7518, sections 6.2.2, 6.3.2 and 6.4).
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// A key of a key set that can verify tokens.
pub(super) struct Jwk {
    /// The `kid`, with which tokens select the key.
    pub(super) key_id: String,
    /// The key and its algorithm.
    pub(super) key: VerificationKey,
}

/// Why a key of a key set is ignored. Contains nothing of the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum UnusableKey {
    #[error("not a JSON Web Key")]
    Malformed,
    #[error("a shared or private key; a key set must only have public keys")]
    NotPublic,
    #[error("without a kid, so no token can select it")]
    Unnamed,
    #[error("with the same kid as an earlier key")]
    RepeatedKeyId,
    #[error("not for verifying signatures")]
    OtherUse,
    #[error("not of the type RSA, EC P-256 or OKP Ed25519")]
    OtherType,
    #[error(
        "not for the algorithm RS256 (RSA), ES256 (EC P-256) or EdDSA or Ed25519 (OKP Ed25519)"
    )]
    OtherAlgorithm,
    #[error("an RSA key of less than 2,048 or more than 8,192 bits, or with a bad exponent")]
    BadRsa,
}

#[derive(Deserialize)]
struct RawJwk {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
    key_ops: Option<Vec<String>>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl Jwk {
    /// Parses one entry of `keys` (RFC 7517, section 4).
    pub(super) fn read(entry: StrictObject) -> Result<Self, UnusableKey> {
        if PRIVATE.into_iter().any(|name| entry.has(name)) {
            return Err(UnusableKey::NotPublic);
        }
        let members: RawJwk = entry.read().map_err(|_mistyped| UnusableKey::Malformed)?;
        let key = members.key()?;
        if let Some(alg) = &members.alg
            && SignatureAlgorithm::parse(alg) != Some(key.algorithm())
        {
            return Err(UnusableKey::OtherAlgorithm);
        }
        let key_id = members
            .kid
            .filter(|kid| (1..=KEY_ID_LENGTH_MAX).contains(&kid.len()))
            .ok_or(UnusableKey::Unnamed)?;
        Ok(Self { key_id, key })
    }
}

impl RawJwk {
    fn key(&self) -> Result<VerificationKey, UnusableKey> {
        let verifies = |ops: &Vec<String>| ops.iter().any(|op| op == "verify");
        let for_signatures = self.usage.as_deref().is_none_or(|usage| usage == "sig");
        if !for_signatures || !self.key_ops.as_ref().is_none_or(verifies) {
            return Err(UnusableKey::OtherUse);
        }
        match (self.kty.as_str(), self.crv.as_deref()) {
            ("RSA", _) => rsa(&bytes(self.n.as_deref())?, &bytes(self.e.as_deref())?),
            ("EC", Some("P-256")) => {
                let (x, y) = (
                    coordinate(self.x.as_deref())?,
                    coordinate(self.y.as_deref())?,
                );
                let mut point = [4; 65];
                let (_form, coordinates) = point.split_at_mut(1);
                let (x_of_point, y_of_point) = coordinates.split_at_mut(32);
                x_of_point.copy_from_slice(&x);
                y_of_point.copy_from_slice(&y);
                Ok(VerificationKey::p256(&point))
            }
            ("OKP", Some("Ed25519")) => {
                Ok(VerificationKey::ed25519(&coordinate(self.x.as_deref())?))
            }
            (_, _) => Err(UnusableKey::OtherType),
        }
    }
}

fn rsa(modulus: &[u8], exponent: &[u8]) -> Result<VerificationKey, UnusableKey> {
    let (modulus, exponent) = (
        without_leading_zeros(modulus),
        without_leading_zeros(exponent),
    );
    let leading_zeros = modulus.first().map_or(0, |first| first.leading_zeros());
    let bits = (modulus.len() * 8).saturating_sub(usize::try_from(leading_zeros).unwrap_or(8));
    let is_odd = |number: &[u8]| number.last().is_some_and(|last| last % 2 == 1);
    // Real exponents are 3 to 65537. The crypto library accepts at most 33 bits.
    let good_exponent = is_odd(exponent) && exponent != [1] && exponent.len() <= 4;
    if (RSA_BITS_MIN..=RSA_BITS_MAX).contains(&bits) && is_odd(modulus) && good_exponent {
        Ok(VerificationKey::rsa(modulus, exponent))
    } else {
        Err(UnusableKey::BadRsa)
    }
}

fn without_leading_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    number.split_at(zeros).1
}

fn bytes(member: Option<&str>) -> Result<Vec<u8>, UnusableKey> {
    member
        .and_then(|text| URL_SAFE_NO_PAD.decode(text).ok())
        .ok_or(UnusableKey::Malformed)
}

/// Exactly 32 bytes, with leading zeros (RFC 7518, section 6.2.1.2).
fn coordinate(member: Option<&str>) -> Result<[u8; 32], UnusableKey> {
    bytes(member)?
        .try_into()
        .map_err(|_other_length| UnusableKey::Malformed)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(entry: &Value) -> Result<(String, SignatureAlgorithm), UnusableKey> {
        let entry = serde_json::from_str(&entry.to_string()).unwrap();
        Jwk::read(entry).map(|jwk| (jwk.key_id, jwk.key.algorithm()))
    }

    fn number(length: usize) -> String {
        URL_SAFE_NO_PAD.encode(vec![0xFF; length])
    }

    fn rsa() -> Value {
        json!({ "kty": "RSA", "kid": "r", "n": number(256), "e": "AQAB" })
    }

    fn ec() -> Value {
        json!({ "kty": "EC", "kid": "e", "crv": "P-256", "x": number(32), "y": number(32) })
    }

    fn ed() -> Value {
        json!({ "kty": "OKP", "kid": "o", "crv": "Ed25519", "x": number(32) })
    }

    fn with(mut entry: Value, name: &str, value: Value) -> Value {
        entry[name] = value;
        entry
    }

    #[test]
    fn the_type_of_a_key_decides_its_algorithm() {
        let check = |entry: Value, kid: &str, algorithm| {
            assert_eq!(read(&entry), Ok((kid.to_owned(), algorithm)), "{entry}");
        };
        check(rsa(), "r", SignatureAlgorithm::Rs256);
        check(
            with(rsa(), "alg", json!("RS256")),
            "r",
            SignatureAlgorithm::Rs256,
        );
        for alg in ["EdDSA", "Ed25519"] {
            let entry = with(ed(), "alg", json!(alg));
            check(entry, "o", SignatureAlgorithm::EdDsa);
        }
        check(
            with(rsa(), "use", json!("sig")),
            "r",
            SignatureAlgorithm::Rs256,
        );
        check(
            with(rsa(), "key_ops", json!(["verify"])),
            "r",
            SignatureAlgorithm::Rs256,
        );
        check(
            with(rsa(), "x5c", json!(["MII"])),
            "r",
            SignatureAlgorithm::Rs256,
        );
        check(
            with(rsa(), "n", json!(number(1_024))),
            "r",
            SignatureAlgorithm::Rs256,
        );
        check(ec(), "e", SignatureAlgorithm::Es256);
        check(
            with(ec(), "alg", json!("ES256")),
            "e",
            SignatureAlgorithm::Es256,
        );
        check(ed(), "o", SignatureAlgorithm::EdDsa);
        check(
            with(ed(), "alg", json!("EdDSA")),
            "o",
            SignatureAlgorithm::EdDsa,
        );
    }

    #[test]
    fn keys_that_must_not_verify_are_of_no_use() {
        let check = |entry: Value, why: UnusableKey| assert_eq!(read(&entry), Err(why), "{entry}");
        check(
            json!({ "kty": "oct", "kid": "s", "k": number(32) }),
            UnusableKey::NotPublic,
        );
        check(with(rsa(), "d", json!(number(256))), UnusableKey::NotPublic);
        check(with(ec(), "d", json!(number(32))), UnusableKey::NotPublic);
        check(with(ed(), "d", Value::Null), UnusableKey::NotPublic);
        check(with(rsa(), "kid", Value::Null), UnusableKey::Unnamed);
        check(with(rsa(), "kid", json!("")), UnusableKey::Unnamed);
        check(
            with(rsa(), "kid", json!("k".repeat(1_025))),
            UnusableKey::Unnamed,
        );
        check(with(rsa(), "kid", json!(7)), UnusableKey::Malformed);
        check(
            with(rsa(), "alg", json!("RS512")),
            UnusableKey::OtherAlgorithm,
        );
        check(
            with(rsa(), "alg", json!("HS256")),
            UnusableKey::OtherAlgorithm,
        );
        check(
            with(rsa(), "alg", json!("RSA-OAEP")),
            UnusableKey::OtherAlgorithm,
        );
        check(
            with(ec(), "alg", json!("RS256")),
            UnusableKey::OtherAlgorithm,
        );
        for (entry, alg) in [(rsa(), "Ed25519"), (ec(), "Ed25519"), (ed(), "Ed448")] {
            check(with(entry, "alg", json!(alg)), UnusableKey::OtherAlgorithm);
        }
        check(with(rsa(), "use", json!("enc")), UnusableKey::OtherUse);
        check(
            with(rsa(), "key_ops", json!(["sign"])),
            UnusableKey::OtherUse,
        );
        check(with(rsa(), "kty", json!("rsa")), UnusableKey::OtherType);
        check(with(ec(), "crv", json!("P-384")), UnusableKey::OtherType);
        check(
            with(ec(), "crv", json!("secp256k1")),
            UnusableKey::OtherType,
        );
        check(with(ed(), "crv", json!("X25519")), UnusableKey::OtherType);
        check(with(ec(), "x", json!(number(31))), UnusableKey::Malformed);
        check(with(ec(), "y", json!(number(33))), UnusableKey::Malformed);
        check(with(ec(), "y", Value::Null), UnusableKey::Malformed);
        check(with(ed(), "x", json!(number(33))), UnusableKey::Malformed);
        check(with(rsa(), "n", json!("+/==")), UnusableKey::Malformed);
        check(with(rsa(), "n", Value::Null), UnusableKey::Malformed);
    }

    #[test]
    fn an_rsa_key_has_2048_to_8192_bits() {
        let modulus = |bytes: Vec<u8>| with(rsa(), "n", json!(URL_SAFE_NO_PAD.encode(bytes)));
        let mut short = vec![0xFF; 256];
        short[0] = 0x7F;
        assert_eq!(
            read(&modulus(short.clone())),
            Err(UnusableKey::BadRsa),
            "2,047 bits"
        );
        assert_eq!(
            read(&modulus(vec![0xFF; 128])),
            Err(UnusableKey::BadRsa),
            "1,024 bits"
        );
        assert_eq!(
            read(&modulus(vec![0xFF; 1_025])),
            Err(UnusableKey::BadRsa),
            "8,200 bits"
        );
        assert_eq!(read(&modulus(Vec::new())), Err(UnusableKey::BadRsa), "none");
        let mut padded = vec![0; 200];
        padded.extend(vec![0xFF; 128]);
        assert_eq!(
            read(&modulus(padded)),
            Err(UnusableKey::BadRsa),
            "zeros are no bits"
        );
        let mut even = vec![0xFF; 256];
        even[255] = 0xFE;
        assert_eq!(read(&modulus(even)), Err(UnusableKey::BadRsa), "even");
        let mut padded = vec![0];
        padded.extend(vec![0xFF; 256]);
        assert!(
            read(&modulus(padded)).is_ok(),
            "a leading zero does no harm"
        );
    }

    #[test]
    fn an_rsa_exponent_is_odd_and_more_than_1() {
        for exponent in [&[][..], &[0], &[1], &[0, 1], &[2], &[1, 0, 0], &[1; 5]] {
            let entry = with(rsa(), "e", json!(URL_SAFE_NO_PAD.encode(exponent)));
            assert_eq!(read(&entry), Err(UnusableKey::BadRsa), "{exponent:?}");
        }
    }
}
