use crate::origin::ClientAddress;
use crate::secret::SecretHash;
use crate::timestamp::Timestamp;

/// Where it is noted that a secret was used.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait UseLog: Send + Sync {
    /// The secret has let a call pass. Returns at once and never fails: verification waits for no
    /// store.
    fn used(&self, secret_hash: &SecretHash, at: Timestamp, address: Option<ClientAddress>);
}
