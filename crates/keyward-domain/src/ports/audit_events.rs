use async_trait::async_trait;

use crate::api_key_id::ApiKeyId;
use crate::audit_event::AuditEvent;
use crate::ports::RepositoryError;
use crate::workspace::WorkspaceId;

/// The trail of all changes, for reading: it is written only together with a change.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait AuditEvents: Send + Sync {
    /// The events of one key of one workspace, oldest first; empty when there is no such key.
    async fn of_key(
        &self,
        workspace_id: &WorkspaceId,
        api_key_id: ApiKeyId,
    ) -> Result<Vec<AuditEvent>, RepositoryError>;
}
