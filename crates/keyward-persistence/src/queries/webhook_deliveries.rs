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

use crate::backend::query;
use crate::rows::ColumnRef;
use crate::schema::{published_events, webhook_deliveries, webhooks};
use crate::sql_types::Micros;
use crate::store::Store;

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
