use diesel::expression::AsExpression;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use diesel_async::RunQueryDsl;
use keyward_domain::ports::RepositoryError;
use keyward_domain::{EventPlace, Timestamp, WorkspaceId};

use super::{RowAfter, columns};
use crate::queries::explain::explained;
use crate::rows::AuditEventRow;
use crate::schema::audit_events;
use crate::sql_types::{Instant, Micros};
use crate::store::Store;

impl Store {
    /// The query plan of a page of an export, as the database prints it.
    ///
    /// # Errors
    /// [`RepositoryError`] when the database failed.
    pub async fn explain_since(
        &self,
        workspace_id: Option<WorkspaceId>,
        since: Timestamp,
        after: Option<EventPlace>,
    ) -> Result<String, RepositoryError> {
        const LIMIT: u32 = 1_000;
        let since = Micros::from(since);
        let after = after.as_ref().map(columns);
        if let Some(workspace_id) = workspace_id {
            explained!(self, of_one!(workspace_id.as_str(), since, &after, LIMIT))
        } else {
            explained!(self, of_all!(since, &after, LIMIT))
        }
    }
}
