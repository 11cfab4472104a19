use super::event_id::EventId;
use super::event_type::EventType;
use super::notice::Notice;
use crate::audit::deployment_event::DeploymentEvent;
use crate::audit::event::AuditEvent;
use crate::audit::trail::EventHash;
use crate::caller::workspace::WorkspaceId;
use crate::key::id::ApiKeyId;
use crate::timestamp::Timestamp;

/// An event as receivers get it: in one order for all, each once (contract §12).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedEvent {
    /// The id.
    pub id: EventId,
    /// The position among all published events of the deployment, from 1. It grows, and no later
    /// published event has a smaller one.
    pub position: u64,
    /// The position among the published events of its workspace, from 1, without gaps; `None` for an
    /// event of the deployment.
    pub sequence: Option<u64>,
    /// What happened.
    pub content: PublishedContent,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PublishedContent {
    /// A key was changed.
    KeyEvent {
        /// The event in the trail of the workspace.
        event: Box<AuditEvent>,
        /// Where it is in that trail.
        trail: TrailPoint,
    },
    /// A workspace, a member, a plan or a scope was changed.
    DeploymentEvent {
        /// The event in the trail of the deployment.
        event: DeploymentEvent,
        /// Where it is in that trail.
        trail: TrailPoint,
    },
    /// Something happened to a key without a change.
    Notice {
        /// What happened.
        notice: Notice,
        /// The last event in the trail of the workspace when it was published.
        trail: TrailPoint,
    },
}

/// A place in a trail. With the hashes, a receiver can prove that no event before it is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrailPoint {
    /// The position, from 1; 0 before the first event.
    pub position: u64,
    /// The hash of the event at it, and through the chain of all events before.
    pub hash: EventHash,
}

impl PublishedEvent {
    /// The type.
    #[must_use]
    pub fn event_type(&self) -> EventType {
        match &self.content {
            PublishedContent::KeyEvent { event, .. } => event.action.into(),
            PublishedContent::DeploymentEvent { event, .. } => event.change.event_type(),
            PublishedContent::Notice { notice, .. } => notice.kind.event_type(),
        }
    }

    /// When it happened.
    #[must_use]
    pub fn occurred_at(&self) -> Timestamp {
        match &self.content {
            PublishedContent::KeyEvent { event, .. } => event.occurred_at,
            PublishedContent::DeploymentEvent { event, .. } => event.by.occurred_at,
            PublishedContent::Notice { notice, .. } => notice.occurred_at,
        }
    }

    /// The workspace that it is about; `None` for a plan or a scope.
    #[must_use]
    pub fn workspace_id(&self) -> Option<&WorkspaceId> {
        match &self.content {
            PublishedContent::KeyEvent { event, .. } => Some(&event.workspace_id),
            PublishedContent::DeploymentEvent { event, .. } => event.change.workspace_id(),
            PublishedContent::Notice { notice, .. } => Some(&notice.workspace_id),
        }
    }

    /// The key that it is about, if any.
    #[must_use]
    pub fn api_key_id(&self) -> Option<ApiKeyId> {
        match &self.content {
            PublishedContent::KeyEvent { event, .. } => Some(event.api_key_id),
            PublishedContent::DeploymentEvent { .. } => None,
            PublishedContent::Notice { notice, .. } => Some(notice.api_key_id),
        }
    }

    /// Its place in a trail.
    #[must_use]
    pub fn trail(&self) -> TrailPoint {
        match &self.content {
            PublishedContent::KeyEvent { trail, .. }
            | PublishedContent::DeploymentEvent { trail, .. }
            | PublishedContent::Notice { trail, .. } => *trail,
        }
    }
}
