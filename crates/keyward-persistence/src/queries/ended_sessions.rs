use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use keyward_domain::ports::{EndedSessions, RepositoryError};
use keyward_domain::{SessionId, Timestamp};

use crate::backend::{query, transact};
use crate::queries::prepared::Prepared;
use crate::schema::ended_sessions;
use crate::sql_types::Micros;
use crate::store::Store;
use crate::tx::TxOutcome;

#[async_trait]
impl EndedSessions for Store {
    async fn end(&self, id: SessionId, ends_at: Timestamp) -> Result<(), RepositoryError> {
        let ends_at = Micros::from(ends_at);
        transact!(self, |conn| {
            let row = (
                ended_sessions::session_id.eq(id.as_bytes().as_slice()),
                ended_sessions::ends_at.eq(ends_at),
            );
            let insert = diesel::insert_into(ended_sessions::table).values(row);
            Prepared(insert.on_conflict_do_nothing())
                .execute(conn)
                .await?;
            Ok(TxOutcome::Commit(()))
        })
    }

    async fn is_ended(&self, id: SessionId) -> Result<bool, RepositoryError> {
        query!(self, |conn| {
            let session = ended_sessions::table.find(id.as_bytes().as_slice());
            let is_ended = diesel::select(diesel::dsl::exists(session));
            Ok(is_ended.get_result(conn).await?)
        })
    }
}
