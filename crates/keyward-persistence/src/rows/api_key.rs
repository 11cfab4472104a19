use diesel::{AsChangeset, Insertable, Queryable, Selectable};
use ipnetwork::IpNetwork;
use keyward_domain::{
    ApiKey, ApiKeyFields, Expiry, KeyName, LifetimePolicy, PreviousSecret, Scope, SecretHint,
    StoredSecret, Timestamp, UserId, WorkspaceId,
};
use serde_json::Value;
use uuid::Uuid;

use super::annotations::{AnnotationsRow, NewAnnotationsRow};
use super::lifetime_policy::LifetimePolicyRow;
use super::limits::own_limits;
use super::{ColumnRef, KeyIdColumns};
use crate::error::CorruptRow;
use crate::schema::api_keys;
use crate::sql_types::{Id, Json, Micros, Networks, Stored, Texts};

/// A key to insert: its immutable columns, and the rest in [`ChangingRow`].
#[derive(Insertable)]
#[diesel(table_name = api_keys, treat_none_as_default_value = false)]
pub(crate) struct NewApiKeyRow {
    id: Id,
    prefix: String,
    mode: &'static str,
    workspace_id: String,
    created_at: Micros,
    created_by: Option<String>,
    is_imported: bool,
    #[diesel(embed)]
    changing: ChangingRow,
}

/// The columns that a change can write. Last uses are not among them: they are written separately.
#[derive(AsChangeset, Insertable)]
#[diesel(table_name = api_keys, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(crate) struct ChangingRow {
    name: String,
    name_folded: String,
    scopes: Texts,
    ip_allowlist: Networks,
    is_disabled: bool,
    expires_at: Option<Micros>,
    secret_hash: Vec<u8>,
    secret_hint: String,
    secret_created_at: Micros,
    previous_secret_hash: Option<Vec<u8>>,
    previous_secret_hint: Option<String>,
    previous_secret_created_at: Option<Micros>,
    previous_secret_ends_at: Option<Micros>,
    version: i64,
    deleted_at: Option<Micros>,
    #[diesel(embed)]
    annotations: NewAnnotationsRow,
    limits: Option<Json>,
}

/// A key as it is read, without its last uses, and the policy of its workspace.
#[derive(Queryable, Selectable)]
#[diesel(table_name = api_keys)]
pub(crate) struct ApiKeyRow {
    id: Id,
    prefix: String,
    mode: String,
    workspace_id: String,
    name: String,
    scopes: Stored<Vec<String>>,
    ip_allowlist: Stored<Vec<IpNetwork>>,
    is_disabled: bool,
    expires_at: Option<Micros>,
    #[diesel(embed)]
    secret: SecretRow,
    #[diesel(embed)]
    previous_secret: PreviousSecretRow,
    created_at: Micros,
    created_by: Option<String>,
    is_imported: bool,
    version: i64,
    deleted_at: Option<Micros>,
    #[diesel(embed)]
    annotations: AnnotationsRow,
    limits: Option<Stored<Value>>,
    #[diesel(embed)]
    lifetime: LifetimePolicyRow,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = api_keys)]
#[expect(clippy::struct_field_names, reason = "the columns are named so")]
pub(crate) struct SecretRow {
    secret_hash: Vec<u8>,
    secret_hint: String,
    secret_created_at: Micros,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = api_keys)]
#[expect(clippy::struct_field_names, reason = "the columns are named so")]
pub(crate) struct PreviousSecretRow {
    previous_secret_hash: Option<Vec<u8>>,
    previous_secret_hint: Option<String>,
    previous_secret_created_at: Option<Micros>,
    previous_secret_ends_at: Option<Micros>,
}

impl From<ApiKey> for NewApiKeyRow {
    fn from(key: ApiKey) -> Self {
        let fields = key.fields();
        Self {
            id: Id(fields.id.uuid()),
            prefix: fields.id.prefix().to_string(),
            mode: fields.id.mode().as_str(),
            workspace_id: fields.workspace_id.as_str().to_owned(),
            created_at: fields.created_at.into(),
            created_by: fields.created_by.as_ref().map(ToString::to_string),
            is_imported: fields.secret.hint.is_imported(),
            changing: key.into(),
        }
    }
}

impl From<ApiKey> for ChangingRow {
    fn from(key: ApiKey) -> Self {
        let key = key.into_fields();
        let scopes = key.scopes.as_slice().iter().map(Scope::to_string);
        let rules = key.ip_allowlist.as_slice().iter();
        let previous = key.previous_secret.as_ref();
        Self {
            name: key.name.as_str().to_owned(),
            name_folded: key.name.folded(),
            scopes: Texts(scopes.collect()),
            ip_allowlist: Networks(rules.map(|rule| rule.network()).collect()),
            is_disabled: key.is_disabled,
            expires_at: key.expires_at.map(|expiry| expiry.timestamp().into()),
            secret_hash: key.secret.hash.as_bytes().to_vec(),
            secret_hint: key.secret.hint.as_str().to_owned(),
            secret_created_at: key.secret.created_at.into(),
            previous_secret_hash: previous.map(|p| p.secret.hash.as_bytes().to_vec()),
            previous_secret_hint: previous.map(|p| p.secret.hint.as_str().to_owned()),
            previous_secret_created_at: previous.map(|p| p.secret.created_at.into()),
            previous_secret_ends_at: previous.map(|p| p.ends_at.into()),
            version: key.version.into(),
            deleted_at: key.deleted_at.map(Into::into),
            annotations: key.annotations.into(),
            limits: own_limits(&key.limits),
        }
    }
}

impl ApiKeyRow {
    pub(super) fn uuid(&self) -> Uuid {
        self.id.0
    }

    /// A key without its last uses. `deployment` is the policy of workspaces without their own.
    pub(crate) fn read(self, deployment: &LifetimePolicy) -> Result<ApiKey, CorruptRow> {
        let row = self;
        let column = ColumnRef {
            table: "api_keys",
            id: &row.id.0,
        };
        let instant = |name, at: Option<Micros>| -> Result<Option<Timestamp>, CorruptRow> {
            at.map(|at| column.instant(name, at)).transpose()
        };
        // Only the first secret of a key is imported. It is as old as the key.
        let imported_at = row.is_imported.then_some(row.created_at);
        let created_by = row.created_by.as_deref().map(UserId::parse).transpose();
        let policy = row.lifetime.read(&row.workspace_id)?;
        let policy = policy.unwrap_or(*deployment);
        Ok(ApiKey::from_fields(ApiKeyFields {
            id: column.key_id(KeyIdColumns::OF_KEYS, &row.prefix, &row.mode, row.id)?,
            workspace_id: column.read("workspace_id", WorkspaceId::parse(&row.workspace_id))?,
            name: column.read("name", KeyName::parse(&row.name))?,
            scopes: column.scopes(row.scopes)?,
            ip_allowlist: column.ip_allowlist(row.ip_allowlist)?,
            expires_at: instant("expires_at", row.expires_at)?.map(Expiry::from_timestamp),
            annotations: row.annotations.read(&column)?,
            limits: column.limits("limits", row.limits)?,
            is_disabled: row.is_disabled,
            secret: row.secret.read(&column, imported_at)?,
            previous_secret: row.previous_secret.read(&column, imported_at)?,
            last_used_at: None,
            created_at: column.instant("created_at", row.created_at)?,
            created_by: column.read("created_by", created_by)?,
            version: column.read("version", row.version.try_into())?,
            deleted_at: instant("deleted_at", row.deleted_at)?,
            lifetime_max: policy.refused_after(),
        }))
    }
}

impl SecretRow {
    fn read(
        self,
        column: &ColumnRef<'_>,
        imported_at: Option<Micros>,
    ) -> Result<StoredSecret, CorruptRow> {
        let is_imported = imported_at == Some(self.secret_created_at);
        Ok(StoredSecret {
            hash: column.secret_hash("secret_hash", self.secret_hash)?,
            hint: column.read(
                "secret_hint",
                SecretHint::from_parts(&self.secret_hint, is_imported),
            )?,
            created_at: column.instant("secret_created_at", self.secret_created_at)?,
            last_use: None,
        })
    }
}

impl PreviousSecretRow {
    fn read(
        self,
        column: &ColumnRef<'_>,
        imported_at: Option<Micros>,
    ) -> Result<Option<PreviousSecret>, CorruptRow> {
        let (Some(hash), Some(hint), Some(created_at), Some(ends_at)) = (
            self.previous_secret_hash,
            self.previous_secret_hint,
            self.previous_secret_created_at,
            self.previous_secret_ends_at,
        ) else {
            return Ok(None);
        };
        Ok(Some(PreviousSecret {
            secret: StoredSecret {
                hash: column.secret_hash("previous_secret_hash", hash)?,
                hint: column.read(
                    "previous_secret_hint",
                    SecretHint::from_parts(&hint, imported_at == Some(created_at)),
                )?,
                created_at: column.instant("previous_secret_created_at", created_at)?,
                last_use: None,
            },
            ends_at: column.instant("previous_secret_ends_at", ends_at)?,
        }))
    }
}
