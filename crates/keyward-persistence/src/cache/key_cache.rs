//! The cache in front of a [`KeyLookup`].

mod gathered_lookups;
mod imported;
mod known;
mod unknown;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use keyward_domain::ports::{CacheAnswer, FRESH_MAX, KeyLookup, RepositoryError};
use keyward_domain::{SecretHash, VerificationKey};
use quick_cache::sync::EntryResult;
use tokio::runtime::Handle;

use self::gathered_lookups::GatheredLookups;
use self::imported::Imported;
use self::known::{Entry, Known};
use self::unknown::Unknown;
use crate::cache::batch_lookup::BatchLookup;
use crate::cache::invalidations::Invalidations;
use crate::error::{NotDone, unavailable};

/// The limits of a [`KeyCache`].
#[derive(Clone, Copy, Debug)]
pub struct KeyCacheConfig {
    /// The maximum memory of cached keys, in bytes.
    pub bytes_max: u64,
    /// How long a cached key may be used after the last confirmation that no change was missed; 0
    /// turns the cache off.
    pub staleness_max: Duration,
}

/// The limits of look-ups in the store.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LookupBounds {
    /// The maximum number of concurrent statements, at least 1.
    pub(crate) lookups_max: usize,
    /// The maximum number of questions that wait for a statement. Any further question fails at
    /// once.
    pub(crate) waiting_max: usize,
    /// The deadline of an answer that needs the store.
    pub(crate) deadline: Duration,
}

impl Default for KeyCacheConfig {
    /// 64 MiB, 1 s.
    fn default() -> Self {
        Self {
            bytes_max: 64 * 1024 * 1024,
            staleness_max: Duration::from_secs(1),
        }
    }
}

/// Caches keys by the hashes of their secrets. A cached key is never older than the last change
/// that this process knows, nor than [`staleness_max`](KeyCacheConfig::staleness_max) when changes
/// may have been missed.
///
/// Only keys are cached, not decisions: expiry, address and scopes are checked on every question.
/// Of many concurrent questions about one key, one asks the store. Concurrent questions about
/// different keys share statements.
pub struct KeyCache {
    lookup: Arc<dyn BatchLookup>,
    lookups: Arc<GatheredLookups>,
    invalidations: Arc<Invalidations>,
    known: Known,
    unknown: Unknown,
    imported: Imported,
    hits: AtomicU64,
    misses: AtomicU64,
    config: KeyCacheConfig,
    bounds: LookupBounds,
    runtime: Handle,
}

/// Counters and sizes of a cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyCacheStats {
    /// Questions that were answered from the cache.
    pub hits: u64,
    /// Questions that needed a look-up in the store, or waited for another question's look-up.
    pub misses: u64,
    /// Keys that were evicted to make room.
    pub evictions: u64,
    /// Cached keys.
    pub keys: usize,
    /// The memory of the cached keys, in bytes.
    pub bytes: u64,
    /// Statements in progress, each for one or more questions.
    pub lookups_in_flight: usize,
}

impl KeyCache {
    /// An empty cache in front of `lookup`. Changes arrive through `invalidations`. Statements and
    /// timers run on `runtime`.
    pub(crate) fn new(
        lookup: Arc<dyn BatchLookup>,
        invalidations: Arc<Invalidations>,
        config: KeyCacheConfig,
        bounds: LookupBounds,
        runtime: Handle,
    ) -> Self {
        let lookups = GatheredLookups::new(
            Arc::clone(&lookup),
            Arc::clone(&invalidations),
            bounds,
            runtime.clone(),
        );
        Self {
            lookup,
            lookups: Arc::new(lookups),
            invalidations,
            known: Known::new(config.bytes_max),
            unknown: Unknown::default(),
            imported: Imported::default(),
            hits: AtomicU64::new(0),
            misses: AtomicU64::new(0),
            config,
            bounds,
            runtime,
        }
    }

    /// The counters since the cache was created.
    #[must_use]
    pub fn stats(&self) -> KeyCacheStats {
        KeyCacheStats {
            hits: self.hits.load(Ordering::Relaxed),
            misses: self.misses.load(Ordering::Relaxed),
            evictions: self.known.evictions(),
            keys: self.known.len(),
            bytes: self.known.bytes(),
            lookups_in_flight: self.lookups.in_flight(),
        }
    }

    /// Whether no later change of the entry's key is known.
    fn is_current(&self, entry: &Entry) -> bool {
        self.invalidations
            .is_current(entry.key.id.uuid(), entry.read)
    }

    /// For how long changes may have been missed at `now`, if cached keys may be used.
    fn trusted_age(&self, now: Instant) -> Option<Duration> {
        let age = self.invalidations.unconfirmed_for(now);
        age.filter(|age| *age < self.config.staleness_max)
    }

    /// Whether an entry can answer, at `now`, a question from `asked_at` without being stale.
    fn answers(&self, entry: &Entry, asked_at: Instant, now: Instant) -> bool {
        let is_fresh = || self.trusted_age(now).is_some_and(|age| age < FRESH_MAX);
        self.is_current(entry) && (entry.read_at >= asked_at || is_fresh())
    }

    /// The answer without the store; counts a hit.
    fn cached_at(&self, secret_hash: &SecretHash, asked_at: Instant) -> CacheAnswer {
        let known = self.known.get(secret_hash);
        let answer = match known.filter(|entry| self.is_current(entry)) {
            Some(entry) if entry.read_at >= asked_at => CacheAnswer::Hit(entry.key),
            Some(entry) => match self.trusted_age(asked_at) {
                Some(age) => CacheAnswer::of_cached(entry.key, age),
                None => return CacheAnswer::Miss,
            },
            None if self.unknown.has(secret_hash.as_bytes(), asked_at) => CacheAnswer::NegativeHit,
            None => return CacheAnswer::Miss,
        };
        self.hits.fetch_add(1, Ordering::Relaxed);
        answer
    }

    async fn look_up(
        &self,
        secret_hash: &SecretHash,
        asked_at: Instant,
    ) -> Result<Option<Arc<VerificationKey>>, RepositoryError> {
        let hash = secret_hash.as_bytes();
        loop {
            // What was read after the question answers it, even while a commit is under way: all who wait
            // share it.
            let answers = |entry: &Entry| {
                entry.read_at >= asked_at || self.answers(entry, asked_at, Instant::now())
            };
            let guard = match self.known.entry(secret_hash, answers).await {
                EntryResult::Retained(key) => return Ok(Some(key)),
                EntryResult::Vacant(guard) | EntryResult::Replaced(guard, _) => guard,
                EntryResult::Removed(..) | EntryResult::Timeout => continue,
            };
            // Another question's look-up may have found that no key has this secret.
            if self.unknown.has(hash, Instant::now()) {
                return Ok(None);
            }
            let answer = self.lookups.ask(*secret_hash).await?;
            let (read, read_at) = (answer.read, answer.read_at);
            let Some(key) = answer.key else {
                self.unknown.add(*hash, read_at);
                return Ok(None);
            };
            let entry = self
                .known
                .entry_of(Arc::unwrap_or_clone(key), read, read_at);
            let key = Arc::clone(&entry.key);
            // The placeholder may have been evicted in the meantime.
            let _kept = guard.insert(entry);
            return Ok(Some(key));
        }
    }
}

#[async_trait]
impl KeyLookup for KeyCache {
    fn cached(&self, secret_hash: &SecretHash) -> CacheAnswer {
        self.cached_at(secret_hash, Instant::now())
    }

    async fn find(
        &self,
        secret_hash: &SecretHash,
    ) -> Result<Option<Arc<VerificationKey>>, RepositoryError> {
        let asked_at = Instant::now();
        match self.cached_at(secret_hash, asked_at) {
            CacheAnswer::Hit(key) => return Ok(Some(key)),
            CacheAnswer::NegativeHit => return Ok(None),
            CacheAnswer::StaleHit(_) | CacheAnswer::Miss => {}
        }
        self.misses.fetch_add(1, Ordering::Relaxed);
        let look_up = {
            let _context = self.runtime.enter();
            tokio::time::timeout(self.bounds.deadline, self.look_up(secret_hash, asked_at))
        };
        look_up
            .await
            .unwrap_or_else(|_elapsed| Err(unavailable(NotDone::OutOfTime)))
    }

    async fn has_imported_secrets(&self) -> Result<bool, RepositoryError> {
        let asking = {
            let _context = self.runtime.enter();
            tokio::time::timeout(
                self.bounds.deadline,
                self.imported.is_any(self.lookup.as_ref()),
            )
        };
        asking
            .await
            .unwrap_or_else(|_elapsed| Err(unavailable(NotDone::OutOfTime)))
    }
}

#[cfg(test)]
mod tests;
