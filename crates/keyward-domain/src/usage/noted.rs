use crate::caller::origin::ClientAddress;
use crate::key::id::ApiKeyId;
use crate::key::secret_hash::SecretHash;
use crate::ports::{KeyDenials, SecretUse};
use crate::timestamp::Timestamp;
use crate::verification::denial::Denial;

/// What was collected about one subject.
#[derive(Clone, Copy, Debug)]
pub struct Noted {
    /// The last time.
    pub last_at: Timestamp,
    /// The address of the last time.
    pub address: Option<ClientAddress>,
    /// The count.
    pub count: u64,
}

/// The hash of a used secret.
pub type UsedSecret = [u8; 32];

/// A key, the reason of the denial, and its hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DeniedKey {
    api_key_id: ApiKeyId,
    denial: Denial,
    hour: Timestamp,
}

impl Noted {
    /// A single occurrence.
    #[must_use]
    pub fn once(at: Timestamp, address: Option<ClientAddress>) -> Self {
        Self {
            last_at: at,
            address,
            count: 1,
        }
    }

    /// Keeps the later time, in whatever order they arrive.
    pub(super) fn add(&mut self, other: Self) {
        self.count = self.count.saturating_add(other.count);
        if other.last_at >= self.last_at {
            self.last_at = other.last_at;
            self.address = other.address;
        }
    }
}

impl DeniedKey {
    /// The denials of this key for this reason in the hour of this time.
    #[must_use]
    pub fn at(api_key_id: ApiKeyId, denial: Denial, at: Timestamp) -> Self {
        Self {
            api_key_id,
            denial,
            hour: at.truncated_to_hours(),
        }
    }

    pub(super) fn api_key_id(&self) -> ApiKeyId {
        self.api_key_id
    }
}

impl From<(UsedSecret, Noted)> for SecretUse {
    fn from((hash, noted): (UsedSecret, Noted)) -> Self {
        Self {
            secret_hash: SecretHash::from_bytes(hash),
            last_used_at: noted.last_at,
            address: noted.address,
            count: noted.count,
        }
    }
}

impl From<SecretUse> for (UsedSecret, Noted) {
    fn from(used: SecretUse) -> Self {
        let noted = Noted {
            last_at: used.last_used_at,
            address: used.address,
            count: used.count,
        };
        (*used.secret_hash.as_bytes(), noted)
    }
}

impl From<(DeniedKey, Noted)> for KeyDenials {
    fn from((denied, noted): (DeniedKey, Noted)) -> Self {
        Self {
            api_key_id: denied.api_key_id,
            denial: denied.denial,
            last_denied_at: noted.last_at,
            address: noted.address,
            count: noted.count,
        }
    }
}

impl From<KeyDenials> for (DeniedKey, Noted) {
    fn from(denials: KeyDenials) -> Self {
        let noted = Noted {
            last_at: denials.last_denied_at,
            address: denials.address,
            count: denials.count,
        };
        let denied = DeniedKey::at(denials.api_key_id, denials.denial, denials.last_denied_at);
        (denied, noted)
    }
}
