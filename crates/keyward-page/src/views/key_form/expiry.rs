use keyward_domain::{ApiKeyFields, Expiry, Language, Lifetime, LifetimePolicy, Timestamp};
use keyward_web::message;

use super::DAY_SECONDS;
use crate::language::MessageId as M;
use crate::views::moment::Moment;

/// The numbers of days that a form always offers, as far as the policy allows them.
const DAYS: [u16; 3] = [30, 90, 365];

/// The expiries that the lifetime policy allows for a key.
pub(crate) struct ExpiryChoices {
    may_never_expire: bool,
    /// Sorted.
    days: Vec<u16>,
    default: Option<u16>,
    latest: Option<Expiry>,
    /// Whether a rotation moves the latest expiry.
    is_of_key: bool,
}

/// The choices as a form shows them.
pub(crate) struct ExpiryView {
    pub(crate) may_never_expire: bool,
    pub(crate) days: Vec<DaysView>,
    /// The last day that can be chosen, for the browser: `2026-12-31`.
    pub(crate) last_day: Option<String>,
    /// Sentences about the default and the latest expiry.
    pub(crate) notes: Vec<String>,
}

/// A number of days from now.
pub(crate) struct DaysView {
    pub(crate) value: String,
    pub(crate) label: String,
}

impl ExpiryChoices {
    /// The choices for a new key.
    pub(crate) fn of_new(policy: &LifetimePolicy, now: Timestamp) -> Self {
        let default = policy.default_lifetime().map(Lifetime::days);
        let max = policy.max().map(Lifetime::days);
        let mut days: Vec<u16> = DAYS.into_iter().chain(default).chain(max).collect();
        days.retain(|days| max.is_none_or(|max| *days <= max));
        days.sort_unstable();
        days.dedup();
        Self {
            may_never_expire: policy.may_never_expire(),
            days,
            default,
            latest: policy.latest_expiry(now),
            is_of_key: false,
        }
    }

    /// The choices for an existing key, beside its current expiry.
    pub(crate) fn of_key(policy: &LifetimePolicy, key: &ApiKeyFields, now: Timestamp) -> Self {
        let latest = policy.latest_new_expiry(key.secret.created_at, now);
        let fits = |days: &u16| {
            let end = now.plus_seconds(i64::from(*days) * DAY_SECONDS);
            latest.is_none_or(|latest| Expiry::from_timestamp(end) <= latest)
        };
        Self {
            may_never_expire: policy.may_never_expire() || key.expires_at.is_none(),
            days: DAYS.into_iter().filter(fits).collect(),
            default: None,
            latest,
            is_of_key: true,
        }
    }

    /// The value that a new form has.
    pub(super) fn preselected(&self) -> String {
        match (self.default, self.days.first()) {
            (Some(days), _) => days.to_string(),
            (None, Some(days)) if !self.may_never_expire => days.to_string(),
            (None, _) => "never".to_owned(),
        }
    }

    pub(super) fn view(&self, language: Language) -> ExpiryView {
        let days = self.days.iter().map(|days| DaysView {
            value: days.to_string(),
            label: label(*days, language),
        });
        let default = self.default.map(|days| {
            let days = days.to_string().into();
            message(language, M::ExpiryDefault, &[("days", days)])
        });
        let latest = self.latest.map(|latest| {
            let id = if self.is_of_key {
                M::ExpiryLatestOfKey
            } else {
                M::ExpiryLatest
            };
            let latest = Moment::of(latest.timestamp()).human.into();
            message(language, id, &[("latest", latest)])
        });
        ExpiryView {
            may_never_expire: self.may_never_expire,
            days: days.collect(),
            last_day: self.latest.map(last_day),
            notes: default.into_iter().chain(latest).collect(),
        }
    }
}

fn label(days: u16, language: Language) -> String {
    let id = match days {
        30 => M::ExpiresIn30Days,
        90 => M::ExpiresIn90Days,
        365 => M::ExpiresInAYear,
        _ => {
            let days = days.to_string().into();
            return message(language, M::ExpiresInDays, &[("days", days)]);
        }
    };
    message(language, id, &[])
}

/// The last day whose end, 23:59:59 UTC, is not after this.
fn last_day(latest: Expiry) -> String {
    let day_before_its_end = latest.timestamp().plus_seconds(1 - DAY_SECONDS);
    let day = day_before_its_end.to_string();
    day.get(..10).unwrap_or(&day).to_owned()
}

#[cfg(test)]
mod tests {
    use keyward_domain::ExistingKeys;
    use keyward_domain::testing::altered;
    use keyward_web::testing::{key, now};

    use super::*;

    fn policy(default: Option<i64>, max: Option<i64>, may_never_expire: bool) -> LifetimePolicy {
        let days = |days: Option<i64>| days.map(|days| Lifetime::from_days(days).unwrap());
        let existing = ExistingKeys::Report;
        LifetimePolicy::new(days(default), days(max), may_never_expire, existing).unwrap()
    }

    fn offered(choices: &ExpiryChoices) -> String {
        let view = choices.view(Language::English);
        let days = view.days.iter().map(|choice| choice.value.as_str());
        let never = view.may_never_expire.then_some("never");
        never.into_iter().chain(days).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_new_key_is_offered_what_its_policy_allows() {
        for (default, max, may_never_expire, want, chosen) in [
            (None, None, true, "never 30 90 365", "never"),
            (None, None, false, "30 90 365", "30"),
            (Some(7), None, true, "never 7 30 90 365", "7"),
            (None, Some(90), false, "30 90", "30"),
            (Some(45), Some(100), false, "30 45 90 100", "45"),
            (None, Some(7), false, "7", "7"),
            (None, Some(7), true, "never 7", "never"),
        ] {
            let policy = policy(default, max, may_never_expire);
            let choices = ExpiryChoices::of_new(&policy, now());
            assert_eq!(offered(&choices), want, "{policy:?}");
            assert_eq!(choices.preselected(), chosen, "{policy:?}");
        }
    }

    #[test]
    fn an_existing_key_is_offered_what_the_age_of_its_secret_allows() {
        let policy = policy(None, Some(90), false);
        let aged = |days: i64, is_endless| {
            let key = altered(key(), |fields| {
                fields.secret.created_at = now().plus_seconds(-days * DAY_SECONDS);
                if is_endless {
                    fields.expires_at = None;
                }
            });
            offered(&ExpiryChoices::of_key(&policy, key.fields(), now()))
        };
        assert_eq!(aged(0, false), "30 90");
        assert_eq!(aged(60, false), "30");
        assert_eq!(aged(61, false), "");
        assert_eq!(aged(61, true), "never");
    }

    #[test]
    fn the_last_day_ends_before_the_latest_expiry() {
        let check = |latest: &str, want: &str| {
            let latest = Timestamp::parse_rfc3339(latest).unwrap();
            assert_eq!(last_day(Expiry::from_timestamp(latest)), want, "{latest}");
        };
        check("2026-06-19T12:00:00Z", "2026-06-18");
        check("2026-06-19T23:59:58Z", "2026-06-18");
        check("2026-06-19T23:59:59Z", "2026-06-19");
        check("2026-06-20T00:00:00Z", "2026-06-19");
    }
}
