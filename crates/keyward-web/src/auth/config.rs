use std::path::PathBuf;

use super::hmac_secret::HmacSecret;
use super::jwks_endpoint::JwksEndpointError;
use super::key_set::InvalidKeySet;

/// The maximum leeway in seconds (contract §7).
pub(super) const LEEWAY_SECONDS_MAX: u32 = 30;

/// Which tokens are accepted (contract §7).
#[derive(Clone, Debug)]
pub struct TokenConfig {
    /// The keys that tokens are signed with.
    pub keys: KeySource,
    /// The required `iss`; `None` accepts any or none.
    pub issuer: Option<String>,
    /// The required `aud`, or one of its entries; `None` accepts any or none.
    pub audience: Option<String>,
    /// The maximum difference between the identity service's clock and ours: 0 to 30 seconds.
    pub leeway_seconds: u32,
}

impl TokenConfig {
    /// Whether a token for another service could be accepted. The keys of a key set also sign
    /// tokens for other services, so both `iss` and `aud` should be configured.
    #[must_use]
    pub fn believes_tokens_for_others(&self) -> bool {
        let is_shared = match self.keys {
            KeySource::Hs256(_) => false,
            KeySource::JwksFile(_) | KeySource::JwksUrl(_) => true,
        };
        is_shared && (self.issuer.is_none() || self.audience.is_none())
    }
}

/// The source of the signing keys. The source determines the algorithm; a token's header alone
/// never does.
#[derive(Clone, Debug)]
pub enum KeySource {
    /// A secret shared with the identity service: only HS256.
    Hs256(HmacSecret),
    /// A file with a JSON Web Key Set: RS256, ES256 or `EdDSA`, with the key named by `kid`. A
    /// change to the file takes effect within seconds.
    JwksFile(PathBuf),
    /// A JSON Web Key Set at a URL: https, or http on this machine only.
    JwksUrl(String),
}

/// A configuration that can't verify any token.
#[derive(Debug, thiserror::Error)]
pub enum TokenConfigError {
    /// More leeway than the contract allows.
    #[error("the leeway must be 0 to 30 seconds; this is {0}")]
    Leeway(u32),
    /// The file can't be read.
    #[error("can't read the key set {}", path.display())]
    UnreadableJwksFile {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// The file is not a key set, or has no usable key.
    #[error("the key set {} can't be used", path.display())]
    InvalidJwksFile {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: InvalidKeySet,
    },
    /// The URL can't be used for a key set.
    #[error("the URL of the key set can't be used")]
    JwksUrl(#[from] JwksEndpointError),
}
