use std::sync::Arc;
use std::time::Duration;

use keyward_domain::ports::Clock;

use super::config::{KeySource, TokenConfigError};
use super::header::Header;
use super::jwks_file::JwksFile;
use super::jwks_url::JwksUrl;
use super::session::TokenError;
use super::verification_key::{SignatureAlgorithm, VerificationKey};

/// An open key source.
pub(super) enum OpenKeySource {
    /// One key, whatever the `kid`.
    Shared(Arc<VerificationKey>),
    /// The key set of a file.
    File(JwksFile),
    /// The key set at a URL.
    Url(JwksUrl),
}

impl OpenKeySource {
    /// Reads a file, or checks a URL without a request.
    pub(super) fn open(source: KeySource, clock: Arc<dyn Clock>) -> Result<Self, TokenConfigError> {
        match source {
            KeySource::Hs256(secret) => {
                Ok(Self::Shared(Arc::new(VerificationKey::shared(&secret))))
            }
            KeySource::JwksFile(path) => JwksFile::open(path, clock).map(Self::File),
            KeySource::JwksUrl(url) => Ok(Self::Url(JwksUrl::new(&url, clock)?)),
        }
    }

    /// Fetches the key set of a URL.
    pub(super) async fn load(&self) -> Result<(), TokenError> {
        match self {
            Self::Shared(_) | Self::File(_) => Ok(()),
            Self::Url(url) => url.load().await,
        }
    }

    /// The time since the last successful request to a URL; `None` before the first, and for other
    /// sources.
    pub(super) fn age(&self) -> Option<Duration> {
        match self {
            Self::Shared(_) | Self::File(_) => None,
            Self::Url(url) => url.age(),
        }
    }

    /// The key that may have signed a token with this header. Its algorithm is the one in the
    /// header.
    pub(super) async fn key_for(
        &self,
        header: &Header,
    ) -> Result<Arc<VerificationKey>, TokenError> {
        let mismatch = TokenError::Invalid("algorithm of another key");
        let key = match self {
            Self::Shared(key) => Arc::clone(key),
            Self::File(_) | Self::Url(_) if header.algorithm == SignatureAlgorithm::Hs256 => {
                // No key set has a key for it, so no request is needed.
                return Err(mismatch);
            }
            Self::File(file) => file.get(header.key_id()?).ok_or(TokenError::UnknownKey)?,
            Self::Url(url) => url.get(header.key_id()?).await?,
        };
        if key.algorithm() == header.algorithm {
            Ok(key)
        } else {
            Err(mismatch)
        }
    }
}
