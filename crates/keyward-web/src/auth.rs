//! Whose token it is (contract §7), and whether to believe it.
//!
//! In reading order: [`TokenVerifier`] is the whole judgement; `compact_token` and `header` read
//! what a token says of itself, none of which is believed; `key_source` finds the one key that may
//! have signed it: a shared secret, or a key of the [`KeySet`](key_set::KeySet) that a file or a URL
//! holds; `verification_key` checks the signature, and only then `claims` are read and judged.
//! [`Sessions`] is what whoever answers requests has of all this: it also asks whether somebody has signed
//! out. [`mint()`] makes tokens for development.

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
mod one_time_link;
mod session;
mod sessions;
mod strict_object;
#[cfg(test)]
mod testing;
mod verification_key;
mod verifier;

pub(crate) use self::one_time_link::SignIn;
pub(crate) use self::session::UNKNOWN_KEY;
pub(crate) use self::sessions::SessionError;
pub use self::{
    config::{KeySource, TokenConfig, TokenConfigError},
    hmac_secret::{HmacSecret, HmacSecretTooShort},
    jwks_endpoint::JwksEndpointError,
    key_set::InvalidKeySet,
    mint::{MintError, MintedClaims, mint},
    one_time_link::OneTimeLink,
    session::{Session, TokenError},
    sessions::Sessions,
    verifier::TokenVerifier,
};
