use std::sync::Arc;
use std::time::Duration;

use keyward_domain::ports::Clock;

use super::config::{KeySource, TokenConfigError};
use super::header::Header;
use super::jwks_endpoint::JwksEndpoint;
use super::jwks_file::JwksFile;
use super::jwks_url::JwksUrl;
use super::session::TokenError;
use super::verification_key::{SignatureAlgorithm, VerificationKey};

/// An open key source.
pub(super) enum OpenKeySource {
    /// These keys, whatever the `kid`.
    Shared(Vec<Arc<VerificationKey>>),
    /// The key set of a file.
    File(JwksFile),
    /// The key set at a URL.
    Url(JwksUrl),
}

impl OpenKeySource {
    /// Makes no request yet. `issuer` is for the log.
    pub(super) fn open(
        source: KeySource,
        issuer: Option<&str>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, TokenConfigError> {
        let url = |endpoint, clock| {
            let issuer = issuer.map(str::to_owned);
            Self::Url(JwksUrl::new(issuer, endpoint, clock))
        };
        match source {
            KeySource::Hs256(secret, others) => {
                let secrets = std::iter::once(&secret).chain(&others);
                let keys = secrets.map(|secret| Arc::new(VerificationKey::shared(secret)));
                Ok(Self::Shared(keys.collect()))
            }
            KeySource::JwksFile(file) => Ok(Self::File(JwksFile::new(file, clock))),
            KeySource::JwksUrl(at) => Ok(url(JwksEndpoint::at(at)?, clock)),
            KeySource::Discovery(issuer) => Ok(url(JwksEndpoint::of(issuer)?, clock)),
        }
    }

    /// Fetches the key set of a URL.
    pub(super) async fn load(&self) -> Result<(), TokenError> {
        match self {
            Self::Shared(_) | Self::File(_) => Ok(()),
            Self::Url(url) => url.load().await,
        }
    }

    /// The time since the last successful request to a URL; `None` before the first. The outer
    /// `None` is for other sources.
    #[expect(
        clippy::option_option,
        reason = "an age that is unknown differs from none"
    )]
    pub(super) fn age(&self) -> Option<Option<Duration>> {
        match self {
            Self::Shared(_) | Self::File(_) => None,
            Self::Url(url) => Some(url.age()),
        }
    }

    /// The keys that may have signed a token with this header. Their algorithm is the one in the
    /// header.
    pub(super) async fn keys_for(
        &self,
        header: &Header,
    ) -> Result<Vec<Arc<VerificationKey>>, TokenError> {
        let keys = match self {
            Self::Shared(keys) => keys.clone(),
            Self::File(_) | Self::Url(_) if header.algorithm == SignatureAlgorithm::Hs256 => {
                // No key set has a key for it, so no request is needed.
                Vec::new()
            }
            Self::File(file) => vec![file.get(header.key_id()?).ok_or(TokenError::UnknownKey)?],
            Self::Url(url) => vec![url.get(header.key_id()?).await?],
        };
        let has_algorithm = |key: &Arc<VerificationKey>| key.algorithm() == header.algorithm;
        let keys: Vec<_> = keys.into_iter().filter(has_algorithm).collect();
        if keys.is_empty() {
            return Err(TokenError::Invalid("algorithm of another key"));
        }
        Ok(keys)
    }
}
