use diesel::QueryResult;
use diesel::sql_types::{Array, BigInt};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::take::{TakeDue, TakenRow, Taking};
use crate::queries::prepared::Prepared;
use crate::sql_types::{Instant, KeyUuid};

/// Nodes that take at the same time pass by the rows of each other.
const TAKE: &str = "
    UPDATE webhook_deliveries SET lease = $1, due_at = $2
    FROM (
        SELECT webhook_id, position FROM webhook_deliveries
        WHERE due_at <= $3 AND webhook_id <> ALL($4)
        ORDER BY due_at, position LIMIT $5 FOR UPDATE SKIP LOCKED
    ) AS due
    WHERE webhook_deliveries.webhook_id = due.webhook_id
        AND webhook_deliveries.position = due.position
    RETURNING webhook_deliveries.webhook_id, webhook_deliveries.position, webhook_deliveries.attempts";

impl TakeDue for AsyncPgConnection {
    async fn take(&mut self, taking: Taking) -> QueryResult<Vec<TakenRow>> {
        let take = diesel::sql_query(TAKE)
            .bind::<KeyUuid, _>(taking.lease)
            .bind::<Instant, _>(taking.until)
            .bind::<Instant, _>(taking.now)
            .bind::<Array<KeyUuid>, _>(taking.busy)
            .bind::<BigInt, _>(taking.limit);
        Prepared(take).load(self).await
    }
}
