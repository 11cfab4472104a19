use keyward_domain::Plan;
use serde::Serialize;
use utoipa::ToSchema;

use super::limit_data::LimitData;

/// A plan with its limits.
#[derive(Serialize, ToSchema)]
#[schema(as = Plan)]
#[serde(rename_all = "camelCase")]
pub struct PlanData<'a> {
    /// Its name.
    #[schema(example = "pro")]
    pub name: &'a str,
    /// The limits of each key of a workspace with this plan, ordered by name.
    pub key_limits: Vec<LimitData<'a>>,
    /// The limits of a workspace with this plan, which all its keys share, ordered by name.
    pub workspace_limits: Vec<LimitData<'a>>,
}

impl<'a> PlanData<'a> {
    /// The data of a plan.
    #[must_use]
    pub fn of(plan: &'a Plan) -> Self {
        Self {
            name: plan.name.as_str(),
            key_limits: LimitData::all(&plan.limits.of_key),
            workspace_limits: LimitData::all(&plan.limits.of_workspace),
        }
    }
}
