//! What can be done, one operation a file.

pub mod authorize;
mod change;
mod create;
mod delete;
mod events;
mod first_time;
mod get;
mod list;
mod purge;
mod rotate;
mod status;
mod update;
mod verify;
mod verify_trail;

use std::collections::BTreeSet;
use std::sync::Arc;

pub use self::{
    change::{ChangeError, Seen, Target},
    create::{CreateError, CreatedApiKey},
    first_time::{FirstTime, RepeatError},
    purge::{Purge, PurgeStep},
    rotate::RotatedApiKey,
    verify::{CheckOutcome, Verified, VerifyApiKey},
    verify_trail::{TrailReport, verify_trail},
};
use crate::ports::{ApiKeys, AuditEvents, Clock, RepositoryError, ScopeCatalogue, Secrets};
use crate::scope::Scope;

/// The operations on a workspace's keys, and what they need. Each is a method, in a file of its
/// name.
#[derive(Clone)]
pub struct ManageApiKeys {
    /// Where the keys are.
    pub api_keys: Arc<dyn ApiKeys>,
    /// Where their history is.
    pub audit_events: Arc<dyn AuditEvents>,
    /// Which scopes exist.
    pub scope_catalogue: Arc<dyn ScopeCatalogue>,
    /// Where secrets come from.
    pub secrets: Arc<dyn Secrets>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// How many keys a workspace may have.
    pub key_count_max: u32,
}

impl ManageApiKeys {
    /// Those of the named scopes that the catalogue has; it is asked only when there are any.
    async fn existing_scopes(
        &self,
        named: BTreeSet<Scope>,
    ) -> Result<BTreeSet<Scope>, RepositoryError> {
        if named.is_empty() {
            Ok(named)
        } else {
            self.scope_catalogue.existing(&named).await
        }
    }
}

#[cfg(test)]
mod testing;
