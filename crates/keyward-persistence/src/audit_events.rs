use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use keyward_domain::ports::{AuditEvents, RepositoryError};
use keyward_domain::{ApiKeyId, AuditEvent, WorkspaceId};

use crate::backend::query;
use crate::error::CorruptRow;
use crate::rows::AuditEventRow;
use crate::schema::audit_events;
use crate::sql_types::Id;
use crate::store::Store;

#[async_trait]
impl AuditEvents for Store {
    async fn of_key(
        &self,
        workspace_id: &WorkspaceId,
        api_key_id: ApiKeyId,
    ) -> Result<Vec<AuditEvent>, RepositoryError> {
        let workspace_id = workspace_id.as_str().to_owned();
        query!(self, |conn| {
            let rows: Vec<AuditEventRow> = audit_events::table
                .filter(audit_events::workspace_id.eq(&workspace_id))
                .filter(audit_events::api_key_id.eq(Id(api_key_id.uuid())))
                .filter(audit_events::api_key_mode.eq(api_key_id.mode().as_str()))
                .order(audit_events::seq)
                .select(AuditEventRow::as_select())
                .load(conn)
                .await?;
            let events: Result<Vec<AuditEvent>, CorruptRow> =
                rows.into_iter().map(AuditEvent::try_from).collect();
            Ok(events?)
        })
    }
}
