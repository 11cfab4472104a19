use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use keyward_domain::Timestamp;
use keyward_domain::ports::Clock;

use super::claims::ClaimRules;
use super::compact_token::CompactToken;
use super::config::{IssuerConfig, TokenConfig, TokenConfigError};
use super::header::Header;
use super::key_source::OpenKeySource;
use super::session::{Session, TokenError};
use super::verification_key::signed_claims;
use crate::json::StrictObject;

/// The issuers whose tokens are accepted.
pub(super) enum Issuers {
    /// Whoever has the keys, whatever the `iss`.
    Any(Box<Issuer>),
    /// Those with these `iss`.
    Named(BTreeMap<String, Issuer>),
}

/// The keys and the rules of one issuer.
pub(super) struct Issuer {
    keys: OpenKeySource,
    rules: ClaimRules,
}

impl Issuers {
    /// Makes no request yet.
    pub(super) fn open(
        config: TokenConfig,
        clock: &Arc<dyn Clock>,
    ) -> Result<Self, TokenConfigError> {
        match config {
            TokenConfig::AnyIssuer(config) => {
                let issuer = Issuer::open(None, *config, Arc::clone(clock))?;
                Ok(Self::Any(Box::new(issuer)))
            }
            TokenConfig::Issuers(configs) => {
                let mut issuers = BTreeMap::new();
                for (name, config) in configs {
                    let issuer = Issuer::open(Some(name.clone()), config, Arc::clone(clock))?;
                    issuers.insert(name, issuer);
                }
                Ok(Self::Named(issuers))
            }
        }
    }

    /// The issuer that a token names. The name is not to be trusted: it only chooses whose keys and
    /// rules the token must pass, and the rules ask for the same name.
    pub(super) fn named_by(&self, token: CompactToken<'_>) -> Result<&Issuer, TokenError> {
        match self {
            Self::Any(issuer) => Ok(issuer),
            Self::Named(issuers) => {
                let claims: StrictObject = serde_json::from_slice(&token.claims()?)
                    .map_err(|_nothing_of_the_token| TokenError::Invalid("form of the claims"))?;
                let issuer = claims.text("iss").and_then(|iss| issuers.get(iss));
                issuer.ok_or(TokenError::Invalid("iss missing or wrong"))
            }
        }
    }

    /// Fetches the key sets of all URLs, at once.
    pub(super) async fn load(&self) -> Result<(), TokenError> {
        let loaded = join_all(self.all().map(|(_name, issuer)| issuer.keys.load())).await;
        loaded.into_iter().collect()
    }

    /// The issuers that have a URL, with the time since its last successful request; `None` before
    /// the first.
    pub(super) fn ages(&self) -> impl Iterator<Item = (Option<&str>, Option<Duration>)> {
        self.all()
            .filter_map(|(name, issuer)| Some((name, issuer.keys.age()?)))
    }

    fn all(&self) -> impl Iterator<Item = (Option<&str>, &Issuer)> {
        let (any, named) = match self {
            Self::Any(issuer) => (Some(issuer.as_ref()), None),
            Self::Named(issuers) => (None, Some(issuers)),
        };
        let named = named.into_iter().flatten();
        let named = named.map(|(name, issuer)| (Some(name.as_str()), issuer));
        any.map(|issuer| (None, issuer)).into_iter().chain(named)
    }
}

impl Issuer {
    fn open(
        name: Option<String>,
        config: IssuerConfig,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, TokenConfigError> {
        Ok(Self {
            keys: OpenKeySource::open(config.keys, name.as_deref(), clock)?,
            rules: ClaimRules {
                issuer: name,
                audiences: config.audiences,
                mapping: config.claims,
                leeway: config.leeway,
            },
        })
    }

    /// The session of a token that this issuer has signed.
    pub(super) async fn verify(
        &self,
        token: CompactToken<'_>,
        header: &Header,
        now: impl FnOnce() -> Timestamp,
    ) -> Result<Session, TokenError> {
        let keys = self.keys.keys_for(header).await?;
        let claims = signed_claims(token, &keys)?;
        self.rules.judge(token.session_id(), claims, now())
    }
}

#[cfg(test)]
mod tests;
