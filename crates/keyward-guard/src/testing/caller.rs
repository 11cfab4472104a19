use keyward_domain::testing::{api_key_id, scope, workspace_id};

use crate::Caller;

/// The holder of [`key`](keyward_domain::testing::key), with an external id and metadata.
pub(crate) fn caller() -> Caller {
    Caller {
        api_key_id: api_key_id(1),
        workspace_id: workspace_id("ws_1"),
        scopes: vec![scope("payment:read")],
        name: "Key".to_owned(),
        external_id: Some("customer-4711".to_owned()),
        metadata: [("plan".to_owned(), "gold".to_owned())].into(),
    }
}
