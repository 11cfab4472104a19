use keyward_domain::usecases::WorkspaceSettings;
use keyward_domain::{ExistingKeys, Language, LeakPolicy, Lifetime, LifetimePolicy};
use keyward_web::message;

use super::limit_view::{LimitView, rule};
use super::number::grouped;
use crate::language::MessageId as M;

/// The settings of a workspace, in words.
pub(crate) struct SettingsView {
    pub(crate) key_count: u32,
    pub(crate) key_count_max: u32,
    /// "5 of 100 keys".
    pub(crate) keys: String,
    pub(crate) lifetime: LifetimeView,
    /// What happens to a key when its secret leaks.
    pub(crate) leak: String,
    pub(crate) plan: Option<PlanView>,
}

/// How long keys may be used.
pub(crate) struct LifetimeView {
    pub(crate) default: String,
    pub(crate) max: String,
    pub(crate) may_never_expire: bool,
    /// What happens to keys that are too old; `None` without a maximum.
    pub(crate) existing: Option<String>,
}

/// The plan of a workspace.
pub(crate) struct PlanView {
    pub(crate) name: String,
    /// The names of the limits of each key, and their rules.
    pub(crate) of_key: Vec<(String, String)>,
    pub(crate) shared: Vec<LimitView>,
}

impl SettingsView {
    pub(crate) fn of(settings: &WorkspaceSettings, language: Language) -> Self {
        let counts = [
            ("count", grouped(settings.key_count.into(), language).into()),
            (
                "max",
                grouped(settings.key_count_max.into(), language).into(),
            ),
        ];
        let plan = settings.plan.as_ref().map(|plan| {
            let of_key = plan.limits.of_key.as_slice().iter();
            let of_key = of_key.map(|limit| (limit.name.to_string(), rule(limit, language)));
            let shared = settings.shared_limits.iter();
            PlanView {
                name: plan.name.to_string(),
                of_key: of_key.collect(),
                shared: shared.map(|used| LimitView::of(used, language)).collect(),
            }
        });
        Self {
            key_count: settings.key_count,
            key_count_max: settings.key_count_max,
            keys: message(language, M::KeysOfMax, &counts),
            lifetime: LifetimeView::of(&settings.lifetime_policy, language),
            leak: leak(settings.leak_policy, language),
            plan,
        }
    }
}

impl LifetimeView {
    fn of(policy: &LifetimePolicy, language: Language) -> Self {
        let days = |lifetime: Lifetime| {
            let days = [("days", lifetime.days().to_string().into())];
            message(language, M::LifetimeOfDays, &days)
        };
        let say = |id: M| message(language, id, &[]);
        let without_default = if policy.may_never_expire() {
            M::ExpiresNever
        } else {
            M::LifetimeMustBeChosen
        };
        let existing = match policy.existing() {
            ExistingKeys::Report => M::LifetimeReported,
            ExistingKeys::Refuse => M::LifetimeRefused,
        };
        Self {
            default: policy
                .default_lifetime()
                .map_or_else(|| say(without_default), days),
            max: policy.max().map_or_else(|| say(M::LifetimeUnlimited), days),
            may_never_expire: policy.may_never_expire(),
            existing: policy.max().map(|_max| say(existing)),
        }
    }
}

fn leak(policy: LeakPolicy, language: Language) -> String {
    match policy {
        LeakPolicy::Notify => message(language, M::LeaksNotify, &[]),
        LeakPolicy::Disable => message(language, M::LeaksDisable, &[]),
        LeakPolicy::Expire(grace) => {
            let hours = [("hours", grace.hours().to_string().into())];
            message(language, M::LeaksExpire, &hours)
        }
    }
}

#[cfg(test)]
mod tests {
    use keyward_domain::GracePeriod;

    use super::*;

    fn lifetime(
        default: Option<i64>,
        max: Option<i64>,
        may_never_expire: bool,
        existing: ExistingKeys,
    ) -> (String, String, Option<String>) {
        let days = |days: Option<i64>| days.map(|days| Lifetime::from_days(days).unwrap());
        let policy =
            LifetimePolicy::new(days(default), days(max), may_never_expire, existing).unwrap();
        let view = LifetimeView::of(&policy, Language::English);
        (view.default, view.max, view.existing)
    }

    #[test]
    fn a_policy_is_told_in_words() {
        use ExistingKeys::{Refuse, Report};
        let told = |default: &str, max: &str, existing: Option<&str>| {
            (
                default.to_owned(),
                max.to_owned(),
                existing.map(str::to_owned),
            )
        };
        for (policy, want) in [
            (
                lifetime(None, None, true, Report),
                told("Never", "No limit", None),
            ),
            (
                lifetime(None, Some(90), false, Report),
                told(
                    "You have to choose an expiry",
                    "After 90 days",
                    Some("They go on working"),
                ),
            ),
            (
                lifetime(Some(1), Some(90), true, Refuse),
                told(
                    "After 1 day",
                    "After 90 days",
                    Some("They are refused until they get a new secret"),
                ),
            ),
        ] {
            assert_eq!(policy, want);
        }
    }

    #[test]
    fn every_reaction_to_a_leak_has_its_sentence() {
        let told = |policy| leak(policy, Language::English);
        assert!(told(LeakPolicy::Notify).contains("goes on working"));
        assert!(told(LeakPolicy::Disable).contains("disabled at once"));
        let grace = GracePeriod::from_hours(24).unwrap();
        assert!(told(LeakPolicy::Expire(grace)).contains("24 hours later"));
    }
}
