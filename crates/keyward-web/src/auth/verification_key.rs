use std::sync::Arc;

use jsonwebtoken::{Algorithm, DecodingKey, crypto};

use super::claims::Claims;
use super::compact_token::CompactToken;
use super::hmac_secret::HmacSecret;
use super::session::TokenError;

/// The signature algorithms of tokens (contract §7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SignatureAlgorithm {
    /// HMAC with SHA-256.
    Hs256,
    /// RSA (PKCS #1 v1.5) with SHA-256.
    Rs256,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// Ed25519.
    EdDsa,
}

impl SignatureAlgorithm {
    const ALL: [Self; 4] = [Self::Hs256, Self::Rs256, Self::Es256, Self::EdDsa];

    /// The name in `alg`.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Hs256 => "HS256",
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        }
    }

    /// Parses the exact text of [`name`](Self::name), and `Ed25519`, which is RFC 9864's name for
    /// `EdDSA` with Ed25519 keys.
    pub(super) fn parse(name: &str) -> Option<Self> {
        if name == "Ed25519" {
            return Some(Self::EdDsa);
        }
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.name() == name)
    }

    fn of_library(self) -> Algorithm {
        match self {
            Self::Hs256 => Algorithm::HS256,
            Self::Rs256 => Algorithm::RS256,
            Self::Es256 => Algorithm::ES256,
            Self::EdDsa => Algorithm::EdDSA,
        }
    }
}

/// A key, and its only algorithm.
pub(super) struct VerificationKey {
    algorithm: SignatureAlgorithm,
    key: DecodingKey,
}

impl VerificationKey {
    /// A shared secret, only for HS256.
    pub(super) fn shared(secret: &HmacSecret) -> Self {
        Self {
            algorithm: SignatureAlgorithm::Hs256,
            key: secret.decoding_key(),
        }
    }

    /// An RSA key, only for RS256.
    pub(super) fn rsa(modulus: &[u8], exponent: &[u8]) -> Self {
        Self {
            algorithm: SignatureAlgorithm::Rs256,
            key: DecodingKey::from_rsa_raw_components(modulus, exponent),
        }
    }

    /// An uncompressed point on P-256, only for ES256.
    pub(super) fn p256(point: &[u8; 65]) -> Self {
        Self {
            algorithm: SignatureAlgorithm::Es256,
            key: DecodingKey::from_ec_der(point),
        }
    }

    /// An Ed25519 key, only for `EdDSA`.
    pub(super) fn ed25519(key: &[u8; 32]) -> Self {
        Self {
            algorithm: SignatureAlgorithm::EdDsa,
            key: DecodingKey::from_ed_der(key),
        }
    }

    /// The algorithm of the key.
    pub(super) fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    fn has_signed(&self, token: CompactToken<'_>) -> bool {
        // The library only checks the signature. Its reader of whole tokens ignores missing claims
        // and claims of the wrong type, and does not know every name of an algorithm.
        let (signature, signed) = (token.signature(), token.signed().as_bytes());
        crypto::verify(signature, signed, &self.key, self.algorithm.of_library()).unwrap_or(false)
    }
}

/// The token's claims, after checking that one of these keys signed them. The claims themselves are
/// not checked yet.
pub(super) fn signed_claims(
    token: CompactToken<'_>,
    keys: &[Arc<VerificationKey>],
) -> Result<Claims, TokenError> {
    if !keys.iter().any(|key| key.has_signed(token)) {
        return Err(TokenError::Invalid("signature by another key"));
    }
    serde_json::from_slice(&token.claims()?)
        .map_err(|_nothing_of_the_token| TokenError::Invalid("form of the claims"))
}
