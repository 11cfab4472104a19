//! Rate limits for log lines that any caller can cause.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// One kind of line: when it was last written, and how many were suppressed since.
#[derive(Debug)]
pub struct Silence {
    /// The time after a line during which no further line is written.
    period: Duration,
    last: Mutex<Option<(Instant, u64)>>,
}

/// A line a minute.
impl Default for Silence {
    fn default() -> Self {
        Self::of(Duration::from_mins(1))
    }
}

impl Silence {
    /// A line in each period.
    pub(crate) fn of(period: Duration) -> Self {
        Self {
            period,
            last: Mutex::new(None),
        }
    }

    /// Whether a line would be suppressed now.
    pub(crate) fn is_on(&self, now: Instant) -> bool {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.is_some_and(|(written, _)| now.saturating_duration_since(written) < self.period)
    }

    /// The number of suppressed lines before this one, when it may be written.
    pub fn ends(&self, now: Instant) -> Option<u64> {
        // A panic while the lock is held leaves no inconsistent value here.
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *last {
            Some((written, left_out)) if now.saturating_duration_since(*written) < self.period => {
                *left_out = left_out.saturating_add(1);
                None
            }
            other => {
                let left_out = other.map_or(0, |(_written, left_out)| left_out);
                *other = Some((now, 0));
                Some(left_out)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_a_minute_says_how_many_were_left_out() {
        let silence = Silence::default();
        let begun = Instant::now();
        let at = |seconds| begun + Duration::from_secs(seconds);
        assert_eq!(silence.ends(at(0)), Some(0));
        for second in [0, 1, 59] {
            assert_eq!(silence.ends(at(second)), None);
        }
        assert_eq!(silence.ends(at(60)), Some(3));
        assert_eq!(silence.ends(at(61)), None);
        assert_eq!(silence.ends(at(500)), Some(1));
        assert_eq!(silence.ends(at(600)), Some(0));
    }
}
