use diesel::{Insertable, Queryable, Selectable};
use ipnetwork::IpNetwork;
use keyward_domain::{
    ApiKey, ApiKeyFields, Expiry, IpAllowlist, IpRule, KeyName, Scope, ScopeSet, SecretHash,
    SecretHint, UserId, WorkspaceId,
};

use super::Place;
use crate::error::CorruptRow;
use crate::schema::api_keys;
use crate::sql_types::{Id, Micros, Networks, Stored, Texts};

/// A key as it is written.
#[derive(Insertable)]
#[diesel(table_name = api_keys, treat_none_as_default_value = false)]
pub(crate) struct NewApiKeyRow {
    id: Id,
    mode: &'static str,
    workspace_id: String,
    name: String,
    scopes: Texts,
    ip_allowlist: Networks,
    is_disabled: bool,
    expires_at: Option<Micros>,
    secret_hash: Vec<u8>,
    secret_hint: String,
    created_at: Micros,
    created_by: Option<String>,
    version: i64,
}

/// A key as it is read.
#[derive(Queryable, Selectable)]
#[diesel(table_name = api_keys)]
pub(crate) struct ApiKeyRow {
    id: Id,
    mode: String,
    workspace_id: String,
    name: String,
    scopes: Stored<Vec<String>>,
    ip_allowlist: Stored<Vec<IpNetwork>>,
    is_disabled: bool,
    expires_at: Option<Micros>,
    secret_hash: Vec<u8>,
    secret_hint: String,
    created_at: Micros,
    created_by: Option<String>,
    version: i64,
}

impl From<ApiKey> for NewApiKeyRow {
    fn from(key: ApiKey) -> Self {
        let key = key.into_fields();
        let scopes = key.scopes.as_slice().iter().map(Scope::to_string);
        let rules = key.ip_allowlist.as_slice().iter();
        Self {
            id: Id(key.id.uuid()),
            mode: key.id.mode().as_str(),
            workspace_id: key.workspace_id.as_str().to_owned(),
            name: key.name.as_str().to_owned(),
            scopes: Texts(scopes.collect()),
            ip_allowlist: Networks(rules.map(|rule| rule.network()).collect()),
            is_disabled: key.is_disabled,
            expires_at: key.expires_at.map(|expiry| expiry.timestamp().into()),
            secret_hash: key.secret_hash.as_bytes().to_vec(),
            secret_hint: key.secret_hint.as_str().to_owned(),
            created_at: key.created_at.into(),
            created_by: key.created_by.map(|user_id| user_id.as_str().to_owned()),
            version: key.version.into(),
        }
    }
}

impl TryFrom<ApiKeyRow> for ApiKey {
    type Error = CorruptRow;

    fn try_from(row: ApiKeyRow) -> Result<Self, CorruptRow> {
        let place = Place {
            table: "api_keys",
            id: &row.id.0,
        };
        let scopes = place.read("scopes", row.scopes.0)?;
        let scopes: Result<ScopeSet, _> = scopes.iter().map(|code| Scope::parse(code)).collect();
        let rules = place.read("ip_allowlist", row.ip_allowlist.0)?;
        let rules: Result<IpAllowlist, _> = rules.into_iter().map(IpRule::from_network).collect();
        let expires_at = row
            .expires_at
            .map(|at| place.instant("expires_at", at))
            .transpose()?;
        let created_by = row.created_by.as_deref().map(UserId::parse).transpose();
        // The bytes themselves go into no error.
        let secret_hash: Result<[u8; 32], _> = row
            .secret_hash
            .try_into()
            .map_err(|_bytes: Vec<u8>| "not 32 bytes");
        Ok(Self::from_fields(ApiKeyFields {
            id: place.key_id("mode", &row.mode, "id", row.id)?,
            workspace_id: place.read("workspace_id", WorkspaceId::parse(&row.workspace_id))?,
            name: place.read("name", KeyName::parse(&row.name))?,
            scopes: place.read("scopes", scopes)?,
            ip_allowlist: place.read("ip_allowlist", rules)?,
            expires_at: expires_at.map(Expiry::from_timestamp),
            is_disabled: row.is_disabled,
            secret_hash: SecretHash::from_bytes(place.read("secret_hash", secret_hash)?),
            secret_hint: place.read("secret_hint", SecretHint::parse(&row.secret_hint))?,
            created_at: place.instant("created_at", row.created_at)?,
            created_by: place.read("created_by", created_by)?,
            version: place.read("version", row.version.try_into())?,
        }))
    }
}
