//! Logs why requests failed. An outage of the store fails every request for the same reason.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::silence::Silence;

/// How often a cause has a line.
const PERIOD: Duration = Duration::from_secs(1);

/// The maximum number of causes that have their own lines. Causes may contain an address or a port.
const CAUSES_MAX: usize = 64;

/// The lines of this process, as they all have one output.
static LINES: LazyLock<FailureLines> = LazyLock::new(FailureLines::default);

#[derive(Default)]
struct FailureLines(Mutex<HashMap<String, Silence>>);

/// Whether to write a line about a failure with this cause now, and how many were left out since the last
/// one.
pub(super) fn begins(cause: &str) -> Option<u64> {
    LINES.begin(cause, Instant::now())
}

impl FailureLines {
    fn begin(&self, cause: &str, now: Instant) -> Option<u64> {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(silence) = lines.get(cause) {
            return silence.ends(now);
        }
        if lines.len() >= CAUSES_MAX {
            lines.retain(|_cause, silence| silence.is_on(now));
        }
        // All other causes share a line.
        let cause = if lines.len() < CAUSES_MAX { cause } else { "" };
        let silence = lines.entry(cause.to_owned());
        silence.or_insert_with(|| Silence::of(PERIOD)).ends(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_has_a_line_a_second_with_the_number_of_those_left_out() {
        let lines = FailureLines::default();
        let begun = Instant::now();
        let at = |millis| begun + Duration::from_millis(millis);
        assert_eq!(lines.begin("gone", at(0)), Some(0));
        for millis in [0, 1, 999] {
            assert_eq!(lines.begin("gone", at(millis)), None);
        }
        assert_eq!(lines.begin("slow", at(999)), Some(0));
        assert_eq!(lines.begin("gone", at(1_000)), Some(3));
    }

    #[test]
    fn a_flood_of_causes_takes_bounded_memory_and_few_lines() {
        let lines = FailureLines::default();
        let begun = Instant::now();
        let written = |now| {
            let causes = 0..10_000;
            let lines = causes.filter_map(|cause| lines.begin(&format!("port {cause}"), now));
            lines.count()
        };
        assert_eq!(written(begun), CAUSES_MAX + 1);
        assert!(written(begun + PERIOD) <= CAUSES_MAX + 1);
        assert!(lines.0.lock().unwrap().len() <= CAUSES_MAX + 1);
    }
}
