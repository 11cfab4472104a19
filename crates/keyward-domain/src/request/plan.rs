use crate::limits::plan::PlanLimits;
use crate::limits::set::Limits;
use crate::request::checks::Violations;
use crate::request::limits::RawLimits;
use crate::request::raw_field::Unexpected;
use crate::request::violation::{LimitList, Violation};

/// The limits of a plan, as they were written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RawPlan {
    /// Those of each key of a workspace.
    pub key_limits: RawLimits,
    /// Those of a whole workspace.
    pub workspace_limits: RawLimits,
    /// Unknown and repeated members. Each is a violation; none is ignored.
    pub unexpected: Vec<Unexpected>,
}

impl RawPlan {
    /// Checks every field.
    ///
    /// # Errors
    /// All violations at once, in the order of the fields.
    pub fn parse(self) -> Result<PlanLimits, Vec<Violation>> {
        let mut violations = Violations::default();
        let mut limits = |list, given| violations.limit_list(list, given, &Limits::default());
        let of_key = limits(LimitList::OfKeysOfPlan, self.key_limits);
        let of_workspace = limits(LimitList::OfWorkspaceOfPlan, self.workspace_limits);
        violations.unexpected(self.unexpected);
        let found = violations.found();
        if found.is_empty() {
            Ok(PlanLimits {
                of_key,
                of_workspace,
            })
        } else {
            Err(found)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::limits::RawLimit;
    use crate::request::raw_field::RawField;
    use crate::testing::limit;

    fn raw(name: &str, max: i64) -> RawField<RawLimit> {
        RawField::Value(RawLimit {
            name: RawField::Value(name.to_owned()),
            max: RawField::Value(max),
            window: RawField::Value("1m".to_owned()),
            ..RawLimit::default()
        })
    }

    #[test]
    fn a_plan_has_limits_of_keys_and_of_the_workspace() {
        let plan = RawPlan {
            key_limits: RawField::Value(vec![raw("requests", 100)]),
            workspace_limits: RawField::Value(vec![raw("requests", 1_000)]),
            unexpected: vec![],
        };
        let limits = plan.parse().unwrap();
        assert_eq!(limits.of_key.as_slice(), [limit("requests", 100, "1m")]);
        assert_eq!(
            limits.of_workspace.as_slice(),
            [limit("requests", 1_000, "1m")]
        );
        assert_eq!(RawPlan::default().parse(), Ok(PlanLimits::default()));
        let cleared = RawPlan {
            key_limits: RawField::Null,
            workspace_limits: RawField::Null,
            unexpected: vec![],
        };
        assert_eq!(cleared.parse(), Ok(PlanLimits::default()));
    }

    #[test]
    fn every_violation_names_the_list() {
        let plan = RawPlan {
            key_limits: RawField::Value(vec![raw("requests", 0), RawField::Null]),
            workspace_limits: RawField::WrongType,
            unexpected: vec![Unexpected::Unknown("limits".into())],
        };
        let found = plan.parse().unwrap_err();
        let found: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert_eq!(
            found,
            [
                "keyLimits[0].max: must be a whole number from 1 to 1000000000",
                "keyLimits[1]: must be an object",
                "workspaceLimits: must be a list of objects",
                "limits: is not a known field",
            ]
        );
    }
}
