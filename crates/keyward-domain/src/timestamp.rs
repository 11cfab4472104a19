use std::fmt;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// 9999-12-31T23:59:59.999999Z, the last instant that RFC 3339 can represent.
const MICROS_MAX: i64 = 253_402_300_799_999_999;
const MICROS_PER_SECOND: i64 = 1_000_000;

/// An instant in UTC with microsecond precision, from 1970-01-01T00:00:00Z to the end of the year
/// 9999. Both stores can hold it without rounding.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// Why a text is not a valid instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTimestamp {
    /// Not RFC 3339, section 5.6, with an offset.
    #[error("not an RFC 3339 date and time with an offset, such as 2027-01-31T12:00:00Z")]
    Malformed,
    /// A valid date outside 1970 to 9999.
    #[error("not between the years 1970 and 9999")]
    OutOfRange,
}

impl Timestamp {
    /// The beginning of 1970.
    pub const MIN: Self = Self(0);
    /// The end of the year 9999.
    pub const MAX: Self = Self(MICROS_MAX);

    /// The instant `micros` microseconds after the Unix epoch; `None` outside 1970 to 9999.
    #[must_use]
    pub fn from_unix_micros(micros: i64) -> Option<Self> {
        (0..=MICROS_MAX).contains(&micros).then_some(Self(micros))
    }

    /// The instant `seconds` seconds after the Unix epoch; `None` outside 1970 to 9999.
    #[must_use]
    pub fn from_unix_seconds(seconds: i64) -> Option<Self> {
        Self::from_unix_micros(seconds.checked_mul(MICROS_PER_SECOND)?)
    }

    /// Parses RFC 3339 with an offset. Leap seconds are refused, because no clock here can
    /// represent them.
    ///
    /// # Errors
    /// [`InvalidTimestamp`] when the text is malformed or out of range.
    pub fn parse_rfc3339(text: &str) -> Result<Self, InvalidTimestamp> {
        let has_t = matches!(text.get(10..11), Some("T" | "t"));
        let is_leap_second = text.get(17..19) == Some("60");
        if !has_t || is_leap_second {
            return Err(InvalidTimestamp::Malformed);
        }
        let parsed = OffsetDateTime::parse(text, &Rfc3339)
            .map_err(|_unhelpful| InvalidTimestamp::Malformed)?;
        i64::try_from(parsed.unix_timestamp_nanos().div_euclid(1_000))
            .ok()
            .and_then(Self::from_unix_micros)
            .ok_or(InvalidTimestamp::OutOfRange)
    }

    /// Microseconds since the Unix epoch.
    #[must_use]
    pub fn unix_micros(self) -> i64 {
        self.0
    }

    /// Whole milliseconds since the Unix epoch, rounded down.
    #[must_use]
    pub fn unix_millis(self) -> i64 {
        self.0 / 1_000
    }

    /// Whole seconds since the Unix epoch, rounded down.
    #[must_use]
    pub fn unix_seconds(self) -> i64 {
        self.0 / MICROS_PER_SECOND
    }

    /// The same instant without the fraction of a second.
    #[must_use]
    pub fn truncated_to_seconds(self) -> Self {
        Self(self.0 - self.0 % MICROS_PER_SECOND)
    }

    /// The start of the instant's hour (UTC).
    #[must_use]
    pub fn truncated_to_hours(self) -> Self {
        Self(self.0 - self.0 % (3_600 * MICROS_PER_SECOND))
    }

    /// The start of the instant's day (UTC).
    #[must_use]
    pub fn truncated_to_days(self) -> Self {
        Self(self.0 - self.0 % (24 * 3_600 * MICROS_PER_SECOND))
    }

    /// The instant's date (UTC), such as `2026-11-30`.
    #[must_use]
    pub fn date(self) -> String {
        let mut text = self.to_string();
        text.truncate("2026-11-30".len());
        text
    }

    /// The next whole second; the same instant when it has no fraction.
    #[must_use]
    pub fn rounded_up_to_seconds(self) -> Self {
        let fraction = self.0 % MICROS_PER_SECOND;
        if fraction == 0 {
            self
        } else {
            Self(self.0 - fraction + MICROS_PER_SECOND).min(Self::MAX.truncated_to_seconds())
        }
    }

    /// This many seconds later (earlier when negative), limited to the valid range.
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        let micros = self
            .0
            .saturating_add(seconds.saturating_mul(MICROS_PER_SECOND));
        Self(micros.clamp(0, MICROS_MAX))
    }
}

/// RFC 3339 in UTC with whole seconds and `Z`, as contract §1 writes every instant.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = OffsetDateTime::from_unix_timestamp(self.unix_seconds())
            .map_err(|_out_of_range| fmt::Error)?;
        let (date, time) = (at.date(), at.time());
        write!(
            f,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
            date.year(),
            u8::from(date.month()),
            date.day(),
            time.hour(),
            time.minute(),
            time.second()
        )
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}+{}us", self.0 % MICROS_PER_SECOND)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_rfc3339_strictly() {
        let check = |text: &str, want: Result<&str, InvalidTimestamp>| {
            let got = Timestamp::parse_rfc3339(text).map(|at| at.to_string());
            assert_eq!(got, want.map(str::to_owned), "{text}");
        };
        check("2026-03-21T00:00:00Z", Ok("2026-03-21T00:00:00Z"));
        check("2026-03-21T02:00:00+02:00", Ok("2026-03-21T00:00:00Z"));
        check("2026-03-21T00:00:00.9Z", Ok("2026-03-21T00:00:00Z"));
        check("2026-03-21T00:00:00", Err(InvalidTimestamp::Malformed));
        check("2026-03-21 00:00:00Z", Err(InvalidTimestamp::Malformed));
        check("2026-03-21", Err(InvalidTimestamp::Malformed));
        check("2016-12-31T23:59:60Z", Err(InvalidTimestamp::Malformed));
        check("10000-01-01T00:00:00Z", Err(InvalidTimestamp::Malformed));
        check("+10000-01-01T00:00:00Z", Err(InvalidTimestamp::Malformed));
        check("1969-12-31T23:59:59Z", Err(InvalidTimestamp::OutOfRange));
        check("2026-02-30T00:00:00Z", Err(InvalidTimestamp::Malformed));
        check("1767225600", Err(InvalidTimestamp::Malformed));
        check("", Err(InvalidTimestamp::Malformed));
    }

    #[test]
    fn an_hour_begins_at_its_first_microsecond() {
        let hour = Timestamp::parse_rfc3339("2026-03-21T15:00:00Z").unwrap();
        for within in ["15:00:00Z", "15:00:00.000001Z", "15:59:59.999999Z"] {
            let at = Timestamp::parse_rfc3339(&format!("2026-03-21T{within}")).unwrap();
            assert_eq!(at.truncated_to_hours(), hour, "{within}");
        }
        assert_eq!(
            hour.plus_seconds(3_600).truncated_to_hours(),
            hour.plus_seconds(3_600)
        );
    }

    #[test]
    fn a_date_has_no_time() {
        for (at, date) in [
            ("2026-11-30T00:00:00Z", "2026-11-30"),
            ("2026-11-30T23:59:59.999999Z", "2026-11-30"),
            ("2026-12-01T01:00:00+02:00", "2026-11-30"),
        ] {
            assert_eq!(Timestamp::parse_rfc3339(at).unwrap().date(), date);
        }
        assert_eq!(Timestamp::MIN.date(), "1970-01-01");
        assert_eq!(Timestamp::MAX.date(), "9999-12-31");
    }

    proptest! {
        #[test]
        fn written_seconds_read_back(micros in 0..=MICROS_MAX) {
            let at = Timestamp::from_unix_micros(micros).unwrap();
            prop_assert_eq!(
                Timestamp::parse_rfc3339(&at.to_string()).unwrap(),
                at.truncated_to_seconds()
            );
        }

        #[test]
        fn any_text_is_read_without_panic(text in ".{0,40}") {
            let _ = Timestamp::parse_rfc3339(&text);
        }
    }
}
