//! An event takes its place behind all others of its workspace.

use keyward_domain::{AuditEvent, EventDigest};

use crate::rows::NewAuditEventRow;

/// An event, and what stands for it in the chain.
pub(crate) struct NewEvent {
    pub(crate) row: NewAuditEventRow,
    digest: EventDigest,
}

impl From<AuditEvent> for NewEvent {
    fn from(event: AuditEvent) -> Self {
        Self {
            digest: event.digest(),
            row: event.into(),
        }
    }
}

impl NewEvent {
    pub(crate) fn digest(&self) -> &[u8] {
        self.digest.as_bytes()
    }
}

/// Moves the head of the workspace's trail, adds to its count of keys, and writes the event.
/// `false`, and nothing done, when `$workspace` finds no workspace.
///
/// The update locks the workspace until the end of the transaction, so that events follow each
/// other one by one. A macro, because the connection's type differs by database.
macro_rules! record_event {
    ($conn:ident, $workspace:expr, $more_keys:expr, $event:expr) => {{
        let event: &$crate::trail::NewEvent = $event;
        let more_keys: i64 = $more_keys;
        let linked = $crate::schema::chain_hash(workspaces::event_hash, event.digest());
        let one_more = (
            workspaces::key_count.eq(workspaces::key_count + more_keys),
            workspaces::event_count.eq(workspaces::event_count + 1),
            workspaces::event_hash.eq(linked),
        );
        let head = (workspaces::event_count, workspaces::event_hash);
        let moved = diesel::update($workspace).set(one_more).returning(head);
        let moved: Option<(i64, Vec<u8>)> = $crate::prepared::Prepared(moved)
            .get_result($conn)
            .await
            .optional()?;
        match moved {
            None => false,
            Some((position, hash)) => {
                let place = (
                    audit_events::position.eq(position),
                    audit_events::hash.eq(hash),
                );
                diesel::insert_into(audit_events::table)
                    .values((&event.row, place))
                    .execute($conn)
                    .await?;
                true
            }
        }
    }};
}

pub(crate) use record_event;
