use std::ops::RangeInclusive;
use std::time::Duration;

use super::{ConfigError, Environment};

/// The limits of verification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct VerificationConfig {
    /// The maximum memory of cached keys.
    pub(crate) cache_bytes_max: u64,
    /// How long a cached key may be used when changes may have been missed. It must be equal on all
    /// nodes.
    pub(crate) staleness_max: Duration,
    /// The interval for writing last uses and counts.
    pub(crate) last_use_every: Duration,
    /// The maximum difference between this machine's clock and the database's for the node to be
    /// ready.
    pub(crate) clock_offset_max: Duration,
}

impl VerificationConfig {
    /// Defaults: 64 MiB, 1 s, 10 s and 60 s.
    pub(crate) fn resolve(environment: &Environment) -> Result<Self, ConfigError> {
        let number = |variable, default, range| in_range(environment, variable, default, range);
        let mebibytes = number("KEYWARD_CACHE_MEBIBYTES", 64, 1..=1_048_576)?;
        let staleness_seconds = number("KEYWARD_CACHE_STALENESS_SECONDS", 1, 0..=60)?;
        let clock_seconds = number("KEYWARD_CLOCK_OFFSET_MAX_SECONDS", 60, 1..=86_400)?;
        let last_use_seconds = number("KEYWARD_LAST_USE_SECONDS", 10, 1..=3_600)?;
        Ok(Self {
            cache_bytes_max: mebibytes * 1024 * 1024,
            staleness_max: Duration::from_secs(staleness_seconds),
            last_use_every: Duration::from_secs(last_use_seconds),
            clock_offset_max: Duration::from_secs(clock_seconds),
        })
    }
}

pub(super) fn in_range(
    environment: &Environment,
    variable: &'static str,
    default: u64,
    range: RangeInclusive<u64>,
) -> Result<u64, ConfigError> {
    let number = environment.parsed(variable, "a whole number")?;
    let number = number.unwrap_or(default);
    if range.contains(&number) {
        return Ok(number);
    }
    let (least, most) = range.into_inner();
    Err(ConfigError::Invalid {
        variable,
        problem: format!("{number} is not a number from {least} to {most}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(variables: &[(&str, &str)]) -> Result<VerificationConfig, String> {
        let environment = Environment::from_pairs(variables);
        VerificationConfig::resolve(&environment).map_err(|error| error.to_string())
    }

    #[test]
    fn a_number_out_of_range_says_which_would_be_right() {
        for (variable, values, range) in [
            (
                "KEYWARD_CACHE_MEBIBYTES",
                ["0", "1048577"],
                "from 1 to 1048576",
            ),
            (
                "KEYWARD_CACHE_STALENESS_SECONDS",
                ["61", "600"],
                "from 0 to 60",
            ),
            ("KEYWARD_LAST_USE_SECONDS", ["0", "3601"], "from 1 to 3600"),
        ] {
            for value in values {
                let message = resolve(&[(variable, value)]).unwrap_err();
                assert!(
                    message.contains(variable) && message.contains(range),
                    "{message}"
                );
            }
            assert!(resolve(&[(variable, "1.5")]).is_err());
        }
    }

    #[test]
    fn what_is_not_set_has_a_default() {
        let config = resolve(&[("KEYWARD_CACHE_STALENESS_SECONDS", "0")]).unwrap();
        assert_eq!(config.cache_bytes_max, 64 * 1024 * 1024);
        assert_eq!(config.staleness_max, Duration::ZERO);
        assert_eq!(config.last_use_every, Duration::from_secs(10));
    }
}
