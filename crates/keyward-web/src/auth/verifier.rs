use std::sync::Arc;
use std::time::Duration;

use keyward_domain::ports::Clock;

use super::compact_token::CompactToken;
use super::config::{TokenConfig, TokenConfigError};
use super::header::Header;
use super::issuers::Issuers;
use super::session::{Session, TokenError};

/// Verifies tokens (contract §7).
pub struct TokenVerifier {
    issuers: Issuers,
    clock: Arc<dyn Clock>,
}

/// How old the key set of an issuer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeysAge<'a> {
    /// The issuer; `None` when any issuer is accepted.
    pub issuer: Option<&'a str>,
    /// The time since the last successful fetch; `None` before the first. Above 5 minutes,
    /// withdrawn keys may still be accepted; from one hour on, no token of the issuer is.
    pub age: Option<Duration>,
}

impl TokenVerifier {
    /// A verifier with this configuration. Makes no request yet.
    ///
    /// # Errors
    /// [`TokenConfigError`] when the HTTP client for key sets can't be created.
    pub fn new(config: TokenConfig, clock: Arc<dyn Clock>) -> Result<Self, TokenConfigError> {
        Ok(Self {
            issuers: Issuers::open(config, &clock)?,
            clock,
        })
    }

    /// Fetches the key sets of all URLs, so that the start can warn about a failure.
    /// [`verify`](Self::verify) does not need it.
    ///
    /// # Errors
    /// [`TokenError::KeysUnavailable`] when a set can't be fetched.
    pub async fn load(&self) -> Result<(), TokenError> {
        self.issuers.load().await
    }

    /// The ages of all key sets that are fetched from a URL.
    pub fn keys_ages(&self) -> impl Iterator<Item = KeysAge<'_>> {
        self.issuers
            .ages()
            .map(|(issuer, age)| KeysAge { issuer, age })
    }

    /// The session of a token: `header.claims.signature`, without `Bearer`.
    ///
    /// Nothing in a token is trusted before its signature is checked, with a key and an algorithm
    /// of our choice; `iss` only chooses among the configured issuers. With a key URL, this needs a
    /// tokio runtime. It does not check whether the session has ended:
    /// [`Sessions`](super::Sessions) does.
    ///
    /// # Errors
    /// [`TokenError::Invalid`] when the token is invalid; [`TokenError::KeysUnavailable`] when it
    /// can't be checked.
    pub async fn verify(&self, token: &str) -> Result<Session, TokenError> {
        let token = CompactToken::parse(token)?;
        let header = Header::read(token)?;
        let issuer = self.issuers.named_by(token)?;
        issuer.verify(token, &header, || self.clock.now()).await
    }
}

#[cfg(test)]
mod tests;
