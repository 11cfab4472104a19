//! Authorization: the only source of [`OwnedWorkspace`], [`SupervisedWorkspace`] and
//! [`ServiceCaller`].

use std::sync::Arc;

use crate::caller::caller_name::CallerName;
use crate::caller::known_roles::KnownRoles;
use crate::caller::permission::Permission;
use crate::caller::service_secret::ServiceSecret;
use crate::caller::service_token::ServiceCaller;
use crate::caller::workspace::{
    Actor, AdminRights, OwnedWorkspace, Principal, Role, SupervisedWorkspace, WorkspaceId,
};
use crate::ports::{Memberships, RepositoryError, ServiceTokens, WorkspaceDirectory};

/// Why authorization failed.
#[derive(Debug, thiserror::Error)]
pub enum AuthorizeError {
    /// The user's role does not allow it, the user is not a member, or the workspace does not exist.
    /// The response does not say which.
    #[error("only a workspace owner can manage API keys")]
    NotOwner,
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// Why a service token was refused.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// No valid service token has this secret: it is malformed, unknown or revoked. The response
    /// does not say which.
    #[error("not a valid service token")]
    Unknown,
    /// The service token is valid, but does not have the permission.
    #[error("service token {name} does not have the permission {permission}")]
    NotPermitted {
        /// The name of the token.
        name: CallerName,
        /// The permission that the request needs.
        permission: Permission,
    },
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// Proves that `presented` is the secret of a valid service token with this permission.
///
/// # Errors
/// [`ServiceError`].
pub async fn service(
    service_tokens: &dyn ServiceTokens,
    presented: &[u8],
    permission: Permission,
) -> Result<ServiceCaller, ServiceError> {
    let secret = ServiceSecret::parse(presented).map_err(|_nobody_has_it| ServiceError::Unknown)?;
    let hash = secret.hash();
    let token = service_tokens.find(&hash).await?;
    // The look-up compares in its own way; this takes constant time.
    let token = token.filter(|token| token.hash == hash && token.revoked_at.is_none());
    let token = token.ok_or(ServiceError::Unknown)?;
    if token.may(permission) {
        Ok(ServiceCaller::new(token.name))
    } else {
        let name = token.name;
        Err(ServiceError::NotPermitted { name, permission })
    }
}

/// Authorizes users by their roles.
#[derive(Clone)]
pub struct AuthorizeUser {
    /// The roles of users.
    pub memberships: Arc<dyn Memberships>,
    /// What the role ADMIN allows.
    pub admin_rights: AdminRights,
}

impl AuthorizeUser {
    /// Proves that the principal owns the workspace now. `workspace_id` is the caller's text: an
    /// invalid id gets the same answer as an unknown workspace.
    ///
    /// # Errors
    /// [`AuthorizeError`].
    pub async fn owner(
        &self,
        principal: &Principal,
        known: &KnownRoles,
        workspace_id: &str,
    ) -> Result<OwnedWorkspace, AuthorizeError> {
        let supervised = self.supervisor(principal, known, workspace_id).await?;
        supervised.into_owned().ok_or(AuthorizeError::NotOwner)
    }

    /// Proves that the principal may supervise the workspace's keys now: as its owner, or as an admin
    /// if admins may.
    ///
    /// # Errors
    /// [`AuthorizeError`].
    pub async fn supervisor(
        &self,
        principal: &Principal,
        known: &KnownRoles,
        workspace_id: &str,
    ) -> Result<SupervisedWorkspace, AuthorizeError> {
        let workspace_id =
            WorkspaceId::parse(workspace_id).map_err(|_nobody_has_it| AuthorizeError::NotOwner)?;
        let user_id = &principal.user_id;
        let role = self.memberships.role(&workspace_id, user_id, known);
        let actor = || Actor::User(principal.clone());
        match (role.await?, self.admin_rights) {
            (Some(Role::Owner), _) => Ok(OwnedWorkspace::new(workspace_id, actor()).into()),
            (Some(Role::Admin), AdminRights::Supervise) => {
                Ok(SupervisedWorkspace::of_admin(workspace_id, actor()))
            }
            (Some(Role::Admin), AdminRights::None)
            | (Some(Role::Operator | Role::Viewer) | None, _) => Err(AuthorizeError::NotOwner),
        }
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

/// Lets a service act on a workspace; `None` when it does not exist. The permission for the
/// operation was checked before, by [`service`].
///
/// # Errors
/// [`RepositoryError`] when the store failed.
pub async fn service_in(
    directory: &dyn WorkspaceDirectory,
    service: &ServiceCaller,
    workspace_id: &WorkspaceId,
) -> Result<Option<OwnedWorkspace>, RepositoryError> {
    let workspace = directory.workspace(workspace_id).await?;
    Ok(workspace.map(|workspace| of_selected_key(service, workspace.id)))
}

/// The same for a workspace that must exist, because it has a key.
pub(super) fn of_selected_key(
    service: &ServiceCaller,
    workspace_id: WorkspaceId,
) -> OwnedWorkspace {
    let name = service.name().clone();
    OwnedWorkspace::new(workspace_id, Actor::Service { name })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use zeroize::Zeroizing;

    use super::*;
    use crate::caller::service_token::ServiceToken;
    use crate::caller::workspace::Portal;
    use crate::ports::{MockMemberships, MockServiceTokens};
    use crate::testing::{at, principal};

    fn service_secret(byte: u8) -> ServiceSecret {
        ServiceSecret::from_entropy(&Zeroizing::new([byte; 32]))
    }

    fn service_token(is_revoked: bool) -> ServiceToken {
        let at = at(0);
        ServiceToken {
            name: CallerName::parse("ops").unwrap(),
            permissions: BTreeSet::from([Permission::KeysRead]),
            hash: service_secret(1).hash(),
            created_at: at,
            last_used_at: None,
            revoked_at: is_revoked.then_some(at),
        }
    }

    #[test]
    fn only_a_valid_service_token_with_the_permission_passes() {
        let ask = |presented: &[u8], found: Option<ServiceToken>, permission| {
            let mut tokens = MockServiceTokens::new();
            tokens.expect_find().returning(move |_| Ok(found.clone()));
            pollster::block_on(service(&tokens, presented, permission))
        };
        let known = service_secret(1);
        let known = known.expose().as_bytes();
        let admitted = ask(known, Some(service_token(false)), Permission::KeysRead);
        assert_eq!(admitted.unwrap().name().as_str(), "ops");
        let refused = ask(known, Some(service_token(false)), Permission::KeysDelete);
        assert!(
            matches!(refused, Err(ServiceError::NotPermitted { .. })),
            "{refused:?}"
        );
        let other = service_secret(2);
        for (case, presented, found) in [
            ("unknown", known, None),
            ("revoked", known, Some(service_token(true))),
            (
                "another hash",
                other.expose().as_bytes(),
                Some(service_token(false)),
            ),
            (
                "malformed",
                b"kwst_x".as_slice(),
                Some(service_token(false)),
            ),
        ] {
            for permission in [Permission::KeysRead, Permission::KeysDelete] {
                let refused = ask(presented, found.clone(), permission);
                assert!(matches!(refused, Err(ServiceError::Unknown)), "{case}");
            }
        }
    }

    #[test]
    fn an_outage_is_never_an_unknown_token() {
        let mut tokens = MockServiceTokens::new();
        tokens
            .expect_find()
            .returning(|_| Err(RepositoryError::Unavailable("gone".into())));
        let secret = service_secret(1);
        let asked = service(&tokens, secret.expose().as_bytes(), Permission::KeysRead);
        let refused = pollster::block_on(asked);
        assert!(matches!(refused, Err(ServiceError::Repository(_))));
    }

    fn users(memberships: MockMemberships, admin_rights: AdminRights) -> AuthorizeUser {
        AuthorizeUser {
            memberships: Arc::new(memberships),
            admin_rights,
        }
    }

    #[test]
    fn only_an_owner_manages_and_an_admin_supervises_where_that_is_configured() {
        let roles = Role::ALL.into_iter().map(Some).chain([None]);
        for role in roles {
            for rights in [AdminRights::None, AdminRights::Supervise] {
                let mut memberships = MockMemberships::new();
                memberships.expect_role().returning(move |_, _, _| Ok(role));
                let users = users(memberships, rights);
                let (principal, known) = (principal(Portal::Tenant), KnownRoles::default());
                let owner = pollster::block_on(users.owner(&principal, &known, "ws_1"));
                let supervisor = pollster::block_on(users.supervisor(&principal, &known, "ws_1"));
                let refused = |error| matches!(error, AuthorizeError::NotOwner);
                let is_owner = role == Some(Role::Owner);
                assert_eq!(owner.is_ok(), is_owner, "{role:?} {rights:?}");
                assert!(owner.err().is_none_or(refused));
                let supervises = role == Some(Role::Admin) && rights == AdminRights::Supervise;
                assert_eq!(
                    supervisor.as_ref().map(SupervisedWorkspace::is_owned).ok(),
                    (is_owner || supervises).then_some(is_owner),
                    "{role:?} {rights:?}"
                );
                assert!(supervisor.err().is_none_or(refused));
            }
        }
    }

    #[test]
    fn an_impossible_workspace_is_an_unknown_one() {
        let users = users(MockMemberships::new(), AdminRights::Supervise);
        let (principal, known) = (principal(Portal::Tenant), KnownRoles::default());
        for id in ["", "a\0b", &"w".repeat(1_000)] {
            let proof = pollster::block_on(users.supervisor(&principal, &known, id));
            assert!(matches!(proof, Err(AuthorizeError::NotOwner)), "{id:?}");
        }
    }
}
