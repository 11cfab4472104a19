use diesel::backend::Backend;
use diesel::expression::{AppearsOnTable, AsExpression, Expression, ValidGrouping};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Bool, Text};
use diesel_async::RunQueryDsl;
use keyward_domain::ports::RepositoryError;
use keyward_domain::{EventPlace, RecordedEvent, Timestamp, WorkspaceId};

use super::recorded;
use crate::backend::query;
use crate::rows::AuditEventRow;
use crate::schema::audit_events;
use crate::sql_types::{Instant, Micros, bigint};
use crate::store::Store;

/// `(a, b, …) > (x, y, …)` as one condition, so that an index scan starts at the row.
#[derive(Clone, Copy, Debug, QueryId)]
struct RowAfter<Columns, Values>(Columns, Values);

impl<C, V> Expression for RowAfter<C, V> {
    type SqlType = Bool;
}

impl<C: AppearsOnTable<QS>, V: AppearsOnTable<QS>, QS> AppearsOnTable<QS> for RowAfter<C, V> {}

impl<C, V> ValidGrouping<()> for RowAfter<C, V> {
    type IsAggregate = diesel::expression::is_aggregate::No;
}

impl<DB: Backend, C: QueryFragment<DB>, V: QueryFragment<DB>> QueryFragment<DB> for RowAfter<C, V> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        pass.push_sql("(");
        self.0.walk_ast(pass.reborrow())?;
        pass.push_sql(") > (");
        self.1.walk_ast(pass.reborrow())?;
        pass.push_sql(")");
        Ok(())
    }
}

/// The events of all workspaces, by their own index. Macros, because the query's type depends on
/// the database.
macro_rules! of_all {
    ($since:expr, $after:expr, $limit:expr) => {{
        let after: &Option<(Micros, String, i64)> = $after;
        let mut events = audit_events::table.into_boxed();
        if let Some((occurred_at, workspace_id, position)) = after {
            let place = RowAfter(
                (
                    audit_events::occurred_at,
                    audit_events::workspace_id,
                    audit_events::position,
                ),
                (
                    AsExpression::<Instant>::as_expression(*occurred_at),
                    AsExpression::<Text>::as_expression(workspace_id.as_str()),
                    AsExpression::<BigInt>::as_expression(*position),
                ),
            );
            events = events.filter(place);
        } else {
            events = events.filter(audit_events::occurred_at.ge($since));
        }
        events
            .order((
                audit_events::occurred_at,
                audit_events::workspace_id,
                audit_events::position,
            ))
            .limit(i64::from($limit))
            .select(AuditEventRow::as_select())
    }};
}

/// The events of one workspace, by the primary key. Reads no other events.
macro_rules! of_one {
    ($workspace_id:expr, $since:expr, $after:expr, $limit:expr) => {{
        let after: &Option<(Micros, String, i64)> = $after;
        let position = after.as_ref().map_or(0, |(_, _, position)| *position);
        audit_events::table
            .filter(audit_events::workspace_id.eq($workspace_id))
            .filter(audit_events::occurred_at.ge($since))
            .filter(audit_events::position.gt(position))
            .order(audit_events::position)
            .limit(i64::from($limit))
            .select(AuditEventRow::as_select())
    }};
}

pub(super) async fn run(
    store: &Store,
    workspace_id: Option<WorkspaceId>,
    since: Timestamp,
    after: Option<EventPlace>,
    limit: u32,
) -> Result<Vec<RecordedEvent>, RepositoryError> {
    let since = Micros::from(since);
    let after = after.as_ref().map(columns);
    query!(store, |conn| {
        let rows: Vec<AuditEventRow> = if let Some(workspace_id) = &workspace_id {
            let events = of_one!(workspace_id.as_str(), since, &after, limit);
            events.load(conn).await?
        } else {
            of_all!(since, &after, limit).load(conn).await?
        };
        Ok(recorded(rows)?)
    })
}

fn columns(place: &EventPlace) -> (Micros, String, i64) {
    (
        place.occurred_at.into(),
        place.workspace_id.as_str().to_owned(),
        bigint(place.position),
    )
}

#[cfg(feature = "testing")]
mod explain;
