use diesel::{Queryable, Selectable};
use keyward_domain::ports::ScopeUse;
use keyward_domain::{ApiKeyId, Scope};

use super::ColumnRef;
use crate::error::CorruptRow;
use crate::schema::scope_uses;
use crate::sql_types::Micros;

/// The last use of one scope of a key, as it is read.
#[derive(Queryable, Selectable)]
#[diesel(table_name = scope_uses)]
pub(crate) struct ScopeUseRow {
    last_used_on: Micros,
    scope: String,
}

impl ScopeUseRow {
    pub(crate) fn read(self, api_key_id: ApiKeyId) -> Result<ScopeUse, CorruptRow> {
        let id = api_key_id.uuid();
        let column = ColumnRef {
            table: "scope_uses",
            id: &id,
        };
        Ok(ScopeUse {
            api_key_id,
            scope: column.read("scope", Scope::parse(&self.scope))?,
            last_used_on: column.instant("last_used_on", self.last_used_on)?,
        })
    }
}
