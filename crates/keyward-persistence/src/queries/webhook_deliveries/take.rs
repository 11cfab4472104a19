use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use keyward_domain::ports::{DeliveryLease, RepositoryError, TakenDelivery};
use keyward_domain::{EventId, PublishedEvent, Timestamp, Webhook, WebhookId};

use crate::backend::{query, transact};
use crate::error::CorruptRow;
use crate::queries::event_log::{Row, published};
use crate::rows::{AuditEventRow, ColumnRef, DeploymentEventRow, PublishedEventRow, WebhookRow};
use crate::schema::{
    audit_events, deployment_events, published_events, webhook_deliveries, webhooks,
};
use crate::sql_types::{Id, Micros};
use crate::store::Store;
use crate::tx::TxOutcome;

/// A delivery that was taken, without its event and webhook.
#[derive(QueryableByName)]
#[diesel(table_name = webhook_deliveries)]
pub(super) struct TakenRow {
    webhook_id: Id,
    position: i64,
    attempts: i64,
}

/// How deliveries are taken.
pub(super) struct Taking {
    pub(super) limit: i64,
    pub(super) busy: Vec<Id>,
    pub(super) lease: Id,
    pub(super) until: Micros,
    pub(super) now: Micros,
}

/// Takes deliveries in one statement.
pub(super) trait TakeDue {
    fn take(&mut self, taking: Taking) -> impl Future<Output = QueryResult<Vec<TakenRow>>> + Send;
}

pub(super) async fn run(
    store: &Store,
    limit: u32,
    busy: Vec<WebhookId>,
    lease: DeliveryLease,
    now: Timestamp,
) -> Result<Vec<TakenDelivery>, RepositoryError> {
    let taking = Taking {
        limit: limit.into(),
        busy: busy.into_iter().map(|id| Id(id.uuid())).collect(),
        lease: Id(lease.id),
        until: lease.until.into(),
        now: now.into(),
    };
    let now = taking.now;
    let is_due: Result<bool, RepositoryError> = query!(store, |conn| {
        let due = webhook_deliveries::table.filter(webhook_deliveries::due_at.le(now));
        Ok(diesel::select(diesel::dsl::exists(due))
            .get_result(conn)
            .await?)
    });
    if !is_due? {
        return Ok(Vec::new());
    }
    let taken: Result<Vec<TakenRow>, RepositoryError> = transact!(store, |conn| {
        Ok(TxOutcome::Commit(TakeDue::take(conn, taking).await?))
    });
    let taken = taken?;
    if taken.is_empty() {
        return Ok(Vec::new());
    }
    let positions: Vec<i64> = taken.iter().map(|row| row.position).collect();
    let ids: Vec<Id> = taken.iter().map(|row| row.webhook_id).collect();
    let events: Result<Vec<Row>, RepositoryError> = query!(store, |conn| {
        let of_taken = published!().filter(published_events::position.eq_any(positions));
        Ok(of_taken.load(conn).await?)
    });
    let receivers: Result<Vec<WebhookRow>, RepositoryError> = query!(store, |conn| {
        let of_taken = webhooks::table.filter(webhooks::id.eq_any(ids));
        Ok(of_taken.select(WebhookRow::as_select()).load(conn).await?)
    });
    // One that can't be read, of a newer release for example, is passed by.
    let receivers: Vec<Webhook> = receivers?
        .into_iter()
        .filter_map(|row| Webhook::try_from(row).ok())
        .collect();
    let events: Vec<Event> = events?.into_iter().map(Event::from).collect();
    let with_all = taken.into_iter().filter_map(|row| {
        // A webhook that was removed meanwhile gets nothing more.
        let webhook = receivers
            .iter()
            .find(|one| one.id.uuid() == row.webhook_id.0)?;
        let event = events.iter().find(|event| event.position == row.position)?;
        Some(row.with(webhook.clone(), event))
    });
    let with_all: Result<Vec<TakenDelivery>, CorruptRow> = with_all.collect();
    Ok(with_all.map_err(crate::error::QueryError::from)?)
}

/// An event to deliver.
struct Event {
    position: i64,
    id: Option<EventId>,
    content: Option<PublishedEvent>,
}

impl From<Row> for Event {
    fn from((row, of_key, of_deployment): Row) -> Self {
        Self {
            position: row.position(),
            id: row.id(),
            content: row.read(of_key, of_deployment).ok(),
        }
    }
}

impl TakenRow {
    fn with(self, webhook: Webhook, event: &Event) -> Result<TakenDelivery, CorruptRow> {
        let column = ColumnRef {
            table: "webhook_deliveries",
            id: &self.position,
        };
        Ok(TakenDelivery {
            webhook,
            position: column.read("position", self.position.try_into())?,
            event_id: event
                .id
                .ok_or_else(|| column.corrupt("id", "not an event id"))?,
            attempt: column.read("attempts", self.attempts.saturating_add(1).try_into())?,
            event: event.content.clone(),
        })
    }
}
