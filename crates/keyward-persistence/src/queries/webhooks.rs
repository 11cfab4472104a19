//! The webhooks of workspaces and of the deployment, and what became of their deliveries.

mod order;
mod replay;

use async_trait::async_trait;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use diesel_async::RunQueryDsl;
use keyward_domain::ports::{RepositoryError, WebhookAdded, Webhooks};
use keyward_domain::{
    Authorship, Delivery, DeploymentChange, DeploymentEvent, Timestamp, WEBHOOKS_MAX, Webhook,
    WebhookId, WebhookSettings, WorkspaceId,
};

pub(crate) use self::order::{ORDER_PENDING, STUCK, WAIT, WITHDRAW};
use self::replay::EventRow;
use crate::backend::{query, transact};
use crate::error::CorruptRow;
use crate::queries::deployment_events::record_deployment_event;
use crate::queries::prepared::Prepared;
use crate::rows::{DeliveredEventRow, NewWebhookRow, WebhookDeliveryRow, WebhookRow};
use crate::schema::{published_events, webhook_deliveries, webhooks, workspaces};
use crate::sql_types::{Id, Instant, KeyUuid, Micros, bigint};
use crate::store::Store;
use crate::tx::TxOutcome;

/// Those of a workspace, or of the deployment. A macro, because the query's type has no short name.
macro_rules! of {
    ($workspace_id:expr) => {{
        let workspace_id: Option<&str> = $workspace_id;
        let is_null = webhooks::workspace_id.is_null();
        webhooks::table
            .filter(is_null.eq(workspace_id.is_none()))
            .filter(is_null.or(webhooks::workspace_id.eq(workspace_id)))
    }};
}

/// Locks a webhook until the end of the transaction, by an update that changes nothing, and returns it. A
/// macro, because the connection's type depends on the database.
macro_rules! lock_webhook {
    ($conn:ident, $workspace_id:expr, $id:expr) => {{
        let one = of!($workspace_id).filter(webhooks::id.eq(Id($id.uuid())));
        let locked: Option<WebhookRow> = diesel::update(one)
            .set(webhooks::url.eq(webhooks::url))
            .returning(WebhookRow::as_returning())
            .get_result($conn)
            .await
            .optional()?;
        locked.map(Webhook::try_from).transpose()?
    }};
}

/// The event for a change of a webhook's settings.
pub(crate) fn changed(
    webhook: &Webhook,
    before: Option<WebhookSettings>,
    after: Option<WebhookSettings>,
    by: Authorship,
) -> DeploymentEvent {
    let change = DeploymentChange::Webhook {
        webhook_id: webhook.id,
        workspace_id: webhook.workspace_id.clone(),
        before,
        after,
    };
    DeploymentEvent { change, by }
}

#[async_trait]
impl Webhooks for Store {
    async fn list(
        &self,
        workspace_id: Option<WorkspaceId>,
    ) -> Result<Vec<Webhook>, RepositoryError> {
        query!(self, |conn| {
            let rows: Vec<WebhookRow> = of!(workspace_id.as_ref().map(WorkspaceId::as_str))
                .order(webhooks::id)
                .select(WebhookRow::as_select())
                .load(conn)
                .await?;
            let all: Result<Vec<Webhook>, CorruptRow> =
                rows.into_iter().map(Webhook::try_from).collect();
            Ok(all?)
        })
    }

    async fn get(
        &self,
        workspace_id: Option<WorkspaceId>,
        id: WebhookId,
    ) -> Result<Option<Webhook>, RepositoryError> {
        query!(self, |conn| {
            let row: Option<WebhookRow> = of!(workspace_id.as_ref().map(WorkspaceId::as_str))
                .filter(webhooks::id.eq(Id(id.uuid())))
                .select(WebhookRow::as_select())
                .get_result(conn)
                .await
                .optional()?;
            Ok(row.map(Webhook::try_from).transpose()?)
        })
    }

    /// The lock of the workspace, or of the deployment's trail, keeps the count true.
    async fn add(&self, webhook: Webhook, by: Authorship) -> Result<WebhookAdded, RepositoryError> {
        transact!(self, |conn| {
            let workspace_id = webhook.workspace_id.as_ref().map(WorkspaceId::as_str);
            if let Some(id) = workspace_id {
                let locked = diesel::update(workspaces::table.find(id))
                    .set(workspaces::key_count.eq(workspaces::key_count))
                    .execute(conn)
                    .await?;
                if locked == 0 {
                    return Ok(TxOutcome::Rollback(WebhookAdded::UnknownWorkspace));
                }
            } else {
                let trail = diesel::update(crate::schema::deployment_trail::table).set(
                    crate::schema::deployment_trail::event_count
                        .eq(crate::schema::deployment_trail::event_count),
                );
                trail.execute(conn).await?;
            }
            let count: i64 = of!(workspace_id).count().get_result(conn).await?;
            if count >= i64::from(WEBHOOKS_MAX) {
                return Ok(TxOutcome::Rollback(WebhookAdded::LimitReached));
            }
            diesel::insert_into(webhooks::table)
                .values(NewWebhookRow::from(&webhook))
                .execute(conn)
                .await?;
            let event = changed(&webhook, None, Some(webhook.settings.clone()), by);
            record_deployment_event!(conn, event);
            Ok(TxOutcome::Commit(WebhookAdded::Done))
        })
    }

    /// Most deliveries are removed first, in short transactions.
    async fn remove(
        &self,
        workspace_id: Option<WorkspaceId>,
        id: WebhookId,
        by: Authorship,
    ) -> Result<bool, RepositoryError> {
        if Webhooks::get(self, workspace_id.clone(), id)
            .await?
            .is_none()
        {
            return Ok(false);
        }
        while remove_deliveries(self, id).await? {}
        transact!(self, |conn| {
            let workspace_id = workspace_id.as_ref().map(WorkspaceId::as_str);
            let Some(webhook) = lock_webhook!(conn, workspace_id, id) else {
                return Ok(TxOutcome::Rollback(false));
            };
            diesel::delete(webhooks::table.find(Id(id.uuid())))
                .execute(conn)
                .await?;
            let event = changed(&webhook, Some(webhook.settings.clone()), None, by);
            record_deployment_event!(conn, event);
            Ok(TxOutcome::Commit(true))
        })
    }

    async fn enable(
        &self,
        workspace_id: Option<WorkspaceId>,
        id: WebhookId,
        by: Authorship,
    ) -> Result<Option<Webhook>, RepositoryError> {
        transact!(self, |conn| {
            let workspace_id = workspace_id.as_ref().map(WorkspaceId::as_str);
            let Some(webhook) = lock_webhook!(conn, workspace_id, id) else {
                return Ok(TxOutcome::Rollback(None));
            };
            if webhook.disabled_at.is_none() {
                return Ok(TxOutcome::Rollback(Some(webhook)));
            }
            let now = Micros::from(by.occurred_at);
            let none: Option<Micros> = None;
            let no_reason: Option<String> = None;
            let enabled: WebhookRow = diesel::update(webhooks::table.find(Id(id.uuid())))
                .set((
                    webhooks::disabled_at.eq(none),
                    webhooks::disabled_reason.eq(no_reason),
                    webhooks::failing_since.eq(none),
                ))
                .returning(WebhookRow::as_returning())
                .get_result(conn)
                .await?;
            let enabled = Webhook::try_from(enabled)?;
            let order = diesel::sql_query(ORDER_PENDING)
                .bind::<Instant, _>(now)
                .bind::<KeyUuid, _>(Id(id.uuid()));
            order.execute(conn).await?;
            let after = Some(enabled.settings.clone());
            record_deployment_event!(conn, changed(&enabled, Some(webhook.settings), after, by));
            Ok(TxOutcome::Commit(Some(enabled)))
        })
    }

    async fn rotate(
        &self,
        workspace_id: Option<WorkspaceId>,
        id: WebhookId,
        previous_until: Timestamp,
        by: Authorship,
    ) -> Result<Option<Webhook>, RepositoryError> {
        let until = Micros::from(previous_until);
        transact!(self, |conn| {
            let workspace_id = workspace_id.as_ref().map(WorkspaceId::as_str);
            let Some(webhook) = lock_webhook!(conn, workspace_id, id) else {
                return Ok(TxOutcome::Rollback(None));
            };
            let rotated: WebhookRow = diesel::update(webhooks::table.find(Id(id.uuid())))
                .set((
                    webhooks::secret_generation.eq(webhooks::secret_generation + 1),
                    webhooks::previous_secret_until.eq(until),
                ))
                .returning(WebhookRow::as_returning())
                .get_result(conn)
                .await?;
            let rotated = Webhook::try_from(rotated)?;
            let after = Some(rotated.settings.clone());
            record_deployment_event!(conn, changed(&rotated, Some(webhook.settings), after, by));
            Ok(TxOutcome::Commit(Some(rotated)))
        })
    }

    async fn replay(
        &self,
        workspace_id: Option<WorkspaceId>,
        id: WebhookId,
        after: u64,
        now: Timestamp,
    ) -> Result<Option<u64>, RepositoryError> {
        let mut after = bigint(after);
        let mut count = 0;
        loop {
            let chunk = replay_chunk(self, workspace_id.as_ref(), id, after, now).await?;
            let Some((added, last)) = chunk else {
                return Ok(None);
            };
            count += added;
            match last {
                Some(last) => after = last,
                None => return Ok(Some(count)),
            }
        }
    }

    async fn deliveries(
        &self,
        workspace_id: Option<WorkspaceId>,
        id: WebhookId,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Option<Vec<Delivery>>, RepositoryError> {
        let before = bigint(before.unwrap_or(u64::MAX));
        let (position, sequence) = if workspace_id.is_some() {
            (i64::MAX, before)
        } else {
            (before, i64::MAX)
        };
        if Webhooks::get(self, workspace_id, id).await?.is_none() {
            return Ok(None);
        }
        query!(self, |conn| {
            let rows: Vec<(WebhookDeliveryRow, DeliveredEventRow)> = webhook_deliveries::table
                .inner_join(
                    published_events::table
                        .on(webhook_deliveries::position.eq(published_events::position)),
                )
                .filter(webhook_deliveries::webhook_id.eq(Id(id.uuid())))
                .filter(webhook_deliveries::position.lt(position))
                .filter(
                    published_events::sequence
                        .is_null()
                        .or(published_events::sequence.lt(sequence)),
                )
                .order(webhook_deliveries::position.desc())
                .limit(i64::from(limit))
                .select((
                    WebhookDeliveryRow::as_select(),
                    DeliveredEventRow::as_select(),
                ))
                .load(conn)
                .await?;
            let read = rows.into_iter().map(|(row, event)| row.read(event));
            let read: Result<Vec<Delivery>, CorruptRow> = read.collect();
            Ok(Some(read?))
        })
    }
}

/// Makes the next events pending. Returns how many, and the place of the last one; `None` as the place when
/// there are no more, and `None` when there is no such webhook.
async fn replay_chunk(
    store: &Store,
    workspace_id: Option<&WorkspaceId>,
    id: WebhookId,
    after: i64,
    now: Timestamp,
) -> Result<Option<(u64, Option<i64>)>, RepositoryError> {
    let workspace_id = workspace_id.cloned();
    let (id, now) = (Id(id.uuid()), Micros::from(now));
    transact!(store, |conn| {
        let of = workspace_id.as_ref().map(WorkspaceId::as_str);
        let Some(webhook) = lock_webhook!(conn, of, WebhookId::from_uuid(id.0)) else {
            return Ok(TxOutcome::Rollback(None));
        };
        let events: Vec<EventRow> = if let Some(workspace_id) = of {
            let next = diesel::sql_query(replay::OF_WORKSPACE)
                .bind::<KeyUuid, _>(id)
                .bind::<BigInt, _>(after)
                .bind::<Text, _>(workspace_id)
                .bind::<BigInt, _>(replay::CHUNK);
            Prepared(next).load(conn).await?
        } else {
            let next = diesel::sql_query(replay::OF_DEPLOYMENT)
                .bind::<KeyUuid, _>(id)
                .bind::<BigInt, _>(after)
                .bind::<BigInt, _>(replay::CHUNK);
            Prepared(next).load(conn).await?
        };
        let [first, ..] = events.as_slice() else {
            return Ok(TxOutcome::Rollback(Some((0, None))));
        };
        let last = events.as_slice().last().unwrap_or(first);
        let again = diesel::sql_query(replay::AGAIN)
            .bind::<KeyUuid, _>(id)
            .bind::<BigInt, _>(first.position)
            .bind::<BigInt, _>(last.position);
        let count = Prepared(again).execute(conn).await?;
        if webhook.disabled_at.is_none() {
            let order = diesel::sql_query(ORDER_PENDING)
                .bind::<Instant, _>(now)
                .bind::<KeyUuid, _>(id);
            Prepared(order).execute(conn).await?;
        }
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        Ok(TxOutcome::Commit(Some((count, Some(last.place)))))
    })
}

/// Removes some deliveries of a webhook. Returns whether there may be more.
async fn remove_deliveries(store: &Store, id: WebhookId) -> Result<bool, RepositoryError> {
    let id = Id(id.uuid());
    transact!(store, |conn| {
        let some = diesel::sql_query(REMOVE_SOME)
            .bind::<KeyUuid, _>(id)
            .bind::<BigInt, _>(replay::CHUNK);
        let removed = Prepared(some).execute(conn).await?;
        let is_full = bigint(u64::try_from(removed).unwrap_or(u64::MAX)) == replay::CHUNK;
        Ok(TxOutcome::Commit(is_full))
    })
}

const REMOVE_SOME: &str = "
    DELETE FROM webhook_deliveries WHERE (webhook_id, position) IN (
        SELECT webhook_id, position FROM webhook_deliveries WHERE webhook_id = $1 LIMIT $2)";
