use crate::caller::origin::ClientAddress;
use crate::key::id::ApiKeyId;
use crate::key::secret::SecretHash;
use crate::timestamp::Timestamp;
use crate::verification::denial::Denial;

/// Where it is noted that a secret was used, or shown in vain.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait UsageRecorder: Send + Sync {
    /// The secret has let a call pass. Returns at once and never fails: verification waits for no
    /// store.
    fn used(&self, secret_hash: &SecretHash, at: Timestamp, address: Option<ClientAddress>);

    /// A secret of the key was shown, and the call was denied. Returns at once and never fails, and
    /// whoever is denied without end makes neither memory nor writes grow with it.
    fn denied(
        &self,
        api_key_id: ApiKeyId,
        denial: Denial,
        at: Timestamp,
        address: Option<ClientAddress>,
    );
}
