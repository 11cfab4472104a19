//! The verifier that decides in the caller's process. A node keeps its keys up to date.
//!
//! `verifier` has the domain's use case with four adapters: `keys` (the cached keys, and look-ups at
//! the node), `clock` (the node's clock), `uses` (reported in batches), and leased limits, which
//! `limit_leases` leases from the node. `feed` receives the
//! changes and sends heartbeats; `freshness` is what it knows.

mod clock;
mod config;
mod event;
mod feed;
mod freshness;
mod key_data;
mod keys;
mod limit_leases;
mod lookups;
#[cfg(test)]
mod tests;
mod unknown;
mod uses;
mod verifier;

pub use self::{config::LocalVerifierConfig, verifier::LocalVerifier};
