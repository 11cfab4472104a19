use std::time::Duration;

use crate::database_url::DatabaseUrl;

/// Which store, and the bounds of its use.
#[derive(Clone, Debug)]
pub struct StoreConfig {
    /// The database.
    pub url: DatabaseUrl,
    /// How many connections to PostgreSQL there may be at once, at least 1. SQLite always has one
    /// that writes and a few that read.
    pub connections_max: u32,
    /// How long a call may take in all: waiting for its turn, for the database, for the commit.
    pub call_deadline: Duration,
    /// How many calls may be under way at once, at least 1; one more is refused at once as
    /// [`Unavailable`](keyward_domain::ports::RepositoryError::Unavailable).
    pub calls_in_flight_max: u32,
}

impl StoreConfig {
    /// The defaults: 16 connections, 5 s, 1024 calls.
    #[must_use]
    pub fn new(url: DatabaseUrl) -> Self {
        Self {
            url,
            connections_max: 16,
            call_deadline: Duration::from_secs(5),
            calls_in_flight_max: 1024,
        }
    }
}
