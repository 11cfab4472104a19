use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use diesel_async::RunQueryDsl;

use super::take::{TakeDue, TakenRow, Taking};
use crate::queries::prepared::Prepared;
use crate::sql_types::{Instant, KeyUuid};
use crate::sqlite::Connection;

/// The ids in ?4 are an array of hexadecimal texts.
const TAKE: &str = "
    UPDATE webhook_deliveries SET lease = ?1, due_at = ?2
    WHERE (webhook_id, position) IN (
        SELECT webhook_id, position FROM webhook_deliveries
        WHERE due_at <= ?3 AND hex(webhook_id) NOT IN (SELECT value FROM json_each(?4))
        ORDER BY due_at, position LIMIT ?5
    )
    RETURNING webhook_id, position, attempts";

impl TakeDue for Connection {
    async fn take(&mut self, taking: Taking) -> QueryResult<Vec<TakenRow>> {
        let busy = taking.busy.iter();
        let busy: Vec<String> = busy
            .map(|id| id.0.simple().to_string().to_uppercase())
            .collect();
        let busy = serde_json::Value::from(busy).to_string();
        let take = diesel::sql_query(TAKE)
            .bind::<KeyUuid, _>(taking.lease)
            .bind::<Instant, _>(taking.until)
            .bind::<Instant, _>(taking.now)
            .bind::<Text, _>(busy)
            .bind::<BigInt, _>(taking.limit);
        Prepared(take).load(self).await
    }
}
