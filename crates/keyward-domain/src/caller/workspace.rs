use std::borrow::Borrow;
use std::fmt;
use std::ops::Deref;

use crate::caller::caller_name::CallerName;
use crate::key::leak_policy::LeakPolicy;
use crate::key::lifetime_policy::LifetimePolicy;
use crate::limits::plan::PlanName;
use crate::timestamp::Timestamp;

/// The maximum length of a workspace id or a user id.
pub const BUSINESS_ID_LENGTH_MAX: usize = 128;

/// The platform's id of a workspace: 1 to 128 visible ASCII characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WorkspaceId(String);

/// The platform's id of a person: the token's `sub`, 1 to 128 visible ASCII characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserId(String);

/// The text is neither a workspace id nor a user id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an id has 1 to 128 visible ASCII characters")]
pub struct InvalidBusinessId;

fn parse_business_id(text: &str) -> Result<String, InvalidBusinessId> {
    let fits = (1..=BUSINESS_ID_LENGTH_MAX).contains(&text.len());
    if fits && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        Ok(text.to_owned())
    } else {
        Err(InvalidBusinessId)
    }
}

impl WorkspaceId {
    /// Parses a workspace id. It does not check whether the workspace exists.
    ///
    /// # Errors
    /// [`InvalidBusinessId`] when the text can't be the id of a workspace.
    pub fn parse(text: &str) -> Result<Self, InvalidBusinessId> {
        parse_business_id(text).map(Self)
    }

    /// The id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for WorkspaceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl UserId {
    /// Parses a user id.
    ///
    /// # Errors
    /// [`InvalidBusinessId`] when the text can't be the id of a user.
    pub fn parse(text: &str) -> Result<Self, InvalidBusinessId> {
        parse_business_id(text).map(Self)
    }

    /// The id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A member's role in a workspace. Only an owner manages its keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// May manage API keys.
    Owner,
    /// May supervise API keys where [`AdminRights`] says so, and nothing else.
    Admin,
    /// May not manage API keys.
    Operator,
    /// May not manage API keys.
    Viewer,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 4] = [Self::Owner, Self::Admin, Self::Operator, Self::Viewer];

    /// `OWNER`, `ADMIN`, `OPERATOR` or `VIEWER`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "OWNER",
            Self::Admin => "ADMIN",
            Self::Operator => "OPERATOR",
            Self::Viewer => "VIEWER",
        }
    }

    /// Parses the text of [`as_str`](Self::as_str).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }
}

/// What the role ADMIN allows. It is configured for the whole deployment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AdminRights {
    /// Nothing.
    #[default]
    None,
    /// To list and read keys, their history and their usage, and to disable keys.
    Supervise,
}

/// The platform's portal that a session belongs to (the token's `portal` claim, contract §7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Portal {
    /// The platform's own staff.
    System,
    /// A tenant's back office.
    Tenant,
    /// Integration partners: the only portal that can create TEST keys.
    Partner,
    /// End customers.
    Consumer,
}

impl Portal {
    /// Every portal.
    pub const ALL: [Self; 4] = [Self::System, Self::Tenant, Self::Partner, Self::Consumer];

    /// `SYSTEM`, `TENANT`, `PARTNER` or `CONSUMER`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "SYSTEM",
            Self::Tenant => "TENANT",
            Self::Partner => "PARTNER",
            Self::Consumer => "CONSUMER",
        }
    }

    /// Parses the text of [`as_str`](Self::as_str).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|portal| portal.as_str() == text)
    }
}

/// The authenticated caller of `/web/v1`: the user, and the portal if it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// The token's `sub`, or the claim that is configured for it.
    pub user_id: UserId,
    /// The token's `portal`, or the claim that is configured for it. `None` when the token doesn't
    /// name one of the portals: then it is not PARTNER.
    pub portal: Option<Portal>,
}

/// The user, operator or service that makes a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A member of the workspace, in a portal session.
    User(Principal),
    /// An operator at the command line, authorized by the machine's own access control.
    Operator,
    /// A program with a service token.
    Service {
        /// The name of the token.
        name: CallerName,
    },
}

impl Actor {
    /// Whether the actor may create TEST keys. Of users, only those of the PARTNER portal may.
    #[must_use]
    pub fn may_create_test_keys(&self) -> bool {
        match self {
            Self::User(principal) => principal.portal == Some(Portal::Partner),
            Self::Operator | Self::Service { .. } => true,
        }
    }

    /// The user's id; `None` for anyone else.
    #[must_use]
    pub fn user_id(&self) -> Option<&UserId> {
        match self {
            Self::User(principal) => Some(&principal.user_id),
            Self::Operator | Self::Service { .. } => None,
        }
    }

    /// The portal of the session; `None` for anyone but a user, and for a session without one.
    #[must_use]
    pub fn portal(&self) -> Option<Portal> {
        match self {
            Self::User(principal) => principal.portal,
            Self::Operator | Self::Service { .. } => None,
        }
    }

    /// The name of the service token; `None` for anyone but a service.
    #[must_use]
    pub fn service(&self) -> Option<&CallerName> {
        match self {
            Self::User(_) | Self::Operator => None,
            Self::Service { name } => Some(name),
        }
    }

    /// `USER`, `OPERATOR` or `SERVICE`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::User(_) => "USER",
            Self::Operator => "OPERATOR",
            Self::Service { .. } => "SERVICE",
        }
    }
}

/// Proof that an actor may supervise the keys of a workspace: list and read them, their history
/// and their usage, and disable them.
///
/// Only [`usecases::authorize`](crate::usecases::authorize) creates it. An operation that requires
/// it can't be called without the check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SupervisedWorkspace {
    workspace_id: WorkspaceId,
    actor: Actor,
    is_owned: bool,
}

/// Proof that an actor may manage the keys of a workspace, which includes supervising them.
///
/// Only [`usecases::authorize`](crate::usecases::authorize) creates it. An operation that requires
/// it can't be called without the check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnedWorkspace(SupervisedWorkspace);

impl SupervisedWorkspace {
    pub(crate) fn of_admin(workspace_id: WorkspaceId, actor: Actor) -> Self {
        Self {
            workspace_id,
            actor,
            is_owned: false,
        }
    }

    /// The workspace.
    #[must_use]
    pub fn workspace_id(&self) -> &WorkspaceId {
        &self.workspace_id
    }

    /// The actor who may supervise its keys.
    #[must_use]
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Whether the actor may manage the keys as well.
    #[must_use]
    pub fn is_owned(&self) -> bool {
        self.is_owned
    }

    /// The proof that the actor may manage the keys; `None` when they may only be supervised.
    #[must_use]
    pub fn into_owned(self) -> Option<OwnedWorkspace> {
        self.is_owned.then_some(OwnedWorkspace(self))
    }
}

impl OwnedWorkspace {
    pub(crate) fn new(workspace_id: WorkspaceId, actor: Actor) -> Self {
        Self(SupervisedWorkspace {
            workspace_id,
            actor,
            is_owned: true,
        })
    }
}

impl From<OwnedWorkspace> for SupervisedWorkspace {
    fn from(owned: OwnedWorkspace) -> Self {
        owned.0
    }
}

impl Borrow<SupervisedWorkspace> for OwnedWorkspace {
    fn borrow(&self) -> &SupervisedWorkspace {
        &self.0
    }
}

/// Who may manage keys may also supervise them.
impl Deref for OwnedWorkspace {
    type Target = SupervisedWorkspace;

    fn deref(&self) -> &SupervisedWorkspace {
        &self.0
    }
}

/// A member of a workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The user.
    pub user_id: UserId,
    /// The user's role.
    pub role: Role,
}

/// A workspace as operators see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workspace {
    /// The platform's id.
    pub id: WorkspaceId,
    /// When it was added to Keyward.
    pub created_at: Timestamp,
    /// How many keys it has, without deleted ones.
    pub key_count: u32,
    /// Its own policy for the lifetime of its keys; `None` when the deployment's counts.
    pub key_lifetime: Option<LifetimePolicy>,
    /// What happens to its keys when their secrets leak; `None` when the default counts.
    pub leak_policy: Option<LeakPolicy>,
    /// Its plan, which gives limits to it and its keys.
    pub plan: Option<PlanName>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workspace_ids_are_visible_ascii() {
        assert_eq!(WorkspaceId::parse("ws_1").unwrap().as_str(), "ws_1");
        assert!(WorkspaceId::parse(&"w".repeat(128)).is_ok());
        for text in ["", " ", "a b", "a\0b", "wörk", &"w".repeat(129)] {
            assert_eq!(WorkspaceId::parse(text), Err(InvalidBusinessId), "{text:?}");
            assert_eq!(UserId::parse(text), Err(InvalidBusinessId), "{text:?}");
        }
    }

    #[test]
    fn words_read_back() {
        for role in Role::ALL {
            assert_eq!(Role::parse(role.as_str()), Some(role));
        }
        for portal in Portal::ALL {
            assert_eq!(Portal::parse(portal.as_str()), Some(portal));
        }
        assert_eq!(Role::parse("owner"), None);
        assert_eq!(Portal::parse("partner"), None);
    }
}
