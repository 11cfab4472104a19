use std::time::Duration;

use super::verification::in_range;
use super::{ConfigError, Environment};

const DAY_SECONDS: i64 = 24 * 60 * 60;

/// The configuration of the server's own purge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct HousekeepingConfig {
    /// The interval; `None` for never.
    pub(crate) every: Option<Duration>,
    /// The minimum age of a deletion.
    pub(crate) deleted_for_seconds: i64,
    /// The minimum age of a counter of uses or denials.
    pub(crate) counted_for_seconds: i64,
}

impl HousekeepingConfig {
    /// Defaults: every 10 minutes, 90 days, 90 days. 0 seconds means never.
    pub(crate) fn resolve(environment: &Environment) -> Result<Self, ConfigError> {
        let number = |variable, default, range| in_range(environment, variable, default, range);
        let seconds = number("KEYWARD_HOUSEKEEPING_SECONDS", 600, 0..=86_400)?;
        let days_as_seconds = |days: u64| {
            let days = i64::try_from(days).unwrap_or(i64::MAX);
            days.saturating_mul(DAY_SECONDS)
        };
        let deleted = number("KEYWARD_DELETED_KEYS_DAYS", 90, 0..=36_500)?;
        let counted = number("KEYWARD_USAGE_DAYS", 90, 1..=3_650)?;
        Ok(Self {
            every: (seconds > 0).then(|| Duration::from_secs(seconds)),
            deleted_for_seconds: days_as_seconds(deleted),
            counted_for_seconds: days_as_seconds(counted),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(variables: &[(&str, &str)]) -> Result<HousekeepingConfig, String> {
        let environment = Environment::from_pairs(variables);
        HousekeepingConfig::resolve(&environment).map_err(|error| error.to_string())
    }

    #[test]
    fn it_is_on_unless_it_is_switched_off() {
        let config = resolve(&[]).unwrap();
        assert_eq!(config.every, Some(Duration::from_mins(10)));
        assert_eq!(config.deleted_for_seconds, 90 * DAY_SECONDS);
        assert_eq!(config.counted_for_seconds, 90 * DAY_SECONDS);
        let off = resolve(&[("KEYWARD_HOUSEKEEPING_SECONDS", "0")]).unwrap();
        assert_eq!(off.every, None);
    }

    #[test]
    fn a_number_out_of_range_says_which_would_be_right() {
        for (variable, value, range) in [
            ("KEYWARD_HOUSEKEEPING_SECONDS", "86401", "from 0 to 86400"),
            ("KEYWARD_DELETED_KEYS_DAYS", "36501", "from 0 to 36500"),
            ("KEYWARD_USAGE_DAYS", "0", "from 1 to 3650"),
        ] {
            let message = resolve(&[(variable, value)]).unwrap_err();
            assert!(
                message.contains(variable) && message.contains(range),
                "{message}"
            );
        }
    }
}
