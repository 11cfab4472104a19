use std::sync::Arc;
use std::time::Duration;

use keyward_domain::ports::Clock;

use super::config::{KeySource, TokenConfigError};
use super::header::Header;
use super::jwks_file::JwksFile;
use super::jwks_url::JwksUrl;
use super::session::TokenError;
use super::verification_key::{SignatureAlgorithm, VerificationKey};

/// Where keys are looked up, ready to be asked.
pub(super) enum OpenKeySource {
    /// One key, whatever `kid` says.
    Shared(Arc<VerificationKey>),
    /// A key set by `kid`.
    File(JwksFile),
    /// A key set by `kid`.
    Url(JwksUrl),
}

impl OpenKeySource {
    /// Reads a file; checks a URL, and asks nobody.
    pub(super) fn open(source: KeySource, clock: Arc<dyn Clock>) -> Result<Self, TokenConfigError> {
        match source {
            KeySource::Hs256(secret) => {
                Ok(Self::Shared(Arc::new(VerificationKey::shared(&secret))))
            }
            KeySource::JwksFile(path) => JwksFile::open(path, clock).map(Self::File),
            KeySource::JwksUrl(url) => Ok(Self::Url(JwksUrl::new(&url, clock)?)),
        }
    }

    /// Asks a URL for its set.
    pub(super) async fn load(&self) -> Result<(), TokenError> {
        match self {
            Self::Shared(_) | Self::File(_) => Ok(()),
            Self::Url(url) => url.load().await,
        }
    }

    /// For how long a URL was not heard of; `None` for other sources, and before it was.
    pub(super) fn age(&self) -> Option<Duration> {
        match self {
            Self::Shared(_) | Self::File(_) => None,
            Self::Url(url) => url.age(),
        }
    }

    /// The key that may have signed a token with this header: one that is for the algorithm that
    /// the header names.
    pub(super) async fn key_for(
        &self,
        header: &Header,
    ) -> Result<Arc<VerificationKey>, TokenError> {
        let mismatch = TokenError::Invalid("algorithm of another key");
        let key = match self {
            Self::Shared(key) => Arc::clone(key),
            Self::File(_) | Self::Url(_) if header.algorithm == SignatureAlgorithm::Hs256 => {
                // No set has a key for it: nothing to look up, and nobody to ask.
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
