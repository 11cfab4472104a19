use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use keyward_domain::ports::{Memberships, RepositoryError};
use keyward_domain::{KnownRoles, Role, UserId, WorkspaceId};

use crate::backend::query;
use crate::rows::ColumnRef;
use crate::schema::members;
use crate::store::Store;

#[async_trait]
impl Memberships for Store {
    async fn role(
        &self,
        workspace_id: &WorkspaceId,
        user_id: &UserId,
        known: &KnownRoles,
    ) -> Result<Option<Role>, RepositoryError> {
        let stored = known.stored.as_ref();
        if let Some(role) = stored.and_then(|stored| stored.of(workspace_id, user_id)) {
            return Ok(role);
        }
        let workspace_id = workspace_id.as_str().to_owned();
        let user_id = user_id.as_str().to_owned();
        query!(self, |conn| {
            let role: Option<String> = members::table
                .find((&workspace_id, &user_id))
                .select(members::role)
                .get_result(conn)
                .await
                .optional()?;
            let column = ColumnRef {
                table: "members",
                id: &format_args!("{workspace_id} {user_id}"),
            };
            let role = role.map(|role| column.word("role", Role::parse(&role)));
            Ok(role.transpose()?)
        })
    }
}
