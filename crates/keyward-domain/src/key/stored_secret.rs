use crate::caller::origin::ClientAddress;
use crate::key::secret::Secret;
use crate::key::secret_hash::SecretHash;
use crate::key::secret_hint::SecretHint;
use crate::timestamp::Timestamp;

/// The stored data of one secret of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSecret {
    /// SHA-256 of the secret.
    pub hash: SecretHash,
    /// What is shown of it.
    pub hint: SecretHint,
    /// When the key got this secret.
    pub created_at: Timestamp,
    /// Its last use; `None` when it was never used. Only the port
    /// [`UsageStore`](crate::ports::UsageStore) changes it.
    pub last_use: Option<LastUse>,
}

impl StoredSecret {
    /// The stored data of a secret that becomes valid at `now`.
    #[must_use]
    pub fn of(secret: &Secret, now: Timestamp) -> Self {
        Self {
            hash: secret.hash(),
            hint: secret.hint(),
            created_at: now,
            last_use: None,
        }
    }

    /// The stored data of a secret of which only the hash is known, and which becomes valid at `now`.
    #[must_use]
    pub fn imported(hash: SecretHash, now: Timestamp) -> Self {
        Self {
            hash,
            hint: SecretHint::imported(&hash),
            created_at: now,
            last_use: None,
        }
    }
}

/// The old secret after a rotation, as long as it is valid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviousSecret {
    /// Its stored data.
    pub secret: StoredSecret,
    /// The secret is invalid from this instant on.
    pub ends_at: Timestamp,
}

/// When, from where and how often a secret was used for an allowed call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastUse {
    /// The time of the last use.
    pub at: Timestamp,
    /// The address of the last use; `None` when the verifier did not know it.
    pub address: Option<ClientAddress>,
    /// The number of all uses.
    pub count: u64,
}
