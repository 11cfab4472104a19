use std::collections::{HashSet, VecDeque};
use std::sync::{Mutex, PoisonError};

use keyward_domain::{ApiKeyId, AuditAction, AuditEvent, RequestId, Timestamp, WorkspaceId};

/// How many changes are remembered: more than an asynchronous standby usually is behind.
const REMEMBERED_MAX: usize = 10_000;

/// A change of a key whose commit this process has seen.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct AcknowledgedChange {
    pub(crate) workspace_id: WorkspaceId,
    pub(crate) api_key_id: ApiKeyId,
    pub(crate) action: AuditAction,
    pub(crate) occurred_at: Timestamp,
    pub(crate) request_id: RequestId,
}

impl From<&AuditEvent> for AcknowledgedChange {
    fn from(event: &AuditEvent) -> Self {
        Self {
            workspace_id: event.workspace_id.clone(),
            api_key_id: event.api_key_id,
            action: event.action,
            occurred_at: event.occurred_at,
            request_id: event.origin.request_id.clone(),
        }
    }
}

/// The last changes that this process has acknowledged. After a failover, the new server may not have
/// some of them.
#[derive(Default)]
pub(crate) struct AcknowledgedChanges(Mutex<VecDeque<AcknowledgedChange>>);

impl AcknowledgedChanges {
    pub(crate) fn add(&self, change: AcknowledgedChange) {
        let mut changes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if changes.len() >= REMEMBERED_MAX {
            changes.pop_front();
        }
        changes.push_back(change);
    }

    /// All of them, the oldest first.
    pub(crate) fn all(&self) -> Vec<AcknowledgedChange> {
        let changes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        changes.iter().cloned().collect()
    }

    /// Forgets those that are known to be lost, so that they are reported once.
    pub(crate) fn forget(&self, lost: &[AcknowledgedChange]) {
        // Every change waits for the lock, so the search must not be long.
        let lost: HashSet<&AcknowledgedChange> = lost.iter().collect();
        let mut changes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        changes.retain(|change| !lost.contains(change));
    }
}

#[cfg(test)]
mod tests {
    use keyward_domain::testing::{api_key_id, at, workspace_id};

    use super::*;

    fn change(second: i64) -> AcknowledgedChange {
        AcknowledgedChange {
            workspace_id: workspace_id("ws_1"),
            api_key_id: api_key_id(1),
            action: AuditAction::Disabled,
            occurred_at: at(second),
            request_id: RequestId::parse("r").unwrap(),
        }
    }

    #[test]
    fn the_last_changes_are_remembered_until_they_are_known_to_be_lost() {
        let changes = AcknowledgedChanges::default();
        let count = i64::try_from(REMEMBERED_MAX).unwrap();
        for second in 0..=count {
            changes.add(change(second));
        }
        assert_eq!(changes.all().len(), REMEMBERED_MAX);
        assert_eq!(changes.all().first(), Some(&change(1)));
        changes.forget(&[change(1), change(count)]);
        assert_eq!(changes.all().len(), REMEMBERED_MAX - 2);
        assert_eq!(changes.all().last(), Some(&change(count - 1)));
    }
}
