//! The use cases, one operation per file.

pub mod authorize;
mod change;
mod create;
mod delete;
mod disable_selected;
mod events;
mod exposure;
mod first_time;
mod get;
mod import;
mod list;
mod manage_webhooks;
mod note_notices;
mod purge;
mod report_secrets;
mod rotate;
mod status;
mod update;
mod usage;
mod verify;
mod verify_deployment;
mod verify_keys;
mod verify_trail;
mod workspace_settings;

use std::sync::Arc;

pub use self::{
    change::{ChangeError, Precondition, Target},
    create::{CreateError, CreatedApiKey},
    disable_selected::{DisabledKeys, SELECTED_KEYS_MAX},
    exposure::KeyExposure,
    first_time::{FirstTime, RepeatError},
    manage_webhooks::{ManageWebhooks, WebhookCaller, WebhookError, WebhookWithKeys},
    note_notices::NoteNotices,
    purge::{Purge, PurgeStep},
    report_secrets::{FoundSecrets, ReportSecrets, ReportedSecret, SecretEnding, SecretReport},
    rotate::RotatedApiKey,
    verify::{CheckOutcome, IMPORTED_SECRET_LENGTH_MAX, Verified, VerifyApiKey},
    verify_deployment::verify_deployment,
    verify_trail::{TrailReport, verify_trail},
    workspace_settings::{ReadWorkspaceSettings, WorkspaceSettings},
};
use crate::audit::event::{AuditAction, AuditEvent};
use crate::caller::workspace::Actor;
use crate::key::prefix::KeyPrefix;
use crate::ports::{
    ApiKeys, AuditEvents, Clock, Denials, HourlyUses, KeyLifetimes, LimitUses, ScopeCatalogue,
    ScopeUses, Secrets,
};

/// The operations on a workspace's keys. Each is a method in the file of its name.
#[derive(Clone)]
pub struct ManageApiKeys {
    /// The keys.
    pub api_keys: Arc<dyn ApiKeys>,
    /// Their history.
    pub audit_events: Arc<dyn AuditEvents>,
    /// How often they were used.
    pub hourly_uses: Arc<dyn HourlyUses>,
    /// How often they were denied.
    pub denials: Arc<dyn Denials>,
    /// When their scopes were last used.
    pub scope_uses: Arc<dyn ScopeUses>,
    /// How much of their limits they use.
    pub limit_uses: Arc<dyn LimitUses>,
    /// The scopes that exist.
    pub scope_catalogue: Arc<dyn ScopeCatalogue>,
    /// How long keys may be used.
    pub key_lifetimes: Arc<dyn KeyLifetimes>,
    /// Creates secrets and ids.
    pub secrets: Arc<dyn Secrets>,
    /// The current time.
    pub clock: Arc<dyn Clock>,
    /// The prefix of new keys. Existing keys keep their own.
    pub key_prefix: KeyPrefix,
    /// How many keys a workspace may have.
    pub key_count_max: u32,
    /// How many changes per minute users may make to a workspace's keys when they create keys or
    /// extend them; `None` means no limit. It limits the growth of the audit trail, which is never
    /// purged.
    pub changes_per_minute_max: Option<u32>,
}

impl ManageApiKeys {
    /// The limit for this event. Changes that restrict a key are never refused: a leaked key must
    /// be stopped in any case. Operators and services have no limit.
    fn events_per_minute_max(&self, event: &AuditEvent) -> Option<u32> {
        let is_bounded = match event.action {
            AuditAction::Created
            | AuditAction::Updated
            | AuditAction::Enabled
            | AuditAction::Rotated => true,
            AuditAction::Disabled | AuditAction::OverlapEnded | AuditAction::Deleted => false,
        };
        self.changes_per_minute_max
            .filter(|_max| is_bounded && matches!(event.actor, Actor::User(_)))
    }
}

#[cfg(test)]
mod testing;
