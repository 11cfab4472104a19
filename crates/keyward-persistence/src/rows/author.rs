//! The author of a change, in the columns of all trails.

use std::net::IpAddr;

use keyward_domain::{
    Actor, CallerName, ClientAddress, Origin, Portal, Principal, RequestId, UserId,
};

use super::ColumnRef;
use crate::error::CorruptRow;
use crate::sql_types::Stored;

const USER: &str = "USER";
const OPERATOR: &str = "OPERATOR";

/// A service is stored as an operator with a name, because older binaries can't read another kind.
pub(super) fn actor_kind(actor: &Actor) -> &'static str {
    match actor {
        Actor::User(_) => USER,
        Actor::Operator | Actor::Service { .. } => OPERATOR,
    }
}

pub(super) fn actor(
    column: &ColumnRef<'_>,
    kind: &str,
    user_id: Option<String>,
    portal: Option<String>,
    service: Option<String>,
) -> Result<Actor, CorruptRow> {
    match (kind, user_id, portal, service) {
        (USER, Some(user_id), portal, None) => {
            let portal = portal.map(|portal| column.word("portal", Portal::parse(&portal)));
            Ok(Actor::User(Principal {
                user_id: column.read("actor_user_id", UserId::parse(&user_id))?,
                portal: portal.transpose()?,
            }))
        }
        (OPERATOR, None, None, None) => Ok(Actor::Operator),
        (OPERATOR, None, None, Some(name)) => Ok(Actor::Service {
            name: column.read("actor_service", CallerName::parse(&name))?,
        }),
        (_, _, _, _) => Err(column.corrupt("actor_kind", "inconsistent actor columns")),
    }
}

pub(super) fn origin(
    column: &ColumnRef<'_>,
    address: Option<Stored<IpAddr>>,
    request_id: &str,
) -> Result<Origin, CorruptRow> {
    let address = address.map(|address| column.read("address", address.0));
    Ok(Origin {
        address: address.transpose()?.map(ClientAddress::vouched_for),
        request_id: column.read("request_id", RequestId::parse(request_id))?,
    })
}
