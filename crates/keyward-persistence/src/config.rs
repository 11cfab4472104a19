use std::time::Duration;

use keyward_domain::LifetimePolicy;

use crate::database_url::{DatabaseUrl, PostgresUrl};

/// The database of a store, and its limits.
#[derive(Clone, Debug)]
pub struct StoreConfig {
    /// The database.
    pub url: DatabaseUrl,
    /// A direct URL of the same database for listening to changes. Needed when `url` leads to
    /// PostgreSQL through a pooler in transaction mode.
    pub listen_url: Option<PostgresUrl>,
    /// The maximum number of PostgreSQL connections for calls, at least 2. Half are for look-ups,
    /// half for all other calls. There are three more for probes and the change feed. SQLite always
    /// has one writing connection and a few reading ones.
    pub connections_max: u32,
    /// The deadline of a call: waiting for a connection, the statements and the commit.
    pub call_deadline: Duration,
    /// The deadline of a key look-up during verification.
    pub lookup_deadline: Duration,
    /// The maximum number of concurrent calls, at least 1. Any further call fails at once with
    /// [`Unavailable`](keyward_domain::ports::RepositoryError::Unavailable).
    pub calls_in_flight_max: u32,
    /// The deployment's policy for the lifetime of keys. It counts in workspaces without their own.
    pub key_lifetime: LifetimePolicy,
}

impl StoreConfig {
    /// The defaults: 16 connections, 5 s per call, 1 s per look-up, 1024 concurrent calls, keys of any
    /// lifetime.
    #[must_use]
    pub fn new(url: DatabaseUrl) -> Self {
        Self {
            url,
            listen_url: None,
            connections_max: 16,
            call_deadline: Duration::from_secs(5),
            lookup_deadline: Duration::from_secs(1),
            calls_in_flight_max: 1024,
            key_lifetime: LifetimePolicy::default(),
        }
    }

    /// The maximum number of concurrent statements that look keys up.
    pub(crate) fn lookups_max(&self) -> u32 {
        (self.connections_max / 2).max(1)
    }
}
