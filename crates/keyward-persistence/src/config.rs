use std::time::Duration;

use crate::database_url::{DatabaseUrl, PostgresUrl};

/// Which store, and the bounds of its use.
#[derive(Clone, Debug)]
pub struct StoreConfig {
    /// The database.
    pub url: DatabaseUrl,
    /// Where to listen for changes, when `url` leads to PostgreSQL through a pooler in transaction
    /// mode: the same database without the pooler.
    pub listen_url: Option<PostgresUrl>,
    /// How many connections to PostgreSQL calls may use at once, at least 2: half are for look-ups,
    /// half for everything else. Three more are for probes and the change feed. SQLite always has
    /// one connection that writes and a few that read.
    pub connections_max: u32,
    /// How long a call may take in all: waiting for its turn, for the database, for the commit.
    pub call_deadline: Duration,
    /// How long a look-up of a key that is verified may take in all.
    pub lookup_deadline: Duration,
    /// How many calls may be under way at once, at least 1; one more is refused at once as
    /// [`Unavailable`](keyward_domain::ports::RepositoryError::Unavailable).
    pub calls_in_flight_max: u32,
}

impl StoreConfig {
    /// The defaults: 16 connections, 5 s, 1 s for a look-up, 1024 calls.
    #[must_use]
    pub fn new(url: DatabaseUrl) -> Self {
        Self {
            url,
            listen_url: None,
            connections_max: 16,
            call_deadline: Duration::from_secs(5),
            lookup_deadline: Duration::from_secs(1),
            calls_in_flight_max: 1024,
        }
    }

    /// How many look-ups may be under way at once.
    pub(crate) fn lookups_max(&self) -> u32 {
        (self.connections_max / 2).max(1)
    }
}
