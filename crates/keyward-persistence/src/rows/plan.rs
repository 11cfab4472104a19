use std::sync::Arc;

use diesel::{AsChangeset, Insertable, Queryable, Selectable};
use keyward_domain::{KeyLimits, Limits, Plan, PlanLimits, PlanName};
use serde::Deserialize;
use serde_json::{Value, json};

use super::ColumnRef;
use super::limits::{limits_from_json, limits_to_json};
use crate::error::{Cause, CorruptRow};
use crate::schema::plans;
use crate::sql_types::{Json, Stored};

/// The limits of a plan to store.
#[derive(AsChangeset, Insertable)]
#[diesel(table_name = plans)]
pub(crate) struct NewPlanLimitsRow {
    key_limits: Json,
    workspace_limits: Json,
}

/// A plan as it is read.
#[derive(Queryable, Selectable)]
#[diesel(table_name = plans)]
pub(crate) struct PlanRow {
    name: String,
    key_limits: Stored<Value>,
    workspace_limits: Stored<Value>,
}

/// The limits of a plan, as a deployment event records them.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct PlanLimitsJson {
    key_limits: Value,
    workspace_limits: Value,
}

/// The plan of a workspace, as a deployment event records it: `null` for none.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlanOfWorkspaceJson {
    plan: Option<String>,
}

impl From<&PlanLimits> for NewPlanLimitsRow {
    fn from(limits: &PlanLimits) -> Self {
        Self {
            key_limits: Json(limits_to_json(&limits.of_key)),
            workspace_limits: Json(limits_to_json(&limits.of_workspace)),
        }
    }
}

impl PlanRow {
    pub(crate) fn read(self) -> Result<Plan, CorruptRow> {
        let column = ColumnRef {
            table: "plans",
            id: &self.name,
        };
        let limits = |name, limits: Stored<Value>| {
            let limits = limits.0.and_then(limits_from_json);
            column.read(name, limits)
        };
        Ok(Plan {
            name: column.read("name", PlanName::parse(&self.name))?,
            limits: PlanLimits {
                of_key: limits("key_limits", self.key_limits)?,
                of_workspace: limits("workspace_limits", self.workspace_limits)?,
            },
        })
    }
}

/// The limits that count for a key with its own ones and the plan of its workspace.
pub(crate) fn key_limits(
    own: &Limits,
    plan: Option<PlanRow>,
) -> Result<Option<Arc<KeyLimits>>, CorruptRow> {
    let plan = plan.map(PlanRow::read).transpose()?;
    let plan = plan.map(|plan| plan.limits).unwrap_or_default();
    Ok(KeyLimits::of(
        plan.of_key.effective(own).into(),
        plan.of_workspace.as_slice().into(),
    ))
}

/// An object with the limits of a plan.
pub(super) fn plan_limits_to_json(limits: &PlanLimits) -> Json {
    Json(json!({
        "keyLimits": limits_to_json(&limits.of_key),
        "workspaceLimits": limits_to_json(&limits.of_workspace),
    }))
}

/// Reads what [`plan_limits_to_json`] writes.
pub(super) fn plan_limits_from_json(value: Value) -> Result<PlanLimits, Cause> {
    let limits: PlanLimitsJson = serde_json::from_value(value)?;
    Ok(PlanLimits {
        of_key: limits_from_json(limits.key_limits)?,
        of_workspace: limits_from_json(limits.workspace_limits)?,
    })
}

/// An object with the name of a plan, which is null for none.
pub(super) fn plan_of_workspace_to_json(plan: Option<&PlanName>) -> Json {
    Json(json!({ "plan": plan.map(PlanName::as_str) }))
}

/// Whether it is what [`plan_of_workspace_to_json`] writes, and not another change of a workspace.
pub(super) fn is_plan_of_workspace(value: &Value) -> bool {
    value.get("plan").is_some()
}

/// Reads what [`plan_of_workspace_to_json`] writes.
pub(super) fn plan_of_workspace_from_json(value: Value) -> Result<Option<PlanName>, Cause> {
    let written: PlanOfWorkspaceJson = serde_json::from_value(value)?;
    let plan = written.plan.as_deref().map(PlanName::parse);
    Ok(plan.transpose()?)
}
