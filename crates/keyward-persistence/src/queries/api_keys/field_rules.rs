use std::collections::BTreeSet;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};
use diesel_async::RunQueryDsl;
use keyward_domain::ports::{FieldRules, RepositoryError};
use keyward_domain::{Limits, Scope, WorkspaceId};
use serde_json::Value;

use crate::backend::query;
use crate::queries::prepared::Prepared;
use crate::queries::scope_catalogue::scope;
use crate::rows::{ColumnRef, LifetimePolicyRow};
use crate::schema::{plans, scopes, workspaces};
use crate::sql_types::{Document, Stored};
use crate::store::Store;

/// The code of a scope; or the policy of the workspace, and what its plan gives to each key.
type Row = (Option<String>, LifetimePolicyRow, Option<Stored<Value>>);

/// One statement: the scopes, and the workspace as one more row. On SQLite its text depends on the
/// number of scopes, which is limited.
pub(super) async fn run(
    store: &Store,
    workspace_id: &WorkspaceId,
    asked: &BTreeSet<Scope>,
) -> Result<FieldRules, RepositoryError> {
    let workspace_id = workspace_id.as_str().to_owned();
    let asked: Vec<String> = asked.iter().map(Scope::to_string).collect();
    let deployment = store.key_lifetime();
    query!(store, |conn| {
        let no_days = || sql::<Nullable<BigInt>>("NULL");
        let no_policy = (
            no_days(),
            no_days(),
            sql::<Nullable<Bool>>("NULL"),
            sql::<Nullable<Text>>("NULL"),
        );
        let own_policy = (
            workspaces::key_lifetime_default_days,
            workspaces::key_lifetime_max_days,
            workspaces::key_may_never_expire,
            workspaces::key_lifetime_existing,
        );
        let no_limits = sql::<Nullable<Document>>("NULL");
        let existing = scopes::table.filter(scopes::code.eq_any(asked)).select((
            scopes::code.nullable(),
            no_policy,
            no_limits,
        ));
        let workspace = workspaces::table
            .left_join(plans::table.on(plans::name.nullable().eq(workspaces::plan)))
            .filter(workspaces::id.eq(&workspace_id))
            .select((
                sql::<Nullable<Text>>("NULL"),
                own_policy,
                plans::key_limits.nullable(),
            ));
        let rows: Vec<Row> = Prepared(existing.union_all(workspace)).load(conn).await?;
        let mut rules = FieldRules {
            existing_scopes: BTreeSet::new(),
            lifetime_policy: deployment,
            plan: Limits::default(),
        };
        let column = ColumnRef {
            table: "plans",
            id: &format_args!("of workspace {workspace_id}"),
        };
        for (code, policy, key_limits) in rows {
            if let Some(code) = code {
                rules.existing_scopes.insert(scope(&code)?);
                continue;
            }
            if let Some(own) = policy.read(&workspace_id)? {
                rules.lifetime_policy = own;
            }
            rules.plan = column.limits("key_limits", key_limits)?;
        }
        Ok(rules)
    })
}
