use std::net::IpAddr;

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql};
use diesel::expression::AsExpression;
use diesel::pg::Pg;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{Inet, Text};
use diesel::sqlite::Sqlite;
use ipnetwork::IpNetwork;

use super::{Address, Stored};

/// An address to store.
#[derive(AsExpression, Clone, Copy, Debug)]
#[diesel(sql_type = Address)]
pub(crate) struct Ip(pub(crate) IpAddr);

impl ToSql<Address, Pg> for Ip {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        ToSql::<Inet, Pg>::to_sql(&IpNetwork::from(self.0), &mut out.reborrow())
    }
}

impl FromSql<Address, Pg> for Stored<IpAddr> {
    fn from_sql(value: <Pg as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        let network = <IpNetwork as FromSql<Inet, Pg>>::from_sql(value)?;
        if network == IpNetwork::from(network.ip()) {
            Ok(Self(Ok(network.ip())))
        } else {
            Ok(Self(Err("a network, not an address".into())))
        }
    }
}

impl ToSql<Address, Sqlite> for Ip {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.to_string());
        Ok(IsNull::No)
    }
}

impl FromSql<Address, Sqlite> for Stored<IpAddr> {
    fn from_sql(value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        let text = <String as FromSql<Text, Sqlite>>::from_sql(value)?;
        Ok(Self(text.parse().map_err(Into::into)))
    }
}
