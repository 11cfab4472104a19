use async_trait::async_trait;
use diesel::dsl::exists;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use keyward_domain::ports::{EndedSessions, RepositoryError, SessionState};
use keyward_domain::{Role, SessionId, StoredRole, Timestamp, UserId, WorkspaceId};

use crate::backend::{query, transact};
use crate::queries::prepared::Prepared;
use crate::schema::{ended_sessions, members};
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

    async fn state(
        &self,
        id: SessionId,
        member: Option<(WorkspaceId, UserId)>,
    ) -> Result<SessionState, RepositoryError> {
        query!(self, |conn| {
            let session = exists(ended_sessions::table.find(id.as_bytes().as_slice()));
            let Some((workspace_id, user_id)) = member else {
                let is_ended = diesel::select(session).get_result(conn).await?;
                return Ok(SessionState {
                    is_ended,
                    role: None,
                });
            };
            let role = members::table
                .find((workspace_id.as_str(), user_id.as_str()))
                .select(members::role)
                .single_value();
            let state = diesel::select((session, role));
            let (is_ended, role): (bool, Option<String>) = state.get_result(conn).await?;
            let role = match role.as_deref().map(Role::parse) {
                // `Memberships` reads it again, and tells that it can't be read.
                Some(None) => None,
                Some(role @ Some(_)) => Some(role),
                None => Some(None),
            };
            Ok(SessionState {
                is_ended,
                role: role.map(|role| StoredRole::new(workspace_id, user_id, role)),
            })
        })
    }
}
