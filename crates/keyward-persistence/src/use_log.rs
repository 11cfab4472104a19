//! Uses of secrets, gathered in memory and written in batches, so that no verification waits for
//! the store, and one that can't be written stops none.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use keyward_domain::ports::{RepositoryError, SecretUse, Usage, UseLog};
use keyward_domain::{ClientAddress, SecretHash, Timestamp};
use tokio::sync::Notify;

/// Secrets share a lock by the last byte of their hash.
const SHARDS: u8 = 16;

/// The most secrets a shard gathers before it is written, which is 25 MiB in all. Uses of one more
/// are not noted.
const SECRETS_PER_SHARD_MAX: usize = 16 * 1024;

/// How many secrets are written in one transaction: few enough to be no hindrance to changes, which
/// on SQLite wait for it (some 10 ms).
const BATCH: usize = 1_024;

/// Gathers the uses of secrets until they are written: the last time, from where, and how often.
pub struct BatchedUseLog {
    usage: Arc<dyn Usage>,
    shards: Vec<Mutex<Shard>>,
    full: Notify,
}

type Shard = HashMap<[u8; 32], Gathered>;

/// The uses of one secret.
#[derive(Clone, Copy)]
struct Gathered {
    last_used_at: Timestamp,
    address: Option<ClientAddress>,
    count: u64,
}

impl Gathered {
    /// The later use counts, whichever comes first.
    fn add(&mut self, other: Self) {
        self.count = self.count.saturating_add(other.count);
        if other.last_used_at >= self.last_used_at {
            self.last_used_at = other.last_used_at;
            self.address = other.address;
        }
    }
}

impl BatchedUseLog {
    /// An empty log that is written to `usage`.
    #[must_use]
    pub fn new(usage: Arc<dyn Usage>) -> Self {
        Self {
            usage,
            shards: (0..SHARDS).map(|_at| Mutex::default()).collect(),
            full: Notify::new(),
        }
    }

    /// Writes again and again, as soon as one shard is full or `every` has passed, until `ended`;
    /// then once more.
    pub async fn write_until(&self, ended: impl Future<Output = ()>, every: Duration) {
        let mut ended = pin!(ended);
        let (mut is_over, mut was_written) = (false, true);
        while !is_over {
            is_over = tokio::select! {
                biased;
                () = &mut ended => true,
                () = self.due(every, was_written) => false,
            };
            let written = self.write().await;
            if let Err(error) = &written
                && (was_written || is_over)
            {
                let error: &dyn std::error::Error = error;
                tracing::warn!(error, "last_use.unwritten");
            }
            was_written = written.is_ok();
        }
    }

    /// After a failure a full shard must not make one attempt follow the other.
    async fn due(&self, every: Duration, was_written: bool) {
        if was_written {
            let _full_or_late = tokio::time::timeout(every, self.full.notified()).await;
        } else {
            tokio::time::sleep(every).await;
        }
    }

    /// Writes all that was gathered.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store could not: what was not written is gathered still.
    pub async fn write(&self) -> Result<(), RepositoryError> {
        for shard in &self.shards {
            let gathered = std::mem::take(&mut *lock(shard));
            let mut uses = gathered.into_iter().map(secret_use);
            loop {
                let batch: Vec<SecretUse> = uses.by_ref().take(BATCH).collect();
                if batch.is_empty() {
                    break;
                }
                let Err(error) = self.usage.record(batch.clone()).await else {
                    continue;
                };
                // Whether the count was added is not known then: it is not added twice.
                let is_counted = matches!(error, RepositoryError::OutcomeUnknown(_));
                for unwritten in batch {
                    let count = if is_counted { 0 } else { unwritten.count };
                    self.gather(&SecretUse { count, ..unwritten });
                }
                for unwritten in uses {
                    self.gather(&unwritten);
                }
                return Err(error);
            }
        }
        Ok(())
    }

    fn gather(&self, secret_use: &SecretUse) {
        let gathered = Gathered {
            last_used_at: secret_use.last_used_at,
            address: secret_use.address,
            count: secret_use.count,
        };
        let hash = *secret_use.secret_hash.as_bytes();
        let [.., last] = hash;
        let Some(shard) = self.shards.get(usize::from(last % SHARDS)) else {
            return;
        };
        let mut shard = lock(shard);
        let is_full = shard.len() >= SECRETS_PER_SHARD_MAX;
        match shard.entry(hash) {
            Entry::Occupied(mut entry) => entry.get_mut().add(gathered),
            Entry::Vacant(_) if is_full => {}
            Entry::Vacant(entry) => {
                entry.insert(gathered);
            }
        }
        drop(shard);
        if is_full {
            self.full.notify_one();
        }
    }
}

impl UseLog for BatchedUseLog {
    fn used(&self, secret_hash: &SecretHash, at: Timestamp, address: Option<ClientAddress>) {
        self.gather(&SecretUse {
            secret_hash: *secret_hash,
            last_used_at: at,
            address,
            count: 1,
        });
    }
}

fn secret_use((hash, gathered): ([u8; 32], Gathered)) -> SecretUse {
    SecretUse {
        secret_hash: SecretHash::from_bytes(hash),
        last_used_at: gathered.last_used_at,
        address: gathered.address,
        count: gathered.count,
    }
}

fn lock(shard: &Mutex<Shard>) -> MutexGuard<'_, Shard> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
