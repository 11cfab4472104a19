use std::error::Error;
use std::time::{Duration, Instant};

use diesel::sql_types::Integer;
use diesel::{QueryResult, QueryableByName};
use diesel_async::RunQueryDsl;
use futures_executor::block_on;

use super::connection::Connection;
use crate::cache::invalidations::Invalidations;

/// How often to check whether another process has written. Its changes are known here within twice
/// this time.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Detects changes by other processes, such as an operator's command.
///
/// It uses the writing connection: `data_version` counts the commits of all other connections, and
/// every commit of this process comes from the writer.
pub(super) struct Watch<'a> {
    invalidations: &'a Invalidations,
    seen: Option<i32>,
    looked_at: Option<Instant>,
    /// Whether the last check failed. A failure is logged once.
    is_blind: bool,
}

#[derive(QueryableByName)]
struct DataVersion {
    #[diesel(sql_type = Integer)]
    data_version: i32,
}

impl<'a> Watch<'a> {
    pub(super) fn new(invalidations: &'a Invalidations) -> Self {
        Self {
            invalidations,
            seen: None,
            looked_at: None,
            is_blind: false,
        }
    }

    /// A new connection has a new count.
    pub(super) fn begin_anew(&mut self) {
        self.seen = None;
    }

    /// The time until the next check.
    pub(super) fn due_in(&self) -> Duration {
        self.looked_at.map_or(Duration::ZERO, |looked_at| {
            LOOK_EVERY.saturating_sub(looked_at.elapsed())
        })
    }

    /// Checks whether another process has written.
    pub(super) fn look(&mut self, connection: &mut Connection) {
        let now = Instant::now();
        match data_version(connection) {
            Ok(version) => {
                self.looked_at = Some(now);
                self.is_blind = false;
                if self.seen.replace(version) != Some(version) {
                    self.invalidations.all_changed();
                }
                self.invalidations.confirmed(now);
            }
            Err(error) => self.blind(&error),
        }
    }

    /// Without a connection or an answer, changes of others are unknown, so nothing cached may be
    /// used.
    pub(super) fn blind(&mut self, cause: &(dyn Error + 'static)) {
        self.looked_at = Some(Instant::now());
        self.seen = None;
        self.invalidations.unconfirm();
        self.invalidations.all_changed();
        if !std::mem::replace(&mut self.is_blind, true) {
            tracing::error!(error = cause, "store.unwatched");
        }
    }
}

fn data_version(connection: &mut Connection) -> QueryResult<i32> {
    let asked = diesel::sql_query("PRAGMA data_version");
    let answer: DataVersion = block_on(asked.get_result(connection))?;
    Ok(answer.data_version)
}
