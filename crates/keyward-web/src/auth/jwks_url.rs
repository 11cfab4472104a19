use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use keyward_domain::Timestamp;
use keyward_domain::ports::Clock;
use tokio::sync::Mutex;

use super::jwks_endpoint::{JwksEndpoint, JwksEndpointError};
use super::key_set::KeySet;
use super::session::TokenError;
use super::verification_key::VerificationKey;

/// A set that is so old is asked for again, while it still answers.
const REFRESHED_AFTER_SECONDS: i64 = 4 * 60;
/// A set that is so old answers nobody before it was asked for again: a withdrawn key stops to open.
const FRESH_SECONDS: i64 = 5 * 60;
/// A set that is so old answers nobody any more, even while the identity service is down.
const HELD_SECONDS_MAX: i64 = 60 * 60;
/// At most one question in so many seconds, however many unknown `kid`s come in.
const ATTEMPT_INTERVAL_SECONDS: i64 = 10;

/// The key set of a URL.
///
/// - For 5 minutes a key that is held answers at once; in the last of them the set is asked for again
///   behind the caller's back.
/// - After that, and for a `kid` that is not held, callers wait until the set was asked for again:
///   one question at a time, and one in 10 seconds.
/// - While the identity service is down or answers rubbish, what is held goes on to answer, for an hour
///   at most. A set without keys is none of both: it withdraws all.
///
/// All of it needs a tokio runtime.
pub(super) struct JwksUrl(Arc<Shared>);

struct Shared {
    endpoint: JwksEndpoint,
    clock: Arc<dyn Clock>,
    held: RwLock<Option<Held>>,
    /// When the identity service was last asked. Locked while it is being asked.
    attempted_at: Mutex<Option<Timestamp>>,
}

#[derive(Clone)]
struct Held {
    keys: Arc<KeySet>,
    asked_at: Timestamp,
}

impl JwksUrl {
    /// Checks the URL; asks nobody.
    pub(super) fn new(url: &str, clock: Arc<dyn Clock>) -> Result<Self, JwksEndpointError> {
        Ok(Self(Arc::new(Shared {
            endpoint: JwksEndpoint::new(url)?,
            clock,
            held: RwLock::new(None),
            attempted_at: Mutex::new(None),
        })))
    }

    /// Asks for the set, unless that was done just now.
    pub(super) async fn load(&self) -> Result<(), TokenError> {
        self.refresh().await;
        match self.0.held() {
            Some(_held) => Ok(()),
            None => Err(TokenError::KeysUnavailable),
        }
    }

    /// The key of this `kid`.
    pub(super) async fn get(&self, key_id: &str) -> Result<Arc<VerificationKey>, TokenError> {
        let now = self.0.clock.now();
        if let Some(held) = self.0.held()
            && !is_past(held.asked_at, FRESH_SECONDS, now)
            && let Some(key) = held.keys.get(key_id)
        {
            if is_past(held.asked_at, REFRESHED_AFTER_SECONDS, now) && self.0.may_ask_at_once(now) {
                // Nobody waits for it; what comes of it is logged where it comes.
                drop(tokio::spawn(Arc::clone(&self.0).ask_if_due()));
            }
            return Ok(key);
        }
        self.refresh().await;
        let held = self.0.held();
        let held = held.filter(|held| !is_past(held.asked_at, HELD_SECONDS_MAX, now));
        held.ok_or(TokenError::KeysUnavailable)?
            .keys
            .get(key_id)
            .ok_or(TokenError::UnknownKey)
    }

    /// For how long the set was not heard of; `None` before it was.
    pub(super) fn age(&self) -> Option<Duration> {
        let asked_at = self.0.held()?.asked_at.unix_micros();
        let age = self.0.clock.now().unix_micros().saturating_sub(asked_at);
        Some(Duration::from_micros(u64::try_from(age).unwrap_or(0)))
    }

    /// Asks, or waits for those who are asking; at most one question in 10 seconds.
    async fn refresh(&self) {
        if let Ok(attempted_at) = self.0.attempted_at.try_lock()
            && !is_due(*attempted_at, self.0.clock.now())
        {
            return;
        }
        // A task of its own: a caller who goes away must not break off what others wait for.
        if tokio::spawn(Arc::clone(&self.0).ask_if_due())
            .await
            .is_err()
        {
            tracing::error!("token.keys_refresh_broken_off");
        }
    }
}

impl Shared {
    fn held(&self) -> Option<Held> {
        // A set is replaced as a whole: even after a panic, what is held is whole.
        self.held
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn may_ask_at_once(&self, now: Timestamp) -> bool {
        self.attempted_at
            .try_lock()
            .is_ok_and(|attempted_at| is_due(*attempted_at, now))
    }

    async fn ask_if_due(self: Arc<Self>) {
        let mut attempted_at = self.attempted_at.lock().await;
        let now = self.clock.now();
        if !is_due(*attempted_at, now) {
            return;
        }
        *attempted_at = Some(now);
        match self.endpoint.fetch().await {
            Ok(keys) => self.hold(keys, now),
            Err(error) => {
                let error: &dyn std::error::Error = &error;
                let held = self.held().is_some();
                tracing::warn!(error, held, "token.keys_not_refreshed");
            }
        }
    }

    fn hold(&self, keys: KeySet, asked_at: Timestamp) {
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        keys.warn_of_unusable(held.as_ref().map(|before| before.keys.as_ref()));
        *held = Some(Held {
            keys: Arc::new(keys),
            asked_at,
        });
    }
}

fn is_due(attempted_at: Option<Timestamp>, now: Timestamp) -> bool {
    attempted_at.is_none_or(|at| is_past(at, ATTEMPT_INTERVAL_SECONDS, now))
}

/// Whether so many seconds have gone by since. A clock that was set back must not stop the count.
fn is_past(since: Timestamp, seconds: i64, now: Timestamp) -> bool {
    now >= since.plus_seconds(seconds) || now < since
}

#[cfg(test)]
mod tests;
