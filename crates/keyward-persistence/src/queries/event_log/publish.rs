use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Bool, Nullable, Text};
use diesel_async::RunQueryDsl;
use keyward_domain::ports::{Published, RepositoryError};
use keyward_domain::{EventId, Timestamp, WorkspaceId};
use serde_json::Value;

use crate::backend::{query, transact};
use crate::error::{CorruptRow, QueryError};
use crate::queries::prepared::Prepared;
use crate::rows::{ColumnRef, NewPublishedEventRow, event_hash, notice_key, notice_type};
use crate::schema::{event_log, event_sequences, outbox};
use crate::sql_types::{Document, Id, Json, KeyUuid, Micros, Stored};
use crate::store::Store;
use crate::tx::TxOutcome;

/// The maximum number of events in one transaction, so that it stays short.
const ROUND_MAX: u32 = 10_000;

/// Whether there is anything to publish. The minimum is read from the index, and passes by the places
/// of rows that were published.
const WAITING: &str = "
    SELECT head, (SELECT min(number) FROM outbox) IS NOT NULL AS is_waiting FROM event_log";

/// The first rows of the outbox, each with its place in a trail. Each is looked up by itself, because a
/// join would read a whole trail for a large batch.
const TAKE: &str = "
    SELECT number, workspace_id, trail_position, notice, notice_id,
        CASE WHEN notice IS NOT NULL THEN (SELECT event_count FROM workspaces
            WHERE workspaces.id = outbox.workspace_id)
        END AS head_position,
        CASE WHEN notice IS NOT NULL THEN (SELECT event_hash FROM workspaces
            WHERE workspaces.id = outbox.workspace_id)
        WHEN workspace_id IS NOT NULL THEN (SELECT hash FROM audit_events
            WHERE audit_events.workspace_id = outbox.workspace_id
                AND audit_events.position = outbox.trail_position)
        ELSE (SELECT hash FROM deployment_events
            WHERE deployment_events.position = outbox.trail_position)
        END AS hash,
        CASE WHEN notice IS NOT NULL THEN NULL
        WHEN workspace_id IS NOT NULL THEN (SELECT action FROM audit_events
            WHERE audit_events.workspace_id = outbox.workspace_id
                AND audit_events.position = outbox.trail_position)
        ELSE (SELECT action FROM deployment_events
            WHERE deployment_events.position = outbox.trail_position)
        END AS action,
        (SELECT position FROM published_events WHERE published_events.id = outbox.notice_id)
            IS NOT NULL AS is_published
    FROM outbox ORDER BY number LIMIT $1";

#[derive(QueryableByName)]
struct Waiting {
    #[diesel(sql_type = BigInt)]
    head: i64,
    #[diesel(sql_type = Bool)]
    is_waiting: bool,
}

/// A row of the outbox.
#[derive(QueryableByName)]
struct TakenRow {
    #[diesel(sql_type = BigInt)]
    number: i64,
    #[diesel(sql_type = Nullable<Text>)]
    workspace_id: Option<String>,
    #[diesel(sql_type = Nullable<BigInt>)]
    trail_position: Option<i64>,
    #[diesel(sql_type = Nullable<Document>)]
    notice: Option<Stored<Value>>,
    #[diesel(sql_type = Nullable<KeyUuid>)]
    notice_id: Option<Id>,
    /// The head of the trail of a notice's workspace.
    #[diesel(sql_type = Nullable<BigInt>)]
    head_position: Option<i64>,
    #[diesel(sql_type = Nullable<Binary>)]
    hash: Option<Vec<u8>>,
    /// What an event of a trail is about.
    #[diesel(sql_type = Nullable<Text>)]
    action: Option<String>,
    #[diesel(sql_type = Bool)]
    is_published: bool,
}

/// What a row of the outbox becomes, without its place among the published events.
struct Taken {
    id: EventId,
    workspace_id: Option<String>,
    event_type: String,
    trail_position: i64,
    trail_hash: Vec<u8>,
    notice: Option<Json>,
    /// The key that a notice is about.
    api_key_id: Option<Id>,
}

/// Events with their places.
pub(super) struct Batch {
    pub(super) events: Vec<NewPublishedEventRow>,
    /// The new last sequences of workspaces.
    pub(super) sequences: BTreeMap<String, i64>,
    head: i64,
}

/// Writes the events and sequences of a batch.
pub(super) trait WriteBatch {
    fn write(&mut self, batch: &Batch) -> impl Future<Output = QueryResult<()>> + Send;
}

/// One transaction. The first update locks the head until its end, so that only one node publishes at a
/// time, and sees what the node before it has left. Positions are in the order of the commits.
///
/// Meanwhile, rows with lower numbers than the taken ones may become visible. They are of other trails,
/// because a trail is written under the lock of its head. Therefore only the taken rows are removed.
pub(super) async fn run(
    store: &Store,
    limit: u32,
    now: Timestamp,
) -> Result<Published, RepositoryError> {
    let now = Micros::from(now);
    let waiting: Result<Waiting, RepositoryError> = query!(store, |conn| {
        let waiting = Prepared(diesel::sql_query(WAITING));
        Ok(waiting.get_result(conn).await?)
    });
    let waiting = waiting?;
    if !waiting.is_waiting {
        return published(0, waiting.head).map_err(|row| QueryError::from(row).into());
    }
    transact!(store, |conn| {
        let lock = diesel::update(event_log::table)
            .set(event_log::head.eq(event_log::head))
            .returning(event_log::head);
        let head: i64 = Prepared(lock).get_result(conn).await?;
        let take = diesel::sql_query(TAKE).bind::<BigInt, _>(i64::from(limit.min(ROUND_MAX)));
        let rows: Vec<TakenRow> = Prepared(take).load(conn).await?;
        if rows.is_empty() {
            return Ok(TxOutcome::Rollback(published(0, head)?));
        }
        let numbers: Vec<i64> = rows.iter().map(|row| row.number).collect();
        let taken = rows.into_iter().filter_map(|row| row.read().transpose());
        let taken: Vec<Taken> = taken.collect::<Result<_, CorruptRow>>()?;
        let of_outbox = outbox::table.filter(outbox::number.eq_any(numbers));
        diesel::delete(of_outbox).execute(conn).await?;
        let workspaces = taken.iter().filter_map(|event| event.workspace_id.clone());
        let workspaces: BTreeSet<String> = workspaces.collect();
        let sequences: Vec<(String, i64)> = event_sequences::table
            .filter(event_sequences::workspace_id.eq_any(workspaces))
            .select((event_sequences::workspace_id, event_sequences::sequence))
            .load(conn)
            .await?;
        let batch = Batch::new(taken, head, sequences.into_iter().collect(), now);
        conn.write(&batch).await?;
        let moved = diesel::update(event_log::table).set(event_log::head.eq(batch.head));
        Prepared(moved).execute(conn).await?;
        Ok(TxOutcome::Commit(published(
            batch.events.len(),
            batch.head,
        )?))
    })
}

fn published(count: usize, head: i64) -> Result<Published, CorruptRow> {
    let column = ColumnRef {
        table: "event_log",
        id: &"head",
    };
    Ok(Published {
        count: u64::try_from(count).unwrap_or(u64::MAX),
        head: column.read("head", head.try_into())?,
    })
}

impl TakenRow {
    /// What to publish; `None` for a notice that was published, or whose workspace was removed.
    fn read(self) -> Result<Option<Taken>, CorruptRow> {
        let number = self.number;
        let column = ColumnRef {
            table: "outbox",
            id: &number,
        };
        if let (Some(notice), Some(id)) = (self.notice, self.notice_id) {
            let notice = column.read("notice", notice.0)?;
            let event_type = column.read("notice", notice_type(&notice))?;
            let api_key_id = column.read("notice", notice_key(&notice))?;
            let (Some(trail_position), Some(trail_hash)) = (self.head_position, self.hash) else {
                return Ok(None);
            };
            let taken = Taken {
                id: EventId::from_uuid(id.0),
                workspace_id: self.workspace_id,
                event_type,
                trail_position,
                trail_hash,
                notice: Some(Json(notice)),
                api_key_id: Some(Id(api_key_id.uuid())),
            };
            return Ok((!self.is_published).then_some(taken));
        }
        let (Some(trail_position), Some(trail_hash), Some(action)) =
            (self.trail_position, self.hash, self.action)
        else {
            return Err(column.corrupt("trail_position", "no such event"));
        };
        let hash = column.read("trail_position", event_hash(&trail_hash))?;
        let action = action.to_lowercase();
        let (id, event_type) = match &self.workspace_id {
            Some(id) => {
                let workspace_id = column.read("workspace_id", WorkspaceId::parse(id))?;
                let id = EventId::of_key_event(&workspace_id, hash);
                (id, format!("api_key.{action}"))
            }
            // WORKSPACE_ADDED is workspace.added.
            None => (
                EventId::of_deployment_event(hash),
                action.replacen('_', ".", 1),
            ),
        };
        Ok(Some(Taken {
            id,
            workspace_id: self.workspace_id,
            event_type,
            trail_position,
            trail_hash,
            notice: None,
            api_key_id: None,
        }))
    }
}

impl Batch {
    /// Gives each event its place, after the head and the last sequence of its workspace.
    fn new(taken: Vec<Taken>, head: i64, last: BTreeMap<String, i64>, now: Micros) -> Self {
        let mut batch = Self {
            events: Vec::with_capacity(taken.len()),
            sequences: last,
            head,
        };
        for event in taken {
            batch.head = batch.head.saturating_add(1);
            let sequence = event.workspace_id.as_ref().map(|id| {
                let last = batch.sequences.entry(id.clone()).or_insert(0);
                *last = last.saturating_add(1);
                *last
            });
            batch.events.push(NewPublishedEventRow {
                position: batch.head,
                id: Id(event.id.uuid()),
                workspace_id: event.workspace_id,
                sequence,
                event_type: event.event_type,
                trail_position: event.trail_position,
                trail_hash: event.trail_hash,
                notice: event.notice,
                published_at: now,
                api_key_id: event.api_key_id,
            });
        }
        batch
    }
}
