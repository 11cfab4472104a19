use std::sync::Arc;

use diesel::{Queryable, Selectable};
use ipnetwork::IpNetwork;
use keyward_domain::{
    Expiry, KeyName, Lifetime, LifetimePolicy, PreviousSecretHash, VerificationKey, WorkspaceId,
};
use serde_json::Value;

use super::lifetime_policy::LifetimePolicyRow;
use super::plan::{PlanRow, key_limits};
use super::{ColumnRef, KeyIdColumns};
use crate::error::CorruptRow;
use crate::schema::api_keys;
use crate::sql_types::{Id, Micros, Stored};

/// The columns of a key that a decision needs, and the policy and the plan of its workspace.
#[derive(Queryable, Selectable)]
#[diesel(table_name = api_keys)]
pub(crate) struct VerificationKeyRow {
    id: Id,
    prefix: String,
    mode: String,
    workspace_id: String,
    name: String,
    scopes: Stored<Vec<String>>,
    ip_allowlist: Stored<Vec<IpNetwork>>,
    is_disabled: bool,
    expires_at: Option<Micros>,
    secret_hash: Vec<u8>,
    secret_created_at: Micros,
    previous_secret_hash: Option<Vec<u8>>,
    previous_secret_created_at: Option<Micros>,
    previous_secret_ends_at: Option<Micros>,
    external_id: Option<String>,
    metadata: Option<Stored<Value>>,
    limits: Option<Stored<Value>>,
    #[diesel(embed)]
    lifetime: Option<LifetimePolicyRow>,
    #[diesel(embed)]
    plan: Option<PlanRow>,
}

impl VerificationKeyRow {
    /// `deployment` is the policy of workspaces without their own.
    pub(crate) fn read(self, deployment: &LifetimePolicy) -> Result<VerificationKey, CorruptRow> {
        let row = self;
        let column = ColumnRef {
            table: "api_keys",
            id: &row.id.0,
        };
        let policy = row.lifetime.unwrap_or_default().read(&row.workspace_id)?;
        let lifetime_max = policy.unwrap_or(*deployment).refused_after();
        let expires_at = row.expires_at.map(|at| column.instant("expires_at", at));
        let expires_at = expires_at.transpose()?.map(Expiry::from_timestamp);
        let created_at = column.instant("secret_created_at", row.secret_created_at)?;
        let previous = (
            row.previous_secret_hash,
            row.previous_secret_created_at,
            row.previous_secret_ends_at,
        );
        let previous_secret = match previous {
            (Some(hash), Some(created_at), Some(ends_at)) => {
                let created_at = column.instant("previous_secret_created_at", created_at)?;
                let ends_at = column.instant("previous_secret_ends_at", ends_at)?;
                Some(Box::new(PreviousSecretHash {
                    hash: column.secret_hash("previous_secret_hash", hash)?,
                    ends_at: Lifetime::end_of_overlap(lifetime_max, ends_at, created_at),
                }))
            }
            _ => None,
        };
        Ok(VerificationKey {
            id: column.key_id(KeyIdColumns::OF_KEYS, &row.prefix, &row.mode, row.id)?,
            is_disabled: row.is_disabled,
            is_deleted: false,
            workspace_id: Arc::new(
                column.read("workspace_id", WorkspaceId::parse(&row.workspace_id))?,
            ),
            name: column.read("name", KeyName::parse(&row.name))?,
            scopes: Arc::new(column.scopes(row.scopes)?),
            ip_allowlist: column.ip_allowlist(row.ip_allowlist)?,
            ends_at: Lifetime::end_of_key(lifetime_max, expires_at, created_at),
            secret_hash: column.secret_hash("secret_hash", row.secret_hash)?,
            previous_secret,
            annotations: VerificationKey::annotations_of(
                column.external_id(row.external_id.as_deref())?,
                column.metadata(row.metadata)?,
            ),
            limits: key_limits(&column.limits("limits", row.limits)?, row.plan)?,
        })
    }
}
