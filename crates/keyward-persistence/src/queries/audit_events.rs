mod last_reports;
mod since;

use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use keyward_domain::ports::{AuditEvents, LastReport, RepositoryError};
use keyward_domain::{
    ApiKeyId, EventPlace, Page, Pagination, RecordedEvent, Timestamp, TrailHead, TrailLine,
    WorkspaceId,
};

use crate::backend::{query, snapshot};
use crate::error::CorruptRow;
use crate::queries::api_keys::offset;
use crate::rows::{AuditEventRow, ColumnRef, event_hash};
use crate::schema::{audit_events, workspaces};
use crate::sql_types::{Id, bigint};
use crate::store::Store;

#[async_trait]
impl AuditEvents for Store {
    async fn of_key(
        &self,
        workspace_id: &WorkspaceId,
        api_key_id: ApiKeyId,
        page: Pagination,
    ) -> Result<Page<RecordedEvent>, RepositoryError> {
        let workspace_id = workspace_id.as_str().to_owned();
        let prefix = api_key_id.prefix();
        snapshot!(self, |conn| {
            let events = audit_events::table
                .filter(audit_events::workspace_id.eq(&workspace_id))
                .filter(audit_events::api_key_id.eq(Id(api_key_id.uuid())))
                .filter(audit_events::api_key_prefix.eq(prefix.as_str()))
                .filter(audit_events::api_key_mode.eq(api_key_id.mode().as_str()));
            let total: i64 = events.count().get_result(conn).await?;
            let rows: Vec<AuditEventRow> = events
                .order(audit_events::position.desc())
                .limit(page.size().into())
                .offset(offset(page))
                .select(AuditEventRow::as_select())
                .load(conn)
                .await?;
            Ok(Page {
                items: recorded(rows)?,
                // A count is never negative.
                total: u64::try_from(total).unwrap_or(0),
            })
        })
    }

    async fn last_reports(
        &self,
        workspace_id: &WorkspaceId,
        api_key_ids: &[ApiKeyId],
    ) -> Result<Vec<LastReport>, RepositoryError> {
        last_reports::run(self, workspace_id, api_key_ids).await
    }

    async fn since(
        &self,
        workspace_id: Option<WorkspaceId>,
        since: Timestamp,
        after: Option<EventPlace>,
        limit: u32,
    ) -> Result<Vec<RecordedEvent>, RepositoryError> {
        since::run(self, workspace_id, since, after, limit).await
    }

    async fn workspaces_with_events(
        &self,
        after: Option<WorkspaceId>,
        limit: u32,
    ) -> Result<Vec<WorkspaceId>, RepositoryError> {
        // No id is empty.
        let after = after.map_or_else(String::new, |after| after.as_str().to_owned());
        query!(self, |conn| {
            let ids: Vec<String> = audit_events::table
                .filter(audit_events::workspace_id.gt(&after))
                .select(audit_events::workspace_id)
                .distinct()
                .order(audit_events::workspace_id)
                .limit(limit.into())
                .load(conn)
                .await?;
            let ids = ids.iter().map(|id| {
                let column = ColumnRef {
                    table: "audit_events",
                    id,
                };
                column.read("workspace_id", WorkspaceId::parse(id))
            });
            Ok(ids.collect::<Result<_, _>>()?)
        })
    }

    async fn lines(
        &self,
        workspace_id: &WorkspaceId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<TrailLine>, RepositoryError> {
        let workspace_id = workspace_id.as_str().to_owned();
        let after = bigint(after);
        query!(self, |conn| {
            let rows: Vec<AuditEventRow> = audit_events::table
                .filter(audit_events::workspace_id.eq(&workspace_id))
                .filter(audit_events::position.gt(after))
                .order(audit_events::position)
                .limit(limit.into())
                .select(AuditEventRow::as_select())
                .load(conn)
                .await?;
            Ok(rows.into_iter().map(TrailLine::from).collect())
        })
    }

    async fn head(&self, workspace_id: &WorkspaceId) -> Result<Option<TrailHead>, RepositoryError> {
        let workspace_id = workspace_id.as_str().to_owned();
        query!(self, |conn| {
            let head: Option<(i64, Vec<u8>)> = workspaces::table
                .find(&workspace_id)
                .select((workspaces::event_count, workspaces::event_hash))
                .get_result(conn)
                .await
                .optional()?;
            let column = ColumnRef {
                table: "workspaces",
                id: &workspace_id,
            };
            let Some((event_count, hash)) = head else {
                return Ok(None);
            };
            Ok(Some(TrailHead {
                event_count: column.read("event_count", event_count.try_into())?,
                hash: column.read("event_hash", event_hash(&hash))?,
            }))
        })
    }
}

fn recorded(rows: Vec<AuditEventRow>) -> Result<Vec<RecordedEvent>, CorruptRow> {
    rows.into_iter().map(RecordedEvent::try_from).collect()
}
