use std::sync::Arc;
use std::time::Duration;

use keyward_domain::ports::Clock;

use super::claims::ClaimRules;
use super::compact_token::CompactToken;
use super::config::{LEEWAY_SECONDS_MAX, TokenConfig, TokenConfigError};
use super::header::Header;
use super::key_source::OpenKeySource;
use super::session::{Session, TokenError};

/// Verifies tokens (contract §7).
pub struct TokenVerifier {
    keys: OpenKeySource,
    rules: ClaimRules,
    clock: Arc<dyn Clock>,
}

impl TokenVerifier {
    /// A verifier with this configuration. Reads a key file; does not fetch a key URL yet.
    ///
    /// # Errors
    /// [`TokenConfigError`] when the configuration can't verify any token.
    pub fn new(config: TokenConfig, clock: Arc<dyn Clock>) -> Result<Self, TokenConfigError> {
        if config.leeway_seconds > LEEWAY_SECONDS_MAX {
            return Err(TokenConfigError::Leeway(config.leeway_seconds));
        }
        Ok(Self {
            keys: OpenKeySource::open(config.keys, Arc::clone(&clock))?,
            rules: ClaimRules {
                issuer: config.issuer,
                audience: config.audience,
                leeway_seconds: config.leeway_seconds,
            },
            clock,
        })
    }

    /// Fetches the key set of a key URL, so that the start can warn about a failure. Does nothing
    /// for other sources. [`verify`](Self::verify) does not need it.
    ///
    /// # Errors
    /// [`TokenError::KeysUnavailable`] when the set can't be fetched.
    pub async fn load(&self) -> Result<(), TokenError> {
        self.keys.load().await
    }

    /// The time since the last successful fetch from the key URL; `None` before the first, and for
    /// other sources. Above 5 minutes, withdrawn keys may still be accepted; from one hour on, no
    /// token is.
    #[must_use]
    pub fn keys_age(&self) -> Option<Duration> {
        self.keys.age()
    }

    /// The session of a token: `header.claims.signature`, without `Bearer`.
    ///
    /// Nothing in a token is trusted before its signature is checked, with a key and an algorithm
    /// of our choice. With a key URL, this needs a tokio runtime. It does not check whether the
    /// session has ended: [`Sessions`](super::Sessions) does.
    ///
    /// # Errors
    /// [`TokenError::Invalid`] when the token is invalid; [`TokenError::KeysUnavailable`] when it
    /// can't be checked.
    pub async fn verify(&self, token: &str) -> Result<Session, TokenError> {
        let token = CompactToken::parse(token)?;
        let header = Header::read(token)?;
        let key = self.keys.key_for(&header).await?;
        let claims = key.signed_claims(token)?;
        self.rules
            .judge(token.session_id(), claims, self.clock.now())
    }
}

#[cfg(test)]
mod tests;
