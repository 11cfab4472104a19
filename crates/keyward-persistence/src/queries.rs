//! The queries of the ports, one port per file, their shared parts, and the schema's state.

pub(crate) mod api_keys;
pub(crate) mod audit_events;
pub(crate) mod database_time;
pub(crate) mod denials;
pub(crate) mod deployment_events;
pub(crate) mod ended_sessions;
pub(crate) mod event_log;
#[cfg(feature = "testing")]
pub(crate) mod explain;
pub(crate) mod hourly_uses;
pub(crate) mod housekeeping;
pub(crate) mod idempotency;
pub(crate) mod key_lifetimes;
pub(crate) mod key_lookup;
pub(crate) mod last_uses;
pub(crate) mod limit_leases;
pub(crate) mod limit_uses;
pub(crate) mod lost_changes;
pub(crate) mod memberships;
pub(crate) mod named_key;
pub(crate) mod one_statement;
pub(crate) mod plans;
pub(crate) mod prepared;
pub(crate) mod schema_state;
pub(crate) mod scope_catalogue;
pub(crate) mod scope_uses;
pub(crate) mod selected_keys;
pub(crate) mod service_tokens;
mod sql_condition;
pub(crate) mod trail;
pub(crate) mod usage_store;
pub(crate) mod webhook_deliveries;
pub(crate) mod webhooks;
pub(crate) mod workspace_directory;
