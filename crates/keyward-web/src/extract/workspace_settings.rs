use keyward_domain::{
    ExistingKeys, InvalidLifetimePolicy, LIFETIME_DAYS_MAX, Lifetime, LifetimePolicy, PlanName,
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
const PLAN: &str = "plan";

/// What a body says about a workspace (contract §9).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct NamedSettings {
    /// Its own policy for the lifetime of its keys.
    pub(crate) key_lifetime: Setting<LifetimePolicy>,
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
    match body.take(KEY_LIFETIME) {
        None => Setting::Unchanged,
        Some(Json::Null) => Setting::Set(None),
        Some(Json::Object(members)) => Setting::Set(policy(members, problems)),
        Some(Json::Bool(_) | Json::Number(_) | Json::Text(_) | Json::List(_)) => {
            let allowed = members::KEY_LIFETIME.join(", ").into();
            let args = vec![("allowed", allowed)];
            problems.push(Problem::with(
                KEY_LIFETIME,
                MessageId::LifetimeInvalid,
                args,
            ));
            Setting::Unchanged
        }
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
    for unexpected in body.into_unexpected() {
        let problem = Problem::of(&unexpected.into(), members::KEY_LIFETIME);
        let field = format!("{KEY_LIFETIME}.{}", problem.field).into();
        problems.push(Problem { field, ..problem });
    }
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
            plan: Setting::Unchanged,
        };
        assert_eq!(read(r#"{"keyLifetime":null}"#), Ok(no_policy));
        let no_plan = NamedSettings {
            key_lifetime: Setting::Unchanged,
            plan: Setting::Set(None),
        };
        assert_eq!(read(r#"{"plan":null}"#), Ok(no_plan));
    }

    #[test]
    fn a_plan_is_named_beside_the_policy() {
        let both = NamedSettings {
            key_lifetime: Setting::Set(None),
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
                plan: Setting::Unchanged,
            };
            assert_eq!(read(&body), Ok(want), "{policy}");
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
