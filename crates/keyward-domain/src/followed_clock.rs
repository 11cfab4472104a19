use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::timestamp::Timestamp;

/// The maximum drift of a monotonic clock: 200 ppm, more than any real clock has.
const DRIFT_DIVISOR: u32 = 5_000;

/// There is no measurement yet.
const UNMEASURED: u64 = u64::MAX;

/// The clock of another machine, measured from time to time: for a node its database's, for a guard
/// its node's. Between two measurements, it follows this machine's monotonic clock.
///
/// Every instant that must be equal everywhere comes from here: expiry, end of an overlap, last
/// use. So a machine whose own clock is wrong makes the same decisions as the others. A step of its
/// wall clock has no effect.
pub struct FollowedClock {
    begun: Instant,
    /// The other clock's time at `begun`, in microseconds since the Unix epoch.
    epoch_micros: AtomicI64,
    /// The maximum error at the time of the measurement, in microseconds.
    error_micros: AtomicU64,
    /// The time of the measurement, in microseconds since `begun`.
    measured_micros: AtomicU64,
}

/// One reading of the other clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockSample {
    /// Microseconds since the Unix epoch.
    pub followed_micros: i64,
    /// When the question was sent.
    pub sent_at: Instant,
    /// When the answer arrived.
    pub received_at: Instant,
}

impl FollowedClock {
    /// A clock that was not measured yet. No sample is older than `begun`.
    #[must_use]
    pub fn begin(begun: Instant) -> Self {
        Self {
            begun,
            epoch_micros: AtomicI64::new(0),
            error_micros: AtomicU64::new(UNMEASURED),
            measured_micros: AtomicU64::new(0),
        }
    }

    /// Adds a sample. The other clock was read half-way between question and answer, plus or minus
    /// half the round trip. A sample that is less precise than the current value is ignored, unless
    /// the two contradict each other: then the other clock was changed, or this machine was
    /// suspended.
    pub fn take(&self, sample: ClockSample) {
        let round_trip = sample.received_at.saturating_duration_since(sample.sent_at);
        let error = micros(round_trip / 2);
        let known_error = self.error_micros_at(sample.received_at);
        let read_at = sample.sent_at + round_trip / 2;
        let since = signed_micros(read_at.saturating_duration_since(self.begun));
        let at_begun = sample.followed_micros.saturating_sub(since);
        let moved = at_begun.abs_diff(self.epoch_micros.load(Ordering::Acquire));
        if error > known_error && moved <= known_error.saturating_add(error) {
            return;
        }
        self.epoch_micros.store(at_begun, Ordering::Release);
        let received = sample.received_at.saturating_duration_since(self.begun);
        self.measured_micros
            .store(micros(received), Ordering::Release);
        self.error_micros.store(error, Ordering::Release);
    }

    /// The other clock's time at `instant`; `None` before the first sample.
    #[must_use]
    pub fn at(&self, instant: Instant) -> Option<Timestamp> {
        if self.error_micros.load(Ordering::Acquire) == UNMEASURED {
            return None;
        }
        let since = signed_micros(instant.saturating_duration_since(self.begun));
        let now = self
            .epoch_micros
            .load(Ordering::Acquire)
            .saturating_add(since);
        Timestamp::from_unix_micros(now)
    }

    /// The maximum error at `instant`. It grows after the measurement because of drift.
    fn error_micros_at(&self, instant: Instant) -> u64 {
        let error = self.error_micros.load(Ordering::Acquire);
        if error == UNMEASURED {
            return UNMEASURED;
        }
        let since = micros(instant.saturating_duration_since(self.begun));
        let age = since.saturating_sub(self.measured_micros.load(Ordering::Acquire));
        error.saturating_add(age / u64::from(DRIFT_DIVISOR))
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

fn signed_micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: i64 = 1_800_000_000_000_000;

    /// A sample of a database whose clock shows noon at `begun` and is `ahead_micros` ahead.
    fn sample(
        clock: &FollowedClock,
        at_ms: u64,
        round_trip_ms: u64,
        ahead_micros: i64,
    ) -> ClockSample {
        let sent_at = clock.begun + Duration::from_millis(at_ms);
        let round_trip = Duration::from_millis(round_trip_ms);
        let read = signed_micros(Duration::from_millis(at_ms) + round_trip / 2);
        ClockSample {
            followed_micros: NOON + read + ahead_micros,
            sent_at,
            received_at: sent_at + round_trip,
        }
    }

    fn after_noon_micros(clock: &FollowedClock, at_ms: u64) -> i64 {
        let at = clock
            .at(clock.begun + Duration::from_millis(at_ms))
            .unwrap();
        at.unix_micros() - NOON
    }

    #[test]
    fn before_the_first_sample_nothing_is_known() {
        assert_eq!(
            FollowedClock::begin(Instant::now()).at(Instant::now()),
            None
        );
    }

    #[test]
    fn a_sample_is_carried_on_by_the_monotonic_clock() {
        let clock = FollowedClock::begin(Instant::now());
        clock.take(sample(&clock, 100, 2, 0));
        assert_eq!(after_noon_micros(&clock, 100), 100_000);
        assert_eq!(after_noon_micros(&clock, 60_000), 60_000_000);
    }

    #[test]
    fn a_slow_answer_does_not_spoil_a_sharper_one() {
        let clock = FollowedClock::begin(Instant::now());
        clock.take(sample(&clock, 0, 2, 0));
        clock.take(sample(&clock, 10, 400, 150_000));
        assert_eq!(after_noon_micros(&clock, 1_000), 1_000_000);
        // By now the precise sample has become less certain than a fair one.
        clock.take(sample(&clock, 60_000, 4, 1_500));
        assert_eq!(after_noon_micros(&clock, 60_000), 60_001_500);
    }

    #[test]
    fn a_clock_that_was_moved_is_followed_at_once() {
        let clock = FollowedClock::begin(Instant::now());
        clock.take(sample(&clock, 0, 2, 0));
        let hour = 3_600_000_000;
        clock.take(sample(&clock, 200, 20, hour));
        assert_eq!(after_noon_micros(&clock, 200), hour + 200_000);
    }
}
