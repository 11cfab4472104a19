//! The database's clock, for what all nodes must see at the same time.

use diesel::QueryableByName;
use keyward_domain::Timestamp;

use crate::backend::Backend;
use crate::error::CorruptRow;
use crate::rows::ColumnRef;
use crate::sql_types::{Instant, Micros};

/// The time at which the database evaluated the expression `now`.
#[derive(QueryableByName)]
pub(crate) struct DatabaseTime {
    #[diesel(sql_type = Instant)]
    now: Micros,
}

impl DatabaseTime {
    pub(crate) fn read(&self) -> Result<Timestamp, CorruptRow> {
        read_time(self.now)
    }
}

/// A time that was read from the database's clock.
pub(crate) fn read_time(now: Micros) -> Result<Timestamp, CorruptRow> {
    let column = ColumnRef {
        table: "the clock",
        id: &"of the database",
    };
    column.instant("now", now)
}

/// The statement that reads the clock. SQLite tells milliseconds.
pub(crate) fn asked(backend: &Backend) -> &'static str {
    match backend {
        Backend::Postgres(_) => "SELECT clock_timestamp() AS now",
        Backend::Sqlite(_) => OF_SQLITE,
    }
}

pub(crate) const OF_SQLITE: &str =
    "SELECT CAST(unixepoch('now', 'subsec') * 1000000 AS INTEGER) AS now";
