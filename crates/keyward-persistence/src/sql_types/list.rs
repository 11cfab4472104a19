use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql};
use diesel::expression::AsExpression;
use diesel::pg::Pg;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{Array, Cidr, Text};
use diesel::sqlite::Sqlite;
use ipnetwork::IpNetwork;

use super::{NetworkList, Stored, TextList, Unreadable};

/// Texts to store.
#[derive(AsExpression, Clone, Debug)]
#[diesel(sql_type = TextList)]
pub(crate) struct Texts(pub(crate) Vec<String>);

/// Networks to store.
#[derive(AsExpression, Clone, Debug)]
#[diesel(sql_type = NetworkList)]
pub(crate) struct Networks(pub(crate) Vec<IpNetwork>);

impl ToSql<TextList, Pg> for Texts {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        ToSql::<Array<Text>, Pg>::to_sql(&self.0, out)
    }
}

impl FromSql<TextList, Pg> for Stored<Vec<String>> {
    fn from_sql(value: <Pg as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(<Vec<String> as FromSql<Array<Text>, Pg>>::from_sql(
            value,
        )))
    }
}

impl ToSql<TextList, Sqlite> for Texts {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(serde_json::to_string(&self.0)?);
        Ok(IsNull::No)
    }
}

impl FromSql<TextList, Sqlite> for Stored<Vec<String>> {
    fn from_sql(value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        let text = <String as FromSql<Text, Sqlite>>::from_sql(value)?;
        Ok(Self(serde_json::from_str(&text).map_err(Into::into)))
    }
}

impl ToSql<NetworkList, Pg> for Networks {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        ToSql::<Array<Cidr>, Pg>::to_sql(&self.0, out)
    }
}

impl FromSql<NetworkList, Pg> for Stored<Vec<IpNetwork>> {
    fn from_sql(value: <Pg as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(
            <Vec<IpNetwork> as FromSql<Array<Cidr>, Pg>>::from_sql(value),
        ))
    }
}

impl ToSql<NetworkList, Sqlite> for Networks {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        let texts: Vec<String> = self.0.iter().map(IpNetwork::to_string).collect();
        out.set_value(serde_json::to_string(&texts)?);
        Ok(IsNull::No)
    }
}

impl FromSql<NetworkList, Sqlite> for Stored<Vec<IpNetwork>> {
    fn from_sql(value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        let text = <String as FromSql<Text, Sqlite>>::from_sql(value)?;
        Ok(Self(parse_networks(&text)))
    }
}

fn parse_networks(text: &str) -> Result<Vec<IpNetwork>, Unreadable> {
    let texts: Vec<String> = serde_json::from_str(text)?;
    let networks: Result<_, _> = texts.iter().map(|text| text.parse()).collect();
    Ok(networks?)
}
