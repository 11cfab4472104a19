use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use keyward_domain::ports::{LastReport, RepositoryError};
use keyward_domain::{ApiKeyId, AuditAction, CallerName, WorkspaceId};
use uuid::Uuid;

use crate::backend::query;
use crate::rows::ColumnRef;
use crate::schema::audit_events;
use crate::sql_types::{Id, Micros};
use crate::store::Store;

/// Only reads the events of these keys, by the index of keys.
pub(super) async fn run(
    store: &Store,
    workspace_id: &WorkspaceId,
    api_key_ids: &[ApiKeyId],
) -> Result<Vec<LastReport>, RepositoryError> {
    if api_key_ids.is_empty() {
        return Ok(vec![]);
    }
    let api_key_ids = api_key_ids.to_vec();
    let ids: Vec<Id> = api_key_ids.iter().map(|id| Id(id.uuid())).collect();
    let workspace_id = workspace_id.as_str().to_owned();
    let reporters = CallerName::reporters().map(|name| name.to_string());
    let reactions = AuditAction::REACTIONS.map(AuditAction::as_str);
    query!(store, |conn| {
        let rows: Vec<(Id, String, String, Micros)> = audit_events::table
            .filter(audit_events::workspace_id.eq(&workspace_id))
            .filter(audit_events::api_key_id.eq_any(&ids))
            .filter(audit_events::action.eq_any(reactions))
            .filter(
                audit_events::found_at
                    .is_not_null()
                    .or(audit_events::actor_service.eq_any(&reporters)),
            )
            .order(audit_events::position)
            .select((
                audit_events::api_key_id,
                audit_events::api_key_prefix,
                audit_events::api_key_mode,
                audit_events::occurred_at,
            ))
            .load(conn)
            .await?;
        let mut last: BTreeMap<Uuid, Micros> = BTreeMap::new();
        for (id, prefix, mode, at) in rows {
            let mut asked = api_key_ids.iter().filter(|asked| asked.uuid() == id.0);
            let is_asked = asked
                .any(|asked| asked.prefix().as_str() == prefix && asked.mode().as_str() == mode);
            if is_asked {
                last.insert(id.0, at);
            }
        }
        let mut reports = Vec::with_capacity(last.len());
        for api_key_id in &api_key_ids {
            if let Some(at) = last.remove(&api_key_id.uuid()) {
                let column = ColumnRef {
                    table: "audit_events",
                    id: api_key_id,
                };
                let (api_key_id, at) = (*api_key_id, column.instant("occurred_at", at)?);
                reports.push(LastReport { api_key_id, at });
            }
        }
        Ok(reports)
    })
}
