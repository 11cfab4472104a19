//! The plans, and which workspace has which.

use async_trait::async_trait;
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use keyward_domain::ports::{PlanAssignment, PlanPut, PlanRemoval, Plans, RepositoryError};
use keyward_domain::{Authorship, DeploymentChange, DeploymentEvent, Plan, PlanName, WorkspaceId};

use crate::backend::{query, transact};
use crate::error::CorruptRow;
use crate::queries::deployment_events::record_deployment_event;
use crate::rows::{ColumnRef, NewPlanLimitsRow, PlanRow};
use crate::schema::{plans, workspaces};
use crate::store::Store;
use crate::tx::TxOutcome;

/// Locks a plan until the end of the transaction, by an update that changes nothing, and returns it.
/// A macro, because the connection's type depends on the database.
macro_rules! lock_plan {
    ($conn:ident, $name:expr) => {{
        let locked: Option<PlanRow> = diesel::update(plans::table.find($name))
            .set(plans::name.eq(plans::name))
            .returning(PlanRow::as_returning())
            .get_result($conn)
            .await
            .optional()?;
        locked.map(PlanRow::read).transpose()?
    }};
}

#[async_trait]
impl Plans for Store {
    async fn list(&self) -> Result<Vec<Plan>, RepositoryError> {
        query!(self, |conn| {
            let rows: Vec<PlanRow> = plans::table
                .order(plans::name)
                .select(PlanRow::as_select())
                .load(conn)
                .await?;
            let plans: Result<Vec<Plan>, CorruptRow> =
                rows.into_iter().map(PlanRow::read).collect();
            Ok(plans?)
        })
    }

    async fn get(&self, name: &PlanName) -> Result<Option<Plan>, RepositoryError> {
        let name = name.to_string();
        query!(self, |conn| {
            let row: Option<PlanRow> = plans::table
                .find(&name)
                .select(PlanRow::as_select())
                .get_result(conn)
                .await
                .optional()?;
            Ok(row.map(PlanRow::read).transpose()?)
        })
    }

    async fn put(&self, plan: Plan, by: Authorship) -> Result<PlanPut, RepositoryError> {
        transact!(self, changing any keys, |conn| {
            let name = plan.name.as_str();
            let limits = NewPlanLimitsRow::from(&plan.limits);
            let before = loop {
                let added = diesel::insert_into(plans::table)
                    .values((plans::name.eq(name), &limits))
                    .on_conflict_do_nothing()
                    .execute(conn)
                    .await?;
                if added > 0 {
                    break None;
                }
                // Another transaction may have just removed it.
                if let Some(locked) = lock_plan!(conn, name) {
                    break Some(locked.limits);
                }
            };
            let outcome = match &before {
                None => PlanPut::Added,
                Some(before) if *before == plan.limits => {
                    return Ok(TxOutcome::Rollback(PlanPut::Unchanged));
                }
                Some(_others) => {
                    diesel::update(plans::table.find(name))
                        .set(&limits)
                        .execute(conn)
                        .await?;
                    PlanPut::Changed
                }
            };
            let change = DeploymentChange::Plan {
                name: plan.name,
                before,
                after: Some(plan.limits),
            };
            record_deployment_event!(conn, DeploymentEvent { change, by });
            Ok(TxOutcome::Commit(outcome))
        })
    }

    /// Whoever gives the plan to a workspace locks it too. So nobody does after the lock, and the next
    /// statement sees all who did before.
    async fn remove(
        &self,
        name: &PlanName,
        by: Authorship,
    ) -> Result<PlanRemoval, RepositoryError> {
        let name = name.clone();
        transact!(self, changing any keys, |conn| {
            let Some(locked) = lock_plan!(conn, name.as_str()) else {
                return Ok(TxOutcome::Rollback(PlanRemoval::Unknown));
            };
            let having = workspaces::table.filter(workspaces::plan.eq(name.as_str()));
            let unused = plans::table.find(name.as_str()).filter(not(exists(having)));
            if diesel::delete(unused).execute(conn).await? == 0 {
                return Ok(TxOutcome::Rollback(PlanRemoval::InUse));
            }
            let change = DeploymentChange::Plan {
                name,
                before: Some(locked.limits),
                after: None,
            };
            record_deployment_event!(conn, DeploymentEvent { change, by });
            Ok(TxOutcome::Commit(PlanRemoval::Done))
        })
    }

    /// Locks the workspace's row first, by an update that changes nothing.
    async fn assign(
        &self,
        workspace_id: &WorkspaceId,
        plan: Option<PlanName>,
        by: Authorship,
    ) -> Result<PlanAssignment, RepositoryError> {
        let workspace_id = workspace_id.clone();
        transact!(self, changing any keys, |conn| {
            let id = workspace_id.as_str();
            let before: Option<Option<String>> = diesel::update(workspaces::table.find(id))
                .set(workspaces::key_count.eq(workspaces::key_count))
                .returning(workspaces::plan)
                .get_result(conn)
                .await
                .optional()?;
            let Some(before) = before else {
                return Ok(TxOutcome::Rollback(PlanAssignment::UnknownWorkspace));
            };
            let before = plan_of(id, before.as_deref())?;
            if before == plan {
                return Ok(TxOutcome::Rollback(PlanAssignment::Unchanged));
            }
            let name = plan.as_ref().map(PlanName::as_str);
            if let Some(name) = name
                && lock_plan!(conn, name).is_none()
            {
                return Ok(TxOutcome::Rollback(PlanAssignment::UnknownPlan));
            }
            diesel::update(workspaces::table.find(id))
                .set(workspaces::plan.eq(name))
                .execute(conn)
                .await?;
            let change = DeploymentChange::WorkspacePlan {
                workspace_id,
                before,
                after: plan,
            };
            record_deployment_event!(conn, DeploymentEvent { change, by });
            Ok(TxOutcome::Commit(PlanAssignment::Done))
        })
    }
}

/// The plan that a workspace has.
fn plan_of(workspace_id: &str, plan: Option<&str>) -> Result<Option<PlanName>, CorruptRow> {
    let column = ColumnRef {
        table: "workspaces",
        id: &workspace_id,
    };
    column.plan(plan)
}
