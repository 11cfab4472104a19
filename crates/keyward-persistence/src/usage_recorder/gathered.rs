use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use futures_util::future::BoxFuture;
use keyward_domain::ports::RepositoryError;
use keyward_domain::{ClientAddress, Timestamp};

/// The number of shards. Each has its own lock.
pub(super) const SHARDS: u8 = 16;

/// The number of keys per transaction: small enough not to delay changes, which wait for it on
/// SQLite (about 10 ms).
pub(super) const BATCH: usize = 1_024;

/// The collected data of one key.
#[derive(Clone, Copy, Debug)]
pub(super) struct Noted {
    /// The last time.
    pub(super) last_at: Timestamp,
    /// The address of the last time.
    pub(super) address: Option<ClientAddress>,
    /// The count.
    pub(super) count: u64,
}

impl Noted {
    /// A single occurrence.
    pub(super) fn once(at: Timestamp, address: Option<ClientAddress>) -> Self {
        Self {
            last_at: at,
            address,
            count: 1,
        }
    }

    /// Keeps the later time, in whatever order they arrive.
    fn add(&mut self, other: Self) {
        self.count = self.count.saturating_add(other.count);
        if other.last_at >= self.last_at {
            self.last_at = other.last_at;
            self.address = other.address;
        }
    }
}

/// The key of a collected entry.
pub(super) trait Key: Copy + Eq + Hash {
    /// A byte that is as good as random.
    fn spread(&self) -> u8;
}

/// Collects entries for a limited number of keys until they are written.
pub(super) struct Gathered<K> {
    shards: Vec<Mutex<HashMap<K, Noted>>>,
    per_shard_max: usize,
    dropped: AtomicU64,
}

impl<K: Key> Gathered<K> {
    /// An empty collection with this limit of keys per shard.
    pub(super) fn new(per_shard_max: usize) -> Self {
        Self {
            shards: (0..SHARDS).map(|_at| Mutex::default()).collect(),
            per_shard_max,
            dropped: AtomicU64::new(0),
        }
    }

    /// How many occurrences were dropped because of the limit.
    pub(super) fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// Adds an occurrence. Returns whether the shard is full: then it is time to write.
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

    /// Passes everything collected to `record`, batch by batch, until one fails.
    ///
    /// # Errors
    /// The first failure of `record`. What was not written is still collected.
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
                // The outcome is unknown, so it must not be added twice.
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
