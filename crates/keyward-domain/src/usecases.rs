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
mod verify_deployment;
mod verify_keys;
mod verify_trail;

use std::collections::BTreeSet;
use std::sync::Arc;

pub use self::{
    change::{ChangeError, Precondition, Target},
    create::{CreateError, CreatedApiKey},
    first_time::{FirstTime, RepeatError},
    purge::{Purge, PurgeStep},
    rotate::RotatedApiKey,
    verify::{CheckOutcome, Verified, VerifyApiKey},
    verify_deployment::verify_deployment,
    verify_trail::{TrailReport, verify_trail},
};
use crate::audit::event::{AuditAction, AuditEvent};
use crate::caller::workspace::Actor;
use crate::key::scope::Scope;
use crate::ports::{ApiKeys, AuditEvents, Clock, RepositoryError, ScopeCatalogue, Secrets};

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
    /// How many changes the trail of a workspace may have in any minute by those who make keys or give
    /// them more; `None` for any number. It bounds what can't be removed any more.
    pub changes_per_minute_max: Option<u32>,
}

impl ManageApiKeys {
    /// The limit for one more event. What takes from a key is never refused: a leaked one must be
    /// stopped whatever was done before. Nor are operators, who answer to nobody here.
    fn events_per_minute_max(&self, event: &AuditEvent) -> Option<u32> {
        let is_bounded = match event.action {
            AuditAction::Created
            | AuditAction::Updated
            | AuditAction::Enabled
            | AuditAction::Rotated => true,
            AuditAction::Disabled | AuditAction::OverlapEnded | AuditAction::Deleted => false,
        };
        self.changes_per_minute_max
            .filter(|_max| is_bounded && event.actor != Actor::Operator)
    }

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
