use keyward_domain::{GracePeriod, LeakPolicy};
use serde::Serialize;
use utoipa::ToSchema;

use crate::schemas::leak_reactions;

/// What happens to an active key whose secret was reported by GitHub or a scanner.
#[derive(Serialize, ToSchema)]
#[schema(as = LeakPolicy)]
#[serde(rename_all = "camelCase")]
pub struct LeakPolicyData {
    #[schema(schema_with = leak_reactions)]
    reaction: &'static str,
    /// Of `EXPIRE`: the hours until the key expires.
    #[schema(required, minimum = 1, maximum = 720, example = 24)]
    grace_hours: Option<u16>,
}

impl LeakPolicyData {
    /// The data of a policy.
    #[must_use]
    pub fn of(policy: &LeakPolicy) -> Self {
        Self {
            reaction: policy.reaction(),
            grace_hours: policy.grace().map(GracePeriod::hours),
        }
    }
}
