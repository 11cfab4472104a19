use crate::caller::origin::ClientAddress;
use crate::key::id::ApiKeyId;
use crate::key::scope::Scope;
use crate::key::secret_hash::SecretHash;
use crate::ports::{KeyDenials, ScopeUse, SecretUse};
use crate::timestamp::Timestamp;
use crate::verification::denial::Denial;

/// Records that a secret was used or a key was denied.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
pub trait UsageRecorder: Send + Sync {
    /// The secret of the key was used for an allowed call, which required these scopes. Returns at
    /// once and never fails: verification must not wait for the store.
    fn used(
        &self,
        secret_hash: &SecretHash,
        api_key_id: ApiKeyId,
        scopes: &[Scope],
        at: Timestamp,
        address: Option<ClientAddress>,
    );

    /// A secret of the key was presented, and the call was denied. Returns at once and never fails.
    /// Endless denials increase neither memory nor the number of writes.
    fn denied(
        &self,
        api_key_id: ApiKeyId,
        denial: Denial,
        at: Timestamp,
        address: Option<ClientAddress>,
    );

    /// A guard has allowed calls with a secret, as in [`used`](Self::used).
    fn add_uses(&self, uses: SecretUse);

    /// A guard has denied calls with a key, as in [`denied`](Self::denied).
    fn add_denials(&self, denials: KeyDenials);

    /// A guard has allowed calls that required a scope, as in [`used`](Self::used).
    fn add_scope_use(&self, scope_use: ScopeUse);
}
