use std::fmt;
use std::time::Duration;

use time::{Month, OffsetDateTime, Time};

use crate::timestamp::Timestamp;

const MINUTE: u32 = 60;
const HOUR: u32 = 60 * MINUTE;
const DAY: u32 = 24 * HOUR;

/// The longest sliding window, in seconds: 31 days.
pub const LIMIT_WINDOW_SECONDS_MAX: u32 = 31 * DAY;

/// The time that a limit is about (contract §11).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LimitWindow {
    /// Any time of this length: a unit can be used again this long after its use.
    Sliding(SlidingWindow),
    /// A calendar day (UTC): all units can be used again when the next one begins.
    Day,
    /// A calendar month (UTC).
    Month,
}

/// The length of a sliding window: whole seconds, from one second to 31 days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SlidingWindow(u32);

/// The text is not a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a window: a number with s, m, h or d from 1s to 31d, or day or month")]
pub struct InvalidLimitWindow;

impl SlidingWindow {
    /// A window of this many seconds; `None` outside 1 to [`LIMIT_WINDOW_SECONDS_MAX`].
    #[must_use]
    pub fn from_seconds(seconds: u32) -> Option<Self> {
        (1..=LIMIT_WINDOW_SECONDS_MAX)
            .contains(&seconds)
            .then_some(Self(seconds))
    }

    /// The length in seconds.
    #[must_use]
    pub fn seconds(self) -> u32 {
        self.0
    }

    /// The length.
    #[must_use]
    pub fn duration(self) -> Duration {
        Duration::from_secs(self.0.into())
    }
}

impl LimitWindow {
    /// Parses `1s` to `31d`, a whole number with `s`, `m`, `h` or `d`; or `day` or `month`.
    ///
    /// # Errors
    /// [`InvalidLimitWindow`] for any other text.
    pub fn parse(text: &str) -> Result<Self, InvalidLimitWindow> {
        match text {
            "day" => return Ok(Self::Day),
            "month" => return Ok(Self::Month),
            _ => {}
        }
        let seconds = [("s", 1), ("m", MINUTE), ("h", HOUR), ("d", DAY)]
            .into_iter()
            .find_map(|(unit, seconds)| Some((text.strip_suffix(unit)?, seconds)))
            .filter(|(digits, _unit)| {
                !digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit())
            })
            .and_then(|(digits, unit)| digits.parse::<u32>().ok()?.checked_mul(unit));
        seconds
            .and_then(SlidingWindow::from_seconds)
            .map(Self::Sliding)
            .ok_or(InvalidLimitWindow)
    }

    /// When the calendar period with this instant ends; `None` for a sliding window.
    #[must_use]
    pub fn period_end(self, at: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Sliding(_) => None,
            Self::Day => Some(at.truncated_to_days().plus_seconds(DAY.into())),
            Self::Month => Some(month_end(at)),
        }
    }

    /// The length, of a month that of the longest one.
    #[must_use]
    pub fn duration_max(self) -> Duration {
        Duration::from_secs(self.seconds_max().into())
    }

    /// The same in seconds.
    #[must_use]
    pub fn seconds_max(self) -> u32 {
        match self {
            Self::Sliding(window) => window.seconds(),
            Self::Day => DAY,
            Self::Month => 31 * DAY,
        }
    }
}

/// The last month of the year 9999 ends with it.
fn month_end(at: Timestamp) -> Timestamp {
    let next = OffsetDateTime::from_unix_timestamp(at.unix_seconds())
        .ok()
        .map(OffsetDateTime::date)
        .and_then(|date| {
            let month = date.month().next();
            let year = date.year() + i32::from(month == Month::January);
            time::Date::from_calendar_date(year, month, 1).ok()
        })
        .map(|date| date.with_time(Time::MIDNIGHT).assume_utc());
    next.and_then(|next| Timestamp::from_unix_seconds(next.unix_timestamp()))
        .unwrap_or(Timestamp::MAX)
}

/// The text that [`parse`](LimitWindow::parse) reads, with the largest unit that fits.
impl fmt::Display for LimitWindow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = match self {
            Self::Sliding(window) => window.seconds(),
            Self::Day => return f.write_str("day"),
            Self::Month => return f.write_str("month"),
        };
        let units = [("d", DAY), ("h", HOUR), ("m", MINUTE)];
        let fits = units
            .into_iter()
            .find(|(_, unit)| seconds.is_multiple_of(*unit));
        let (unit, length) = fits.unwrap_or(("s", 1));
        write!(f, "{}{unit}", seconds / length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_a_number_with_a_unit_or_a_calendar_period() {
        for (text, want) in [
            ("1s", "1s"),
            ("60s", "1m"),
            ("90s", "90s"),
            ("90m", "90m"),
            ("24h", "1d"),
            ("31d", "31d"),
            ("744h", "31d"),
            ("day", "day"),
            ("month", "month"),
        ] {
            let window = LimitWindow::parse(text).unwrap();
            assert_eq!(window.to_string(), want);
            assert_eq!(LimitWindow::parse(want), Ok(window));
        }
        for text in [
            "",
            "s",
            "0s",
            "00s",
            "01s",
            "-1s",
            "+1s",
            "1",
            "1 s",
            "1.5s",
            "1w",
            "1S",
            "32d",
            "2678401s",
            "4294967296s",
            "99999999999999999999s",
            "71582789m",
            "Day",
            "year",
            "1m ",
            "１s",
        ] {
            assert_eq!(
                LimitWindow::parse(text),
                Err(InvalidLimitWindow),
                "{text:?}"
            );
        }
    }

    #[test]
    fn a_calendar_period_ends_when_the_next_one_begins() {
        let at = |text: &str| Timestamp::parse_rfc3339(text).unwrap();
        for (window, instant, want) in [
            (
                LimitWindow::Day,
                "2028-02-28T00:00:00Z",
                "2028-02-29T00:00:00Z",
            ),
            (
                LimitWindow::Day,
                "2028-02-28T23:59:59.9Z",
                "2028-02-29T00:00:00Z",
            ),
            (
                LimitWindow::Month,
                "2028-02-01T00:00:00Z",
                "2028-03-01T00:00:00Z",
            ),
            (
                LimitWindow::Month,
                "2028-02-29T23:59:59.9Z",
                "2028-03-01T00:00:00Z",
            ),
            (
                LimitWindow::Month,
                "2027-12-31T12:00:00Z",
                "2028-01-01T00:00:00Z",
            ),
        ] {
            assert_eq!(window.period_end(at(instant)), Some(at(want)), "{instant}");
        }
        assert_eq!(
            LimitWindow::Month.period_end(Timestamp::MAX),
            Some(Timestamp::MAX)
        );
        let minute = LimitWindow::parse("1m").unwrap();
        assert_eq!(minute.period_end(Timestamp::MIN), None);
    }
}
