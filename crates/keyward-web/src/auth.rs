//! Authentication: the session of a token (contract §7).
//!
//! In reading order: [`TokenVerifier`] runs all checks. `compact_token` and `header` read the
//! token's own claims about itself, which are not trusted. `issuers` finds the issuer that the token
//! names, among the configured ones. `key_source` finds the keys of that issuer that may have signed
//! it: shared secrets, or a key from the [`KeySet`](key_set::KeySet) of a file or a URL, which
//! `discovery` may have found. `verification_key` checks the signature. Only then are the `claims`
//! read and checked; `claim_mapping` says what they mean.
//! Request handlers use [`Sessions`], which also checks that the session was not signed out.
//! [`GitHubKeys`] checks the signatures of GitHub's reports (contract §13).
//! [`mint()`] creates tokens for development.

mod claim_mapping;
mod claim_name;
mod claims;
mod compact_token;
mod config;
mod discovery;
mod fetcher;
mod github_keys;
mod header;
mod hmac_secret;
mod issuers;
mod jwk;
mod jwks_endpoint;
mod jwks_file;
mod jwks_url;
mod key_set;
mod key_source;
mod leeway;
mod mint;
mod numeric_date;
mod session;
mod sessions;
#[cfg(test)]
mod testing;
mod trusted_url;
mod verification_key;
mod verifier;

pub use self::{
    claim_mapping::{AmbiguousRole, ClaimMapping, RolesClaim},
    claim_name::{ClaimName, InvalidClaimName},
    config::{IssuerConfig, KeySource, TokenConfig, TokenConfigError},
    discovery::{InvalidIssuerUrl, IssuerUrl},
    github_keys::{GitHubClientError, GitHubKeys, SignatureError},
    hmac_secret::{HmacSecret, HmacSecretTooShort},
    jwks_file::{KeySetFile, KeySetFileError},
    key_set::InvalidKeySet,
    leeway::{Leeway, TooMuchLeeway},
    mint::{MintError, MintedClaims, mint},
    session::{Session, TokenError},
    sessions::{SessionError, Sessions},
    trusted_url::{PlainHttp, TrustedUrl, UntrustedUrl},
    verifier::{KeysAge, TokenVerifier},
};
