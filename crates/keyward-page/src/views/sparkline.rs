use std::fmt::Write as _;

use keyward_domain::ports::DailyUses;
use keyward_domain::{ApiKeyId, Timestamp};

/// The days that a sparkline shows, today included.
pub(crate) const SPARKLINE_DAYS: usize = 30;

const DAY_SECONDS: i64 = 24 * 60 * 60;

/// The size of the drawing: a bar of 2 units and a gap of 1 for each day.
const HEIGHT: u64 = 16;
const STEP: usize = 3;

/// The uses of a key in the last 30 days, as a small drawing.
pub(crate) struct Sparkline {
    /// The bars, as the path of an SVG of 90 × 16 units.
    pub(crate) path: String,
    /// The number of uses.
    pub(crate) total: u64,
}

/// The first day that a sparkline shows at `now`.
pub(crate) fn first_day(now: Timestamp) -> Timestamp {
    let days = i64::try_from(SPARKLINE_DAYS).unwrap_or(0) - 1;
    now.truncated_to_days().plus_seconds(-days * DAY_SECONDS)
}

impl Sparkline {
    /// The uses of this key at `now`, of those that were read; `None` without any.
    pub(crate) fn of(uses: &[DailyUses], api_key_id: ApiKeyId, now: Timestamp) -> Option<Self> {
        let first = first_day(now);
        let mut days = [0_u64; SPARKLINE_DAYS];
        for used in uses.iter().filter(|used| used.api_key_id == api_key_id) {
            let day = (used.day.unix_seconds() - first.unix_seconds()).div_euclid(DAY_SECONDS);
            let day = usize::try_from(day).ok().and_then(|day| days.get_mut(day));
            if let Some(count) = day {
                *count = count.saturating_add(used.count);
            }
        }
        let total = days
            .iter()
            .fold(0_u64, |sum, count| sum.saturating_add(*count));
        let highest = days.iter().copied().max().filter(|highest| *highest > 0)?;
        let mut path = String::new();
        for (day, count) in days
            .into_iter()
            .enumerate()
            .filter(|(_day, count)| *count > 0)
        {
            // A day with any use has at least one unit.
            let share = u128::from(count) * u128::from(HEIGHT) / u128::from(highest);
            let height = u64::try_from(share).unwrap_or(HEIGHT).max(1);
            let (x, y) = (day * STEP, HEIGHT - height);
            // Writing into a String can't fail.
            let _infallible = write!(path, "M{x} {y}h2v{height}h-2z");
        }
        Some(Self { path, total })
    }
}

#[cfg(test)]
mod tests {
    use keyward_domain::Mode;
    use keyward_web::testing::{key_id, now};

    use super::*;

    fn used(days_ago: i64, count: u64) -> DailyUses {
        DailyUses {
            api_key_id: key_id(Mode::Live),
            day: now()
                .truncated_to_days()
                .plus_seconds(-days_ago * DAY_SECONDS),
            count,
        }
    }

    fn drawn(uses: &[DailyUses]) -> Option<(String, u64)> {
        let sparkline = Sparkline::of(uses, key_id(Mode::Live), now());
        sparkline.map(|sparkline| (sparkline.path, sparkline.total))
    }

    #[test]
    fn the_busiest_day_has_the_highest_bar_and_any_use_is_seen() {
        let uses = [used(0, 1_000), used(29, 500), used(1, 1)];
        let path = "M0 8h2v8h-2zM84 15h2v1h-2zM87 0h2v16h-2z";
        assert_eq!(drawn(&uses), Some((path.to_owned(), 1_501)));
        assert_eq!(
            drawn(&[used(0, u64::MAX), used(1, u64::MAX)]).unwrap().1,
            u64::MAX
        );
    }

    #[test]
    fn other_days_other_keys_and_no_uses_draw_nothing() {
        assert_eq!(drawn(&[]), None);
        assert_eq!(drawn(&[used(30, 9), used(-1, 9), used(3, 0)]), None);
        let other = [used(0, 9)];
        assert!(Sparkline::of(&other, key_id(Mode::Test), now()).is_none());
    }
}
