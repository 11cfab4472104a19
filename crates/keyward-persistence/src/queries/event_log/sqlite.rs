use diesel::QueryResult;
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel_async::RunQueryDsl;

use super::notices::{NewNotices, PutNotices};
use super::publish::{Batch, WriteBatch};
use crate::queries::prepared::Prepared;
use crate::schema::{event_sequences, published_events};
use crate::sql_types::{Document, KeyUuid};
use crate::sqlite::Connection;

/// Only a notice of an existing workspace that was not published gets a row.
const PUT: &str = "
    INSERT INTO outbox (workspace_id, notice, notice_id)
    SELECT ?1, ?2, ?3
    WHERE EXISTS (SELECT 1 FROM workspaces WHERE id = ?1)
        AND NOT EXISTS (SELECT 1 FROM published_events WHERE id = ?3)
    ON CONFLICT (notice_id) DO NOTHING";

impl PutNotices for Connection {
    async fn put(&mut self, notices: &NewNotices) -> QueryResult<u64> {
        let mut count: u64 = 0;
        for notice in &notices.0 {
            let put = diesel::sql_query(PUT)
                .bind::<Text, _>(&notice.workspace_id)
                .bind::<Document, _>(&notice.notice)
                .bind::<KeyUuid, _>(notice.id);
            let rows = Prepared(put).execute(self).await?;
            count = count.saturating_add(u64::try_from(rows).unwrap_or(u64::MAX));
        }
        Ok(count)
    }
}

impl WriteBatch for Connection {
    async fn write(&mut self, batch: &Batch) -> QueryResult<()> {
        for event in &batch.events {
            let publish = diesel::insert_into(published_events::table).values(event);
            Prepared(publish).execute(self).await?;
        }
        for (workspace_id, sequence) in &batch.sequences {
            let sequence = event_sequences::sequence.eq(sequence);
            let count = diesel::insert_into(event_sequences::table)
                .values((event_sequences::workspace_id.eq(workspace_id), sequence))
                .on_conflict(event_sequences::workspace_id)
                .do_update()
                .set(sequence);
            Prepared(count).execute(self).await?;
        }
        Ok(())
    }
}
