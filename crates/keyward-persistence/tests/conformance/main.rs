//! One suite for both stores: each case is a sentence from the docs of the ports, run on SQLite and
//! on PostgreSQL. Cases for one of them (a file, a network) are in `sqlite_alone` and
//! `postgres_alone`.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod annotations;
mod append_only;
mod batch_lookup;
mod bounds;
mod change_feed;
mod changes;
mod corrupt_rows;
mod denials;
mod deployment_events;
mod ended_sessions;
mod event_log;
mod event_log_migrated;
mod events;
mod expiring;
mod hourly_uses;
mod housekeeping;
mod hung_commits;
mod idempotency;
mod imports;
mod insert;
mod key_lifetimes;
mod key_lookup;
mod key_prefixes;
mod lanes;
mod leak_policies;
mod limit_leases;
mod limit_uses;
mod limits;
mod limits_migrated;
mod listing;
mod memberships;
mod model;
mod one_statement;
mod plans;
mod postgres_alone;
mod proxy;
mod races;
mod replaced;
mod rotations;
mod schema;
mod scope_uses;
mod scopes;
mod secret_uses;
mod secret_uses_migrated;
mod selected_keys;
mod service_tokens;
mod sqlite_alone;
mod subject;
mod tls;
mod trails;
mod usage_store;
mod webhooks;
mod workspaces;
