use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use keyward_domain::ports::{CacheAnswer, KeyLookup, RepositoryError};
use keyward_domain::{Generation, SecretHash, VerificationKey};
use quick_cache::sync::Cache;

use super::freshness::Freshness;
use super::lookups::{LookedUp, LookupFailed, Lookups};
use super::unknown::Unknown;

/// How long the node's answer about imported secrets is used.
const IMPORTED_KEPT_FOR: Duration = Duration::from_secs(1);

/// The cached keys, and look-ups of all others at the node.
pub(super) struct LocalKeys {
    known: Cache<[u8; 32], Entry>,
    unknown: Unknown,
    imported: Mutex<Option<(bool, Instant)>>,
    freshness: Arc<Freshness>,
    lookups: Lookups,
}

/// A cached key.
#[derive(Clone)]
struct Entry {
    key: Arc<VerificationKey>,
    /// The generation before the key was read.
    read: Generation,
}

impl LocalKeys {
    pub(super) fn new(keys_max: usize, freshness: Arc<Freshness>, lookups: Lookups) -> Self {
        Self {
            known: Cache::new(keys_max),
            unknown: Unknown::default(),
            imported: Mutex::default(),
            freshness,
            lookups,
        }
    }

    /// Asks the node for its time.
    pub(super) async fn measure_clock(&self) -> Result<(), RepositoryError> {
        self.ask(None).await.map(drop)
    }

    async fn ask(&self, hash: Option<SecretHash>) -> Result<LookedUp, RepositoryError> {
        let answer = self.lookups.ask(hash).await.map_err(undecided)?;
        if let Some(is_any) = answer.has_imported_secrets {
            let mut imported = self.imported.lock().unwrap_or_else(PoisonError::into_inner);
            *imported = Some((is_any, answer.asked_at));
        }
        Ok(answer)
    }

    fn imported(&self, now: Instant) -> Option<bool> {
        let imported = *self.imported.lock().unwrap_or_else(PoisonError::into_inner);
        let (is_any, asked_at) = imported?;
        let is_new = now.saturating_duration_since(asked_at) < IMPORTED_KEPT_FOR;
        is_new.then_some(is_any)
    }
}

#[async_trait]
impl KeyLookup for LocalKeys {
    fn cached(&self, secret_hash: &SecretHash) -> CacheAnswer {
        let now = Instant::now();
        if let Some(entry) = self.known.get(secret_hash.as_bytes())
            && let Some(age) = self.freshness.trusted_age(now)
            && self
                .freshness
                .generations
                .is_current(entry.key.id.uuid(), entry.read)
        {
            return CacheAnswer::of_cached(entry.key, age);
        }
        if self.unknown.has(secret_hash, now) {
            return CacheAnswer::NegativeHit;
        }
        CacheAnswer::Miss
    }

    async fn find(
        &self,
        secret_hash: &SecretHash,
    ) -> Result<Option<Arc<VerificationKey>>, RepositoryError> {
        match self.cached(secret_hash) {
            CacheAnswer::Hit(key) => return Ok(Some(key)),
            CacheAnswer::NegativeHit => return Ok(None),
            CacheAnswer::StaleHit(_) | CacheAnswer::Miss => {}
        }
        let answer = self.ask(Some(*secret_hash)).await?;
        match &answer.key {
            // A key of another node may be older than what this one's stream has told.
            Some(key) if self.freshness.is_of(answer.epoch) => {
                let entry = Entry {
                    key: Arc::clone(key),
                    read: answer.read,
                };
                self.known.insert(*secret_hash.as_bytes(), entry);
            }
            Some(_) => {}
            None => self.unknown.add(secret_hash, answer.asked_at),
        }
        Ok(answer.key)
    }

    async fn has_imported_secrets(&self) -> Result<bool, RepositoryError> {
        if let Some(is_any) = self.imported(Instant::now()) {
            return Ok(is_any);
        }
        let answer = self.ask(None).await?;
        let unknown = || undecided(LookupFailed::KeyUnread);
        answer.has_imported_secrets.ok_or_else(unknown)
    }
}

fn undecided(failed: LookupFailed) -> RepositoryError {
    RepositoryError::Unavailable(failed.into())
}
