//! Authorization to manage the keys of a workspace: the only source of [`OwnedWorkspace`].

use crate::caller::workspace::{Actor, OwnedWorkspace, Principal, Role, WorkspaceId};
use crate::ports::{Memberships, RepositoryError, WorkspaceDirectory};

/// Why authorization failed.
#[derive(Debug, thiserror::Error)]
pub enum AuthorizeError {
    /// The user is not an owner or not a member, or the workspace does not exist. The response does
    /// not say which.
    #[error("only a workspace owner can manage API keys")]
    NotOwner,
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// Proves that the principal owns the workspace now. `workspace_id` is the caller's text: an
/// invalid id gets the same answer as an unknown workspace.
///
/// # Errors
/// [`AuthorizeError`].
pub async fn owner(
    memberships: &dyn Memberships,
    principal: &Principal,
    workspace_id: &str,
) -> Result<OwnedWorkspace, AuthorizeError> {
    let workspace_id =
        WorkspaceId::parse(workspace_id).map_err(|_nobody_has_it| AuthorizeError::NotOwner)?;
    match memberships.role(&workspace_id, &principal.user_id).await? {
        Some(Role::Owner) => Ok(OwnedWorkspace::new(
            workspace_id,
            Actor::User(principal.clone()),
        )),
        Some(Role::Admin | Role::Operator | Role::Viewer) | None => Err(AuthorizeError::NotOwner),
    }
}

/// Lets an operator at the command line act on a workspace; `None` when it does not exist.
///
/// # Errors
/// [`RepositoryError`] when the store failed.
pub async fn operator(
    directory: &dyn WorkspaceDirectory,
    workspace_id: &WorkspaceId,
) -> Result<Option<OwnedWorkspace>, RepositoryError> {
    let workspace = directory.workspace(workspace_id).await?;
    Ok(workspace.map(|workspace| OwnedWorkspace::new(workspace.id, Actor::Operator)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caller::workspace::{Portal, UserId};
    use crate::ports::MockMemberships;

    fn principal() -> Principal {
        Principal {
            user_id: UserId::parse("user_1").unwrap(),
            portal: Some(Portal::Tenant),
        }
    }

    #[test]
    fn only_an_owner_passes() {
        let cases = Role::ALL.into_iter().map(Some).chain([None]);
        for role in cases {
            let mut memberships = MockMemberships::new();
            memberships.expect_role().returning(move |_, _| Ok(role));
            let proof = pollster::block_on(owner(&memberships, &principal(), "ws_1"));
            match (role, proof) {
                (Some(Role::Owner), Ok(owned)) => assert_eq!(owned.workspace_id().as_str(), "ws_1"),
                (_, Err(AuthorizeError::NotOwner)) => {}
                (_, other) => panic!("{role:?}: {other:?}"),
            }
        }
    }

    #[test]
    fn an_impossible_workspace_is_an_unknown_one() {
        for id in ["", "a\0b", &"w".repeat(1_000)] {
            let proof = pollster::block_on(owner(&MockMemberships::new(), &principal(), id));
            assert!(matches!(proof, Err(AuthorizeError::NotOwner)), "{id:?}");
        }
    }
}
