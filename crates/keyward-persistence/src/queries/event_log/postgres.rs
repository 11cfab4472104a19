use diesel::QueryResult;
use diesel::sql_types::{Array, BigInt, Binary, Nullable, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::notices::{NewNotices, PutNotices};
use super::publish::{Batch, WriteBatch};
use crate::queries::prepared::Prepared;
use crate::sql_types::{Document, Id, Instant, Json, KeyUuid, Micros};

/// The parameters are columns. Only notices of existing workspaces that were not published get a row.
const PUT: &str = "
    INSERT INTO outbox (workspace_id, notice, notice_id)
    SELECT workspace_id, notice, notice_id
    FROM UNNEST($1, $2, $3) WITH ORDINALITY AS noticed (workspace_id, notice, notice_id, place)
    WHERE (SELECT id FROM workspaces WHERE workspaces.id = noticed.workspace_id) IS NOT NULL
        AND (SELECT id FROM published_events WHERE id = noticed.notice_id) IS NULL
    ORDER BY place
    ON CONFLICT (notice_id) DO NOTHING";

const PUBLISH: &str = "
    INSERT INTO published_events (position, id, workspace_id, sequence, event_type, trail_position,
        trail_hash, notice, published_at, api_key_id)
    SELECT * FROM UNNEST($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

const COUNT: &str = "
    INSERT INTO event_sequences (workspace_id, sequence) SELECT * FROM UNNEST($1, $2)
    ON CONFLICT (workspace_id) DO UPDATE SET sequence = EXCLUDED.sequence";

impl PutNotices for AsyncPgConnection {
    async fn put(&mut self, notices: &NewNotices) -> QueryResult<u64> {
        let notices = || notices.0.iter();
        let workspace_ids = notices().map(|notice| notice.workspace_id.as_str());
        let workspace_ids: Vec<&str> = workspace_ids.collect();
        let documents: Vec<&Json> = notices().map(|notice| &notice.notice).collect();
        let ids: Vec<Id> = notices().map(|notice| notice.id).collect();
        let put = diesel::sql_query(PUT)
            .bind::<Array<Text>, _>(workspace_ids)
            .bind::<Array<Document>, _>(documents)
            .bind::<Array<KeyUuid>, _>(ids);
        let count = Prepared(put).execute(self).await?;
        Ok(u64::try_from(count).unwrap_or(u64::MAX))
    }
}

/// One statement for each table, however many events there are.
impl WriteBatch for AsyncPgConnection {
    async fn write(&mut self, batch: &Batch) -> QueryResult<()> {
        let rows = || batch.events.iter();
        let positions: Vec<i64> = rows().map(|row| row.position).collect();
        let ids: Vec<Id> = rows().map(|row| row.id).collect();
        let of: Vec<Option<&str>> = rows().map(|row| row.workspace_id.as_deref()).collect();
        let numbers: Vec<Option<i64>> = rows().map(|row| row.sequence).collect();
        let types: Vec<&str> = rows().map(|row| row.event_type.as_str()).collect();
        let places: Vec<i64> = rows().map(|row| row.trail_position).collect();
        let hashes: Vec<&[u8]> = rows().map(|row| row.trail_hash.as_slice()).collect();
        let notices: Vec<Option<&Json>> = rows().map(|row| row.notice.as_ref()).collect();
        let times: Vec<Micros> = rows().map(|row| row.published_at).collect();
        let keys: Vec<Option<Id>> = rows().map(|row| row.api_key_id).collect();
        let publish = diesel::sql_query(PUBLISH)
            .bind::<Array<BigInt>, _>(positions)
            .bind::<Array<KeyUuid>, _>(ids)
            .bind::<Array<Nullable<Text>>, _>(of)
            .bind::<Array<Nullable<BigInt>>, _>(numbers)
            .bind::<Array<Text>, _>(types)
            .bind::<Array<BigInt>, _>(places)
            .bind::<Array<Binary>, _>(hashes)
            .bind::<Array<Nullable<Document>>, _>(notices)
            .bind::<Array<Instant>, _>(times)
            .bind::<Array<Nullable<KeyUuid>>, _>(keys);
        Prepared(publish).execute(self).await?;
        let workspace_ids: Vec<&str> = batch.sequences.keys().map(String::as_str).collect();
        let sequences: Vec<i64> = batch.sequences.values().copied().collect();
        let count = diesel::sql_query(COUNT)
            .bind::<Array<Text>, _>(workspace_ids)
            .bind::<Array<BigInt>, _>(sequences);
        Prepared(count).execute(self).await?;
        Ok(())
    }
}
