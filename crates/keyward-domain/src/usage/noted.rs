use std::hash::{Hash, Hasher};

use super::address_sketch::AddressSketch;
use crate::caller::origin::ClientAddress;
use crate::key::id::ApiKeyId;
use crate::key::secret_hash::SecretHash;
use crate::ports::{KeyDenials, KeyUses, SecretUse};
use crate::timestamp::Timestamp;
use crate::verification::denial::Denial;

/// What was collected about one subject.
#[derive(Clone, Copy, Debug)]
pub struct Noted {
    /// The last time.
    pub last_at: Timestamp,
    /// The address of the last time.
    pub address: Option<ClientAddress>,
    /// All addresses.
    pub addresses: AddressSketch,
    /// The count.
    pub count: u64,
}

/// A used secret, its key, and the hour.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct UsedSecret {
    hash: [u8; 32],
    api_key_id: ApiKeyId,
    hour: Timestamp,
}

/// A used key, and the hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UsedKey {
    api_key_id: ApiKeyId,
    hour: Timestamp,
}

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
            addresses: AddressSketch::of(address),
            count: 1,
        }
    }

    /// Keeps the later time, in whatever order they arrive.
    pub(super) fn add(&mut self, other: Self) {
        self.count = self.count.saturating_add(other.count);
        self.addresses = self.addresses.or(other.addresses);
        if other.last_at >= self.last_at {
            self.last_at = other.last_at;
            self.address = other.address;
        }
    }
}

impl UsedSecret {
    /// The uses of this secret of the key in the hour of this time.
    #[must_use]
    pub fn at(secret_hash: &SecretHash, api_key_id: ApiKeyId, at: Timestamp) -> Self {
        Self {
            hash: *secret_hash.as_bytes(),
            api_key_id,
            hour: at.truncated_to_hours(),
        }
    }

    pub(super) fn hash_bytes(&self) -> &[u8; 32] {
        &self.hash
    }

    /// The key that was used, and the hour.
    #[must_use]
    pub fn key(&self) -> UsedKey {
        UsedKey {
            api_key_id: self.api_key_id,
            hour: self.hour,
        }
    }
}

/// Eight bytes of the hash are enough: they are as good as random. A secret has only one key, so the
/// id needs no hashing.
impl Hash for UsedSecret {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let start = self.hash.first_chunk().copied().unwrap_or_default();
        state.write_u64(u64::from_ne_bytes(start));
        self.hour.hash(state);
    }
}

impl UsedKey {
    pub(super) fn api_key_id(&self) -> ApiKeyId {
        self.api_key_id
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
    fn from((used, noted): (UsedSecret, Noted)) -> Self {
        Self {
            secret_hash: SecretHash::from_bytes(used.hash),
            api_key_id: used.api_key_id,
            last_used_at: noted.last_at,
            address: noted.address,
            addresses: noted.addresses,
            count: noted.count,
        }
    }
}

impl From<SecretUse> for (UsedSecret, Noted) {
    fn from(used: SecretUse) -> Self {
        let noted = Noted {
            last_at: used.last_used_at,
            address: used.address,
            addresses: used.addresses,
            count: used.count,
        };
        let secret = UsedSecret::at(&used.secret_hash, used.api_key_id, used.last_used_at);
        (secret, noted)
    }
}

impl From<(UsedKey, Noted)> for KeyUses {
    fn from((used, noted): (UsedKey, Noted)) -> Self {
        Self {
            api_key_id: used.api_key_id,
            hour: used.hour,
            addresses: noted.addresses,
            count: noted.count,
        }
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
            addresses: AddressSketch::of(denials.address),
            count: denials.count,
        };
        let denied = DeniedKey::at(denials.api_key_id, denials.denial, denials.last_denied_at);
        (denied, noted)
    }
}
