use async_trait::async_trait;

use crate::audit::deployment_event::Authorship;
use crate::caller::workspace::WorkspaceId;
use crate::ports::RepositoryError;
use crate::timestamp::Timestamp;
use crate::webhooks::delivery::Delivery;
use crate::webhooks::webhook::Webhook;
use crate::webhooks::webhook_id::WebhookId;

/// The result of adding a webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WebhookAdded {
    /// It was added.
    Done,
    /// There are [`WEBHOOKS_MAX`](crate::WEBHOOKS_MAX) already.
    LimitReached,
    /// There is no such workspace.
    UnknownWorkspace,
}

/// The webhooks of workspaces and of the deployment, and what became of their deliveries.
///
/// `workspace_id` names whose webhooks are meant; `None` means those of the deployment. A webhook of
/// someone else is not found. Each change of a webhook is recorded as a deployment event in the same
/// transaction.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait Webhooks: Send + Sync {
    /// Every webhook, the oldest first.
    async fn list(
        &self,
        workspace_id: Option<WorkspaceId>,
    ) -> Result<Vec<Webhook>, RepositoryError>;

    /// The webhook with this id.
    async fn get(
        &self,
        workspace_id: Option<WorkspaceId>,
        id: WebhookId,
    ) -> Result<Option<Webhook>, RepositoryError>;

    /// Adds an enabled webhook. It gets the events that are published from then on.
    async fn add(&self, webhook: Webhook, by: Authorship) -> Result<WebhookAdded, RepositoryError>;

    /// Removes a webhook and its deliveries; `false` when there is none.
    async fn remove(
        &self,
        workspace_id: Option<WorkspaceId>,
        id: WebhookId,
        by: Authorship,
    ) -> Result<bool, RepositoryError>;

    /// Enables a disabled webhook: its pending deliveries are tried at once. No effect when it is
    /// enabled. Returns the webhook; `None` when there is none.
    async fn enable(
        &self,
        workspace_id: Option<WorkspaceId>,
        id: WebhookId,
        by: Authorship,
    ) -> Result<Option<Webhook>, RepositoryError>;

    /// Gives a webhook the next secret. Messages are also signed with the current one until
    /// `previous_until`. Returns the webhook; `None` when there is none.
    async fn rotate(
        &self,
        workspace_id: Option<WorkspaceId>,
        id: WebhookId,
        previous_until: Timestamp,
        by: Authorship,
    ) -> Result<Option<Webhook>, RepositoryError>;

    /// Sends the published events after `after` again, each as if it were new: those with a higher
    /// sequence to a webhook of a workspace, those with a higher position to one of the deployment.
    /// Returns how many; `None` when there is no such webhook.
    async fn replay(
        &self,
        workspace_id: Option<WorkspaceId>,
        id: WebhookId,
        after: u64,
        now: Timestamp,
    ) -> Result<Option<u64>, RepositoryError>;

    /// At most `limit` deliveries of a webhook, the latest event first: those with a sequence below
    /// `before` of a webhook of a workspace, with a position below it of one of the deployment. `None` when
    /// there is no such webhook.
    async fn deliveries(
        &self,
        workspace_id: Option<WorkspaceId>,
        id: WebhookId,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Option<Vec<Delivery>>, RepositoryError>;
}
