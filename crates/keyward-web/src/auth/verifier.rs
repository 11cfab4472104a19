use std::sync::Arc;
use std::time::Duration;

use keyward_domain::ports::Clock;

use super::claims::ClaimRules;
use super::compact_token::CompactToken;
use super::config::{LEEWAY_SECONDS_MAX, TokenConfig, TokenConfigError};
use super::header::Header;
use super::key_source::OpenKeySource;
use super::session::{Session, TokenError};

/// Decides whether a token is believed (contract §7).
pub struct TokenVerifier {
    keys: OpenKeySource,
    rules: ClaimRules,
    clock: Arc<dyn Clock>,
}

impl TokenVerifier {
    /// A verifier by this configuration. A key file is read; a key URL is not asked yet.
    ///
    /// # Errors
    /// [`TokenConfigError`] when no token could be judged by it.
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

    /// Asks a key URL for its set, so that a start can warn when nobody answers; does nothing for
    /// other sources. Not needed for [`verify`](Self::verify) to work.
    ///
    /// # Errors
    /// [`TokenError::KeysUnavailable`] when the set is not to be had.
    pub async fn load(&self) -> Result<(), TokenError> {
        self.keys.load().await
    }

    /// For how long the key URL has not given its set; `None` before it has, and for other sources.
    /// Above 5 minutes withdrawn keys may still be believed; from an hour on no token is.
    #[must_use]
    pub fn keys_age(&self) -> Option<Duration> {
        self.keys.age()
    }

    /// The session of a token: `header.claims.signature`, without the `Bearer`.
    ///
    /// Nothing that a token says of itself is believed before its signature is checked, by a key and
    /// an algorithm of our choice. With a key URL, this needs a tokio runtime. Whether somebody has
    /// signed out of the session is not asked here: [`Sessions`](super::Sessions) does.
    ///
    /// # Errors
    /// [`TokenError::Invalid`] when the token is not believed; [`TokenError::KeysUnavailable`] when
    /// nobody can say.
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
