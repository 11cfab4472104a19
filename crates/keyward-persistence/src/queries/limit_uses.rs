//! How much of its limits a key uses.

use std::sync::Arc;

use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use keyward_domain::ports::{LimitUses, RepositoryError};
use keyward_domain::{
    ApiKeyId, KeyLimits, Ledger, Limit, LimitUse, RefillRequest, Timestamp, WorkspaceId,
};
use serde_json::Value;
use uuid::Uuid;

use crate::backend::snapshot;
use crate::error::CorruptRow;
use crate::queries::database_time::{self, DatabaseTime};
use crate::queries::limit_leases::{LedgerKey, OF_WORKSPACE};
use crate::queries::named_key::of_named_key;
use crate::rows::{ColumnRef, PlanRow, key_limits};
use crate::schema::{api_keys, limit_ledgers, plans, workspaces};
use crate::sql_types::{Id, Stored};
use crate::store::Store;

/// The own limits of a key, and the plan of its workspace.
type LimitsRow = (Option<Stored<Value>>, Option<PlanRow>);

/// A subject, the name of a limit, and its ledger.
type LedgerRow = (Id, String, String);

#[async_trait]
impl LimitUses for Store {
    async fn limit_uses(
        &self,
        workspace_id: &WorkspaceId,
        api_key_id: ApiKeyId,
    ) -> Result<Vec<LimitUse>, RepositoryError> {
        let workspace_id = workspace_id.as_str().to_owned();
        let clock = database_time::asked(self.backend());
        snapshot!(self, |conn| {
            let keys = api_keys::table
                .inner_join(workspaces::table.on(workspaces::id.eq(api_keys::workspace_id)))
                .left_join(plans::table.on(plans::name.nullable().eq(workspaces::plan)));
            let row: Option<LimitsRow> = of_named_key!(keys, api_key_id, workspace_id)
                .filter(api_keys::deleted_at.is_null())
                .select((api_keys::limits, Option::<PlanRow>::as_select()))
                .get_result(conn)
                .await
                .optional()?;
            let Some((own, plan)) = row else {
                return Ok(vec![]);
            };
            let key = api_key_id.uuid();
            let Some(limits) = limits_of(key, own, plan)? else {
                return Ok(vec![]);
            };
            let ledgers: Vec<LedgerRow> = limit_ledgers::table
                .filter(limit_ledgers::workspace_id.eq(&workspace_id))
                .filter(limit_ledgers::subject.eq_any([Id(key), Id(OF_WORKSPACE)]))
                .select((
                    limit_ledgers::subject,
                    limit_ledgers::name,
                    limit_ledgers::ledger,
                ))
                .load(conn)
                .await?;
            let time: DatabaseTime = diesel::sql_query(clock).get_result(conn).await?;
            let now = time.read()?;
            let of_key = limits.of_key.iter().map(|limit| (key, limit));
            let of_workspace = limits.of_workspace.iter();
            let of_workspace = of_workspace.map(|limit| (OF_WORKSPACE, limit));
            let uses = of_key.chain(of_workspace).map(|(subject, limit)| {
                let ledger = ledgers
                    .iter()
                    .find(|(of, name, _)| of.0 == subject && name == limit.name.as_str());
                let used = ledger.map(|(_, name, ledger)| {
                    let key = LedgerKey {
                        workspace_id: workspace_id.clone(),
                        subject,
                        name: name.clone(),
                    };
                    Ok::<_, CorruptRow>(used(key.read(ledger)?, limit, now))
                });
                Ok(LimitUse {
                    limit: limit.clone(),
                    is_of_workspace: subject == OF_WORKSPACE,
                    used: used.transpose()?.unwrap_or(0),
                })
            });
            Ok(uses.collect::<Result<_, CorruptRow>>()?)
        })
    }
}

/// The limits that count for the key with this id.
fn limits_of(
    api_key_id: Uuid,
    own: Option<Stored<Value>>,
    plan: Option<PlanRow>,
) -> Result<Option<Arc<KeyLimits>>, CorruptRow> {
    let column = ColumnRef {
        table: "api_keys",
        id: &api_key_id,
    };
    key_limits(&column.limits("limits", own)?, plan)
}

/// The units of a limit that no node could lease now.
fn used(mut ledger: Ledger, limit: &Limit, now: Timestamp) -> u64 {
    let only_asked = RefillRequest {
        // No node has this id.
        node: Uuid::nil(),
        number: 0,
        max: limit.max,
        window: limit.window,
        kept: 0,
        spent: vec![],
        wanted: 0,
        period_end: None,
    };
    let free = ledger.refill(&only_asked, now).free;
    limit.max.get().saturating_sub(free)
}
