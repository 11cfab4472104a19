//! Uses of secrets and denials of keys, gathered in memory and written in batches, so that no
//! verification waits for the store, and one that can't be written stops none.

mod gathered;

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use keyward_domain::ports::{
    Denials, KeyDenials, RepositoryError, SecretUse, UsageRecorder, UsageStore,
};
use keyward_domain::{ApiKeyId, ClientAddress, Denial, SecretHash, Timestamp};
use tokio::sync::Notify;

use self::gathered::{Gathered, Key, Noted};

/// The most secrets a shard gathers before it is written, which is 25 MiB in all. Uses of one more
/// are not noted.
const SECRETS_PER_SHARD_MAX: usize = 16 * 1024;

/// The most keys, reasons and hours a shard gathers before it is written, which is 10 MiB in all.
/// Denials of one more are not counted.
const DENIED_PER_SHARD_MAX: usize = 4 * 1024;

/// Gathers the uses of secrets and the denials of keys until they are written: the last time, from
/// where, and how often.
pub struct BatchedUsageRecorder {
    usage_store: Arc<dyn UsageStore>,
    denials: Arc<dyn Denials>,
    uses: Gathered<UsedSecret>,
    denied: Gathered<DeniedKey>,
    full: Notify,
}

/// What was not noted because too much was gathered already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DroppedNotes {
    /// Uses of secrets.
    pub uses: u64,
    /// Denials of keys.
    pub denials: u64,
}

/// The hash of a secret.
type UsedSecret = [u8; 32];

impl Key for UsedSecret {
    fn spread(&self) -> u8 {
        let [.., last] = *self;
        last
    }
}

/// A key, why it was denied, and in which hour.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct DeniedKey {
    api_key_id: ApiKeyId,
    denial: Denial,
    hour: Timestamp,
}

impl Key for DeniedKey {
    fn spread(&self) -> u8 {
        let [.., last] = *self.api_key_id.uuid().as_bytes();
        last
    }
}

impl BatchedUsageRecorder {
    /// A recorder that has gathered nothing, and writes to `usage_store` and `denials`.
    #[must_use]
    pub fn new(usage_store: Arc<dyn UsageStore>, denials: Arc<dyn Denials>) -> Self {
        Self {
            usage_store,
            denials,
            uses: Gathered::new(SECRETS_PER_SHARD_MAX),
            denied: Gathered::new(DENIED_PER_SHARD_MAX),
            full: Notify::new(),
        }
    }

    /// How much was dropped since it began.
    #[must_use]
    pub fn dropped(&self) -> DroppedNotes {
        DroppedNotes {
            uses: self.uses.dropped(),
            denials: self.denied.dropped(),
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

    /// Writes all that was gathered: uses and denials beside each other, so that neither waits for
    /// the other when it can't be written.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store could not: what was not written is gathered still.
    pub async fn write(&self) -> Result<(), RepositoryError> {
        let uses = self.uses.write(|batch| {
            let batch = batch.into_iter().map(secret_use);
            self.usage_store.record(batch.collect())
        });
        let denials = self.denied.write(|batch| {
            let batch = batch.into_iter().map(key_denials);
            self.denials.record_denials(batch.collect())
        });
        let (uses, denials) = tokio::join!(uses, denials);
        uses.and(denials)
    }

    fn is_due_when(&self, is_full: bool) {
        if is_full {
            self.full.notify_one();
        }
    }
}

impl UsageRecorder for BatchedUsageRecorder {
    fn used(&self, secret_hash: &SecretHash, at: Timestamp, address: Option<ClientAddress>) {
        let is_full = self
            .uses
            .add(*secret_hash.as_bytes(), Noted::once(at, address));
        self.is_due_when(is_full);
    }

    fn denied(
        &self,
        api_key_id: ApiKeyId,
        denial: Denial,
        at: Timestamp,
        address: Option<ClientAddress>,
    ) {
        let denied = DeniedKey {
            api_key_id,
            denial,
            hour: at.truncated_to_hours(),
        };
        let is_full = self.denied.add(denied, Noted::once(at, address));
        self.is_due_when(is_full);
    }
}

fn secret_use((hash, noted): (UsedSecret, Noted)) -> SecretUse {
    SecretUse {
        secret_hash: SecretHash::from_bytes(hash),
        last_used_at: noted.last_at,
        address: noted.address,
        count: noted.count,
    }
}

fn key_denials((denied, noted): (DeniedKey, Noted)) -> KeyDenials {
    KeyDenials {
        api_key_id: denied.api_key_id,
        denial: denied.denial,
        last_denied_at: noted.last_at,
        address: noted.address,
        count: noted.count,
    }
}

#[cfg(test)]
mod tests;
