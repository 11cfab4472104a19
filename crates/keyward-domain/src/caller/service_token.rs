use std::collections::BTreeSet;

use crate::caller::caller_name::CallerName;
use crate::caller::permission::Permission;
use crate::caller::service_secret::ServiceSecretHash;
use crate::timestamp::Timestamp;

/// The credential of a program that calls the internal listener: a name, and what it may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceToken {
    /// Its name. No other service token ever has it, not even after the revocation.
    pub name: CallerName,
    /// What it may do.
    pub permissions: BTreeSet<Permission>,
    /// The hash of its secret.
    pub hash: ServiceSecretHash,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last used, to the minute; `None` when it was never used.
    pub last_used_at: Option<Timestamp>,
    /// When it was revoked; `None` while it is valid.
    pub revoked_at: Option<Timestamp>,
}

/// Proof that the holder of a valid service token may do something.
///
/// Only [`usecases::authorize`](crate::usecases::authorize) creates it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceCaller {
    name: CallerName,
}

impl ServiceToken {
    /// Whether it is valid and has a permission.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        self.revoked_at.is_none() && self.permissions.contains(&permission)
    }
}

impl ServiceCaller {
    pub(crate) fn new(name: CallerName) -> Self {
        Self { name }
    }

    /// The name of the service token.
    #[must_use]
    pub fn name(&self) -> &CallerName {
        &self.name
    }
}
