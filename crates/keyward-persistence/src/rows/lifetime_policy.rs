use diesel::{AsChangeset, Queryable, Selectable};
use keyward_domain::{ExistingKeys, Lifetime, LifetimePolicy};
use serde_json::{Value, json};

use super::ColumnRef;
use crate::error::{Cause, CorruptRow};
use crate::schema::workspaces;

/// A workspace's own lifetime policy; all columns are null when it has none.
#[derive(AsChangeset, Default, Queryable, Selectable)]
#[diesel(table_name = workspaces, treat_none_as_null = true)]
#[expect(clippy::struct_field_names, reason = "the columns are named so")]
pub(crate) struct LifetimePolicyRow {
    key_lifetime_default_days: Option<i64>,
    key_lifetime_max_days: Option<i64>,
    key_may_never_expire: Option<bool>,
    key_lifetime_existing: Option<String>,
}

impl From<Option<LifetimePolicy>> for LifetimePolicyRow {
    fn from(policy: Option<LifetimePolicy>) -> Self {
        let Some(policy) = policy else {
            return Self::default();
        };
        let days = |lifetime: Option<Lifetime>| lifetime.map(|lifetime| lifetime.days().into());
        Self {
            key_lifetime_default_days: days(policy.default_lifetime()),
            key_lifetime_max_days: days(policy.max()),
            key_may_never_expire: Some(policy.may_never_expire()),
            key_lifetime_existing: Some(policy.existing().as_str().to_owned()),
        }
    }
}

impl LifetimePolicyRow {
    /// The own policy of the workspace with this id, if it has one.
    pub(crate) fn read(self, workspace_id: &str) -> Result<Option<LifetimePolicy>, CorruptRow> {
        let column = ColumnRef {
            table: "workspaces",
            id: &workspace_id,
        };
        let Some(may_never_expire) = self.key_may_never_expire else {
            return Ok(None);
        };
        let days = |days: Option<i64>| days.map(Lifetime::from_days);
        let default = days(self.key_lifetime_default_days).transpose();
        let default = column.read("key_lifetime_default_days", default)?;
        let max = days(self.key_lifetime_max_days).transpose();
        let max = column.read("key_lifetime_max_days", max)?;
        let existing = self.key_lifetime_existing;
        let existing = existing.as_deref().and_then(ExistingKeys::parse);
        let existing = column.word("key_lifetime_existing", existing)?;
        let policy = LifetimePolicy::new(default, max, may_never_expire, existing);
        column.read("key_lifetime_max_days", policy).map(Some)
    }
}

/// A policy as a deployment event records it: an object with one member, which is null for none.
pub(super) fn policy_to_json(policy: Option<&LifetimePolicy>) -> Value {
    let days = |lifetime: Option<Lifetime>| lifetime.map(Lifetime::days);
    let policy = policy.map(|policy| {
        json!({
            "defaultDays": days(policy.default_lifetime()),
            "maxDays": days(policy.max()),
            "neverExpires": policy.may_never_expire(),
            "existing": policy.existing().as_str(),
        })
    });
    json!({ "keyLifetime": policy })
}

/// Reads what [`policy_to_json`] writes.
pub(super) fn policy_from_json(written: &Value) -> Result<Option<LifetimePolicy>, Cause> {
    let policy = written.get("keyLifetime").ok_or("no lifetime policy")?;
    if policy.is_null() {
        return Ok(None);
    }
    let days = |member: &str| {
        let written = policy.get(member).filter(|written| !written.is_null());
        written
            .map(|written| {
                let days = written.as_i64().ok_or("not a number of days")?;
                Ok::<_, Cause>(Lifetime::from_days(days)?)
            })
            .transpose()
    };
    let may_never_expire = policy.get("neverExpires").and_then(Value::as_bool);
    let existing = policy.get("existing").and_then(Value::as_str);
    let read = LifetimePolicy::new(
        days("defaultDays")?,
        days("maxDays")?,
        may_never_expire.ok_or("neither true nor false")?,
        existing
            .and_then(ExistingKeys::parse)
            .ok_or("an unknown word for existing keys")?,
    )?;
    if policy_to_json(Some(&read)) == *written {
        Ok(Some(read))
    } else {
        Err("other members than a lifetime policy has".into())
    }
}
