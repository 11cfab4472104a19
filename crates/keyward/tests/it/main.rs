//! Keyward as its users see it: the real binary, real sockets, real stores.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test panics on failure"
)]

mod addresses;
mod admin;
mod alerts;
mod authorize;
mod backups;
mod bad_bodies;
mod bad_changes;
mod bad_headers;
mod bad_queries;
mod bad_tokens;
mod batch;
mod browser;
mod canary;
mod chart;
mod cli;
mod clocks;
mod config_show;
mod connections;
mod create;
mod denials;
mod dependency_rule;
mod description;
mod dev;
mod docs;
mod doctor;
mod environment;
mod events;
mod external_ids;
mod folders;
mod gateways;
mod github_leaks;
mod guard;
mod head;
mod housekeeping;
mod http;
mod http2;
mod idempotency;
mod imports;
mod integrating;
mod issuer;
mod key_life;
mod key_lifetimes;
mod key_prefixes;
mod key_sets;
mod kill;
mod languages;
mod limits;
mod local_guard;
mod logging;
mod memberships;
mod metrics;
mod newer_schema;
mod nodes;
mod operators;
mod origins;
mod ownership;
mod packaging;
mod page;
mod plans;
mod poolers;
mod portal;
mod probes;
mod receiver;
mod revocations;
mod scope_uses;
mod secret_scanning;
mod server;
mod shutdown;
mod sign_out;
mod slow_commit;
mod standby;
mod tenants;
mod test_command;
mod tls;
mod tokens;
mod unix_socket;
mod upgrades;
mod verify;
mod webhook_pages;
mod webhook_verifiers;
mod webhooks;
