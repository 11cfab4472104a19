use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use prometheus_client::encoding::{EncodeLabelSet, EncodeMetric, MetricEncoder, NoLabelSet};
use prometheus_client::metrics::MetricType;

use super::durations::Durations;
use super::slots::{SLOTS, slot_of_thread};

/// From 20 µs, for a cached answer, to 2.6 s, beyond every deadline.
const SECONDS: [f64; 9] = [20e-6, 50e-6, 100e-6, 250e-6, 1e-3, 5e-3, 25e-3, 250e-3, 2.6];

/// Every decision, and the word for a question without one.
const DECISIONS: [&str; 13] = [
    "VALID",
    "MALFORMED",
    "UNKNOWN",
    "DISABLED",
    "EXPIRED",
    "WRONG_MODE",
    "IP_NOT_ALLOWED",
    "NO_SCOPES",
    "INSUFFICIENT_SCOPE",
    "RATE_LIMITED",
    "QUOTA_EXCEEDED",
    "COST_ABOVE_LIMIT",
    UNDECIDED,
];

/// The word for a question that could not be decided.
pub(crate) const UNDECIDED: &str = "UNDECIDED";

/// How many questions got which decision, and how long it took. Each thread that decides counts in
/// a slot of its own, so that threads do not wait for each other.
#[derive(Clone, Debug, Default)]
pub(super) struct Verifications(Arc<[Slot; SLOTS]>);

/// Aligned so that no two slots share a cache line.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Slot {
    decisions: [AtomicU64; DECISIONS.len()],
    durations: Durations<{ SECONDS.len() + 1 }>,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct DecisionLabel {
    decision: &'static str,
}

impl Verifications {
    /// Counts a question that was answered or could not be decided.
    pub(super) fn count(&self, decision: &'static str, duration: Duration) {
        let Some(slot) = self.0.get(slot_of_thread()) else {
            return;
        };
        let known = DECISIONS.iter().position(|known| *known == decision);
        if let Some(count) = known.and_then(|at| slot.decisions.get(at)) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        slot.durations.count(&SECONDS, duration);
    }

    fn sum(&self, count: impl Fn(&Slot) -> Option<&AtomicU64>) -> u64 {
        let counts = self.0.iter().filter_map(count);
        counts.map(|count| count.load(Ordering::Relaxed)).sum()
    }
}

/// A counter for each decision.
impl EncodeMetric for Verifications {
    fn encode(&self, mut encoder: MetricEncoder<'_>) -> Result<(), std::fmt::Error> {
        for (at, decision) in DECISIONS.into_iter().enumerate() {
            let count = self.sum(|slot| slot.decisions.get(at));
            let label = DecisionLabel { decision };
            let mut encoder = encoder.encode_family(&label)?;
            encoder.encode_counter::<NoLabelSet, u64, u64>(&count, None)?;
        }
        Ok(())
    }

    fn metric_type(&self) -> MetricType {
        MetricType::Counter
    }
}

/// The durations, as a histogram.
#[derive(Clone, Debug)]
pub(super) struct VerificationSeconds(pub(super) Verifications);

impl EncodeMetric for VerificationSeconds {
    fn encode(&self, mut encoder: MetricEncoder<'_>) -> Result<(), std::fmt::Error> {
        let Self(Verifications(slots)) = self;
        let durations = slots.iter().map(|slot| &slot.durations);
        Durations::encode(&mut encoder, &SECONDS, &durations)
    }

    fn metric_type(&self) -> MetricType {
        MetricType::Histogram
    }
}

#[cfg(test)]
mod tests {
    use prometheus_client::encoding::text;
    use prometheus_client::registry::Registry;

    use super::*;

    #[test]
    fn what_all_threads_counted_is_one_sum() {
        let verifications = Verifications::default();
        std::thread::scope(|scope| {
            for _ in 0..2 * SLOTS {
                let verifications = verifications.clone();
                scope.spawn(move || {
                    verifications.count("VALID", Duration::ZERO);
                    verifications.count(UNDECIDED, Duration::from_secs(3));
                });
            }
        });
        let mut registry = Registry::default();
        registry.register("questions", "", verifications.clone());
        registry.register("seconds", "", VerificationSeconds(verifications));
        let mut written = String::new();
        text::encode(&mut written, &registry).unwrap();
        for line in [
            "questions_total{decision=\"VALID\"} 32",
            "questions_total{decision=\"UNKNOWN\"} 0",
            "questions_total{decision=\"UNDECIDED\"} 32",
            "seconds_bucket{le=\"0.00002\"} 32",
            "seconds_bucket{le=\"2.6\"} 32",
            "seconds_bucket{le=\"+Inf\"} 64",
            "seconds_count 64",
        ] {
            assert!(
                written.lines().any(|shown| shown == line),
                "{line}\n{written}"
            );
        }
        let sum = written
            .lines()
            .find_map(|line| line.strip_prefix("seconds_sum "));
        assert_eq!(sum.unwrap().parse(), Ok(96.0));
    }
}
