use keyward_domain::{PlanLimits, RawPlan};

use super::body_members::BodyMembers;
use crate::error::RequestError;
use crate::json::JsonObject;
use crate::members;

/// Reads the limits of a plan (contract §9).
///
/// # Errors
/// [`RequestError::Invalid`] with every problem.
pub(crate) fn plan_limits(object: JsonObject) -> Result<PlanLimits, RequestError> {
    let mut body = BodyMembers::of(object, members::PLAN);
    let plan = RawPlan {
        key_limits: body.limits("keyLimits"),
        workspace_limits: body.limits("workspaceLimits"),
        unexpected: body.into_unexpected(),
    };
    plan.parse()
        .map_err(|found| RequestError::invalid(&found, members::PLAN))
}

#[cfg(test)]
mod tests {
    use keyward_domain::Limits;
    use keyward_domain::testing::limit;

    use super::*;
    use crate::json::object;

    fn read(body: &str) -> Result<PlanLimits, Vec<String>> {
        let read = plan_limits(object(body.as_bytes()).unwrap());
        read.map_err(|failure| {
            let problems = failure.problems().iter();
            problems.map(|problem| problem.field.to_string()).collect()
        })
    }

    #[test]
    fn each_list_has_its_place_and_may_be_missing() {
        let requests = r#"[{"name":"requests","max":100,"window":"60s"}]"#;
        let limits = Limits::of(vec![limit("requests", 100, "1m")]).unwrap();
        let body = format!(r#"{{"keyLimits":{requests}}}"#);
        let of_key = PlanLimits {
            of_key: limits.clone(),
            ..PlanLimits::default()
        };
        assert_eq!(read(&body), Ok(of_key));
        let body = format!(r#"{{"workspaceLimits":{requests}}}"#);
        let of_workspace = PlanLimits {
            of_workspace: limits,
            ..PlanLimits::default()
        };
        assert_eq!(read(&body), Ok(of_workspace));
        for none in [
            "{}",
            r#"{"keyLimits":null,"workspaceLimits":null}"#,
            r#"{"keyLimits":[],"workspaceLimits":[]}"#,
        ] {
            assert_eq!(read(none), Ok(PlanLimits::default()), "{none}");
        }
    }

    #[test]
    fn every_problem_is_named_with_its_list() {
        let body = r#"{"keyLimits":[{"name":"a","max":0,"window":"1m"},null],
            "workspaceLimits":{},"limits":[],"keyLimits":[]}"#;
        assert_eq!(
            read(body).unwrap_err(),
            [
                "keyLimits[0].max",
                "keyLimits[1]",
                "workspaceLimits",
                "limits",
                "keyLimits"
            ]
        );
    }
}
