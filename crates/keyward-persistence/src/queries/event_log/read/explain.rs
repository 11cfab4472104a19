use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use keyward_domain::WorkspaceId;
use keyward_domain::ports::RepositoryError;

use crate::queries::explain::explained;
use crate::rows::{AuditEventRow, DeploymentEventRow, PublishedEventRow};
use crate::schema::{audit_events, deployment_events, published_events};
use crate::sql_types::bigint;
use crate::store::Store;

impl Store {
    /// The query plan of a page of published events, as the database prints it.
    ///
    /// # Errors
    /// [`RepositoryError`] when the database failed.
    pub async fn explain_published(
        &self,
        workspace_id: Option<WorkspaceId>,
        after: u64,
    ) -> Result<String, RepositoryError> {
        const LIMIT: u32 = 100;
        let after = bigint(after);
        if let Some(workspace_id) = workspace_id {
            explained!(self, of_workspace!(workspace_id.as_str(), after, LIMIT))
        } else {
            explained!(self, of_all!(after, LIMIT))
        }
    }
}
