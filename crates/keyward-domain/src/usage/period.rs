use crate::timestamp::Timestamp;

const HOUR_SECONDS: i64 = 60 * 60;
const DAY_SECONDS: i64 = 24 * HOUR_SECONDS;

/// The length of each part of a usage report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UsageUnit {
    /// An hour.
    Hour,
    /// A day in UTC.
    #[default]
    Day,
}

/// Whole hours or days in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsagePeriod {
    from: Timestamp,
    before: Timestamp,
    unit: UsageUnit,
}

/// Why there is no such period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidUsagePeriod {
    /// It would end before it begins.
    #[error("the period must end after it begins")]
    Reversed,
    /// It is too long.
    #[error("the period is longer than {} days", .0)]
    TooLong(i64),
}

impl UsageUnit {
    /// Every unit.
    pub const ALL: [Self; 2] = [Self::Hour, Self::Day];

    /// `hour` or `day`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
        }
    }

    /// Parses the word of [`as_str`](Self::as_str).
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|unit| unit.as_str() == word)
    }

    /// The longest period, in days.
    #[must_use]
    pub fn days_max(self) -> i64 {
        match self {
            Self::Hour => 31,
            Self::Day => 366,
        }
    }

    /// The start of the instant's hour or day.
    #[must_use]
    pub fn start_of(self, at: Timestamp) -> Timestamp {
        match self {
            Self::Hour => at.truncated_to_hours(),
            Self::Day => at.truncated_to_days(),
        }
    }

    fn seconds(self) -> i64 {
        match self {
            Self::Hour => HOUR_SECONDS,
            Self::Day => DAY_SECONDS,
        }
    }

    /// The length of a period when nobody said where it begins.
    fn default_seconds(self) -> i64 {
        match self {
            Self::Hour => DAY_SECONDS,
            Self::Day => 30 * DAY_SECONDS,
        }
    }
}

impl UsagePeriod {
    /// The period between two instants, extended to whole units. Without an end, it ends at `now`;
    /// without a beginning, it is the last day by hour, or the last 30 days by day.
    ///
    /// # Errors
    /// [`InvalidUsagePeriod`].
    pub fn new(
        from: Option<Timestamp>,
        to: Option<Timestamp>,
        unit: UsageUnit,
        now: Timestamp,
    ) -> Result<Self, InvalidUsagePeriod> {
        let to = to.unwrap_or(now);
        let from = from.unwrap_or_else(|| to.plus_seconds(-unit.default_seconds()));
        if from >= to {
            return Err(InvalidUsagePeriod::Reversed);
        }
        let last = unit.start_of(to);
        let before = if last == to {
            to
        } else {
            last.plus_seconds(unit.seconds())
        };
        let from = unit.start_of(from);
        if before > from.plus_seconds(unit.days_max() * DAY_SECONDS) {
            return Err(InvalidUsagePeriod::TooLong(unit.days_max()));
        }
        Ok(Self { from, before, unit })
    }

    /// The first instant.
    #[must_use]
    pub fn from(&self) -> Timestamp {
        self.from
    }

    /// The first instant after it.
    #[must_use]
    pub fn before(&self) -> Timestamp {
        self.before
    }

    /// The unit.
    #[must_use]
    pub fn unit(&self) -> UsageUnit {
        self.unit
    }

    pub(super) fn contains(&self, at: Timestamp) -> bool {
        (self.from..self.before).contains(&at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse_rfc3339(text).unwrap()
    }

    fn period(
        from: &str,
        to: &str,
        unit: UsageUnit,
    ) -> Result<(String, String), InvalidUsagePeriod> {
        let instant = |text: &str| (!text.is_empty()).then(|| at(text));
        let now = at("2026-11-29T12:30:00Z");
        let period = UsagePeriod::new(instant(from), instant(to), unit, now)?;
        Ok((period.from().to_string(), period.before().to_string()))
    }

    #[test]
    fn a_period_has_whole_hours_or_days() {
        for (from, to, unit, want) in [
            (
                "",
                "",
                UsageUnit::Day,
                ("2026-10-30T00:00:00Z", "2026-11-30T00:00:00Z"),
            ),
            (
                "",
                "",
                UsageUnit::Hour,
                ("2026-11-28T12:00:00Z", "2026-11-29T13:00:00Z"),
            ),
            (
                "2026-11-29T12:00:00Z",
                "2026-11-29T13:00:00Z",
                UsageUnit::Hour,
                ("2026-11-29T12:00:00Z", "2026-11-29T13:00:00Z"),
            ),
            (
                "2026-11-29T12:00:01Z",
                "2026-11-29T12:00:02Z",
                UsageUnit::Day,
                ("2026-11-29T00:00:00Z", "2026-11-30T00:00:00Z"),
            ),
            (
                "2026-11-29T12:00:00Z",
                "2026-12-30T12:00:00Z",
                UsageUnit::Hour,
                ("2026-11-29T12:00:00Z", "2026-12-30T12:00:00Z"),
            ),
        ] {
            let (first, before) = period(from, to, unit).unwrap();
            assert_eq!((first.as_str(), before.as_str()), want, "{from} {to}");
        }
    }

    #[test]
    fn what_was_extended_may_be_asked_for_again() {
        let noon = |days: i64| at("2026-01-01T12:00:00Z").plus_seconds(days * DAY_SECONDS);
        let now = noon(0);
        let period = |from, to| UsagePeriod::new(Some(from), Some(to), UsageUnit::Day, now);
        assert_eq!(
            period(noon(0), noon(366)),
            Err(InvalidUsagePeriod::TooLong(366))
        );
        let longest = period(noon(0), noon(365)).unwrap();
        assert_eq!(period(longest.from(), longest.before()), Ok(longest));
    }

    #[test]
    fn a_period_is_neither_reversed_nor_too_long() {
        use InvalidUsagePeriod::{Reversed, TooLong};
        for (from, to, unit, want) in [
            (
                "2026-11-29T12:00:00Z",
                "2026-11-29T12:00:00Z",
                UsageUnit::Hour,
                Reversed,
            ),
            ("2026-11-29T12:31:00Z", "", UsageUnit::Day, Reversed),
            (
                "2026-11-29T12:00:00Z",
                "2026-12-30T12:00:01Z",
                UsageUnit::Hour,
                TooLong(31),
            ),
            (
                "2026-11-29T12:00:00Z",
                "2027-12-01T00:00:00Z",
                UsageUnit::Day,
                TooLong(366),
            ),
            (
                "1970-01-01T00:00:00Z",
                "9999-12-31T23:59:59Z",
                UsageUnit::Day,
                TooLong(366),
            ),
        ] {
            assert_eq!(period(from, to, unit), Err(want), "{from} {to}");
        }
    }

    #[test]
    fn the_end_of_time_is_the_end_of_a_period() {
        let now = Timestamp::MAX;
        let period = UsagePeriod::new(None, None, UsageUnit::Day, now).unwrap();
        assert_eq!(period.before(), Timestamp::MAX);
    }
}
