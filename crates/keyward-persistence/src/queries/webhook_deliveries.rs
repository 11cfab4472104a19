//! The work of delivering events, which all nodes share.

mod finish;
mod postgres;
mod sqlite;
mod take;

use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use keyward_domain::ports::{
    Backlog, DeliveryLease, FinishedDelivery, RepositoryError, TakenDelivery, WebhookDeliveries,
};
use keyward_domain::{Authorship, Timestamp, Webhook, WebhookId};

use crate::backend::{query, transact};
use crate::queries::prepared::Prepared;
use crate::queries::webhooks::{ORDER_PENDING, STUCK};
use crate::rows::ColumnRef;
use crate::schema::{published_events, webhook_deliveries, webhooks};
use crate::sql_types::{Id, Instant, KeyUuid, Micros};
use crate::store::Store;
use crate::tx::TxOutcome;

#[async_trait]
impl WebhookDeliveries for Store {
    async fn take(
        &self,
        limit: u32,
        busy: Vec<WebhookId>,
        lease: DeliveryLease,
        now: Timestamp,
    ) -> Result<Vec<TakenDelivery>, RepositoryError> {
        take::run(self, limit, busy, lease, now).await
    }

    async fn finish(
        &self,
        finished: Vec<FinishedDelivery>,
        by: Authorship,
    ) -> Result<Vec<Webhook>, RepositoryError> {
        finish::run(self, finished, by).await
    }

    async fn repair(&self, now: Timestamp) -> Result<u64, RepositoryError> {
        let stuck: Result<Vec<StuckRow>, RepositoryError> = query!(self, |conn| {
            Ok(Prepared(diesel::sql_query(STUCK)).load(conn).await?)
        });
        let mut repaired = 0;
        for StuckRow { webhook_id } in stuck? {
            repaired += order_pending(self, webhook_id, now.into()).await?;
        }
        Ok(repaired)
    }

    async fn backlog(&self) -> Result<Backlog, RepositoryError> {
        query!(self, |conn| {
            let pending = webhook_deliveries::table
                .inner_join(webhooks::table.on(webhook_deliveries::webhook_id.eq(webhooks::id)))
                .filter(webhook_deliveries::status.eq("PENDING"))
                .filter(webhooks::disabled_at.is_null());
            let count: i64 = pending.count().get_result(conn).await?;
            let oldest: Option<Micros> = pending
                .inner_join(
                    published_events::table
                        .on(webhook_deliveries::position.eq(published_events::position)),
                )
                .order(webhook_deliveries::position)
                .select(published_events::published_at)
                .first(conn)
                .await
                .optional()?;
            let column = ColumnRef {
                table: "published_events",
                id: &"oldest",
            };
            let oldest = oldest.map(|at| column.instant("published_at", at));
            Ok(Backlog {
                pending: column.read("position", count.try_into())?,
                oldest_published_at: oldest.transpose()?,
            })
        })
    }
}

/// A webhook with deliveries that nothing will make due.
#[derive(QueryableByName)]
#[diesel(table_name = webhook_deliveries)]
struct StuckRow {
    webhook_id: Id,
}

/// Under the lock of the webhook, as publication and the end of a delivery.
async fn order_pending(store: &Store, id: Id, now: Micros) -> Result<u64, RepositoryError> {
    transact!(store, |conn| {
        let enabled = webhooks::table
            .find(id)
            .filter(webhooks::disabled_at.is_null());
        let locked = diesel::update(enabled).set(webhooks::url.eq(webhooks::url));
        if Prepared(locked).execute(conn).await? == 0 {
            return Ok(TxOutcome::Rollback(0));
        }
        let order = diesel::sql_query(ORDER_PENDING)
            .bind::<Instant, _>(now)
            .bind::<KeyUuid, _>(id);
        let count = Prepared(order).execute(conn).await?;
        Ok(TxOutcome::Commit(u64::try_from(count).unwrap_or(u64::MAX)))
    })
}
