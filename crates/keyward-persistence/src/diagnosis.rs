//! What an operator should know about a database and the role that Keyward has in it.

mod rights;

use diesel::QueryableByName;
use diesel::sql_types::{Array, BigInt, Bool, Double, Nullable, Text};
use diesel_async::RunQueryDsl;

use self::rights::RIGHTS;
use crate::backend::Backend;
use crate::error::StoreError;
use crate::store::Store;
use crate::tx::Lane;

/// The state of a PostgreSQL server, as the role of this store sees it.
#[derive(Clone, Debug, PartialEq, QueryableByName)]
pub struct PostgresDiagnosis {
    /// The server's version.
    #[diesel(sql_type = Text)]
    pub version: String,
    /// The role of this store.
    #[diesel(sql_type = Text)]
    pub role: String,
    /// Whether the server only replays the changes of a primary.
    #[diesel(sql_type = Bool)]
    pub is_standby: bool,
    /// Whether the connection is encrypted.
    #[diesel(sql_type = Bool)]
    pub is_encrypted: bool,
    /// Whether the role could change the audit trail; `None` before the first migration.
    #[diesel(sql_type = Nullable<Bool>)]
    pub may_change_trail: Option<bool>,
    /// Connections of all clients of the server.
    #[diesel(sql_type = BigInt)]
    pub connections: i64,
    /// The maximum number of connections, without those that are reserved for superusers.
    #[diesel(sql_type = BigInt)]
    pub connections_max: i64,
    /// What the role must be allowed to do and is not, such as `INSERT on api_keys`.
    #[diesel(sql_type = Array<Text>)]
    pub missing_rights: Vec<String>,
}

/// A standby that replays the changes of the server.
#[derive(Clone, Debug, PartialEq, QueryableByName)]
pub struct StandbyServer {
    /// Its name.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// Such as `streaming`; `None` when the role may not see it.
    #[diesel(sql_type = Nullable<Text>)]
    pub state: Option<String>,
    /// `sync`, `quorum`, `potential` or `async`; `None` when the role may not see it.
    #[diesel(sql_type = Nullable<Text>)]
    pub sync_state: Option<String>,
    /// How far it is behind; `None` when nothing was sent for a while, or the role may not see it.
    #[diesel(sql_type = Nullable<Double>)]
    pub lag_seconds: Option<f64>,
}

const DIAGNOSIS: &str = "
SELECT current_setting('server_version') AS version,
       current_user::text AS role,
       pg_is_in_recovery() AS is_standby,
       coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false) AS is_encrypted,
       has_table_privilege(to_regclass('audit_events'), 'UPDATE')
           OR has_table_privilege(to_regclass('audit_events'), 'DELETE')
           OR has_table_privilege(to_regclass('audit_events'), 'TRUNCATE') AS may_change_trail,
       (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend') AS connections,
       current_setting('max_connections')::bigint
           - current_setting('superuser_reserved_connections')::bigint AS connections_max,
       ARRAY(SELECT wanted.privilege || ' on ' || wanted.relation
             FROM unnest($1, $2) AS wanted(relation, privilege)
             WHERE has_table_privilege(to_regclass(wanted.relation), wanted.privilege) IS FALSE
             ORDER BY wanted.relation, wanted.privilege) AS missing_rights";

const STANDBYS: &str = "
SELECT coalesce(application_name, '') AS name, state, sync_state,
       extract(epoch FROM replay_lag)::float8 AS lag_seconds
FROM pg_stat_replication ORDER BY 1";

impl Store {
    /// The state of the server; `None` for SQLite.
    ///
    /// # Errors
    /// [`StoreError::Unreachable`].
    pub async fn diagnosis(&self) -> Result<Option<PostgresDiagnosis>, StoreError> {
        let Backend::Postgres(postgres) = self.backend() else {
            return Ok(None);
        };
        let (relations, privileges): (Vec<&str>, Vec<&str>) = RIGHTS
            .iter()
            .flat_map(|(relation, privileges)| privileges.iter().map(move |one| (*relation, *one)))
            .unzip();
        let diagnosis = postgres.query(Lane::Control, move |conn| {
            Box::pin(async move {
                let asked = diesel::sql_query(DIAGNOSIS)
                    .bind::<Array<Text>, _>(relations)
                    .bind::<Array<Text>, _>(privileges);
                Ok(asked.get_result(conn).await?)
            })
        });
        diagnosis
            .await
            .map(Some)
            .map_err(|error| self.unanswered(error))
    }

    /// The standbys that replay the changes of the server; none for SQLite.
    ///
    /// # Errors
    /// [`StoreError::Unreachable`].
    pub async fn standbys(&self) -> Result<Vec<StandbyServer>, StoreError> {
        let Backend::Postgres(postgres) = self.backend() else {
            return Ok(Vec::new());
        };
        let standbys = postgres.query(Lane::Control, move |conn| {
            Box::pin(async move { Ok(diesel::sql_query(STANDBYS).load(conn).await?) })
        });
        standbys.await.map_err(|error| self.unanswered(error))
    }
}
