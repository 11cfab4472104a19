use std::collections::BTreeMap;

use super::claim_mapping::ClaimMapping;
use super::discovery::IssuerUrl;
use super::hmac_secret::HmacSecret;
use super::jwks_file::KeySetFile;
use super::leeway::Leeway;
use super::trusted_url::TrustedUrl;

/// Which tokens are accepted (contract §7).
#[derive(Clone, Debug)]
pub enum TokenConfig {
    /// Tokens with any `iss`, or none.
    AnyIssuer(Box<IssuerConfig>),
    /// Tokens of these issuers, by their exact `iss`. A token is verified with the keys and rules of
    /// its issuer alone.
    Issuers(BTreeMap<String, IssuerConfig>),
}

/// How the tokens of one issuer are verified and read.
#[derive(Clone, Debug)]
pub struct IssuerConfig {
    /// The keys that tokens are signed with.
    pub keys: KeySource,
    /// The accepted `aud`: one of them, or a list that has one of them. Empty accepts any or none.
    pub audiences: Vec<String>,
    /// Which claims say who the caller is.
    pub claims: ClaimMapping,
    /// The maximum difference between the clock of the identity service and ours.
    pub leeway: Leeway,
}

impl IssuerConfig {
    /// Any audience, the claims of the contract, and 30 seconds of leeway.
    #[must_use]
    pub fn new(keys: KeySource) -> Self {
        Self {
            keys,
            audiences: Vec::new(),
            claims: ClaimMapping::default(),
            leeway: Leeway::default(),
        }
    }

    fn has_key_set(&self) -> bool {
        match self.keys {
            KeySource::Hs256(_, _) => false,
            KeySource::JwksFile(_) | KeySource::JwksUrl(_) | KeySource::Discovery(_) => true,
        }
    }
}

impl TokenConfig {
    /// Whether a token for another service could be accepted. The keys of a key set also sign
    /// tokens for other services, so both `iss` and `aud` should be configured.
    #[must_use]
    pub fn believes_tokens_for_others(&self) -> bool {
        match self {
            Self::AnyIssuer(issuer) => issuer.has_key_set(),
            Self::Issuers(issuers) => issuers
                .values()
                .any(|issuer| issuer.has_key_set() && issuer.audiences.is_empty()),
        }
    }

    /// Whether tokens of any issuer have roles.
    #[must_use]
    pub fn has_roles_claim(&self) -> bool {
        match self {
            Self::AnyIssuer(issuer) => issuer.claims.roles.is_some(),
            Self::Issuers(issuers) => issuers.values().any(|issuer| issuer.claims.roles.is_some()),
        }
    }

    /// Whether keys may be fetched from another machine without TLS.
    #[must_use]
    pub fn trusts_plain_http(&self) -> bool {
        match self {
            Self::AnyIssuer(issuer) => issuer.keys.trusts_plain_http(),
            Self::Issuers(issuers) => issuers
                .values()
                .any(|issuer| issuer.keys.trusts_plain_http()),
        }
    }
}

/// The source of the signing keys. The source determines the algorithm; a token's header alone
/// never does.
#[derive(Clone, Debug)]
pub enum KeySource {
    /// A secret shared with the identity service, and others that count as well, so that one can be
    /// replaced: only HS256.
    Hs256(HmacSecret, Vec<HmacSecret>),
    /// A file with a JSON Web Key Set: RS256, ES256 or `EdDSA`, with the key named by `kid`. A
    /// change to the file takes effect within seconds.
    JwksFile(KeySetFile),
    /// A JSON Web Key Set at a URL.
    JwksUrl(TrustedUrl),
    /// The JSON Web Key Set that the issuer's `OpenID` configuration names.
    Discovery(IssuerUrl),
}

impl KeySource {
    fn trusts_plain_http(&self) -> bool {
        match self {
            Self::Hs256(_, _) | Self::JwksFile(_) => false,
            Self::JwksUrl(url) => url.is_plain_http_elsewhere(),
            Self::Discovery(issuer) => issuer.trusts_plain_http(),
        }
    }
}

/// The verifier can't be made.
#[derive(Debug, thiserror::Error)]
pub enum TokenConfigError {
    /// The HTTP client can't be created.
    #[error("the HTTP client for key sets can't be created")]
    Client(#[from] reqwest::Error),
}
