//! Keyward's stores: SQLite and PostgreSQL behind the domain's ports.
//!
//! [`Store::open`] gives the adapter; it implements
//! [`ApiKeys`](keyward_domain::ports::ApiKeys),
//! [`AuditEvents`](keyward_domain::ports::AuditEvents),
//! [`DeploymentEvents`](keyward_domain::ports::DeploymentEvents),
//! [`Denials`](keyward_domain::ports::Denials),
//! [`EndedSessions`](keyward_domain::ports::EndedSessions),
//! [`Housekeeping`](keyward_domain::ports::Housekeeping),
//! [`KeyLookup`](keyward_domain::ports::KeyLookup),
//! [`Memberships`](keyward_domain::ports::Memberships),
//! [`ScopeCatalogue`](keyward_domain::ports::ScopeCatalogue),
//! [`Usage`](keyward_domain::ports::Usage) and
//! [`WorkspaceDirectory`](keyward_domain::ports::WorkspaceDirectory). [`DatabaseUrl`] decides which
//! of the two databases it talks to, and nothing else does: each query has one body, and
//! one conformance suite (`tests/conformance/`) holds both to the ports' docs.
//!
//! Every call has a deadline and a place among a bounded number of calls. What differs between the
//! databases is in `postgres` and `sqlite`, and, for types, in `sql_types`.

mod api_keys;
mod audit_events;
mod backend;
mod calls;
mod change_feed;
mod changes;
mod clock;
mod config;
mod database_url;
mod denials;
mod deployment_events;
mod ended_sessions;
mod error;
#[cfg(feature = "testing")]
mod explain;
mod housekeeping;
mod key_cache;
mod key_lookup;
mod last_uses;
mod memberships;
mod migrations;
mod once;
mod postgres;
mod prepared;
mod purged;
mod rows;
mod schema;
mod scope_catalogue;
mod sql_types;
mod sqlite;
mod store;
#[cfg(feature = "testing")]
pub mod testing;
mod trail;
mod usage;
mod use_log;
mod workspace_directory;

pub use self::{
    change_feed::{ChangeFeed, FeedFault},
    clock::StoreClock,
    config::StoreConfig,
    database_url::{DatabaseUrl, InvalidDatabaseUrl, PostgresUrl},
    error::StoreError,
    key_cache::{KeyCache, KeyCacheConfig, KeyCacheStats},
    migrations::{OldestBinary, SchemaState},
    store::{Store, StoreStats},
    use_log::{BatchedUseLog, DroppedNotes},
};
