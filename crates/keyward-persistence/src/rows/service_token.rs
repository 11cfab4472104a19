use diesel::{Queryable, Selectable};
use keyward_domain::{CallerName, Permission, ServiceSecretHash, ServiceToken};

use super::ColumnRef;
use crate::error::CorruptRow;
use crate::schema::service_tokens;
use crate::sql_types::{Micros, Stored};

/// A service token as it is read.
#[derive(Queryable, Selectable)]
#[diesel(table_name = service_tokens)]
pub(crate) struct ServiceTokenRow {
    name: String,
    permissions: Stored<Vec<String>>,
    hash: Vec<u8>,
    created_at: Micros,
    last_used_at: Option<Micros>,
    revoked_at: Option<Micros>,
}

impl TryFrom<ServiceTokenRow> for ServiceToken {
    type Error = CorruptRow;

    fn try_from(row: ServiceTokenRow) -> Result<Self, CorruptRow> {
        let column = ColumnRef {
            table: "service_tokens",
            id: &row.name,
        };
        let words = column.read("permissions", row.permissions.0)?;
        // A permission of a newer binary grants nothing here.
        let permissions = words.iter().filter_map(|word| Permission::parse(word).ok());
        let hash: Result<[u8; 32], _> = row
            .hash
            .try_into()
            .map_err(|_bytes: Vec<u8>| "not 32 bytes");
        let instant = |name, at: Option<Micros>| {
            let at = at.map(|at| column.instant(name, at));
            at.transpose()
        };
        Ok(Self {
            name: column.read("name", CallerName::parse(&row.name))?,
            permissions: permissions.collect(),
            hash: column
                .read("hash", hash)
                .map(ServiceSecretHash::from_bytes)?,
            created_at: column.instant("created_at", row.created_at)?,
            last_used_at: instant("last_used_at", row.last_used_at)?,
            revoked_at: instant("revoked_at", row.revoked_at)?,
        })
    }
}
