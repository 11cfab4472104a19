use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use prometheus_client::encoding::{MetricEncoder, NoLabelSet};

/// The durations of one slot, in a histogram.
#[derive(Debug)]
pub(super) struct Durations<const BUCKETS: usize> {
    /// One count per bound, and one for everything above.
    counts: [AtomicU64; BUCKETS],
    nanoseconds: AtomicU64,
}

impl<const BUCKETS: usize> Default for Durations<BUCKETS> {
    fn default() -> Self {
        Self {
            counts: std::array::from_fn(|_at| AtomicU64::new(0)),
            nanoseconds: AtomicU64::new(0),
        }
    }
}

impl<const BUCKETS: usize> Durations<BUCKETS> {
    /// Counts a duration. `bounds` are in seconds, one less than there are buckets.
    pub(super) fn count(&self, bounds: &[f64], duration: Duration) {
        let seconds = duration.as_secs_f64();
        let bucket = bounds.iter().position(|bound| seconds <= *bound);
        if let Some(count) = self.counts.get(bucket.unwrap_or(bounds.len())) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        let nanoseconds = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        self.nanoseconds.fetch_add(nanoseconds, Ordering::Relaxed);
    }

    /// How many durations were counted in all slots.
    pub(super) fn total<'a>(slots: impl Iterator<Item = &'a Self>) -> u64 {
        let counts = slots.flat_map(|slot| &slot.counts);
        counts.map(|count| count.load(Ordering::Relaxed)).sum()
    }

    /// Writes the histogram of all slots.
    pub(super) fn encode<'a>(
        encoder: &mut MetricEncoder<'_>,
        bounds: &[f64],
        slots: &(impl Iterator<Item = &'a Self> + Clone),
    ) -> fmt::Result {
        let sum = |count: &dyn Fn(&Self) -> Option<&AtomicU64>| -> u64 {
            let counts = slots.clone().filter_map(count);
            counts.map(|count| count.load(Ordering::Relaxed)).sum()
        };
        let bounds = bounds.iter().copied().chain([f64::INFINITY]).enumerate();
        let buckets: Vec<(f64, u64)> = bounds
            .map(|(at, bound)| (bound, sum(&|slot| slot.counts.get(at))))
            .collect();
        let count = buckets.iter().map(|(_bound, count)| count).sum();
        let nanoseconds = sum(&|slot| Some(&slot.nanoseconds));
        let seconds = Duration::from_nanos(nanoseconds).as_secs_f64();
        encoder.encode_histogram::<NoLabelSet>(seconds, count, &buckets, None)
    }
}
