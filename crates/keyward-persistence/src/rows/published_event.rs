use diesel::{Insertable, Queryable, Selectable};
use keyward_domain::{EventId, PublishedContent, PublishedEvent, TrailPoint, WorkspaceId};
use serde_json::Value;

use super::notice::notice_from_json;
use super::{AuditEventRow, ColumnRef, DeploymentEventRow, event_hash};
use crate::error::{Cause, CorruptRow};
use crate::schema::published_events;
use crate::sql_types::{Id, Json, Micros, Stored};

/// An event to publish.
#[derive(Insertable)]
#[diesel(table_name = published_events, treat_none_as_default_value = false)]
pub(crate) struct NewPublishedEventRow {
    pub(crate) position: i64,
    pub(crate) id: Id,
    pub(crate) workspace_id: Option<String>,
    pub(crate) sequence: Option<i64>,
    pub(crate) event_type: String,
    pub(crate) trail_position: i64,
    pub(crate) trail_hash: Vec<u8>,
    pub(crate) notice: Option<Json>,
    pub(crate) published_at: Micros,
    pub(crate) api_key_id: Option<Id>,
}

/// A published event as it is read. Only a notice has its content here.
#[derive(Queryable, Selectable)]
#[diesel(table_name = published_events)]
pub(crate) struct PublishedEventRow {
    position: i64,
    id: Stored<Id>,
    workspace_id: Option<String>,
    sequence: Option<i64>,
    trail_position: i64,
    trail_hash: Vec<u8>,
    notice: Option<Stored<Value>>,
}

impl PublishedEventRow {
    pub(crate) fn position(&self) -> i64 {
        self.position
    }

    /// The id; `None` when it can't be read.
    pub(crate) fn id(&self) -> Option<EventId> {
        let id = self.id.0.as_ref().ok()?;
        Some(EventId::from_uuid(id.0))
    }

    /// The event, with its content from its trail.
    pub(crate) fn read(
        self,
        key_event: Option<AuditEventRow>,
        deployment_event: Option<DeploymentEventRow>,
    ) -> Result<PublishedEvent, CorruptRow> {
        let place = self.position;
        let column = ColumnRef {
            table: "published_events",
            id: &place,
        };
        let workspace_id = self.workspace_id.as_deref().map(WorkspaceId::parse);
        let workspace_id = column.read("workspace_id", workspace_id.transpose())?;
        let trail = TrailPoint {
            position: column.read("trail_position", self.trail_position.try_into())?,
            hash: column.read("trail_hash", event_hash(&self.trail_hash))?,
        };
        let content = match (workspace_id, self.notice, key_event, deployment_event) {
            (Some(workspace_id), Some(notice), None, None) => {
                let read = |value| notice_from_json(workspace_id, value);
                let notice = column.read("notice", notice.0.and_then(read))?;
                PublishedContent::Notice { notice, trail }
            }
            (Some(_), None, Some(event), None) => PublishedContent::KeyEvent {
                event: Box::new(event.try_into()?),
                trail,
            },
            (None, None, None, Some(event)) => PublishedContent::DeploymentEvent {
                event: event.try_into()?,
                trail,
            },
            (_, _, _, _) => return Err(column.corrupt("trail_position", "no such event")),
        };
        let sequence = self.sequence.map(u64::try_from);
        Ok(PublishedEvent {
            id: EventId::from_uuid(column.read("id", self.id.0)?.0),
            position: column.read("position", self.position.try_into())?,
            sequence: column.read("sequence", sequence.transpose().map_err(Cause::from))?,
            content,
        })
    }
}
