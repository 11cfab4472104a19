use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use keyward_domain::Timestamp;
use keyward_domain::ports::Clock;
use tokio::sync::Mutex;

use super::jwks_endpoint::JwksEndpoint;
use super::key_set::KeySet;
use super::session::TokenError;
use super::verification_key::VerificationKey;

/// From this age on, a key set is refreshed in the background while it is still used.
const REFRESHED_AFTER_SECONDS: i64 = 4 * 60;
/// From this age on, a key set must be refreshed before use, so that a withdrawn key stops working.
const FRESH_SECONDS: i64 = 5 * 60;
/// From this age on, a key set is never used, even while the identity service is down.
const HELD_SECONDS_MAX: i64 = 60 * 60;
/// The minimum time between two requests, however many unknown `kid`s arrive.
const ATTEMPT_INTERVAL_SECONDS: i64 = 10;

/// The key set of an identity service, at its URL.
///
/// - For 5 minutes, cached keys are used at once. In the last of these minutes the set is refreshed
///   in the background.
/// - After that, and for an unknown `kid`, callers wait for a refresh: one request at a time, and
///   at most one in 10 seconds.
/// - While the identity service is down or responds with something invalid, the cached set stays in
///   use, for at most one hour. An empty key set is valid: it withdraws all keys.
///
/// All of it needs a tokio runtime.
pub(super) struct JwksUrl(Arc<Shared>);

struct Shared {
    /// For the log.
    issuer: Option<String>,
    endpoint: JwksEndpoint,
    clock: Arc<dyn Clock>,
    held: RwLock<Option<Held>>,
    /// The time of the last request. Locked during a request.
    attempted_at: Mutex<Option<Timestamp>>,
}

#[derive(Clone)]
struct Held {
    keys: Arc<KeySet>,
    asked_at: Timestamp,
}

impl JwksUrl {
    /// Makes no request yet.
    pub(super) fn new(
        issuer: Option<String>,
        endpoint: JwksEndpoint,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self(Arc::new(Shared {
            issuer,
            endpoint,
            clock,
            held: RwLock::new(None),
            attempted_at: Mutex::new(None),
        }))
    }

    /// Fetches the set, unless this was just tried.
    pub(super) async fn load(&self) -> Result<(), TokenError> {
        self.refresh().await;
        match self.0.held() {
            Some(_held) => Ok(()),
            None => Err(TokenError::KeysUnavailable),
        }
    }

    /// The key with this `kid`.
    pub(super) async fn get(&self, key_id: &str) -> Result<Arc<VerificationKey>, TokenError> {
        let now = self.0.clock.now();
        if let Some(held) = self.0.held()
            && !is_past(held.asked_at, FRESH_SECONDS, now)
            && let Some(key) = held.keys.get(key_id)
        {
            if is_past(held.asked_at, REFRESHED_AFTER_SECONDS, now) && self.0.may_ask_at_once(now) {
                // Nobody waits for the result; errors are logged by the task itself.
                drop(tokio::spawn(Arc::clone(&self.0).ask_if_due()));
            }
            return Ok(key);
        }
        self.refresh().await;
        // The set may have been asked for since then.
        let now = self.0.clock.now();
        let held = self.0.held();
        let held = held.filter(|held| !is_past(held.asked_at, HELD_SECONDS_MAX, now));
        held.ok_or(TokenError::KeysUnavailable)?
            .keys
            .get(key_id)
            .ok_or(TokenError::UnknownKey)
    }

    /// The time since the last successful request; `None` before the first.
    pub(super) fn age(&self) -> Option<Duration> {
        let asked_at = self.0.held()?.asked_at.unix_micros();
        let age = self.0.clock.now().unix_micros().saturating_sub(asked_at);
        Some(Duration::from_micros(u64::try_from(age).unwrap_or(0)))
    }

    /// Fetches the set, or waits for the request in progress. At most one request in 10 seconds.
    async fn refresh(&self) {
        if let Ok(attempted_at) = self.0.attempted_at.try_lock()
            && !is_due(*attempted_at, self.0.clock.now())
        {
            return;
        }
        // A separate task, because a caller that goes away must not cancel a request that others
        // wait for.
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
        // The set is only replaced as a whole, so it is consistent even after a panic.
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
                let issuer = self.issuer.as_deref();
                tracing::warn!(error, held, issuer, "token.keys_not_refreshed");
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

/// Whether this many seconds have passed. Returns true when the clock was set back.
pub(super) fn is_past(since: Timestamp, seconds: i64, now: Timestamp) -> bool {
    now >= since.plus_seconds(seconds) || now < since
}

#[cfg(test)]
mod tests;
