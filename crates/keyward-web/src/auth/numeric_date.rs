use std::time::Duration;

use keyward_domain::Timestamp;
use serde::{Deserialize, Deserializer};

/// A `NumericDate` claim: seconds since 1970 as any JSON number, including fractions and exponents
/// (RFC 7519, section 2). Negative numbers, and numbers that do not fit into a [`Duration`], are
/// refused.
///
/// Times are compared in whole seconds; rounding always makes the token's validity shorter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NumericDate(Duration);

impl NumericDate {
    /// The last whole second at or before it, for `exp`; `None` after the year 9999.
    pub(super) fn rounded_down(self) -> Option<Timestamp> {
        instant(self.0.as_secs())
    }

    /// The first whole second at or after it, for `nbf`; `None` after the year 9999.
    pub(super) fn rounded_up(self) -> Option<Timestamp> {
        let part_of_a_second = u64::from(self.0.subsec_nanos() > 0);
        instant(self.0.as_secs().checked_add(part_of_a_second)?)
    }
}

fn instant(seconds: u64) -> Option<Timestamp> {
    Timestamp::from_unix_seconds(seconds.try_into().ok()?)
}

impl<'de> Deserialize<'de> for NumericDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = serde_json::Number::deserialize(deserializer)?;
        let seconds = match number.as_u64() {
            Some(whole) => Some(Duration::from_secs(whole)),
            None => number
                .as_f64()
                .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()),
        };
        let out_of_range = || serde::de::Error::custom("a date out of range");
        seconds.map(Self).ok_or_else(out_of_range)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rounded(text: &str) -> Option<(i64, i64)> {
        let date: NumericDate = serde_json::from_str(text).ok()?;
        let seconds = |instant: Timestamp| instant.unix_micros() / 1_000_000;
        Some((seconds(date.rounded_down()?), seconds(date.rounded_up()?)))
    }

    #[test]
    fn any_json_number_of_seconds_is_a_date() {
        let second = 1_795_603_215;
        for (text, down, up) in [
            ("1795603215", second, second),
            ("1795603215.0", second, second),
            ("1795603215.5", second, second + 1),
            ("1795603215.000001", second, second + 1),
            ("1795603214.999999", second - 1, second),
            ("1.795603215E9", second, second),
            ("1.7956032155e+9", second, second + 1),
            ("17956032150e-1", second, second),
            ("0", 0, 0),
            ("-0", 0, 0),
            ("253402300799", 253_402_300_799, 253_402_300_799),
        ] {
            assert_eq!(rounded(text), Some((down, up)), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_or_no_number_is_refused() {
        for text in [
            "-1",
            "-0.5",
            "-1e300",
            "253402300799.5",
            "253402300800",
            "18446744073709551615",
            "18446744073709551616",
            "1e20",
            "1e300",
            "1e400",
            "NaN",
            "Infinity",
            "01",
            "1.",
            ".5",
            "+1",
            "0x10",
            "\"1795603215\"",
            "true",
            "null",
            "[1795603215]",
            "{}",
        ] {
            assert_eq!(rounded(text), None, "{text}");
        }
    }
}
