//! Keyward's stores: SQLite and PostgreSQL behind the domain's ports.
//!
//! [`Store::open`] returns the adapter. It implements [`ApiKeys`](keyward_domain::ports::ApiKeys),
//! [`AuditEvents`](keyward_domain::ports::AuditEvents),
//! [`DeploymentEvents`](keyward_domain::ports::DeploymentEvents),
//! [`Denials`](keyward_domain::ports::Denials),
//! [`EndedSessions`](keyward_domain::ports::EndedSessions),
//! [`EventLog`](keyward_domain::ports::EventLog),
//! [`Housekeeping`](keyward_domain::ports::Housekeeping),
//! [`KeyLookup`](keyward_domain::ports::KeyLookup),
//! [`LimitLeases`](keyward_domain::ports::LimitLeases),
//! [`LimitUses`](keyward_domain::ports::LimitUses),
//! [`Memberships`](keyward_domain::ports::Memberships),
//! [`Plans`](keyward_domain::ports::Plans),
//! [`ScopeCatalogue`](keyward_domain::ports::ScopeCatalogue),
//! [`SelectedKeys`](keyward_domain::ports::SelectedKeys),
//! [`ServiceTokens`](keyward_domain::ports::ServiceTokens),
//! [`UsageStore`](keyward_domain::ports::UsageStore) and
//! [`WorkspaceDirectory`](keyward_domain::ports::WorkspaceDirectory). [`DatabaseUrl`] selects the
//! database. Each query has one body for both, and one conformance suite (`tests/conformance/`)
//! checks both against the docs of the ports.
//!
//! Every call has a deadline, and the number of concurrent calls is limited. `postgres` and
//! `sqlite` contain the differences between the databases; `sql_types` contains those between
//! types.

mod backend;
mod cache;
mod calls;
mod clock;
mod config;
mod database_url;
mod diagnosis;
mod error;
mod feed;
mod migrations;
mod postgres;
mod purged;
mod queries;
mod rows;
mod schema;
mod sql_types;
mod sqlite;
mod store;
#[cfg(feature = "testing")]
pub mod testing;
mod tx;
mod usage_recorder;

pub use self::{
    cache::batch_lookup::{BatchLookup, FoundKeys},
    cache::key_cache::{KeyCache, KeyCacheConfig, KeyCacheStats},
    cache::service_token_cache::ServiceTokenCache,
    clock::StoreClock,
    config::StoreConfig,
    database_url::{DatabaseUrl, InvalidDatabaseUrl, PostgresUrl},
    diagnosis::{PostgresDiagnosis, StandbyServer},
    error::{BackupError, StoreError},
    feed::{ChangeFeed, FeedFault},
    migrations::{OldestBinary, SchemaState},
    store::{Store, StoreStats},
    usage_recorder::{BatchedUsageRecorder, DroppedNotes},
};
