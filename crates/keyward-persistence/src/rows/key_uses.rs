use diesel::sql_types::BigInt;
use diesel::{Queryable, QueryableByName, Selectable};
use keyward_domain::ports::{DailyUses, KeyUses};
use keyward_domain::{AddressSketch, ApiKeyId};

use super::ColumnRef;
use crate::error::CorruptRow;
use crate::schema::key_uses;
use crate::sql_types::{Id, Instant, KeyUuid, Micros};

/// The uses of one key and hour, as they are read.
#[derive(Queryable, Selectable)]
#[diesel(table_name = key_uses)]
pub(crate) struct KeyUsesRow {
    hour: Micros,
    use_count: i64,
    addresses: i64,
}

/// The uses of a key on one day.
#[derive(QueryableByName)]
pub(crate) struct DailyUsesRow {
    #[diesel(sql_type = KeyUuid)]
    pub(crate) api_key_id: Id,
    #[diesel(sql_type = Instant)]
    day: Micros,
    #[diesel(sql_type = BigInt)]
    use_count: i64,
}

impl DailyUsesRow {
    pub(crate) fn read(self, api_key_id: ApiKeyId) -> Result<DailyUses, CorruptRow> {
        let id = api_key_id.uuid();
        let column = ColumnRef {
            table: "key_uses",
            id: &id,
        };
        Ok(DailyUses {
            api_key_id,
            day: column.instant("hour", self.day)?,
            count: column.read("use_count", self.use_count.try_into())?,
        })
    }
}

impl KeyUsesRow {
    pub(crate) fn read(self, api_key_id: ApiKeyId) -> Result<KeyUses, CorruptRow> {
        let id = api_key_id.uuid();
        let column = ColumnRef {
            table: "key_uses",
            id: &id,
        };
        Ok(KeyUses {
            api_key_id,
            hour: column.instant("hour", self.hour)?,
            addresses: AddressSketch::from_bits(self.addresses),
            count: column.read("use_count", self.use_count.try_into())?,
        })
    }
}
