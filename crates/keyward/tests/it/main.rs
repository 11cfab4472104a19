//! Keyward as its users meet it: the real binary, real sockets, real stores.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test that can't go on says so by panicking"
)]

mod bad_bodies;
mod bad_headers;
mod bad_tokens;
mod canary;
mod cli;
mod connections;
mod create;
mod dependency_rule;
mod dev;
mod http;
mod idempotency;
mod key_sets;
mod kill;
mod languages;
mod ownership;
mod probes;
mod server;
mod shutdown;
mod tokens;
