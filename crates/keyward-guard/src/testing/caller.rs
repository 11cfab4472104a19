use keyward_domain::testing::{api_key_id, scope, workspace_id};

use crate::Caller;

/// The holder of [`key`](keyward_domain::testing::key), member by member.
pub(crate) fn caller() -> Caller {
    Caller {
        api_key_id: api_key_id(1),
        workspace_id: workspace_id("ws_1"),
        scopes: vec![scope("payment:read")],
        name: "Key".to_owned(),
    }
}
