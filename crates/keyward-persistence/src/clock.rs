//! The clock that all nodes of a database share.

use std::sync::Arc;
use std::time::{Duration, Instant};

use keyward_domain::Timestamp;
use keyward_domain::ports::Clock;
pub(crate) use keyward_domain::{ClockSample, FollowedClock as DatabaseClock};

/// The clock of a store. On PostgreSQL it is the database's clock; on SQLite it is the machine's
/// clock, which all processes with the file share.
pub struct StoreClock {
    database: Arc<DatabaseClock>,
    machine: Arc<dyn Clock>,
}

impl StoreClock {
    pub(crate) fn new(database: Arc<DatabaseClock>, machine: Arc<dyn Clock>) -> Self {
        Self { database, machine }
    }

    /// How far the machine's clock is ahead of the database's, in seconds; negative when it is
    /// behind. `None` on SQLite.
    #[must_use]
    pub fn offset_seconds(&self) -> Option<f64> {
        let database = self.database.at(Instant::now())?;
        let micros = self.machine.now().unix_micros() - database.unix_micros();
        Some(Duration::from_micros(micros.unsigned_abs()).as_secs_f64() * sign(micros))
    }
}

impl Clock for StoreClock {
    fn now(&self) -> Timestamp {
        let database = self.database.at(Instant::now());
        database.unwrap_or_else(|| self.machine.now())
    }
}

fn sign(micros: i64) -> f64 {
    if micros < 0 { -1.0 } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: i64 = 1_800_000_000_000_000;

    struct Machine(i64);

    impl Clock for Machine {
        fn now(&self) -> Timestamp {
            Timestamp::from_unix_micros(self.0).unwrap()
        }
    }

    #[test]
    fn the_databases_clock_counts_and_the_machines_only_without_one() {
        let database = Arc::new(DatabaseClock::begin(Instant::now()));
        let machine = Arc::new(Machine(NOON - 600_000_000));
        let clock = StoreClock::new(Arc::clone(&database), machine);
        assert_eq!(clock.now().unix_micros(), NOON - 600_000_000);
        assert_eq!(clock.offset_seconds(), None);
        let now = Instant::now();
        database.take(ClockSample {
            followed_micros: NOON,
            sent_at: now,
            received_at: now,
        });
        assert!(clock.now().unix_micros() >= NOON);
        let ahead = clock.offset_seconds().unwrap();
        assert!((-660.0..=-600.0).contains(&ahead), "{ahead}");
    }
}
