use zeroize::Zeroizing;

use crate::audit::deployment_event::Authorship;
use crate::caller::origin::{ClientAddress, Origin, RequestId};
use crate::caller::service_secret::ServiceSecret;
use crate::caller::workspace::{Actor, OwnedWorkspace, Portal, Principal, UserId, WorkspaceId};
use crate::timestamp::Timestamp;

/// The workspace with this id.
pub fn workspace_id(id: &str) -> WorkspaceId {
    WorkspaceId::parse(id).unwrap()
}

/// The user with this id.
pub fn user_id(id: &str) -> UserId {
    UserId::parse(id).unwrap()
}

/// `user_1` in a session of this portal, or of none.
pub fn principal(portal: impl Into<Option<Portal>>) -> Principal {
    Principal {
        user_id: user_id("user_1"),
        portal: portal.into(),
    }
}

/// `user_1` as the author of a change.
pub fn user(portal: impl Into<Option<Portal>>) -> Actor {
    Actor::User(principal(portal))
}

/// The proof that this actor may manage the keys of `ws_1`, without the check.
pub fn owned_workspace(actor: Actor) -> OwnedWorkspace {
    OwnedWorkspace::new(workspace_id("ws_1"), actor)
}

/// The secret of a service token.
pub fn service_secret(number: u8) -> ServiceSecret {
    ServiceSecret::from_entropy(&Zeroizing::new([number; 32]))
}

/// A client at this address.
pub fn address(text: &str) -> ClientAddress {
    ClientAddress::vouched_for(text.parse().unwrap())
}

/// The request `request-1`, from an unknown address.
pub fn origin() -> Origin {
    Origin {
        address: None,
        request_id: RequestId::parse("request-1").unwrap(),
    }
}

/// An operator as the author of a change of the deployment.
pub fn by_operator(occurred_at: Timestamp) -> Authorship {
    Authorship {
        actor: Actor::Operator,
        origin: origin(),
        occurred_at,
    }
}
