use super::config::TokenConfigError;
use super::discovery::{InvalidDocument, IssuerUrl};
use super::fetcher::{FetchError, Fetcher, TIMEOUT};
use super::key_set::{InvalidKeySet, KeySet};
use super::trusted_url::TrustedUrl;

/// Where an identity service publishes its keys.
pub(super) struct JwksEndpoint {
    fetcher: Fetcher,
    place: Place,
}

enum Place {
    /// The configured URL.
    Url(TrustedUrl),
    /// The URL that the issuer's document names. It is asked for every time, so that it may change.
    OfIssuer(IssuerUrl),
}

/// Why there is no key set at the moment.
#[derive(Debug, thiserror::Error)]
pub(super) enum KeySetError {
    #[error(transparent)]
    Fetch(#[from] FetchError),
    #[error("the key set of the identity service can't be used")]
    KeySet(#[from] InvalidKeySet),
    #[error("the OpenID configuration of the identity service can't be used")]
    Document(#[from] InvalidDocument),
}

impl JwksEndpoint {
    /// The key set at a URL.
    pub(super) fn at(url: TrustedUrl) -> Result<Self, TokenConfigError> {
        Ok(Self {
            fetcher: Fetcher::new(url.is_https())?,
            place: Place::Url(url),
        })
    }

    /// The key set that is found by an issuer's URL.
    pub(super) fn of(issuer: IssuerUrl) -> Result<Self, TokenConfigError> {
        Ok(Self {
            fetcher: Fetcher::new(issuer.is_https_only())?,
            place: Place::OfIssuer(issuer),
        })
    }

    /// Fetches the key set once, in at most 3 seconds.
    pub(super) async fn fetch(&self) -> Result<KeySet, KeySetError> {
        let fetched = tokio::time::timeout(TIMEOUT, self.fetch_in_any_time()).await;
        fetched.unwrap_or(Err(FetchError::Timeout.into()))
    }

    async fn fetch_in_any_time(&self) -> Result<KeySet, KeySetError> {
        let key_set = match &self.place {
            Place::Url(url) => self.fetcher.get(url).await?,
            Place::OfIssuer(issuer) => {
                let document = self.fetcher.get(issuer.document()).await?;
                let url = issuer.key_set_url(&document)?;
                self.fetcher.get(&url).await?
            }
        };
        Ok(KeySet::parse(&key_set)?)
    }
}

#[cfg(test)]
mod tests;
