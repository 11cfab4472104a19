use keyward_domain::{ExistingKeys, InvalidLifetimePolicy, Lifetime, LifetimePolicy};

use super::{ConfigError, Environment, switch};

const DEFAULT: &str = "KEYWARD_KEY_LIFETIME_DEFAULT_DAYS";
const MAX: &str = "KEYWARD_KEY_LIFETIME_MAX_DAYS";
const NEVER_EXPIRES: &str = "KEYWARD_KEY_NEVER_EXPIRES";
const EXISTING: &str = "KEYWARD_KEY_LIFETIME_EXISTING";

/// The deployment's policy for the lifetime of keys. Without any of its variables, there is no
/// limit.
pub(crate) fn key_lifetime(environment: &Environment) -> Result<LifetimePolicy, ConfigError> {
    let default = days(environment, DEFAULT)?;
    let max = days(environment, MAX)?;
    let may_never_expire = switch(environment, NEVER_EXPIRES, max.is_none())?;
    let policy = LifetimePolicy::new(default, max, may_never_expire, existing(environment)?);
    policy.map_err(|invalid| {
        let (variable, problem) = match invalid {
            InvalidLifetimePolicy::DefaultBeyondMax => {
                (DEFAULT, format!("must not be more than {MAX}"))
            }
            InvalidLifetimePolicy::RefusedWithoutMax => (
                EXISTING,
                format!("refuse needs {MAX}; set it, or write report"),
            ),
        };
        ConfigError::Invalid { variable, problem }
    })
}

fn days(
    environment: &Environment,
    variable: &'static str,
) -> Result<Option<Lifetime>, ConfigError> {
    let days: Option<i64> = environment.parsed(variable, "a whole number of days")?;
    let lifetime = days.map(|days| {
        Lifetime::from_days(days).map_err(|_out_of_range| ConfigError::Invalid {
            variable,
            problem: format!("{days} is not a number from 1 to 3650"),
        })
    });
    lifetime.transpose()
}

fn existing(environment: &Environment) -> Result<ExistingKeys, ConfigError> {
    match environment.value(EXISTING) {
        None | Some("report") => Ok(ExistingKeys::Report),
        Some("refuse") => Ok(ExistingKeys::Refuse),
        Some(other) => Err(ConfigError::Invalid {
            variable: EXISTING,
            problem: format!("{other:?} is neither report nor refuse"),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(variables: &[(&str, &str)]) -> Result<LifetimePolicy, String> {
        let environment = Environment::from_pairs(variables);
        key_lifetime(&environment).map_err(|error| error.to_string())
    }

    #[test]
    fn without_variables_there_is_no_limit() {
        assert_eq!(resolve(&[]), Ok(LifetimePolicy::default()));
    }

    #[test]
    fn with_a_maximum_keys_need_an_expiry_unless_it_says_otherwise() {
        let days = |days| Some(Lifetime::from_days(days).unwrap());
        let report = ExistingKeys::Report;
        for (variables, default, max, may_never_expire, existing) in [
            (&[(MAX, "90")][..], None, days(90), false, report),
            (
                &[(MAX, "90"), (NEVER_EXPIRES, "on")],
                None,
                days(90),
                true,
                report,
            ),
            (&[(DEFAULT, "30")], days(30), None, true, report),
            (&[(NEVER_EXPIRES, "off")], None, None, false, report),
            (
                &[(DEFAULT, "30"), (MAX, "30"), (EXISTING, "refuse")],
                days(30),
                days(30),
                false,
                ExistingKeys::Refuse,
            ),
        ] {
            let want = LifetimePolicy::new(default, max, may_never_expire, existing).unwrap();
            assert_eq!(resolve(variables), Ok(want), "{variables:?}");
        }
    }

    #[test]
    fn a_wrong_value_says_what_would_be_right() {
        for (variables, variable, part) in [
            (&[(MAX, "0")][..], MAX, "from 1 to 3650"),
            (&[(MAX, "3651")], MAX, "from 1 to 3650"),
            (&[(MAX, "-1")], MAX, "from 1 to 3650"),
            (&[(MAX, "1.5")], MAX, "a whole number of days"),
            (&[(DEFAULT, "30d")], DEFAULT, "a whole number of days"),
            (&[(DEFAULT, "0")], DEFAULT, "from 1 to 3650"),
            (
                &[(DEFAULT, "31"), (MAX, "30")],
                DEFAULT,
                "not be more than KEYWARD_KEY_LIFETIME_MAX_DAYS",
            ),
            (
                &[(NEVER_EXPIRES, "no")],
                NEVER_EXPIRES,
                "neither on nor off",
            ),
            (
                &[(EXISTING, "REFUSE"), (MAX, "1")],
                EXISTING,
                "neither report nor refuse",
            ),
            (
                &[(EXISTING, "refuse")],
                EXISTING,
                "refuse needs KEYWARD_KEY_LIFETIME_MAX_DAYS",
            ),
        ] {
            let message = resolve(variables).unwrap_err();
            let is_so = message.starts_with(variable) && message.contains(part);
            assert!(is_so, "{variables:?}: {message}");
        }
    }
}
