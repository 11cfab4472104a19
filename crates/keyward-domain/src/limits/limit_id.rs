use std::sync::Arc;

use uuid::Uuid;

use super::name::LimitName;
use crate::caller::workspace::WorkspaceId;

/// What a limit belongs to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LimitSubject {
    /// The key with this UUID.
    Key(Uuid),
    /// The workspace, with all its keys.
    Workspace,
}

/// Which limit. Its ledger is the sum of all nodes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LimitId {
    /// The workspace of the limit, or of its key.
    pub workspace_id: Arc<WorkspaceId>,
    /// The key or the workspace.
    pub subject: LimitSubject,
    /// The limit's name.
    pub name: LimitName,
}
