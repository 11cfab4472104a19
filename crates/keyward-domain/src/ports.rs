//! What the domain needs of the world, one trait a file.
//!
//! The docs of a method are its contract: an adapter is right when it does what they say, and the
//! conformance suite of the persistence crate holds ours to it. One method is one atomic fact; a
//! transaction never crosses a port.

mod api_keys;
mod audit_events;
mod clock;
mod denials;
mod deployment_events;
mod ended_sessions;
mod housekeeping;
mod key_lookup;
mod memberships;
mod propagation;
mod scope_catalogue;
mod secrets;
mod usage_recorder;
mod usage_store;
mod workspace_directory;

#[cfg(any(test, feature = "mocks"))]
pub use self::{
    api_keys::MockApiKeys, audit_events::MockAuditEvents, clock::MockClock, denials::MockDenials,
    deployment_events::MockDeploymentEvents, ended_sessions::MockEndedSessions,
    housekeeping::MockHousekeeping, key_lookup::MockKeyLookup, memberships::MockMemberships,
    propagation::MockPropagation, scope_catalogue::MockScopeCatalogue, secrets::MockSecrets,
    usage_recorder::MockUsageRecorder, usage_store::MockUsageStore,
    workspace_directory::MockWorkspaceDirectory,
};
pub use self::{
    api_keys::{ApiKeys, CarriedOut, ChangedApiKey, Inserted, NewApiKey, Saved},
    audit_events::AuditEvents,
    clock::Clock,
    denials::{Denials, KeyDenials},
    deployment_events::DeploymentEvents,
    ended_sessions::EndedSessions,
    housekeeping::{Housekeeping, Purgeable},
    key_lookup::KeyLookup,
    memberships::Memberships,
    propagation::{Propagation, Reach},
    scope_catalogue::{CatalogueChange, CatalogueEntry, ScopeCatalogue},
    secrets::{EntropyUnavailable, Secrets},
    usage_recorder::UsageRecorder,
    usage_store::{SecretUse, UsageStore},
    workspace_directory::{MemberChange, WorkspaceDirectory, WorkspaceRemoval},
};

/// What goes wrong in a store, as opposed to what a caller expects of it.
#[derive(Debug, thiserror::Error)]
pub enum RepositoryError {
    /// The store can't be reached, is overloaded, or took too long; nothing was changed.
    #[error("the store is unavailable")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The store may or may not have made the change: its answer was lost.
    #[error("the store did not say whether the change was made")]
    OutcomeUnknown(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// What the store gave back is nothing that it can have been given.
    #[error("the store holds what can't be read")]
    Corrupt(#[source] Box<dyn std::error::Error + Send + Sync>),
}
