//! Verifies the trail of a workspace.

use super::verify_keys::LastEvents;
use crate::audit::trail::{EventHash, TrailCheck, TrailFault, TrailHead};
use crate::caller::workspace::WorkspaceId;
use crate::ports::{ApiKeys, AuditEvents, RepositoryError};

/// How many events are read at a time.
const BATCH: u32 = 1_000;

/// The result of verifying a trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrailReport {
    /// The stored head of the trail.
    pub head: TrailHead,
    /// All faults in order; empty when the trail is intact.
    pub faults: Vec<TrailFault>,
}

/// Checks all events of a workspace. If they are intact, compares each key with its events. Returns
/// `None` when there is neither a workspace nor an event. Calls `progress` with the number of
/// events in each batch. Concurrent events are safe.
///
/// # Errors
/// [`RepositoryError`] when the store failed.
pub async fn verify_trail(
    audit_events: &dyn AuditEvents,
    api_keys: &dyn ApiKeys,
    workspace_id: &WorkspaceId,
    mut progress: impl FnMut(u64) + Send,
) -> Result<Option<TrailReport>, RepositoryError> {
    let Some(begun_at) = audit_events.head(workspace_id).await? else {
        return verify_what_is_left(audit_events, workspace_id, progress).await;
    };
    let mut check = TrailCheck::begin();
    let mut last_events = LastEvents::default();
    let mut after = 0;
    while after < begun_at.event_count {
        let wanted = begun_at.event_count - after;
        let limit = u32::try_from(wanted).map_or(BATCH, |wanted| wanted.min(BATCH));
        let lines = audit_events.lines(workspace_id, after, limit).await?;
        let Some(last) = lines.last() else {
            break;
        };
        after = last.position;
        progress(u64::try_from(lines.len()).unwrap_or(u64::MAX));
        for line in lines {
            if line.position <= begun_at.event_count {
                check.line(&line);
                if let Some(event) = line.event {
                    last_events.take(line.position, event);
                }
            }
        }
    }
    let mut faults = check.finish(begun_at);
    faults.extend(surplus(audit_events, workspace_id).await?);
    // A damaged trail proves nothing about keys.
    if faults.is_empty() {
        let compared = last_events.compare(api_keys, audit_events, workspace_id);
        faults = compared.await?;
    }
    Ok(Some(TrailReport {
        head: begun_at,
        faults,
    }))
}

/// Checks that the events of a removed workspace follow each other.
async fn verify_what_is_left(
    audit_events: &dyn AuditEvents,
    workspace_id: &WorkspaceId,
    mut progress: impl FnMut(u64) + Send,
) -> Result<Option<TrailReport>, RepositoryError> {
    let mut check = TrailCheck::begin();
    let mut end = None;
    loop {
        let after = end.map_or(0, |end: TrailHead| end.event_count);
        let lines = audit_events.lines(workspace_id, after, BATCH).await?;
        let Some(last) = lines.last() else {
            break;
        };
        end = Some(TrailHead {
            event_count: last.position,
            hash: last.hash.unwrap_or(EventHash::START),
        });
        for line in &lines {
            check.line(line);
        }
        progress(u64::try_from(lines.len()).unwrap_or(u64::MAX));
    }
    Ok(end.map(|head| {
        let event_count = head.event_count;
        let mut faults = vec![TrailFault::WorkspaceGone { event_count }];
        faults.extend(check.finish(head));
        TrailReport { head, faults }
    }))
}

/// An event after the head. The line is read before the head, so that a concurrent event is
/// included in the head's count.
async fn surplus(
    audit_events: &dyn AuditEvents,
    workspace_id: &WorkspaceId,
) -> Result<Option<TrailFault>, RepositoryError> {
    let Some(head) = audit_events.head(workspace_id).await? else {
        return Ok(None);
    };
    let behind = audit_events
        .lines(workspace_id, head.event_count, 1)
        .await?;
    let Some(line) = behind.first() else {
        return Ok(None);
    };
    let now = audit_events.head(workspace_id).await?;
    let is_recorded = now.is_some_and(|now| line.position <= now.event_count);
    Ok((!is_recorded).then_some(TrailFault::Surplus {
        position: line.position,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::trail::TrailLine;
    use crate::listing::page::Page;
    use crate::ports::{MockApiKeys, MockAuditEvents};
    use crate::testing::workspace_id;

    fn head(event_count: u64) -> TrailHead {
        TrailHead {
            event_count,
            hash: EventHash::START,
        }
    }

    fn verify(audit_events: &MockAuditEvents) -> (Option<TrailReport>, u64) {
        let mut api_keys = MockApiKeys::new();
        let nothing = || Page {
            items: Vec::new(),
            total: 0,
        };
        api_keys.expect_list().returning(move |_, _| Ok(nothing()));
        let mut read = 0;
        let progress = |count| read += count;
        let workspace_id = workspace_id("ws_1");
        let report = verify_trail(audit_events, &api_keys, &workspace_id, progress);
        (pollster::block_on(report).unwrap(), read)
    }

    fn unreadable(position: u64) -> TrailLine {
        TrailLine {
            position,
            hash: None,
            event: None,
        }
    }

    #[test]
    fn a_workspace_that_is_not_there_has_no_trail() {
        let mut audit_events = MockAuditEvents::new();
        audit_events.expect_head().returning(|_| Ok(None));
        audit_events.expect_lines().returning(|_, _, _| Ok(vec![]));
        assert_eq!(verify(&audit_events), (None, 0));
    }

    #[test]
    fn the_trail_of_a_removed_workspace_is_checked() {
        let mut audit_events = MockAuditEvents::new();
        audit_events.expect_head().returning(|_| Ok(None));
        audit_events
            .expect_lines()
            .returning(|_, after, _| match after {
                0 => Ok(vec![unreadable(1), unreadable(3)]),
                _ => Ok(vec![]),
            });
        let (report, read) = verify(&audit_events);
        assert_eq!(read, 2);
        assert_eq!(
            report.unwrap().faults,
            [
                TrailFault::WorkspaceGone { event_count: 3 },
                TrailFault::Unreadable { position: 1 },
                TrailFault::Missing { positions: 2..=2 },
                TrailFault::Unreadable { position: 3 },
            ]
        );
    }

    #[test]
    fn a_long_trail_is_read_batch_by_batch() {
        let mut audit_events = MockAuditEvents::new();
        audit_events
            .expect_head()
            .returning(|_| Ok(Some(head(2_500))));
        audit_events.expect_lines().returning(|_, after, limit| {
            let last = (after + u64::from(limit)).min(2_500);
            Ok((after + 1..=last).map(unreadable).collect())
        });
        let (report, read) = verify(&audit_events);
        assert_eq!(report.unwrap().faults.len(), 2_500);
        assert_eq!(read, 2_500);
    }

    #[test]
    fn missing_and_extra_events_at_the_end_are_faults() {
        let mut audit_events = MockAuditEvents::new();
        audit_events.expect_head().returning(|_| Ok(Some(head(3))));
        audit_events
            .expect_lines()
            .returning(|_, after, _| match after {
                3 => Ok(vec![unreadable(4)]),
                _ => Ok(vec![]),
            });
        let positions = 1..=3;
        assert_eq!(
            verify(&audit_events).0.unwrap().faults,
            [
                TrailFault::Missing { positions },
                TrailFault::Surplus { position: 4 }
            ]
        );
    }

    #[test]
    fn an_event_that_is_recorded_meanwhile_is_none_too_many() {
        let mut audit_events = MockAuditEvents::new();
        let mut looks = 0;
        audit_events.expect_head().returning(move |_| {
            looks += 1;
            Ok(Some(head(u64::from(looks >= 3))))
        });
        audit_events
            .expect_lines()
            .returning(|_, _, _| Ok(vec![unreadable(1)]));
        assert_eq!(verify(&audit_events).0.unwrap().faults, []);
    }
}
