use diesel::{AsChangeset, Queryable, Selectable};
use keyward_domain::{GracePeriod, LeakPolicy};
use serde::Deserialize;
use serde_json::{Value, json};

use super::ColumnRef;
use crate::error::{Cause, CorruptRow};
use crate::schema::workspaces;
use crate::sql_types::Json;

/// A workspace's policy for leaked secrets; both columns are null when it has none.
#[derive(AsChangeset, Default, Queryable, Selectable)]
#[diesel(table_name = workspaces, treat_none_as_null = true)]
pub(crate) struct LeakPolicyRow {
    leak_reaction: Option<String>,
    leak_grace_hours: Option<i64>,
}

/// The policy of a workspace, as a deployment event records it: `null` for none.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct LeakPolicyOfWorkspaceJson {
    leak_policy: Option<LeakPolicyJson>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct LeakPolicyJson {
    reaction: String,
    grace_hours: Option<i64>,
}

impl From<Option<LeakPolicy>> for LeakPolicyRow {
    fn from(policy: Option<LeakPolicy>) -> Self {
        let Some(policy) = policy else {
            return Self::default();
        };
        Self {
            leak_reaction: Some(policy.reaction().to_owned()),
            leak_grace_hours: policy.grace().map(|grace| grace.hours().into()),
        }
    }
}

impl LeakPolicyRow {
    /// The policy of the workspace with this id, if it has one.
    pub(crate) fn read(self, workspace_id: &str) -> Result<Option<LeakPolicy>, CorruptRow> {
        let column = ColumnRef {
            table: "workspaces",
            id: &workspace_id,
        };
        let Some(reaction) = self.leak_reaction else {
            return Ok(None);
        };
        column
            .read("leak_reaction", policy(&reaction, self.leak_grace_hours))
            .map(Some)
    }
}

/// An object with one member, which is null for none.
pub(super) fn leak_policy_to_json(policy: Option<&LeakPolicy>) -> Json {
    let policy = policy.map(|policy| {
        json!({
            "reaction": policy.reaction(),
            "graceHours": policy.grace().map(GracePeriod::hours),
        })
    });
    Json(json!({ "leakPolicy": policy }))
}

/// Whether it is what [`leak_policy_to_json`] writes, and not another change of a workspace.
pub(super) fn is_leak_policy(value: &Value) -> bool {
    value.get("leakPolicy").is_some()
}

/// Reads what [`leak_policy_to_json`] writes.
pub(super) fn leak_policy_from_json(value: Value) -> Result<Option<LeakPolicy>, Cause> {
    let written: LeakPolicyOfWorkspaceJson = serde_json::from_value(value)?;
    let written = written.leak_policy;
    let read = written.map(|written| policy(&written.reaction, written.grace_hours));
    read.transpose()
}

fn policy(reaction: &str, grace_hours: Option<i64>) -> Result<LeakPolicy, Cause> {
    let grace = grace_hours.map(GracePeriod::from_hours).transpose()?;
    Ok(LeakPolicy::parse(reaction, grace)?)
}
