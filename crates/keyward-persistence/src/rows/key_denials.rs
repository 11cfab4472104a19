use std::net::IpAddr;

use diesel::{Queryable, Selectable};
use keyward_domain::ports::KeyDenials;
use keyward_domain::{ApiKeyId, ClientAddress, Denial};

use super::ColumnRef;
use crate::error::CorruptRow;
use crate::schema::key_denials;
use crate::sql_types::{Micros, Stored};

/// The denials of one key, reason and hour, as they are read. The last denial is in that hour.
#[derive(Queryable, Selectable)]
#[diesel(table_name = key_denials)]
pub(crate) struct KeyDenialsRow {
    decision: String,
    last_denied_at: Micros,
    last_denied_address: Option<Stored<IpAddr>>,
    denial_count: i64,
}

impl KeyDenialsRow {
    pub(crate) fn read(self, api_key_id: ApiKeyId) -> Result<KeyDenials, CorruptRow> {
        let id = api_key_id.uuid();
        let column = ColumnRef {
            table: "key_denials",
            id: &id,
        };
        let address = self
            .last_denied_address
            .map(|address| column.read("last_denied_address", address.0));
        Ok(KeyDenials {
            api_key_id,
            denial: column.word("decision", Denial::parse(&self.decision))?,
            last_denied_at: column.instant("last_denied_at", self.last_denied_at)?,
            address: address.transpose()?.map(ClientAddress::vouched_for),
            count: column.read("denial_count", self.denial_count.try_into())?,
        })
    }
}
