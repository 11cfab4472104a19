//! After a failover: which acknowledged changes the new server does not have.

use std::collections::BTreeMap;
use std::time::Duration;

use keyward_domain::{ApiKeyId, AuditAction};

use crate::error::with_causes;
use crate::postgres::{AcknowledgedChange, Postgres};
use crate::queries::lost_changes;

/// The pause between two attempts.
const RETRY_AFTER: Duration = Duration::from_millis(500);
const ATTEMPTS_MAX: u32 = 120;

/// Looks for all changes that this process has acknowledged, then logs and counts those that are lost.
///
/// Other processes look for theirs. Changes of workspaces, members, scopes and tokens are not looked for.
pub(super) async fn report(postgres: Postgres) {
    let acknowledged = postgres.acknowledged().all();
    let Some(lost) = look_for(&postgres, &acknowledged).await else {
        return;
    };
    postgres.acknowledged().forget(&lost);
    postgres.failovers().lost(lost.len());
    if lost.is_empty() {
        tracing::info!(acknowledged = acknowledged.len(), "store.no_changes_lost");
        return;
    }
    for change in &lost {
        tracing::error!(
            workspace_id = change.workspace_id.as_str(),
            api_key_id = %change.api_key_id,
            action = change.action.as_str(),
            occurred_at = %change.occurred_at,
            request_id = change.request_id.as_str(),
            "store.change_lost"
        );
    }
    for (workspace_id, keys) in accepted_again(&lost) {
        let keys: Vec<String> = keys.iter().map(ApiKeyId::to_string).collect();
        tracing::error!(
            repeat = format!(
                "keyward keys disable --workspace {workspace_id} {}",
                keys.join(" ")
            ),
            "store.disabled_keys_accepted_again"
        );
    }
}

async fn look_for(
    postgres: &Postgres,
    acknowledged: &[AcknowledgedChange],
) -> Option<Vec<AcknowledgedChange>> {
    for attempt in 1..=ATTEMPTS_MAX {
        match lost_changes::run(postgres, acknowledged).await {
            Ok(lost) => return Some(lost),
            Err(error) if attempt == ATTEMPTS_MAX => {
                tracing::error!(error = with_causes(&error), "store.lost_changes_unknown");
            }
            Err(_retried) => tokio::time::sleep(RETRY_AFTER).await,
        }
    }
    None
}

/// The keys whose last lost change had ended them, by workspace.
fn accepted_again(lost: &[AcknowledgedChange]) -> BTreeMap<&str, Vec<ApiKeyId>> {
    let mut ended: BTreeMap<&str, BTreeMap<String, (ApiKeyId, bool)>> = BTreeMap::new();
    for change in lost {
        let is_end = matches!(change.action, AuditAction::Disabled | AuditAction::Deleted);
        let id = change.api_key_id;
        let keys = ended.entry(change.workspace_id.as_str()).or_default();
        keys.insert(id.to_string(), (id, is_end));
    }
    ended
        .into_iter()
        .map(|(workspace, keys)| {
            let keys = keys.into_values();
            let ended = keys.filter_map(|(id, is_end)| is_end.then_some(id));
            (workspace, ended.collect::<Vec<_>>())
        })
        .filter(|(_workspace, keys)| !keys.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use keyward_domain::RequestId;
    use keyward_domain::testing::{api_key_id, at, workspace_id};

    use super::*;

    #[test]
    fn keys_that_were_ended_at_last_are_accepted_again() {
        let change = |workspace, key, action, second| AcknowledgedChange {
            workspace_id: workspace_id(workspace),
            api_key_id: api_key_id(key),
            action,
            occurred_at: at(second),
            request_id: RequestId::parse("r").unwrap(),
        };
        let lost = [
            change("ws_1", 1, AuditAction::Disabled, 1),
            change("ws_1", 2, AuditAction::Disabled, 2),
            change("ws_1", 2, AuditAction::Enabled, 3),
            change("ws_1", 3, AuditAction::Updated, 4),
            change("ws_2", 4, AuditAction::Disabled, 5),
            change("ws_2", 4, AuditAction::Deleted, 6),
            change("ws_3", 5, AuditAction::Created, 7),
        ];
        let accepted = accepted_again(&lost);
        let want = [("ws_1", vec![api_key_id(1)]), ("ws_2", vec![api_key_id(4)])];
        assert_eq!(accepted, BTreeMap::from(want));
    }
}
