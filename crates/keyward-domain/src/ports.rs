//! The domain's interfaces to the outside world, one trait per file.
//!
//! The docs of a method are its contract. The conformance suite of the persistence crate checks our
//! adapters against it. One method is one atomic operation; a transaction never crosses a port.

mod api_keys;
mod audit_events;
mod clock;
mod denials;
mod deployment_events;
mod ended_sessions;
mod event_encoder;
mod event_log;
mod hourly_uses;
mod housekeeping;
mod key_changes;
mod key_lifetimes;
mod key_lookup;
mod limit_leases;
mod limit_uses;
mod limiter;
mod memberships;
mod plans;
mod propagation;
mod scope_catalogue;
mod scope_uses;
mod secrets;
mod selected_keys;
mod service_tokens;
mod usage_recorder;
mod usage_store;
mod webhook_deliveries;
mod webhook_sender;
mod webhooks;
mod workspace_directory;

#[cfg(any(test, feature = "testing"))]
pub use self::{
    api_keys::MockApiKeys,
    audit_events::MockAuditEvents,
    clock::MockClock,
    denials::MockDenials,
    deployment_events::MockDeploymentEvents,
    ended_sessions::MockEndedSessions,
    event_encoder::MockEventEncoder,
    event_log::MockEventLog,
    hourly_uses::MockHourlyUses,
    housekeeping::MockHousekeeping,
    key_changes::{MockKeyChangeStream, MockKeyChanges},
    key_lifetimes::MockKeyLifetimes,
    key_lookup::MockKeyLookup,
    limit_leases::MockLimitLeases,
    limit_uses::MockLimitUses,
    limiter::MockLimiter,
    memberships::MockMemberships,
    plans::MockPlans,
    propagation::MockPropagation,
    scope_catalogue::MockScopeCatalogue,
    scope_uses::MockScopeUses,
    secrets::MockSecrets,
    selected_keys::MockSelectedKeys,
    service_tokens::MockServiceTokens,
    usage_recorder::MockUsageRecorder,
    usage_store::MockUsageStore,
    webhook_deliveries::MockWebhookDeliveries,
    webhook_sender::MockWebhookSender,
    webhooks::MockWebhooks,
    workspace_directory::MockWorkspaceDirectory,
};
pub use self::{
    api_keys::{
        ApiKeys, CarriedOut, ChangedApiKey, FieldRules, Inserted, NewApiKey, Saved, SecretTaken,
    },
    audit_events::{AuditEvents, LastReport},
    clock::Clock,
    denials::{Denials, KeyDenials},
    deployment_events::DeploymentEvents,
    ended_sessions::{EndedSessions, SessionState},
    event_encoder::EventEncoder,
    event_log::{EventLog, Published},
    hourly_uses::{DailyUses, HourlyUses, KeyUses},
    housekeeping::{Housekeeping, Purgeable},
    key_changes::{
        ChangePosition, GuardHeartbeat, GuardMessage, KeyChange, KeyChangeStream, KeyChanges,
        StreamStart,
    },
    key_lifetimes::{KeyLifetimes, LongLived},
    key_lookup::{CacheAnswer, FRESH_MAX, KeyLookup},
    limit_leases::LimitLeases,
    limit_uses::LimitUses,
    limiter::Limiter,
    memberships::Memberships,
    plans::{PlanAssignment, PlanPut, PlanRemoval, Plans},
    propagation::{Durability, Propagation, Reach},
    scope_catalogue::{CatalogueChange, CatalogueEntry, ScopeCatalogue},
    scope_uses::{ScopeUse, ScopeUses},
    secrets::{EntropyUnavailable, Secrets},
    selected_keys::SelectedKeys,
    service_tokens::{NewServiceToken, Revocation, ServiceTokens},
    usage_recorder::UsageRecorder,
    usage_store::{SecretUse, UsageStore},
    webhook_deliveries::{
        Backlog, DeliveryLease, FinishedDelivery, TakenDelivery, WebhookDeliveries,
    },
    webhook_sender::{SigningKeys, WebhookSender},
    webhooks::{WebhookAdded, Webhooks},
    workspace_directory::{
        MemberChange, MemberPut, SettingChange, WorkspaceDirectory, WorkspaceRemoval,
    },
};

/// A failure of a store, as opposed to an outcome that the caller expects.
#[derive(Debug, thiserror::Error)]
pub enum RepositoryError {
    /// The store is unreachable, overloaded or too slow. Nothing was changed.
    #[error("the store is unavailable")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The store may or may not have made the change: its answer was lost.
    #[error("it is unknown whether the store made the change")]
    OutcomeUnknown(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The stored data is invalid.
    #[error("the store holds data that can't be read")]
    Corrupt(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl RepositoryError {
    /// Whether the change may have been made, so that a count must not be added again.
    #[must_use]
    pub fn may_be_done(&self) -> bool {
        match self {
            Self::OutcomeUnknown(_) => true,
            Self::Unavailable(_) | Self::Corrupt(_) => false,
        }
    }
}
