use diesel::dsl::exists;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use keyward_domain::ports::{MemberChange, MemberPut, RepositoryError};
use keyward_domain::{
    Authorship, DeploymentChange, DeploymentEvent, Member, Role, UserId, WorkspaceId,
};

use crate::backend::{snapshot, transact};
use crate::error::CorruptRow;
use crate::queries::deployment_events::record_deployment_event;
use crate::rows::ColumnRef;
use crate::schema::{members, workspaces};
use crate::store::Store;
use crate::tx::TxOutcome;

// Macros, because the connection of each backend has its own type.

macro_rules! workspace_is_known {
    ($conn:expr, $id:expr) => {
        diesel::select(exists(workspaces::table.find($id)))
            .get_result::<bool>($conn)
            .await?
    };
}

/// Whether the row was added. It is not when the user is already a member.
macro_rules! insert_member {
    ($conn:expr, $id:expr, $user:expr, $role:expr) => {
        diesel::insert_into(members::table)
            .values((
                members::workspace_id.eq($id),
                members::user_id.eq($user),
                members::role.eq($role.as_str()),
            ))
            .on_conflict_do_nothing()
            .execute($conn)
            .await?
            == 1
    };
}

/// Locks a member's row until the end of the transaction, by an update that changes nothing, and
/// returns the member's role.
macro_rules! lock_role {
    ($conn:expr, $id:expr, $user:expr) => {
        diesel::update(members::table.find(($id, $user)))
            .set(members::role.eq(members::role))
            .returning(members::role)
            .get_result::<String>($conn)
            .await
            .optional()?
    };
}

macro_rules! update_role {
    ($conn:expr, $id:expr, $user:expr, $role:expr) => {
        diesel::update(members::table.find(($id, $user)))
            .set(members::role.eq($role.as_str()))
            .execute($conn)
            .await?
    };
}

pub(super) async fn part(
    store: &Store,
    workspace_id: &WorkspaceId,
    after: Option<UserId>,
    limit: u32,
) -> Result<Option<Vec<Member>>, RepositoryError> {
    let id = workspace_id.as_str().to_owned();
    // No id is empty, so all ids sort after "".
    let after = after.map_or(String::new(), |after| after.as_str().to_owned());
    snapshot!(store, |conn| {
        let known = workspace_is_known!(conn, &id);
        if !known {
            return Ok(None);
        }
        let rows: Vec<(String, String)> = members::table
            .filter(members::workspace_id.eq(&id))
            .filter(members::user_id.gt(&after))
            .order(members::user_id)
            .limit(limit.into())
            .select((members::user_id, members::role))
            .load(conn)
            .await?;
        let members: Result<Vec<Member>, CorruptRow> = rows
            .iter()
            .map(|(user_id, role)| member(&id, user_id, role))
            .collect();
        Ok(Some(members?))
    })
}

pub(super) async fn add(
    store: &Store,
    workspace_id: &WorkspaceId,
    user_id: &UserId,
    role: Role,
    by: Authorship,
) -> Result<MemberChange, RepositoryError> {
    let (workspace_id, user_id) = (workspace_id.clone(), user_id.clone());
    transact!(store, |conn| {
        let (id, user) = (workspace_id.as_str(), user_id.as_str());
        let known = workspace_is_known!(conn, id);
        if !known {
            return Ok(TxOutcome::Rollback(MemberChange::UnknownWorkspace));
        }
        let is_added = insert_member!(conn, id, user, role);
        if !is_added {
            return Ok(TxOutcome::Rollback(MemberChange::Refused));
        }
        let change = DeploymentChange::Member {
            workspace_id,
            user_id,
            before: None,
            after: Some(role),
        };
        record_deployment_event!(conn, DeploymentEvent { change, by });
        Ok(TxOutcome::Commit(MemberChange::Done))
    })
}

pub(super) async fn set_role(
    store: &Store,
    workspace_id: &WorkspaceId,
    user_id: &UserId,
    role: Role,
    by: Authorship,
) -> Result<MemberChange, RepositoryError> {
    let (workspace_id, user_id) = (workspace_id.clone(), user_id.clone());
    transact!(store, |conn| {
        let (id, user) = (workspace_id.as_str(), user_id.as_str());
        let before = lock_role!(conn, id, user);
        let Some(before) = before else {
            let known = workspace_is_known!(conn, id);
            return Ok(TxOutcome::Rollback(not_changed(known)));
        };
        update_role!(conn, id, user, role);
        let change = DeploymentChange::Member {
            before: Some(member(id, user, &before)?.role),
            after: Some(role),
            workspace_id,
            user_id,
        };
        record_deployment_event!(conn, DeploymentEvent { change, by });
        Ok(TxOutcome::Commit(MemberChange::Done))
    })
}

pub(super) async fn put(
    store: &Store,
    workspace_id: &WorkspaceId,
    user_id: &UserId,
    role: Role,
    by: Authorship,
) -> Result<MemberPut, RepositoryError> {
    let (workspace_id, user_id) = (workspace_id.clone(), user_id.clone());
    transact!(store, |conn| {
        let (id, user) = (workspace_id.as_str(), user_id.as_str());
        let known = workspace_is_known!(conn, id);
        if !known {
            return Ok(TxOutcome::Rollback(MemberPut::UnknownWorkspace));
        }
        let before = loop {
            let is_added = insert_member!(conn, id, user, role);
            if is_added {
                break None;
            }
            let locked = lock_role!(conn, id, user);
            // Another transaction may have just removed it.
            if let Some(locked) = locked {
                break Some(member(id, user, &locked)?.role);
            }
        };
        let outcome = match before {
            None => MemberPut::Added,
            Some(before) if before == role => {
                return Ok(TxOutcome::Rollback(MemberPut::Unchanged));
            }
            Some(_other) => {
                update_role!(conn, id, user, role);
                MemberPut::Changed
            }
        };
        let change = DeploymentChange::Member {
            workspace_id,
            user_id,
            before,
            after: Some(role),
        };
        record_deployment_event!(conn, DeploymentEvent { change, by });
        Ok(TxOutcome::Commit(outcome))
    })
}

pub(super) async fn remove(
    store: &Store,
    workspace_id: &WorkspaceId,
    user_id: &UserId,
    by: Authorship,
) -> Result<MemberChange, RepositoryError> {
    let (workspace_id, user_id) = (workspace_id.clone(), user_id.clone());
    transact!(store, |conn| {
        let (id, user) = (workspace_id.as_str(), user_id.as_str());
        let removed: Option<String> = diesel::delete(members::table.find((id, user)))
            .returning(members::role)
            .get_result(conn)
            .await
            .optional()?;
        let Some(removed) = removed else {
            let known = workspace_is_known!(conn, id);
            return Ok(TxOutcome::Rollback(not_changed(known)));
        };
        let change = DeploymentChange::Member {
            before: Some(member(id, user, &removed)?.role),
            after: None,
            workspace_id,
            user_id,
        };
        record_deployment_event!(conn, DeploymentEvent { change, by });
        Ok(TxOutcome::Commit(MemberChange::Done))
    })
}

fn not_changed(workspace_known: bool) -> MemberChange {
    if workspace_known {
        MemberChange::Refused
    } else {
        MemberChange::UnknownWorkspace
    }
}

fn member(workspace_id: &str, user_id: &str, role: &str) -> Result<Member, CorruptRow> {
    let column = ColumnRef {
        table: "members",
        id: &format_args!("{workspace_id} {user_id}"),
    };
    Ok(Member {
        user_id: column.read("user_id", UserId::parse(user_id))?,
        role: column.word("role", Role::parse(role))?,
    })
}
