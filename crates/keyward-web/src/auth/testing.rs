//! An identity service for tests: its keys, tokens and clock. It signs with the crypto library
//! itself, so that the tests do not depend on the code under test.

pub(super) mod issuer;

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock};

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256,
    RsaKeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use keyward_domain::Timestamp;
use keyward_domain::ports::Clock;
use serde_json::{Value, json};

use super::config::{IssuerConfig, KeySource, TokenConfig};
use super::hmac_secret::HmacSecret;
use super::jwks_file::KeySetFile;
use super::verification_key::SignatureAlgorithm;
use super::verifier::TokenVerifier;

/// The time of the tests, in seconds.
pub(super) const NOW: i64 = 1_800_000_000;
pub(super) const SECRET: &[u8] = b"a-signing-secret-of-more-than-32-bytes";

/// The algorithms of a key set.
pub(super) const PUBLIC_KEY_ALGORITHMS: [SignatureAlgorithm; 3] = [
    SignatureAlgorithm::Rs256,
    SignatureAlgorithm::Es256,
    SignatureAlgorithm::EdDsa,
];

/// A clock that only moves when it is set.
pub(super) struct SetClock(AtomicI64);

impl SetClock {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(NOW)))
    }

    pub(super) fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_seconds(self.0.load(Ordering::SeqCst)).unwrap()
    }
}

/// A clock that moves by a microsecond whenever it is read, as a real one does.
pub(super) struct TickingClock(AtomicI64);

impl TickingClock {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(NOW * 1_000_000)))
    }
}

impl Clock for TickingClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_micros(self.0.fetch_add(1, Ordering::SeqCst)).unwrap()
    }
}

/// One key pair per algorithm.
pub(super) struct KeyPairs {
    rsa: RsaKeyPair,
    ec: EcdsaKeyPair,
    ed: Ed25519KeyPair,
}

/// The identity service's keys.
pub(super) static KEYS: LazyLock<KeyPairs> = LazyLock::new(KeyPairs::generate);
/// The keys of another identity service.
pub(super) static OTHER_KEYS: LazyLock<KeyPairs> = LazyLock::new(KeyPairs::generate);

impl KeyPairs {
    fn generate() -> Self {
        Self {
            rsa: RsaKeyPair::generate(KeySize::Rsa2048).unwrap(),
            ec: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap(),
            ed: Ed25519KeyPair::generate().unwrap(),
        }
    }

    pub(super) fn sign(&self, algorithm: SignatureAlgorithm, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match algorithm {
            SignatureAlgorithm::Hs256 => hmac_of(SECRET, message),
            SignatureAlgorithm::Rs256 => {
                let mut signature = vec![0; self.rsa.public_modulus_len()];
                self.rsa
                    .sign(&RSA_PKCS1_SHA256, &random, message, &mut signature)
                    .unwrap();
                signature
            }
            SignatureAlgorithm::Es256 => self.ec.sign(&random, message).unwrap().as_ref().to_vec(),
            SignatureAlgorithm::EdDsa => self.ed.sign(message).as_ref().to_vec(),
        }
    }

    /// The RSA public key: `RSAPublicKey` of PKCS #1, in DER.
    pub(super) fn rsa_der(&self) -> Vec<u8> {
        self.rsa.public_key().as_ref().to_vec()
    }

    pub(super) fn jwk(&self, algorithm: SignatureAlgorithm, kid: &str) -> Value {
        match algorithm {
            SignatureAlgorithm::Hs256 => {
                json!({ "kty": "oct", "kid": kid, "alg": "HS256", "k": base64url(SECRET) })
            }
            SignatureAlgorithm::Rs256 => {
                let der = self.rsa_der();
                // SEQUENCE (4), INTEGER of 257 bytes (4 + 1), the modulus, INTEGER of 3 bytes (2).
                assert_eq!(der.len(), 4 + 5 + 256 + 2 + 3);
                json!({ "kty": "RSA", "kid": kid, "alg": "RS256", "use": "sig",
                        "n": base64url(&der[9..265]), "e": base64url(&der[267..]) })
            }
            SignatureAlgorithm::Es256 => {
                let point = self.ec.public_key().as_ref();
                json!({ "kty": "EC", "kid": kid, "crv": "P-256",
                        "x": base64url(&point[1..33]), "y": base64url(&point[33..]) })
            }
            SignatureAlgorithm::EdDsa => {
                json!({ "kty": "OKP", "kid": kid, "crv": "Ed25519",
                        "x": base64url(self.ed.public_key()) })
            }
        }
    }

    /// A key set with each public key, named by its algorithm.
    pub(super) fn key_set(&self) -> String {
        let keys = PUBLIC_KEY_ALGORITHMS.map(|algorithm| self.jwk(algorithm, algorithm.name()));
        json!({ "keys": keys }).to_string()
    }

    /// A token signed with this key, which it names by the algorithm.
    pub(super) fn token(&self, algorithm: SignatureAlgorithm) -> String {
        self.token_with(&header(algorithm), &claims(), algorithm)
    }

    pub(super) fn token_with(
        &self,
        header: &Value,
        claims: &Value,
        algorithm: SignatureAlgorithm,
    ) -> String {
        signed(&header.to_string(), &claims.to_string(), |message| {
            self.sign(algorithm, message)
        })
    }
}

/// The header of a token that names its key by the algorithm.
pub(super) fn header(algorithm: SignatureAlgorithm) -> Value {
    json!({ "alg": algorithm.name(), "typ": "JWT", "kid": algorithm.name() })
}

/// Valid claims.
pub(super) fn claims() -> Value {
    json!({ "sub": "user_1", "portal": "PARTNER", "exp": NOW + 3_600 })
}

pub(super) fn signed(header: &str, claims: &str, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> String {
    let message = format!("{}.{}", base64url(header), base64url(claims));
    let signature = base64url(sign(message.as_bytes()));
    format!("{message}.{signature}")
}

pub(super) fn hmac_of(secret: &[u8], message: &[u8]) -> Vec<u8> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    hmac::sign(&key, message).as_ref().to_vec()
}

pub(super) fn base64url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A verifier that requires neither issuer nor audience.
pub(super) fn verifier(keys: KeySource, clock: &Arc<SetClock>) -> TokenVerifier {
    verifier_with(
        TokenConfig::AnyIssuer(Box::new(IssuerConfig::new(keys))),
        clock,
    )
}

pub(super) fn verifier_with(config: TokenConfig, clock: &Arc<SetClock>) -> TokenVerifier {
    TokenVerifier::new(config, Arc::<SetClock>::clone(clock)).unwrap()
}

/// HS256 with [`SECRET`].
pub(super) fn hs256() -> KeySource {
    KeySource::Hs256(HmacSecret::parse(SECRET).unwrap(), Vec::new())
}

/// The key set in a file with this contents. The file is gone already.
pub(super) fn key_set_file(contents: &str) -> KeySource {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("jwks.json");
    std::fs::write(&file, contents).unwrap();
    KeySource::JwksFile(KeySetFile::read(file).unwrap())
}
