use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use keyward_domain::ports::RepositoryError;
use keyward_domain::{PublishedEvent, WorkspaceId};

use crate::backend::query;
use crate::error::CorruptRow;
use crate::rows::{AuditEventRow, DeploymentEventRow, PublishedEventRow};
use crate::schema::{audit_events, deployment_events, published_events};
use crate::sql_types::bigint;
use crate::store::Store;

/// A published event, and its event in one of the trails.
pub(crate) type Row = (
    PublishedEventRow,
    Option<AuditEventRow>,
    Option<DeploymentEventRow>,
);

/// Published events with their content. Macros, because the query's type has no short name.
macro_rules! published {
    () => {
        published_events::table
            .left_join(
                audit_events::table.on(published_events::notice
                    .is_null()
                    .and(published_events::workspace_id.eq(audit_events::workspace_id.nullable()))
                    .and(published_events::trail_position.eq(audit_events::position))),
            )
            .left_join(
                deployment_events::table.on(published_events::workspace_id
                    .is_null()
                    .and(published_events::trail_position.eq(deployment_events::position))),
            )
            .select((
                PublishedEventRow::as_select(),
                Option::<AuditEventRow>::as_select(),
                Option::<DeploymentEventRow>::as_select(),
            ))
    };
}

pub(crate) use published;

macro_rules! of_all {
    ($after:expr, $limit:expr) => {
        published!()
            .filter(published_events::position.gt($after))
            .order(published_events::position)
            .limit(i64::from($limit))
    };
}

macro_rules! of_workspace {
    ($workspace_id:expr, $after:expr, $limit:expr) => {
        published!()
            .filter(published_events::workspace_id.eq($workspace_id))
            .filter(published_events::sequence.gt($after))
            .order(published_events::sequence)
            .limit(i64::from($limit))
    };
}

pub(super) async fn of_all(
    store: &Store,
    after: u64,
    limit: u32,
) -> Result<Vec<PublishedEvent>, RepositoryError> {
    let after = bigint(after);
    query!(store, |conn| {
        let rows: Vec<Row> = of_all!(after, limit).load(conn).await?;
        Ok(read(rows)?)
    })
}

pub(super) async fn of_workspace(
    store: &Store,
    workspace_id: &WorkspaceId,
    after: u64,
    limit: u32,
) -> Result<Vec<PublishedEvent>, RepositoryError> {
    let workspace_id = workspace_id.as_str().to_owned();
    let after = bigint(after);
    query!(store, |conn| {
        let of_workspace = of_workspace!(&workspace_id, after, limit);
        let rows: Vec<Row> = of_workspace.load(conn).await?;
        Ok(read(rows)?)
    })
}

fn read(rows: Vec<Row>) -> Result<Vec<PublishedEvent>, CorruptRow> {
    let events = rows.into_iter();
    events
        .map(|(row, of_key, of_deployment)| row.read(of_key, of_deployment))
        .collect()
}

#[cfg(feature = "testing")]
mod explain;
