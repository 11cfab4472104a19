use keyward_domain::{InvalidTimestamp, InvalidUsagePeriod, Timestamp, UsagePeriod, UsageUnit};

use super::query::Query;
use crate::error::RequestError;
use crate::language::MessageId;
use crate::problem::Problem;

const FROM: &str = "from";
const TO: &str = "to";
const BY: &str = "by";

/// The period of a usage report, which ends at `now` unless the query says otherwise (contract §3).
///
/// # Errors
/// [`RequestError::Invalid`] with every invalid parameter.
pub(crate) fn usage_period(query: &str, now: Timestamp) -> Result<UsagePeriod, RequestError> {
    let mut query = Query::read(query, &[FROM, TO, BY]);
    let from = query.take(FROM, |text| instant(FROM, text));
    let to = query.take(TO, |text| instant(TO, text));
    let unit = query.take(BY, |text| {
        UsageUnit::parse(text).ok_or_else(|| Problem::new(BY, MessageId::UsageUnitInvalid))
    });
    let problems = query.into_problems();
    if !problems.is_empty() {
        return Err(RequestError::Invalid(problems));
    }
    UsagePeriod::new(from, to, unit.unwrap_or_default(), now).map_err(|invalid| {
        // Without an end, the period ends now, so its beginning is wrong.
        let field = if to.is_some() { TO } else { FROM };
        RequestError::Invalid(vec![match invalid {
            InvalidUsagePeriod::Reversed => Problem::new(field, MessageId::PeriodReversed),
            InvalidUsagePeriod::TooLong(days) => {
                let max = vec![("max", days.to_string().into())];
                Problem::with(field, MessageId::PeriodTooLong, max)
            }
        }])
    })
}

fn instant(parameter: &'static str, text: &str) -> Result<Timestamp, Problem> {
    Timestamp::parse_rfc3339(text).map_err(|invalid| {
        let message = match invalid {
            InvalidTimestamp::Malformed => MessageId::ExpiryMalformed,
            InvalidTimestamp::OutOfRange => MessageId::ExpiryOutOfRange,
        };
        Problem::new(parameter, message)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        Timestamp::parse_rfc3339("2026-11-29T12:30:00Z").unwrap()
    }

    #[test]
    fn without_parameters_it_is_the_last_thirty_days() {
        for query in ["", "from=&to=&by=", "by=day"] {
            let period = usage_period(query, now()).unwrap();
            let ends = [period.from(), period.before()].map(|at| at.to_string());
            assert_eq!(
                ends,
                ["2026-10-30T00:00:00Z", "2026-11-30T00:00:00Z"],
                "{query}"
            );
        }
    }

    #[test]
    fn a_plus_sign_of_an_offset_must_be_escaped() {
        let query = "from=2026-11-29T02%3A00%3A00%2B02:00&to=2026-11-29T01:00:00Z&by=hour";
        let period = usage_period(query, now()).unwrap();
        assert_eq!(period.from().to_string(), "2026-11-29T00:00:00Z");
        assert_eq!(period.unit(), UsageUnit::Hour);
    }

    #[test]
    fn every_wrong_parameter_is_named() {
        for (query, want) in [
            ("by=week", vec![("by", MessageId::UsageUnitInvalid)]),
            ("by=hour&by=day", vec![("by", MessageId::ParameterRepeated)]),
            (
                "since=2026-11-29T00:00:00Z",
                vec![("since", MessageId::ParameterUnknown)],
            ),
            (
                "from=yesterday&to=2026-11-29",
                vec![
                    ("from", MessageId::ExpiryMalformed),
                    ("to", MessageId::ExpiryMalformed),
                ],
            ),
            (
                "from=2026-11-29T02:00:00+02:00",
                vec![("from", MessageId::ExpiryMalformed)],
            ),
            (
                "from=1969-12-31T23:59:59Z",
                vec![("from", MessageId::ExpiryOutOfRange)],
            ),
            (
                "from=2026-11-29T12:30:00Z",
                vec![("from", MessageId::PeriodReversed)],
            ),
            (
                "from=2026-11-29T12:00:00Z&to=2026-11-29T12:00:00Z",
                vec![("to", MessageId::PeriodReversed)],
            ),
            (
                "from=2026-10-01T00:00:00Z&by=hour",
                vec![("from", MessageId::PeriodTooLong)],
            ),
        ] {
            let Err(RequestError::Invalid(problems)) = usage_period(query, now()) else {
                panic!("{query} is not refused");
            };
            let found = problems
                .iter()
                .map(|problem| (problem.field.as_ref(), problem.message));
            assert_eq!(found.collect::<Vec<_>>(), want, "{query}");
        }
    }
}
