use keyward_domain::{
    ExistingKeys, GRACE_HOURS_MAX, GracePeriod, InvalidGracePeriod, InvalidLeakPolicy,
    InvalidLifetimePolicy, LIFETIME_DAYS_MAX, LeakPolicy, Lifetime, LifetimePolicy, PlanName,
    RawField,
};

use super::admin_path::invalid_plan_name;
use super::body_members::BodyMembers;
use super::finish::finish;
use crate::error::RequestError;
use crate::json::{Json, JsonObject};
use crate::language::MessageId;
use crate::members;
use crate::problem::Problem;

const KEY_LIFETIME: &str = "keyLifetime";
const DEFAULT_DAYS: &str = "keyLifetime.defaultDays";
const MAX_DAYS: &str = "keyLifetime.maxDays";
const NEVER_EXPIRES: &str = "keyLifetime.neverExpires";
const EXISTING: &str = "keyLifetime.existing";
const LEAK_POLICY: &str = "leakPolicy";
const REACTION: &str = "leakPolicy.reaction";
const GRACE_HOURS: &str = "leakPolicy.graceHours";
const PLAN: &str = "plan";

/// What a body says about a workspace (contract §9).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct NamedSettings {
    /// Its own policy for the lifetime of its keys.
    pub(crate) key_lifetime: Setting<LifetimePolicy>,
    /// What happens to its keys when their secrets leak.
    pub(crate) leak_policy: Setting<LeakPolicy>,
    /// Its plan.
    pub(crate) plan: Setting<PlanName>,
}

/// What a body says about one setting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Setting<T> {
    /// Nothing.
    #[default]
    Unchanged,
    /// The workspace has this, or nothing.
    Set(Option<T>),
}

/// Reads the settings of a workspace.
///
/// # Errors
/// [`RequestError::Invalid`] with every problem.
pub(crate) fn workspace_settings(object: JsonObject) -> Result<NamedSettings, RequestError> {
    let mut body = BodyMembers::of(object, members::WORKSPACE);
    let mut problems = Vec::new();
    let settings = NamedSettings {
        key_lifetime: key_lifetime(&mut body, &mut problems),
        leak_policy: leak_policy(&mut body, &mut problems),
        plan: plan(&mut body, &mut problems),
    };
    finish(settings, body, problems, members::WORKSPACE)
}

fn plan(body: &mut BodyMembers, problems: &mut Vec<Problem>) -> Setting<PlanName> {
    let name = match body.text(PLAN) {
        RawField::Absent => return Setting::Unchanged,
        RawField::Null => return Setting::Set(None),
        RawField::WrongType => Err(Problem::new(PLAN, MessageId::NotText)),
        RawField::Value(name) => PlanName::parse(&name).map_err(|_invalid| invalid_plan_name(PLAN)),
    };
    Setting::Set(name.map_err(|problem| problems.push(problem)).ok())
}

fn key_lifetime(body: &mut BodyMembers, problems: &mut Vec<Problem>) -> Setting<LifetimePolicy> {
    let names = (KEY_LIFETIME, members::KEY_LIFETIME);
    object_setting(body, names, problems, policy)
}

fn leak_policy(body: &mut BodyMembers, problems: &mut Vec<Problem>) -> Setting<LeakPolicy> {
    let names = (LEAK_POLICY, members::LEAK_POLICY);
    object_setting(body, names, problems, leak_policy_of)
}

/// A setting that is an object with these members, or null.
fn object_setting<T>(
    body: &mut BodyMembers,
    (name, expected): (&'static str, &[&str]),
    problems: &mut Vec<Problem>,
    read: impl FnOnce(JsonObject, &mut Vec<Problem>) -> Option<T>,
) -> Setting<T> {
    match body.take(name) {
        None => Setting::Unchanged,
        Some(Json::Null) => Setting::Set(None),
        Some(Json::Object(members)) => Setting::Set(read(members, problems)),
        Some(Json::Bool(_) | Json::Number(_) | Json::Text(_) | Json::List(_)) => {
            let args = vec![("allowed", expected.join(", ").into())];
            problems.push(Problem::with(name, MessageId::SettingInvalid, args));
            Setting::Unchanged
        }
    }
}

/// The policy; `None` when there is a problem.
fn leak_policy_of(object: JsonObject, problems: &mut Vec<Problem>) -> Option<LeakPolicy> {
    let mut body = BodyMembers::of(object, members::LEAK_POLICY);
    let reaction = match body.text("reaction") {
        RawField::Value(reaction) => reaction,
        RawField::Absent | RawField::Null | RawField::WrongType => String::new(),
    };
    let grace = match body.integer("graceHours") {
        RawField::Absent | RawField::Null => Ok(None),
        RawField::WrongType => Err(InvalidGracePeriod),
        RawField::Value(hours) => GracePeriod::from_hours(hours).map(Some),
    };
    if grace.is_err() {
        let max = GRACE_HOURS_MAX.to_string().into();
        let args = vec![("min", "1".into()), ("max", max)];
        problems.push(Problem::with(GRACE_HOURS, MessageId::NumberInvalid, args));
    }
    note_unexpected(body, LEAK_POLICY, members::LEAK_POLICY, problems);
    let policy = LeakPolicy::parse(&reaction, grace.unwrap_or_default());
    let problem = |invalid| match invalid {
        InvalidLeakPolicy::UnknownReaction => {
            Some(Problem::new(REACTION, MessageId::LeakReactionInvalid))
        }
        InvalidLeakPolicy::GraceMissing => grace
            .is_ok()
            .then(|| Problem::new(GRACE_HOURS, MessageId::Required)),
        InvalidLeakPolicy::GraceUnused => {
            Some(Problem::new(GRACE_HOURS, MessageId::LeakGraceUnused))
        }
    };
    policy
        .map_err(|invalid| problems.extend(problem(invalid)))
        .ok()
}

/// Adds the members that an object does not have.
fn note_unexpected(
    body: BodyMembers,
    object: &str,
    expected: &[&'static str],
    problems: &mut Vec<Problem>,
) {
    for unexpected in body.into_unexpected() {
        let problem = Problem::of(&unexpected.into(), expected);
        let field = format!("{object}.{}", problem.field).into();
        problems.push(Problem { field, ..problem });
    }
}

/// The policy; `None` when there is a problem.
fn policy(object: JsonObject, problems: &mut Vec<Problem>) -> Option<LifetimePolicy> {
    let mut body = BodyMembers::of(object, members::KEY_LIFETIME);
    let default = days(&body.integer("defaultDays"), DEFAULT_DAYS, problems);
    let max = days(&body.integer("maxDays"), MAX_DAYS, problems);
    let may_never_expire = match body.take("neverExpires") {
        None | Some(Json::Null) => max.is_none(),
        Some(Json::Bool(may_never_expire)) => may_never_expire,
        Some(Json::Number(_) | Json::Text(_) | Json::List(_) | Json::Object(_)) => {
            problems.push(Problem::new(NEVER_EXPIRES, MessageId::FlagInvalid));
            true
        }
    };
    let existing = match body.text("existing") {
        RawField::Absent | RawField::Null => Some(ExistingKeys::Report),
        RawField::WrongType => None,
        RawField::Value(word) => ExistingKeys::parse(&word),
    };
    if existing.is_none() {
        problems.push(Problem::new(EXISTING, MessageId::ExistingKeysInvalid));
    }
    note_unexpected(body, KEY_LIFETIME, members::KEY_LIFETIME, problems);
    if !problems.is_empty() {
        return None;
    }
    let existing = existing.unwrap_or_default();
    LifetimePolicy::new(default, max, may_never_expire, existing)
        .map_err(|invalid| problems.push(contradiction(invalid)))
        .ok()
}

fn days(
    written: &RawField<i64>,
    field: &'static str,
    problems: &mut Vec<Problem>,
) -> Option<Lifetime> {
    let lifetime = match written {
        RawField::Absent | RawField::Null => return None,
        RawField::WrongType => None,
        RawField::Value(days) => Lifetime::from_days(*days).ok(),
    };
    if lifetime.is_none() {
        let max = ("max", LIFETIME_DAYS_MAX.to_string().into());
        let message = MessageId::LifetimeDaysInvalid;
        problems.push(Problem::with(field, message, vec![max]));
    }
    lifetime
}

fn contradiction(invalid: InvalidLifetimePolicy) -> Problem {
    match invalid {
        InvalidLifetimePolicy::DefaultBeyondMax => {
            Problem::new(DEFAULT_DAYS, MessageId::LifetimeDefaultTooLong)
        }
        InvalidLifetimePolicy::RefusedWithoutMax => {
            Problem::new(EXISTING, MessageId::LifetimeRefuseWithoutMax)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::object;

    fn read(body: &str) -> Result<NamedSettings, Vec<String>> {
        let read = workspace_settings(object(body.as_bytes()).unwrap());
        read.map_err(|failure| {
            let problems = failure.problems().iter();
            problems.map(|problem| problem.field.to_string()).collect()
        })
    }

    #[test]
    fn absent_is_unchanged_and_null_is_none() {
        assert_eq!(read("{}"), Ok(NamedSettings::default()));
        let no_policy = NamedSettings {
            key_lifetime: Setting::Set(None),
            ..NamedSettings::default()
        };
        assert_eq!(read(r#"{"keyLifetime":null}"#), Ok(no_policy));
        let no_plan = NamedSettings {
            plan: Setting::Set(None),
            ..NamedSettings::default()
        };
        assert_eq!(read(r#"{"plan":null}"#), Ok(no_plan));
        let no_leak_policy = NamedSettings {
            leak_policy: Setting::Set(None),
            ..NamedSettings::default()
        };
        assert_eq!(read(r#"{"leakPolicy":null}"#), Ok(no_leak_policy));
    }

    #[test]
    fn a_plan_is_named_beside_the_policy() {
        let both = NamedSettings {
            key_lifetime: Setting::Set(None),
            leak_policy: Setting::Unchanged,
            plan: Setting::Set(Some(PlanName::parse("pro").unwrap())),
        };
        assert_eq!(read(r#"{"plan":"pro","keyLifetime":null}"#), Ok(both));
        for plan in [r#""Pro""#, r#""""#, r#"" pro""#, "1", "[]", "{}", "true"] {
            let body = format!(r#"{{"plan":{plan}}}"#);
            assert_eq!(read(&body).unwrap_err(), ["plan"], "{plan}");
        }
        let bad = r#"{"plan":"","keyLifetime":1,"Plan":"pro"}"#;
        assert_eq!(read(bad).unwrap_err(), ["keyLifetime", "plan", "Plan"]);
    }

    #[test]
    fn what_a_policy_does_not_say_has_a_default() {
        let days = |days| Some(Lifetime::from_days(days).unwrap());
        let (report, refuse) = (ExistingKeys::Report, ExistingKeys::Refuse);
        for (policy, default, max, may_never_expire, existing) in [
            ("{}", None, None, true, report),
            (r#"{"defaultDays":30}"#, days(30), None, true, report),
            (r#"{"maxDays":3650}"#, None, days(3_650), false, report),
            (
                r#"{"defaultDays":null,"maxDays":null,"neverExpires":null,"existing":null}"#,
                None,
                None,
                true,
                report,
            ),
            (
                r#"{"defaultDays":1,"maxDays":1,"neverExpires":true,"existing":"REFUSE"}"#,
                days(1),
                days(1),
                true,
                refuse,
            ),
        ] {
            let want = LifetimePolicy::new(default, max, may_never_expire, existing).unwrap();
            let body = format!(r#"{{"keyLifetime":{policy}}}"#);
            let want = NamedSettings {
                key_lifetime: Setting::Set(Some(want)),
                ..NamedSettings::default()
            };
            assert_eq!(read(&body), Ok(want), "{policy}");
        }
    }

    #[test]
    fn a_leak_policy_has_hours_only_with_an_end() {
        let expire = |hours| LeakPolicy::Expire(GracePeriod::from_hours(hours).unwrap());
        for (policy, want) in [
            (r#"{"reaction":"NOTIFY"}"#, LeakPolicy::Notify),
            (
                r#"{"reaction":"DISABLE","graceHours":null}"#,
                LeakPolicy::Disable,
            ),
            (r#"{"reaction":"EXPIRE","graceHours":1}"#, expire(1)),
            (r#"{"graceHours":720,"reaction":"EXPIRE"}"#, expire(720)),
        ] {
            let want = NamedSettings {
                leak_policy: Setting::Set(Some(want)),
                ..NamedSettings::default()
            };
            let body = format!(r#"{{"leakPolicy":{policy}}}"#);
            assert_eq!(read(&body), Ok(want), "{policy}");
        }
        let (reaction, hours) = ("leakPolicy.reaction", "leakPolicy.graceHours");
        for (policy, fields) in [
            ("1", &["leakPolicy"][..]),
            (r#""NOTIFY""#, &["leakPolicy"]),
            ("{}", &[reaction]),
            (r#"{"reaction":null}"#, &[reaction]),
            (r#"{"reaction":"notify"}"#, &[reaction]),
            (r#"{"reaction":"EXPIRE"}"#, &[hours]),
            (r#"{"reaction":"EXPIRE","graceHours":0}"#, &[hours]),
            (r#"{"reaction":"EXPIRE","graceHours":721}"#, &[hours]),
            (r#"{"reaction":"EXPIRE","graceHours":"24"}"#, &[hours]),
            (r#"{"reaction":"NOTIFY","graceHours":24}"#, &[hours]),
            (
                r#"{"reaction":1,"graceHours":1.5,"hours":1}"#,
                &[hours, "leakPolicy.hours", reaction],
            ),
        ] {
            let body = format!(r#"{{"leakPolicy":{policy}}}"#);
            assert_eq!(read(&body).unwrap_err(), fields, "{policy}");
        }
    }

    #[test]
    fn every_problem_of_a_policy_is_named_with_its_member() {
        for (policy, fields) in [
            ("1", &["keyLifetime"][..]),
            (r#""90""#, &["keyLifetime"]),
            ("[]", &["keyLifetime"]),
            ("true", &["keyLifetime"]),
            (r#"{"maxDays":0}"#, &["keyLifetime.maxDays"]),
            (r#"{"maxDays":-1}"#, &["keyLifetime.maxDays"]),
            (r#"{"maxDays":3651}"#, &["keyLifetime.maxDays"]),
            (r#"{"maxDays":1.5}"#, &["keyLifetime.maxDays"]),
            (r#"{"maxDays":"30"}"#, &["keyLifetime.maxDays"]),
            (r#"{"defaultDays":0}"#, &["keyLifetime.defaultDays"]),
            (r#"{"defaultDays":1e2}"#, &["keyLifetime.defaultDays"]),
            (
                r#"{"defaultDays":31,"maxDays":30}"#,
                &["keyLifetime.defaultDays"],
            ),
            (r#"{"existing":"REFUSE"}"#, &["keyLifetime.existing"]),
            (r#"{"existing":"refuse"}"#, &["keyLifetime.existing"]),
            (r#"{"existing":1}"#, &["keyLifetime.existing"]),
            (r#"{"neverExpires":"off"}"#, &["keyLifetime.neverExpires"]),
            (r#"{"max_days":1}"#, &["keyLifetime.max_days"]),
            (r#"{"maxDays":1,"maxDays":2}"#, &["keyLifetime.maxDays"]),
            (
                r#"{"defaultDays":0,"maxDays":0,"neverExpires":0,"existing":0,"x":0}"#,
                &[
                    "keyLifetime.defaultDays",
                    "keyLifetime.maxDays",
                    "keyLifetime.neverExpires",
                    "keyLifetime.existing",
                    "keyLifetime.x",
                ],
            ),
        ] {
            let body = format!(r#"{{"keyLifetime":{policy}}}"#);
            assert_eq!(read(&body).unwrap_err(), fields, "{policy}");
        }
        let twice = r#"{"keyLifetime":null,"keyLifetime":null}"#;
        assert_eq!(read(twice).unwrap_err(), ["keyLifetime"]);
        assert_eq!(read(r#"{"id":"ws_1"}"#).unwrap_err(), ["id"]);
    }
}
