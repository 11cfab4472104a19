use keyward_domain::testing::{api_key_id, scope, workspace_id};
use keyward_domain::{ExternalId, Metadata};

use crate::Caller;
use crate::caller::ToldKey;

/// The holder of [`key`](keyward_domain::testing::key), with an external id and metadata.
pub(crate) fn caller() -> Caller {
    Caller::from(ToldKey {
        api_key_id: api_key_id(1),
        workspace_id: workspace_id("ws_1"),
        scopes: vec![scope("payment:read")],
        name: "Key".to_owned(),
        external_id: Some(ExternalId::parse("customer-4711").unwrap()),
        metadata: Metadata::parse([("plan", "gold")]).unwrap(),
    })
}
