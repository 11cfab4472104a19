//! The lifetime policies of workspaces, and the keys that they are about.

use async_trait::async_trait;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Nullable;
use diesel_async::RunQueryDsl;
use keyward_domain::ports::{KeyLifetimes, LongLived, RepositoryError};
use keyward_domain::{ApiKey, ApiKeyId, Lifetime, LifetimePolicy, Timestamp, WorkspaceId};

use crate::backend::{Backend, query};
use crate::error::CorruptRow;
use crate::queries::last_uses::{used_key_columns, used_keys};
use crate::rows::UsedApiKeyRow;
use crate::schema::api_keys;
use crate::sql_types::{Id, Instant, Micros};
use crate::store::Store;

/// The policy that counts for a workspace: its own, else the deployment's. A macro, because the
/// connection's type depends on the database.
macro_rules! policy_of {
    ($conn:expr, $id:expr, $deployment:expr) => {{
        use $crate::rows::LifetimePolicyRow;
        use $crate::schema::workspaces;
        let id: &str = $id;
        let row: Option<LifetimePolicyRow> = workspaces::table
            .find(id)
            .select(LifetimePolicyRow::as_select())
            .get_result($conn)
            .await
            .optional()?;
        let own = row.map(|row| row.read(id)).transpose()?.flatten();
        own.unwrap_or($deployment)
    }};
}

pub(crate) use policy_of;

/// Secrets from before this time are older than the lifetime, which ends at a whole second.
pub(crate) fn too_old_before(lifetime: Lifetime, now: Timestamp) -> Micros {
    second_after(now).minus_seconds(lifetime.seconds())
}

fn second_after(now: Timestamp) -> Micros {
    Micros::from(now.truncated_to_seconds()).minus_seconds(-1)
}

/// When the lifetime of a key ends by the policy that counts for its workspace; NULL without a
/// maximum.
fn lifetime_end(backend: &Backend, deployment: &LifetimePolicy) -> String {
    let max = deployment.max();
    let max = max.map_or_else(|| "NULL".to_owned(), |max| max.days().to_string());
    let days = format!(
        "CASE WHEN workspaces.key_may_never_expire IS NULL THEN {max} \
         ELSE workspaces.key_lifetime_max_days END"
    );
    let day = match backend {
        Backend::Postgres(_) => "interval '24 hours'",
        Backend::Sqlite(_) => "86400000000",
    };
    format!("(api_keys.secret_created_at + ({days}) * {day})")
}

#[async_trait]
impl KeyLifetimes for Store {
    async fn policy(&self, workspace_id: &WorkspaceId) -> Result<LifetimePolicy, RepositoryError> {
        let id = workspace_id.as_str().to_owned();
        let deployment = self.key_lifetime();
        query!(self, |conn| Ok(policy_of!(conn, &id, deployment)))
    }

    async fn long_lived(
        &self,
        which: LongLived,
        workspace_id: Option<WorkspaceId>,
        after: Option<ApiKeyId>,
        limit: u32,
    ) -> Result<Vec<ApiKey>, RepositoryError> {
        let workspace_id = workspace_id.map(|id| id.as_str().to_owned());
        let deployment = self.key_lifetime();
        let end = lifetime_end(self.backend(), &deployment);
        query!(self, |conn| {
            let mut keys = used_keys!()
                .filter(api_keys::deleted_at.is_null())
                .into_boxed();
            if let Some(workspace_id) = &workspace_id {
                keys = keys.filter(api_keys::workspace_id.eq(workspace_id));
            }
            if let Some(after) = after {
                keys = keys.filter(api_keys::id.gt(Id(after.uuid())));
            }
            keys = match which {
                LongLived::NeverExpiring => keys.filter(api_keys::expires_at.is_null()),
                LongLived::OverLifetime { at } => {
                    let lifetime_end = || sql::<Nullable<Instant>>(&end);
                    // Others end before by their own expiry.
                    let is_last = api_keys::expires_at.gt(lifetime_end());
                    keys.filter(lifetime_end().lt(second_after(at)))
                        .filter(api_keys::expires_at.is_null().or(is_last))
                }
            };
            let rows: Vec<UsedApiKeyRow> = keys
                .order(api_keys::id)
                .limit(limit.into())
                .select(used_key_columns!())
                .load(conn)
                .await?;
            let keys = rows.into_iter().map(|row| row.into_key(&deployment));
            let keys: Result<Vec<ApiKey>, CorruptRow> = keys.collect();
            Ok(keys?)
        })
    }
}
