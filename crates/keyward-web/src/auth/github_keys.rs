use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use actix_web::http::header::HeaderMap;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, ParsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use keyward_domain::Timestamp;
use keyward_domain::ports::Clock;
use keyward_guard::headers::{SingleHeader, visible_ascii};
use serde::Deserialize;
use tokio::sync::Mutex;

use super::fetcher::{FetchError, Fetcher, TIMEOUT};
use super::jwks_url::is_past;
use super::trusted_url::TrustedUrl;

const KEY_ID: &str = "github-public-key-identifier";
const SIGNATURE: &str = "github-public-key-signature";
/// Beyond the length of any identifier and any signature on P-256 in base64.
const HEADER_LENGTH_MAX: usize = 256;

/// From this age on, the list of keys is fetched again before it is used.
const FRESH_SECONDS: i64 = 60 * 60;
/// From this age on, the list is never used, even while it can't be fetched.
const HELD_SECONDS_MAX: i64 = 24 * 60 * 60;
/// The minimum time between two requests, however many unknown keys are named.
const ATTEMPT_INTERVAL_SECONDS: i64 = 5 * 60;
/// A list that was asked for just now has all keys of GitHub.
const CURRENT_SECONDS: i64 = 10;

/// The public keys that GitHub signs its reports with, at their URL (contract §13).
///
/// - For an hour, a list that was fetched is used at once.
/// - After that, and for an unknown key, callers wait for a request: one at a time, and at most one
///   in five minutes, because GitHub limits them.
/// - While the list can't be fetched, the one before stays in use, for at most a day.
///
/// All of it needs a tokio runtime.
#[derive(Clone)]
pub struct GitHubKeys(Arc<Shared>);

struct Shared {
    fetcher: Fetcher,
    url: TrustedUrl,
    clock: Arc<dyn Clock>,
    held: RwLock<Option<Held>>,
    /// The last request. Locked during a request.
    attempt: Mutex<Option<Attempt>>,
}

#[derive(Clone)]
struct Held {
    keys: Arc<Keys>,
    asked_at: Timestamp,
}

struct Attempt {
    at: Timestamp,
    has_succeeded: bool,
}

/// By their identifiers.
type Keys = BTreeMap<String, Arc<ParsedPublicKey>>;

/// A signature of a report, with the key that has to have made it.
pub(crate) struct GitHubSignature {
    key: Arc<ParsedPublicKey>,
    signature: Vec<u8>,
}

/// Why nobody knows that a report is from GitHub.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// A header is missing, is repeated, or has no signature.
    #[error("the headers of the signature are missing or malformed")]
    Malformed,
    /// GitHub has no such key.
    #[error("no key of GitHub has this identifier")]
    UnknownKey,
    /// The signature is not one of these bytes.
    #[error("the signature is wrong")]
    Wrong,
    /// The keys can't be fetched now.
    #[error("the keys of GitHub are unavailable")]
    KeysUnavailable,
}

/// The HTTP client can't be created.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client for the keys of GitHub can't be created")]
pub struct GitHubClientError(#[from] reqwest::Error);

/// Why there is no list of keys at the moment.
#[derive(Debug, thiserror::Error)]
enum KeyListError {
    #[error(transparent)]
    Fetch(#[from] FetchError),
    #[error("the answer is no JSON object with a list \"public_keys\"")]
    Malformed(#[from] serde_json::Error),
    #[error("the list has no public key in PEM on the curve P-256")]
    NoUsableKey,
}

#[derive(Deserialize)]
struct KeyListJson {
    public_keys: Vec<KeyJson>,
}

#[derive(Deserialize)]
struct KeyJson {
    key_identifier: String,
    key: String,
}

impl GitHubKeys {
    /// The keys at a URL. Makes no request yet.
    ///
    /// # Errors
    /// [`GitHubClientError`].
    pub fn new(url: TrustedUrl, clock: Arc<dyn Clock>) -> Result<Self, GitHubClientError> {
        Ok(Self(Arc::new(Shared {
            fetcher: Fetcher::new(url.is_https())?,
            url,
            clock,
            held: RwLock::new(None),
            attempt: Mutex::new(None),
        })))
    }

    /// The signature in the headers of a report.
    ///
    /// # Errors
    /// [`SignatureError`], but never [`SignatureError::Wrong`].
    pub(crate) async fn signature(
        &self,
        headers: &HeaderMap,
    ) -> Result<GitHubSignature, SignatureError> {
        let key_id = only(headers, KEY_ID)?;
        let signature = STANDARD.decode(only(headers, SIGNATURE)?);
        let signature = signature.map_err(|_detail| SignatureError::Malformed)?;
        let key = self.get(key_id).await?;
        Ok(GitHubSignature { key, signature })
    }

    async fn get(&self, key_id: &str) -> Result<Arc<ParsedPublicKey>, SignatureError> {
        if let Some(held) = self.0.held_for(FRESH_SECONDS)
            && let Some(key) = held.keys.get(key_id)
        {
            return Ok(Arc::clone(key));
        }
        // A separate task, because a caller that goes away must not cancel a request that others
        // wait for.
        let is_current = tokio::spawn(Arc::clone(&self.0).ask_if_due()).await;
        let held = self.0.held_for(HELD_SECONDS_MAX);
        let held = held.ok_or(SignatureError::KeysUnavailable)?;
        match held.keys.get(key_id) {
            Some(key) => Ok(Arc::clone(key)),
            None if is_current.unwrap_or(false) => Err(SignatureError::UnknownKey),
            // The key may be a new one.
            None => Err(SignatureError::KeysUnavailable),
        }
    }
}

impl Shared {
    /// The list, unless it is older.
    fn held_for(&self, seconds: i64) -> Option<Held> {
        // The list is only replaced as a whole, so it is consistent even after a panic.
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        let held = held.clone()?;
        (!is_past(held.asked_at, seconds, self.clock.now())).then_some(held)
    }

    /// Fetches the list, unless this was tried minutes ago. Whether the list is of now.
    async fn ask_if_due(self: Arc<Self>) -> bool {
        let mut attempt = self.attempt.lock().await;
        let now = self.clock.now();
        if let Some(last) = attempt.as_ref()
            && !is_past(last.at, ATTEMPT_INTERVAL_SECONDS, now)
        {
            return last.has_succeeded && !is_past(last.at, CURRENT_SECONDS, now);
        }
        let fetched = self.fetch().await;
        let has_succeeded = fetched.is_ok();
        *attempt = Some(Attempt {
            at: now,
            has_succeeded,
        });
        match fetched {
            Ok(keys) => {
                let held = Held {
                    keys: Arc::new(keys),
                    asked_at: now,
                };
                *self.held.write().unwrap_or_else(PoisonError::into_inner) = Some(held);
            }
            Err(error) => {
                let error: &dyn std::error::Error = &error;
                let held = self.held_for(HELD_SECONDS_MAX).is_some();
                tracing::warn!(error, held, "github.keys_not_fetched");
            }
        }
        has_succeeded
    }

    async fn fetch(&self) -> Result<Keys, KeyListError> {
        let fetched = tokio::time::timeout(TIMEOUT, self.fetcher.get(&self.url)).await;
        key_list(&fetched.unwrap_or(Err(FetchError::Timeout))?)
    }
}

impl GitHubSignature {
    /// Checks that it is a signature of these bytes.
    ///
    /// # Errors
    /// [`SignatureError::Wrong`].
    pub(crate) fn check(&self, signed: &[u8]) -> Result<(), SignatureError> {
        let verified = self.key.verify_sig(signed, &self.signature);
        verified.map_err(|_no_detail| SignatureError::Wrong)
    }
}

/// The keys of a list that can be used; at least one.
fn key_list(bytes: &[u8]) -> Result<Keys, KeyListError> {
    let list: KeyListJson = serde_json::from_slice(bytes)?;
    let mut keys = Keys::new();
    for KeyJson {
        key_identifier,
        key,
    } in list.public_keys
    {
        if let Some(key) = public_key(&key) {
            keys.insert(key_identifier, Arc::new(key));
        } else {
            tracing::warn!(key_identifier, "github.key_unusable");
        }
    }
    if keys.is_empty() {
        return Err(KeyListError::NoUsableKey);
    }
    Ok(keys)
}

/// The key in a PEM text (RFC 7468); `None` when it is none on P-256.
fn public_key(pem: &str) -> Option<ParsedPublicKey> {
    let base64 = pem.trim().strip_prefix("-----BEGIN PUBLIC KEY-----")?;
    let base64 = base64.strip_suffix("-----END PUBLIC KEY-----")?;
    let base64: String = base64.split_ascii_whitespace().collect();
    let der = STANDARD.decode(base64).ok()?;
    ParsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, der).ok()
}

/// The only value of a header.
fn only<'a>(headers: &'a HeaderMap, name: &str) -> Result<&'a str, SignatureError> {
    let text = match SingleHeader::of(headers.get_all(name)) {
        SingleHeader::Value(value) => visible_ascii(value.as_bytes(), HEADER_LENGTH_MAX),
        SingleHeader::Absent | SingleHeader::Repeated => None,
    };
    text.ok_or(SignatureError::Malformed)
}

#[cfg(test)]
mod tests;
