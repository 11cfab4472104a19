use crate::caller::origin::ClientAddress;
use crate::key::secret::{Secret, SecretHash, SecretHint};
use crate::timestamp::Timestamp;

/// What is kept of one secret of a key, and of its use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSecret {
    /// SHA-256 of the secret.
    pub hash: SecretHash,
    /// The secret's last four characters.
    pub hint: SecretHint,
    /// Since when it is one of the key's.
    pub created_at: Timestamp,
    /// Its last use; `None` when it was never used. Only the port
    /// [`UsageStore`](crate::ports::UsageStore) changes it.
    pub last_use: Option<LastUse>,
}

impl StoredSecret {
    /// What is kept of a secret that begins to live at `now`.
    #[must_use]
    pub fn of(secret: &Secret, now: Timestamp) -> Self {
        Self {
            hash: secret.hash(),
            hint: secret.hint(),
            created_at: now,
            last_use: None,
        }
    }
}

/// The secret that a rotation has replaced, for as long as it still counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviousSecret {
    /// What is kept of it.
    pub secret: StoredSecret,
    /// From this instant on it is dead.
    pub ends_at: Timestamp,
}

/// When, from where and how often a secret was used to pass a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastUse {
    /// The last time.
    pub at: Timestamp,
    /// From where, that time; `None` when the verifier was not told.
    pub address: Option<ClientAddress>,
    /// How often in all.
    pub count: u64,
}
