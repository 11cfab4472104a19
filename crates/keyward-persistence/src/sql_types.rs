//! Types whose form depends on the database, so that one query works on both.
//!
//! | here | PostgreSQL | SQLite |
//! |---|---|---|
//! | [`Instant`] | `timestamptz` | INTEGER, microseconds since the Unix epoch |
//! | [`KeyUuid`] | `uuid` | BLOB of 16 bytes |
//! | [`TextList`] | `text[]` | TEXT, a JSON array |
//! | [`NetworkList`] | `cidr[]` | TEXT, a JSON array |
//! | [`Document`] | `jsonb` | TEXT, JSON |
//! | [`Address`] | `inet` | TEXT |
//!
//! PostgreSQL's types are identified by their fixed OIDs, so no look-up is needed at run time.

mod instant;
mod json;
mod list;
mod network;
mod uuid;

use diesel::deserialize::FromSqlRow;
use diesel::query_builder::QueryId;
use diesel::sql_types::SqlType;

pub(crate) use self::instant::Micros;
pub(crate) use self::json::Json;
pub(crate) use self::list::{Networks, Texts};
pub(crate) use self::network::Ip;
pub(crate) use self::uuid::Id;

/// An instant.
#[derive(Clone, Copy, Debug, QueryId, SqlType)]
#[diesel(postgres_type(oid = 1184, array_oid = 1185))]
#[diesel(sqlite_type(name = "Long"))]
pub struct Instant;

impl diesel::sql_types::SqlOrd for Instant {}

/// The UUID of a key, or of a published event.
#[derive(Clone, Copy, Debug, QueryId, SqlType)]
#[diesel(postgres_type(oid = 2950, array_oid = 2951))]
#[diesel(sqlite_type(name = "Binary"))]
pub struct KeyUuid;

/// A list of texts.
#[derive(Clone, Copy, Debug, QueryId, SqlType)]
#[diesel(postgres_type(oid = 1009, array_oid = 0))]
#[diesel(sqlite_type(name = "Text"))]
pub struct TextList;

/// A list of networks.
#[derive(Clone, Copy, Debug, QueryId, SqlType)]
#[diesel(postgres_type(oid = 651, array_oid = 0))]
#[diesel(sqlite_type(name = "Text"))]
pub struct NetworkList;

/// A JSON document.
#[derive(Clone, Copy, Debug, QueryId, SqlType)]
#[diesel(postgres_type(oid = 3802, array_oid = 3807))]
#[diesel(sqlite_type(name = "Text"))]
pub struct Document;

/// An IP address.
#[derive(Clone, Copy, Debug, QueryId, SqlType)]
#[diesel(postgres_type(oid = 869, array_oid = 1041))]
#[diesel(sqlite_type(name = "Text"))]
pub struct Address;

/// Why a stored value can't be read.
pub(crate) type Unreadable = Box<dyn std::error::Error + Send + Sync>;

/// A stored value, or why it can't be read. The row is still read completely, so that the error can
/// name its id.
#[derive(Debug, FromSqlRow)]
pub(crate) struct Stored<T: 'static>(pub(crate) Result<T, Unreadable>);

/// A counter or a position to store. It saturates far beyond any real value.
pub(crate) fn bigint(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
