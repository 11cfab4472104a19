//! The cache in front of the [`ServiceTokens`] of a store.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use keyward_domain::ports::{NewServiceToken, RepositoryError, Revocation, ServiceTokens};
use keyward_domain::{CallerName, ServiceSecretHash, ServiceToken, Timestamp};
use tokio::runtime::Handle;

use crate::error::{NotDone, unavailable};

/// How long a cached service token is used. It is the time in which a revoked one stops on every
/// node, whatever the change feed does.
const STALENESS_MAX: Duration = Duration::from_secs(1);

/// How often a node tries to store the last use of one token.
const NOTE_EVERY: Duration = Duration::from_mins(1);

/// How long a caller waits for the look-ups before its own.
const WAIT_MAX: Duration = Duration::from_secs(1);

/// More tokens than a deployment uses at the same time.
const TOKENS_MAX: usize = 1_000;

/// Caches the service tokens that were found, each for one second, so that a busy verifier does not
/// cost a look-up per question. Unknown tokens are not cached: they can't displace others.
///
/// Last uses are written in the background: a write that fails or takes long affects no request.
pub struct ServiceTokenCache {
    store: Arc<dyn ServiceTokens>,
    found: Mutex<HashMap<[u8; 32], Found>>,
    noted: Mutex<HashMap<CallerName, Instant>>,
    /// Held during a look-up, so that a node has one at a time: concurrent callers with one token
    /// share it, and look-ups of tokens never take the places of look-ups of keys.
    looking_up: tokio::sync::Mutex<()>,
    runtime: Handle,
}

struct Found {
    token: ServiceToken,
    at: Instant,
}

impl ServiceTokenCache {
    /// An empty cache in front of `store`. Last uses are written on `runtime`.
    pub(crate) fn new(store: Arc<dyn ServiceTokens>, runtime: Handle) -> Self {
        Self {
            store,
            found: Mutex::default(),
            noted: Mutex::default(),
            looking_up: tokio::sync::Mutex::default(),
            runtime,
        }
    }

    fn cached(&self, hash: &ServiceSecretHash, now: Instant) -> Option<ServiceToken> {
        let found = lock(&self.found);
        let cached = found.get(hash.as_bytes())?;
        let age = now.saturating_duration_since(cached.at);
        (age < STALENESS_MAX).then(|| cached.token.clone())
    }

    /// The time of the answer is the time of the question, so that its age is never underestimated.
    fn cache(&self, token: ServiceToken, at: Instant) {
        let mut found = lock(&self.found);
        if found.len() >= TOKENS_MAX {
            found.retain(|_, cached| at.saturating_duration_since(cached.at) < STALENESS_MAX);
        }
        if found.len() < TOKENS_MAX {
            found.insert(*token.hash.as_bytes(), Found { token, at });
        }
    }

    /// Whether this node has not tried to store a use within the last minute. The attempt counts,
    /// not its success.
    fn is_due(&self, name: &CallerName, now: Instant) -> bool {
        let mut noted = lock(&self.noted);
        let is_due = noted
            .get(name)
            .is_none_or(|last| now.saturating_duration_since(*last) >= NOTE_EVERY);
        if is_due {
            if noted.len() >= TOKENS_MAX {
                noted.retain(|_, last| now.saturating_duration_since(*last) < NOTE_EVERY);
            }
            noted.insert(name.clone(), now);
        }
        is_due
    }
}

/// A panic while a lock is held leaves no inconsistent value in these maps.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[async_trait]
impl ServiceTokens for ServiceTokenCache {
    async fn create(&self, new: NewServiceToken) -> Result<bool, RepositoryError> {
        self.store.create(new).await
    }

    async fn find(
        &self,
        hash: &ServiceSecretHash,
    ) -> Result<Option<ServiceToken>, RepositoryError> {
        if let Some(token) = self.cached(hash, Instant::now()) {
            return Ok(Some(token));
        }
        let _turn = tokio::time::timeout(WAIT_MAX, self.looking_up.lock())
            .await
            .map_err(|_elapsed| unavailable(NotDone::OutOfTime))?;
        let asked = Instant::now();
        if let Some(token) = self.cached(hash, asked) {
            return Ok(Some(token));
        }
        let found = self.store.find(hash).await?;
        if let Some(token) = &found {
            self.cache(token.clone(), asked);
        }
        Ok(found)
    }

    async fn list(&self) -> Result<Vec<ServiceToken>, RepositoryError> {
        self.store.list().await
    }

    async fn revoke(
        &self,
        name: &CallerName,
        now: Timestamp,
    ) -> Result<Revocation, RepositoryError> {
        let revoked = self.store.revoke(name, now).await;
        lock(&self.found).retain(|_, cached| cached.token.name != *name);
        revoked
    }

    /// Returns at once.
    async fn note_use(&self, name: &CallerName, at: Timestamp) -> Result<(), RepositoryError> {
        if self.is_due(name, Instant::now()) {
            let (store, name) = (Arc::clone(&self.store), name.clone());
            self.runtime.spawn(async move {
                if let Err(error) = store.note_use(&name, at).await {
                    let error: &dyn std::error::Error = &error;
                    tracing::warn!(token = name.as_str(), error, "service_token.use_unrecorded");
                }
            });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeSet, VecDeque};

    use keyward_domain::Permission;

    use keyward_domain::testing::service_secret;

    use super::*;

    type Answer = Result<Option<ServiceToken>, RepositoryError>;

    /// A store with these answers to look-ups, each given once.
    struct Stub(Mutex<VecDeque<Answer>>);

    #[async_trait]
    impl ServiceTokens for Stub {
        async fn create(&self, _new: NewServiceToken) -> Result<bool, RepositoryError> {
            Ok(true)
        }

        async fn find(&self, _hash: &ServiceSecretHash) -> Answer {
            lock(&self.0).pop_front().unwrap()
        }

        async fn list(&self) -> Result<Vec<ServiceToken>, RepositoryError> {
            Ok(vec![])
        }

        async fn revoke(
            &self,
            _name: &CallerName,
            _now: Timestamp,
        ) -> Result<Revocation, RepositoryError> {
            Ok(Revocation::Done)
        }

        async fn note_use(
            &self,
            _name: &CallerName,
            _at: Timestamp,
        ) -> Result<(), RepositoryError> {
            Ok(())
        }
    }

    fn token(number: u8) -> ServiceToken {
        let at = Timestamp::from_unix_seconds(1_800_000_000).unwrap();
        ServiceToken {
            name: CallerName::parse(&format!("token-{number}")).unwrap(),
            permissions: BTreeSet::from([Permission::KeysVerify]),
            hash: service_secret(number).hash(),
            created_at: at,
            last_used_at: None,
            revoked_at: None,
        }
    }

    fn cache(answers: impl IntoIterator<Item = Answer>) -> ServiceTokenCache {
        let store = Stub(Mutex::new(answers.into_iter().collect()));
        ServiceTokenCache::new(Arc::new(store), Handle::current())
    }

    #[tokio::test]
    async fn a_found_token_is_used_for_a_second_and_no_longer() {
        let cache = cache([]);
        let (token, begun) = (token(1), Instant::now());
        let at = |millis| begun + Duration::from_millis(millis);
        assert_eq!(cache.cached(&token.hash, begun), None);
        cache.cache(token.clone(), begun);
        assert_eq!(cache.cached(&token.hash, at(999)), Some(token.clone()));
        assert_eq!(cache.cached(&token.hash, at(1_000)), None);
    }

    #[tokio::test]
    async fn concurrent_callers_share_one_look_up() {
        let cache = cache([Ok(Some(token(1)))]);
        let hash = token(1).hash;
        let turn = cache.looking_up.lock().await;
        let callers = futures_util::future::join_all((0..100).map(|_| cache.find(&hash)));
        let (found, ()) = tokio::join!(callers, async { drop(turn) });
        for found in found {
            assert_eq!(found.unwrap(), Some(token(1)));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_caller_does_not_wait_longer_than_a_second() {
        let cache = cache([]);
        let _turn = cache.looking_up.lock().await;
        assert!(cache.find(&token(1).hash).await.is_err());
    }

    #[tokio::test]
    async fn a_token_that_this_node_revokes_is_looked_up_again() {
        let cache = cache([Ok(Some(token(1))), Ok(None)]);
        assert_eq!(cache.find(&token(1).hash).await.unwrap(), Some(token(1)));
        let at = Timestamp::from_unix_seconds(1_800_000_000).unwrap();
        cache.revoke(&token(1).name, at).await.unwrap();
        assert_eq!(cache.find(&token(1).hash).await.unwrap(), None);
    }

    #[tokio::test]
    async fn an_unknown_token_is_looked_up_each_time() {
        let cache = cache([Ok(None), Ok(None)]);
        for _ in 0..2 {
            assert_eq!(cache.find(&token(1).hash).await.unwrap(), None);
        }
    }

    #[tokio::test]
    async fn an_outage_is_neither_cached_nor_an_unknown_token() {
        let outage = RepositoryError::Unavailable("gone".into());
        let cache = cache([Err(outage), Ok(Some(token(1)))]);
        assert!(cache.find(&token(1).hash).await.is_err());
        for _ in 0..2 {
            assert_eq!(cache.find(&token(1).hash).await.unwrap(), Some(token(1)));
        }
    }

    #[tokio::test]
    async fn a_use_is_due_once_a_minute_for_each_token() {
        let cache = cache([]);
        let begun = Instant::now();
        let at = |seconds| begun + Duration::from_secs(seconds);
        let (one, two) = (token(1).name, token(2).name);
        assert!(cache.is_due(&one, at(0)));
        assert!(!cache.is_due(&one, at(59)));
        assert!(cache.is_due(&two, at(59)));
        assert!(cache.is_due(&one, at(60)));
    }
}
