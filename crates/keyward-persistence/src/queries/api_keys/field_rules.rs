use std::collections::BTreeSet;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};
use diesel_async::RunQueryDsl;
use keyward_domain::ports::{FieldRules, RepositoryError};
use keyward_domain::{Scope, WorkspaceId};

use crate::backend::query;
use crate::queries::prepared::Prepared;
use crate::queries::scope_catalogue::scope;
use crate::rows::LifetimePolicyRow;
use crate::schema::{scopes, workspaces};
use crate::store::Store;

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
        let existing = scopes::table
            .filter(scopes::code.eq_any(asked))
            .select((scopes::code.nullable(), no_policy));
        let workspace = workspaces::table
            .find(&workspace_id)
            .select((sql::<Nullable<Text>>("NULL"), own_policy));
        let rows: Vec<(Option<String>, LifetimePolicyRow)> =
            Prepared(existing.union_all(workspace)).load(conn).await?;
        let mut rules = FieldRules {
            existing_scopes: BTreeSet::new(),
            lifetime_policy: deployment,
        };
        for (code, policy) in rows {
            if let Some(code) = code {
                rules.existing_scopes.insert(scope(&code)?);
            } else if let Some(own) = policy.read(&workspace_id)? {
                rules.lifetime_policy = own;
            }
        }
        Ok(rules)
    })
}
