//! Appends events to a workspace's trail.

use diesel::dsl::sql;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable};
use keyward_domain::{AuditEvent, ChainedEvent as _, EventDigest};

use crate::rows::NewAuditEventRow;
use crate::schema::{audit_events, workspaces};
use crate::sql_types::Micros;

/// An event and its digest.
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

/// The result of recording an event. If it was not recorded, the transaction must be rolled back.
pub(crate) enum Recorded {
    Done,
    /// No workspace matches the conditions.
    NoWorkspace,
    /// The trail has reached its limit of events for the last minute.
    TooMany {
        retry_after_seconds: u32,
    },
}

/// The period of the limit of events per minute.
const MINUTE_MICROS: i64 = 60 * 1_000_000;

/// A clock difference up to this value counts as normal.
const CLOCKS_DIFFER_MICROS: i64 = 5 * 1_000_000;

/// How many seconds an event at `now` has to wait. With a limit of n events per minute, `then` is
/// the time of the n-th event before it. `None` when it may be recorded.
pub(crate) fn seconds_to_wait(then: Micros, now: Micros) -> Option<u32> {
    let left = then.0.saturating_add(MINUTE_MICROS).saturating_sub(now.0);
    // After a clock was set back, the trail may be in the future. It must not stay closed until
    // then.
    if left > MINUTE_MICROS + CLOCKS_DIFFER_MICROS {
        return None;
    }
    let left = left.clamp(0, MINUTE_MICROS);
    let seconds = left.unsigned_abs().div_ceil(1_000_000);
    u32::try_from(seconds).ok().filter(|seconds| *seconds > 0)
}

/// A condition of an update of a workspace on PostgreSQL: whether its trail has room for an event at
/// `now`, with a limit of `max` events per minute. It is never true in doubt.
///
/// After waiting for the workspace, the update sees the trail's new length, but not yet the event that
/// the limit refers to when it was written in the meantime.
pub(crate) fn surely_has_room(max: Option<i64>, now: Micros) -> HasRoom {
    let Some(max) = max else {
        return Box::new(sql::<Nullable<Bool>>("true"));
    };
    let first_of_its_minute = audit_events::table
        .filter(audit_events::workspace_id.eq(workspaces::id))
        .filter(audit_events::position.eq(workspaces::event_count + 1_i64 - max))
        .select(audit_events::occurred_at)
        .single_value();
    let minute_ago = Micros(now.0.saturating_sub(MINUTE_MICROS));
    let is_over = first_of_its_minute.le(minute_ago);
    Box::new(workspaces::event_count.lt(max).or(is_over))
}

pub(crate) type HasRoom =
    Box<dyn BoxableExpression<workspaces::table, Pg, SqlType = Nullable<Bool>>>;

/// Advances the head of a workspace's trail and updates its key count, if it matches the conditions. A
/// macro, because the type of an update has no short name.
macro_rules! moved_head {
    ($workspace:expr, $more_keys:expr, $event:expr) => {{
        use $crate::schema::workspaces;
        let more_keys: i64 = $more_keys;
        let linked = $crate::schema::chain_hash(workspaces::event_hash, $event.digest());
        let one_more = (
            workspaces::key_count.eq(workspaces::key_count + more_keys),
            workspaces::event_count.eq(workspaces::event_count + 1),
            workspaces::event_hash.eq(linked),
        );
        let head = (workspaces::event_count, workspaces::event_hash);
        diesel::update($workspace).set(one_more).returning(head)
    }};
}

/// Advances the head of the workspace's trail, updates its key count, and writes the event. Returns
/// a [`Recorded`]. `$max` is the limit of events per minute.
///
/// The update locks the workspace until the end of the transaction, so that events are written one
/// by one. A macro, because the connection's type depends on the database.
macro_rules! record_event {
    ($conn:ident, $workspace:expr, $more_keys:expr, $event:expr, $max:expr) => {{
        use $crate::queries::trail::{Recorded, seconds_to_wait};
        use $crate::schema::audit_events;
        let max: Option<i64> = $max;
        let event: &$crate::queries::trail::NewEvent = $event;
        let moved = $crate::queries::trail::moved_head!($workspace, $more_keys, event);
        let moved: Option<(i64, Vec<u8>)> = $crate::queries::prepared::Prepared(moved)
            .get_result($conn)
            .await
            .optional()?;
        match moved {
            None => Recorded::NoWorkspace,
            Some((position, hash)) => {
                let then: Option<$crate::sql_types::Micros> = match max {
                    Some(max) if position > max => audit_events::table
                        .filter(audit_events::workspace_id.eq(event.row.workspace_id()))
                        .filter(audit_events::position.eq(position - max))
                        .select(audit_events::occurred_at)
                        .get_result($conn)
                        .await
                        .optional()?,
                    Some(_) | None => None,
                };
                let wait = then.and_then(|then| seconds_to_wait(then, event.row.occurred_at()));
                if let Some(retry_after_seconds) = wait {
                    Recorded::TooMany {
                        retry_after_seconds,
                    }
                } else {
                    let place = (
                        audit_events::position.eq(position),
                        audit_events::hash.eq(hash),
                    );
                    diesel::insert_into(audit_events::table)
                        .values((&event.row, place))
                        .execute($conn)
                        .await?;
                    Recorded::Done
                }
            }
        }
    }};
}

pub(crate) use {moved_head, record_event};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_waits_until_the_first_of_its_minute_is_a_minute_old() {
        let seconds = |seconds: i64| Micros(seconds * 1_000_000);
        assert_eq!(seconds_to_wait(seconds(0), seconds(0)), Some(60));
        assert_eq!(seconds_to_wait(seconds(0), Micros(1)), Some(60));
        assert_eq!(seconds_to_wait(seconds(0), seconds(59)), Some(1));
        assert_eq!(seconds_to_wait(seconds(0), Micros(59_999_999)), Some(1));
        assert_eq!(seconds_to_wait(seconds(0), seconds(60)), None);
        assert_eq!(seconds_to_wait(seconds(0), seconds(600)), None);
        assert_eq!(seconds_to_wait(seconds(5), seconds(0)), Some(60));
        assert_eq!(seconds_to_wait(seconds(600), seconds(0)), None);
    }
}
