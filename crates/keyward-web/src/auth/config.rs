use std::path::PathBuf;

use super::hmac_secret::HmacSecret;
use super::jwks_endpoint::JwksEndpointError;
use super::key_set::InvalidKeySet;

/// The most seconds that two clocks may differ (contract §7).
pub(super) const LEEWAY_SECONDS_MAX: u32 = 30;

/// Whose tokens are believed (contract §7).
#[derive(Clone, Debug)]
pub struct TokenConfig {
    /// Where the keys are that tokens are signed with.
    pub keys: KeySource,
    /// What `iss` must be; `None` for anything, or nothing.
    pub issuer: Option<String>,
    /// What `aud` must be or contain; `None` for anything, or nothing.
    pub audience: Option<String>,
    /// By how much the identity service's clock may differ from ours: 0 to 30 seconds.
    pub leeway_seconds: u32,
}

impl TokenConfig {
    /// Whether a token is believed that was not meant for this service: a key set is an identity
    /// service's, which signs for others too, and `iss` or `aud` may be anything.
    #[must_use]
    pub fn believes_tokens_for_others(&self) -> bool {
        let is_shared = match self.keys {
            KeySource::Hs256(_) => false,
            KeySource::JwksFile(_) | KeySource::JwksUrl(_) => true,
        };
        is_shared && (self.issuer.is_none() || self.audience.is_none())
    }
}

/// Where the keys are that tokens are signed with. Which it is decides the algorithm: a token's
/// header alone never does.
#[derive(Clone, Debug)]
pub enum KeySource {
    /// A secret that is shared with the identity service: HS256 and nothing else.
    Hs256(HmacSecret),
    /// A file with a JSON Web Key Set: RS256, ES256 or `EdDSA`, by the key that `kid` names. A
    /// change of the file is noticed within seconds.
    JwksFile(PathBuf),
    /// The same at a URL: https, or http to this machine alone.
    JwksUrl(String),
}

/// A configuration by which no token could be judged.
#[derive(Debug, thiserror::Error)]
pub enum TokenConfigError {
    /// More leeway than the contract allows.
    #[error("the leeway must be 0 to 30 seconds; this is {0}")]
    Leeway(u32),
    /// The file can't be read.
    #[error("can't read the key set {}", path.display())]
    UnreadableJwksFile {
        /// Which file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The file is no key set, or has no key to verify with.
    #[error("the key set {} can't be used", path.display())]
    InvalidJwksFile {
        /// Which file.
        path: PathBuf,
        /// Why not.
        source: InvalidKeySet,
    },
    /// The URL can't be asked for a key set.
    #[error("the URL of the key set can't be used")]
    JwksUrl(#[from] JwksEndpointError),
}
