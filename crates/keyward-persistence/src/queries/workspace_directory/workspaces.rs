use diesel::dsl::{exists, not};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use keyward_domain::ports::{RepositoryError, SettingChange, WorkspaceRemoval};
use keyward_domain::{
    Authorship, DeploymentChange, DeploymentEvent, LeakPolicy, LifetimePolicy, Workspace,
    WorkspaceId,
};

use crate::backend::{query, transact};
use crate::error::CorruptRow;
use crate::queries::deployment_events::record_deployment_event;
use crate::rows::{ColumnRef, LeakPolicyRow, LifetimePolicyRow};
use crate::schema::{api_keys, audit_events, workspaces};
use crate::sql_types::Micros;
use crate::store::Store;
use crate::tx::TxOutcome;

#[derive(Queryable, Selectable)]
#[diesel(table_name = workspaces)]
struct Row {
    id: String,
    key_count: i64,
    created_at: Micros,
    #[diesel(embed)]
    key_lifetime: LifetimePolicyRow,
    #[diesel(embed)]
    leak_policy: LeakPolicyRow,
    plan: Option<String>,
}

impl TryFrom<Row> for Workspace {
    type Error = CorruptRow;

    fn try_from(row: Row) -> Result<Self, CorruptRow> {
        let column = ColumnRef {
            table: "workspaces",
            id: &row.id,
        };
        Ok(Self {
            id: column.read("id", WorkspaceId::parse(&row.id))?,
            created_at: column.instant("created_at", row.created_at)?,
            key_count: column.read("key_count", row.key_count.try_into())?,
            key_lifetime: row.key_lifetime.read(&row.id)?,
            leak_policy: row.leak_policy.read(&row.id)?,
            plan: column.plan(row.plan.as_deref())?,
        })
    }
}

pub(super) async fn add(
    store: &Store,
    workspace_id: &WorkspaceId,
    by: Authorship,
) -> Result<bool, RepositoryError> {
    let id = workspace_id.as_str().to_owned();
    let change = DeploymentChange::WorkspaceAdded(workspace_id.clone());
    transact!(store, |conn| {
        let row = (
            workspaces::id.eq(&id),
            workspaces::key_count.eq(0),
            workspaces::created_at.eq(Micros::from(by.occurred_at)),
        );
        let added = diesel::insert_into(workspaces::table)
            .values(row)
            .on_conflict_do_nothing()
            .execute(conn)
            .await?;
        if added == 0 {
            return Ok(TxOutcome::Rollback(false));
        }
        record_deployment_event!(conn, DeploymentEvent { change, by });
        Ok(TxOutcome::Commit(true))
    })
}

pub(super) async fn get(
    store: &Store,
    workspace_id: &WorkspaceId,
) -> Result<Option<Workspace>, RepositoryError> {
    let id = workspace_id.as_str().to_owned();
    query!(store, |conn| {
        let row: Option<Row> = workspaces::table
            .find(&id)
            .select(Row::as_select())
            .get_result(conn)
            .await
            .optional()?;
        Ok(row.map(Workspace::try_from).transpose()?)
    })
}

pub(super) async fn part(
    store: &Store,
    after: Option<WorkspaceId>,
    limit: u32,
) -> Result<Vec<Workspace>, RepositoryError> {
    // No id is empty, so all ids sort after "".
    let after = after.map_or(String::new(), |after| after.as_str().to_owned());
    query!(store, |conn| {
        let rows: Vec<Row> = workspaces::table
            .filter(workspaces::id.gt(&after))
            .order(workspaces::id)
            .limit(limit.into())
            .select(Row::as_select())
            .load(conn)
            .await?;
        let workspaces: Result<Vec<Workspace>, CorruptRow> =
            rows.into_iter().map(Workspace::try_from).collect();
        Ok(workspaces?)
    })
}

/// Sets a policy of a workspace, as the body of a transaction. It locks the workspace's row by an update that
/// changes nothing, and compares the policies.
macro_rules! set_policy {
    ($conn:ident, $workspace_id:ident, $policy:ident: $Row:ident => $Change:ident, $by:ident) => {{
        let id = $workspace_id.as_str();
        let before: Option<$Row> = diesel::update(workspaces::table.find(id))
            .set(workspaces::key_count.eq(workspaces::key_count))
            .returning($Row::as_returning())
            .get_result($conn)
            .await
            .optional()?;
        let Some(before) = before else {
            return Ok(TxOutcome::Rollback(SettingChange::UnknownWorkspace));
        };
        let before = before.read(id)?;
        if before == $policy {
            return Ok(TxOutcome::Rollback(SettingChange::Unchanged));
        }
        diesel::update(workspaces::table.find(id))
            .set(&$Row::from($policy))
            .execute($conn)
            .await?;
        let change = DeploymentChange::$Change {
            workspace_id: $workspace_id,
            before,
            after: $policy,
        };
        record_deployment_event!($conn, DeploymentEvent { change, by: $by });
        Ok(TxOutcome::Commit(SettingChange::Done))
    }};
}

pub(super) async fn set_key_lifetime(
    store: &Store,
    workspace_id: &WorkspaceId,
    policy: Option<LifetimePolicy>,
    by: Authorship,
) -> Result<SettingChange, RepositoryError> {
    let workspace_id = workspace_id.clone();
    transact!(store, changing any keys, |conn| {
        set_policy!(conn, workspace_id, policy: LifetimePolicyRow => KeyLifetime, by)
    })
}

/// No verification counts by this policy, so no key is changed.
pub(super) async fn set_leak_policy(
    store: &Store,
    workspace_id: &WorkspaceId,
    policy: Option<LeakPolicy>,
    by: Authorship,
) -> Result<SettingChange, RepositoryError> {
    let workspace_id = workspace_id.clone();
    transact!(store, |conn| {
        set_policy!(conn, workspace_id, policy: LeakPolicyRow => LeakPolicy, by)
    })
}

/// One guarded statement, which also deletes the members (`ON DELETE CASCADE`). The guard includes
/// the count because a concurrent create changes it in this row.
pub(super) async fn remove(
    store: &Store,
    workspace_id: &WorkspaceId,
    by: Authorship,
) -> Result<WorkspaceRemoval, RepositoryError> {
    let id = workspace_id.as_str().to_owned();
    let change = DeploymentChange::WorkspaceRemoved(workspace_id.clone());
    transact!(store, |conn| {
        let keys = api_keys::table.filter(api_keys::workspace_id.eq(&id));
        let events = audit_events::table.filter(audit_events::workspace_id.eq(&id));
        let empty = workspaces::table
            .find(&id)
            .filter(workspaces::key_count.eq(0))
            .filter(not(exists(keys)))
            .filter(not(exists(events)));
        if diesel::delete(empty).execute(conn).await? > 0 {
            record_deployment_event!(conn, DeploymentEvent { change, by });
            return Ok(TxOutcome::Commit(WorkspaceRemoval::Done));
        }
        let remains: bool = diesel::select(exists(workspaces::table.find(&id)))
            .get_result(conn)
            .await?;
        Ok(TxOutcome::Rollback(if remains {
            WorkspaceRemoval::HasKeys
        } else {
            WorkspaceRemoval::Unknown
        }))
    })
}
