use std::net::IpAddr;

use diesel::Queryable;
use keyward_domain::{ApiKey, ApiKeyFields, ClientAddress, LastUse, LifetimePolicy};

use super::{ApiKeyRow, ColumnRef};
use crate::error::CorruptRow;
use crate::sql_types::{Micros, Stored};

/// The uses of one secret, as they are read.
#[derive(Queryable)]
pub(crate) struct SecretUseRow {
    last_used_at: Micros,
    use_count: i64,
    last_used_address: Option<Stored<IpAddr>>,
}

/// A key as it is read, with its last use and the uses of its current and previous secret.
#[derive(Queryable)]
pub(crate) struct UsedApiKeyRow {
    key: ApiKeyRow,
    /// Before all times when the key was never used.
    last_used_at: Micros,
    current_use: Option<SecretUseRow>,
    previous_use: Option<SecretUseRow>,
}

impl UsedApiKeyRow {
    /// The key. `deployment` is the policy of workspaces without their own.
    pub(crate) fn into_key(self, deployment: &LifetimePolicy) -> Result<ApiKey, CorruptRow> {
        let row = self;
        let id = row.key.uuid();
        let column = ColumnRef {
            table: "secret_uses",
            id: &id,
        };
        let read = |row: Option<SecretUseRow>| row.map(|row| row.read(&column)).transpose();
        let (current_use, previous_use) = (read(row.current_use)?, read(row.previous_use)?);
        let mut fields: ApiKeyFields = row.key.read(deployment)?.into_fields();
        fields.secret.last_use = current_use;
        if let Some(previous) = &mut fields.previous_secret {
            previous.secret.last_use = previous_use;
        }
        fields.last_used_at = if row.last_used_at.0 < 0 {
            None
        } else {
            Some(column.instant("last_used_at", row.last_used_at)?)
        };
        Ok(ApiKey::from_fields(fields))
    }
}

impl SecretUseRow {
    fn read(self, column: &ColumnRef<'_>) -> Result<LastUse, CorruptRow> {
        let address = self
            .last_used_address
            .map(|address| column.read("last_used_address", address.0));
        Ok(LastUse {
            at: column.instant("last_used_at", self.last_used_at)?,
            address: address.transpose()?.map(ClientAddress::vouched_for),
            count: column.read("use_count", self.use_count.try_into())?,
        })
    }
}
