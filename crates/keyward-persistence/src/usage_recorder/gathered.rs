use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use futures_util::future::BoxFuture;
use keyward_domain::ports::RepositoryError;
use keyward_domain::{ClientAddress, Timestamp};

/// Keys share a lock by what they are spread by.
pub(super) const SHARDS: u8 = 16;

/// How many keys are written in one transaction: few enough to be no hindrance to changes, which on
/// SQLite wait for it (some 10 ms).
pub(super) const BATCH: usize = 1_024;

/// What is noted under one key.
#[derive(Clone, Copy, Debug)]
pub(super) struct Noted {
    /// The last time.
    pub(super) last_at: Timestamp,
    /// From where, that time.
    pub(super) address: Option<ClientAddress>,
    /// How often.
    pub(super) count: u64,
}

impl Noted {
    /// One time.
    pub(super) fn once(at: Timestamp, address: Option<ClientAddress>) -> Self {
        Self {
            last_at: at,
            address,
            count: 1,
        }
    }

    /// The later time counts, whichever comes first.
    fn add(&mut self, other: Self) {
        self.count = self.count.saturating_add(other.count);
        if other.last_at >= self.last_at {
            self.last_at = other.last_at;
            self.address = other.address;
        }
    }
}

/// What something is noted under.
pub(super) trait Key: Copy + Eq + Hash {
    /// A byte of it that is as good as random.
    fn spread(&self) -> u8;
}

/// Gathers what is noted until it is written, of a bounded number of keys.
pub(super) struct Gathered<K> {
    shards: Vec<Mutex<HashMap<K, Noted>>>,
    per_shard_max: usize,
    dropped: AtomicU64,
}

impl<K: Key> Gathered<K> {
    /// Nothing yet. Each shard takes so many keys at most.
    pub(super) fn new(per_shard_max: usize) -> Self {
        Self {
            shards: (0..SHARDS).map(|_at| Mutex::default()).collect(),
            per_shard_max,
            dropped: AtomicU64::new(0),
        }
    }

    /// How much was dropped because there was no place for one more key.
    pub(super) fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// Notes something. Whether there is no place for one more key beside it: then it is time to
    /// write.
    pub(super) fn add(&self, key: K, noted: Noted) -> bool {
        let Some(shard) = self.shards.get(usize::from(key.spread() % SHARDS)) else {
            return false;
        };
        let mut shard = lock(shard);
        let is_full = shard.len() >= self.per_shard_max;
        match shard.entry(key) {
            Entry::Occupied(mut entry) => entry.get_mut().add(noted),
            Entry::Vacant(_) if is_full => {
                self.dropped.fetch_add(noted.count, Ordering::Relaxed);
            }
            Entry::Vacant(entry) => {
                entry.insert(noted);
            }
        }
        is_full
    }

    /// Gives `record` all that was gathered, batch by batch, until one fails.
    ///
    /// # Errors
    /// The first failure of `record`: what was not written is gathered still.
    pub(super) async fn write<'a>(
        &'a self,
        record: impl Fn(Vec<(K, Noted)>) -> BoxFuture<'a, Result<(), RepositoryError>>,
    ) -> Result<(), RepositoryError> {
        for shard in &self.shards {
            let gathered = std::mem::take(&mut *lock(shard));
            let mut rest = gathered.into_iter();
            loop {
                let batch: Vec<(K, Noted)> = rest.by_ref().take(BATCH).collect();
                if batch.is_empty() {
                    break;
                }
                let Err(error) = record(batch.clone()).await else {
                    continue;
                };
                // Whether the count was added is not known then: it is not added twice.
                let is_counted = matches!(error, RepositoryError::OutcomeUnknown(_));
                for (key, noted) in batch {
                    let count = if is_counted { 0 } else { noted.count };
                    self.add(key, Noted { count, ..noted });
                }
                for (key, noted) in rest {
                    self.add(key, noted);
                }
                return Err(error);
            }
        }
        Ok(())
    }
}

fn lock<T>(shard: &Mutex<T>) -> MutexGuard<'_, T> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}
