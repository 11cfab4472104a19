//! Authentication: the session of a token (contract §7).
//!
//! In reading order: [`TokenVerifier`] runs all checks. `compact_token` and `header` read the
//! token's own claims about itself, which are not trusted. `key_source` finds the one key that may
//! have signed it: a shared secret, or a key from the [`KeySet`](key_set::KeySet) of a file or a
//! URL. `verification_key` checks the signature. Only then are the `claims` read and checked.
//! Request handlers use [`Sessions`], which also checks that the session was not signed out.
//! [`mint()`] creates tokens for development.

mod claims;
mod compact_token;
mod config;
mod header;
mod hmac_secret;
mod jwk;
mod jwks_endpoint;
mod jwks_file;
mod jwks_url;
mod key_set;
mod key_source;
mod mint;
mod numeric_date;
mod session;
mod sessions;
#[cfg(test)]
mod testing;
mod verification_key;
mod verifier;

pub use self::{
    config::{KeySource, TokenConfig, TokenConfigError},
    hmac_secret::{HmacSecret, HmacSecretTooShort},
    jwks_endpoint::JwksEndpointError,
    key_set::InvalidKeySet,
    mint::{MintError, MintedClaims, mint},
    session::{Session, TokenError},
    sessions::{SessionError, Sessions},
    verifier::TokenVerifier,
};
