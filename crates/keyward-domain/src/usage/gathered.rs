use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use foldhash::fast::RandomState;

use super::noted::{DeniedKey, Noted, UsedKey, UsedSecret};
use crate::ports::RepositoryError;

/// The number of shards. Each has its own lock.
pub const GATHERED_SHARDS: u8 = 16;

/// The number of subjects per batch: small enough not to delay changes, which wait for its
/// transaction on SQLite (about 10 ms).
pub const GATHERED_BATCH: usize = 1_024;

/// Writes one batch.
pub type Writing<'a> = Pin<Box<dyn Future<Output = Result<(), RepositoryError>> + Send + 'a>>;

/// The subject of collected data.
pub trait Subject: Copy + Eq + Hash {
    /// A byte that is as good as random.
    fn spread(&self) -> u8;
}

impl Subject for UsedSecret {
    fn spread(&self) -> u8 {
        let [.., last] = *self.hash_bytes();
        last
    }
}

impl Subject for UsedKey {
    fn spread(&self) -> u8 {
        let [.., last] = *self.api_key_id().uuid().as_bytes();
        last
    }
}

impl Subject for DeniedKey {
    fn spread(&self) -> u8 {
        let [.., last] = *self.api_key_id().uuid().as_bytes();
        last
    }
}

/// Only callers with a token can choose a subject, and their number is limited, so a fast hash is enough.
type Shard<S> = HashMap<S, Noted, RandomState>;

/// Collects what is noted about a limited number of subjects until it is written.
pub struct Gathered<S> {
    shards: Vec<Mutex<Shard<S>>>,
    per_shard_max: usize,
    dropped: AtomicU64,
}

impl<S: Subject> Gathered<S> {
    /// An empty collection with this limit of subjects per shard.
    #[must_use]
    pub fn new(per_shard_max: usize) -> Self {
        Self {
            shards: (0..GATHERED_SHARDS).map(|_at| Mutex::default()).collect(),
            per_shard_max,
            dropped: AtomicU64::new(0),
        }
    }

    /// How many occurrences were dropped because of the limit.
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// Adds occurrences. Returns whether the shard is full: then it is time to write. Needs no
    /// memory when the subject is known, or when there were as many before the last writing.
    pub fn add(&self, subject: S, noted: Noted) -> bool {
        let at = usize::from(subject.spread() % GATHERED_SHARDS);
        let Some(shard) = self.shards.get(at) else {
            return false;
        };
        let mut shard = lock(shard);
        let is_full = shard.len() >= self.per_shard_max;
        match shard.entry(subject) {
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
    pub async fn write<'a>(
        &'a self,
        record: impl Fn(Vec<(S, Noted)>) -> Writing<'a>,
    ) -> Result<(), RepositoryError> {
        for shard in &self.shards {
            let mut rest = taken(shard).into_iter();
            loop {
                let batch: Vec<(S, Noted)> = rest.by_ref().take(GATHERED_BATCH).collect();
                if batch.is_empty() {
                    break;
                }
                let Err(error) = record(batch.clone()).await else {
                    continue;
                };
                let is_counted = error.may_be_done();
                for (subject, noted) in batch {
                    let count = if is_counted { 0 } else { noted.count };
                    self.add(subject, Noted { count, ..noted });
                }
                for (subject, noted) in rest {
                    self.add(subject, noted);
                }
                return Err(error);
            }
        }
        Ok(())
    }
}

/// Empties the shard, and leaves room for as many subjects again.
fn taken<S: Subject>(shard: &Mutex<Shard<S>>) -> Shard<S> {
    let room = Shard::with_capacity_and_hasher(lock(shard).len(), RandomState::default());
    std::mem::replace(&mut *lock(shard), room)
}

pub(super) fn lock<T>(shard: &Mutex<T>) -> MutexGuard<'_, T> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}
