//! Collects uses of secrets and denials of keys in memory and writes them in batches. Verification
//! never waits for the store, and a failed write never blocks it.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use keyward_domain::ports::{
    Denials, HourlyUses, KeyDenials, KeyUses, RepositoryError, ScopeUse, ScopeUses, SecretUse,
    UsageRecorder, UsageStore,
};
use keyward_domain::{
    ApiKeyId, ClientAddress, Denial, DeniedKey, Gathered, Noted, Scope, SecretHash, Timestamp,
    UsedKey, UsedScopes, UsedSecret,
};
use tokio::sync::Notify;

/// The maximum number of secrets and hours per shard between two writes, and of keys and hours that
/// wait to be counted: about 110 MiB in all. Further uses are dropped.
const SECRETS_PER_SHARD_MAX: usize = 16 * 1024;

/// The maximum number of keys, reasons and hours per shard between two writes, 10 MiB in all.
/// Further denials are dropped.
const DENIED_PER_SHARD_MAX: usize = 4 * 1024;

/// The maximum number of keys and scopes per shard that are noted until the day ends, at most 50 MiB
/// in all. When most of them wait to be written, further ones are dropped.
const SCOPES_PER_SHARD_MAX: usize = 8 * 1024;

/// Collects the uses of secrets and the denials of keys until they are written: the last time, its
/// address, and the count.
pub struct BatchedUsageRecorder {
    usage_store: Arc<dyn UsageStore>,
    hourly_uses: Arc<dyn HourlyUses>,
    denials: Arc<dyn Denials>,
    uses: Gathered<UsedSecret>,
    /// The written uses that must be counted by hour.
    uncounted: Gathered<UsedKey>,
    denied: Gathered<DeniedKey>,
    scope_uses: Arc<dyn ScopeUses>,
    used_scopes: UsedScopes,
    full: Notify,
}

/// What was dropped because the memory limit was reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DroppedNotes {
    /// Uses of secrets.
    pub uses: u64,
    /// Denials of keys.
    pub denials: u64,
    /// Uses of scopes.
    pub scope_uses: u64,
}

impl BatchedUsageRecorder {
    /// An empty recorder that writes to these stores.
    #[must_use]
    pub fn new(
        usage_store: Arc<dyn UsageStore>,
        hourly_uses: Arc<dyn HourlyUses>,
        denials: Arc<dyn Denials>,
        scope_uses: Arc<dyn ScopeUses>,
    ) -> Self {
        Self {
            usage_store,
            hourly_uses,
            denials,
            scope_uses,
            uncounted: Gathered::new(SECRETS_PER_SHARD_MAX),
            uses: Gathered::new(SECRETS_PER_SHARD_MAX),
            denied: Gathered::new(DENIED_PER_SHARD_MAX),
            used_scopes: UsedScopes::new(SCOPES_PER_SHARD_MAX),
            full: Notify::new(),
        }
    }

    /// How much was dropped since it was created.
    #[must_use]
    pub fn dropped(&self) -> DroppedNotes {
        DroppedNotes {
            uses: self.uses.dropped().saturating_add(self.uncounted.dropped()),
            denials: self.denied.dropped(),
            scope_uses: self.used_scopes.dropped(),
        }
    }

    /// Writes whenever a shard is full or `every` has passed, until `ended`; then once more.
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

    /// After a failure, a full shard must not cause attempts without a pause.
    async fn due(&self, every: Duration, was_written: bool) {
        if was_written {
            let _full_or_late = tokio::time::timeout(every, self.full.notified()).await;
        } else {
            tokio::time::sleep(every).await;
        }
    }

    /// Writes everything collected. Uses, denials and uses of scopes are written concurrently, so that
    /// a failure of one kind does not block the others.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store failed. What was not written is still collected.
    pub async fn write(&self) -> Result<(), RepositoryError> {
        let uses = self.write_uses();
        let denials = self.denied.write(|batch| {
            let batch = batch.into_iter().map(KeyDenials::from);
            self.denials.record_denials(batch.collect())
        });
        let scopes = self
            .used_scopes
            .write(|batch| self.scope_uses.record_scope_uses(batch));
        let (uses, denials, scopes) = tokio::join!(uses, denials, scopes);
        uses.and(denials).and(scopes)
    }

    /// Writes the last uses, and then counts by hour what could be written. A failure there does not
    /// block the last uses.
    async fn write_uses(&self) -> Result<(), RepositoryError> {
        let last = self.uses.write(|batch| {
            Box::pin(async move {
                let uses = batch.iter().copied().map(SecretUse::from);
                let recorded = self.usage_store.record(uses.collect()).await;
                if recorded
                    .as_ref()
                    .err()
                    .is_none_or(RepositoryError::may_be_done)
                {
                    for (secret, noted) in batch {
                        self.uncounted.add(secret.key(), noted);
                    }
                }
                recorded
            })
        });
        let last = last.await;
        let hourly = self.uncounted.write(|batch| {
            let batch = batch.into_iter().map(KeyUses::from);
            self.hourly_uses.record_hourly_uses(batch.collect())
        });
        last.and(hourly.await)
    }

    fn is_due_when(&self, is_full: bool) {
        if is_full {
            self.full.notify_one();
        }
    }
}

impl UsageRecorder for BatchedUsageRecorder {
    fn used(
        &self,
        secret_hash: &SecretHash,
        api_key_id: ApiKeyId,
        scopes: &[Scope],
        at: Timestamp,
        address: Option<ClientAddress>,
    ) {
        let used = UsedSecret::at(secret_hash, api_key_id, at);
        self.is_due_when(self.uses.add(used, Noted::once(at, address)));
        self.is_due_when(self.used_scopes.add(api_key_id, scopes, at));
    }

    fn denied(
        &self,
        api_key_id: ApiKeyId,
        denial: Denial,
        at: Timestamp,
        address: Option<ClientAddress>,
    ) {
        let denied = DeniedKey::at(api_key_id, denial, at);
        let is_full = self.denied.add(denied, Noted::once(at, address));
        self.is_due_when(is_full);
    }

    fn add_uses(&self, uses: SecretUse) {
        let (secret, noted) = uses.into();
        self.is_due_when(self.uses.add(secret, noted));
    }

    fn add_denials(&self, denials: KeyDenials) {
        let (denied, noted) = denials.into();
        self.is_due_when(self.denied.add(denied, noted));
    }

    fn add_scope_use(&self, scope_use: ScopeUse) {
        let ScopeUse {
            api_key_id,
            scope,
            last_used_on,
        } = scope_use;
        let scopes = std::slice::from_ref(&scope);
        self.is_due_when(self.used_scopes.add(api_key_id, scopes, last_used_on));
    }
}

#[cfg(test)]
mod tests;
