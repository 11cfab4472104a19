//! Converts between rows and domain values. Stored values are parsed as strictly as a client's.

mod annotations;
mod api_key;
mod audit_event;
mod author;
mod deployment_event;
mod descriptions;
mod idempotency;
mod key_denials;
mod key_uses;
mod leak_policy;
mod ledger;
mod lifetime_policy;
mod limits;
mod metadata;
mod notice;
mod owned_key_id;
mod plan;
mod published_event;
mod resource_names;
mod scope_use;
mod secret_use;
mod service_token;
mod texts_by_language;
mod verification_key;
mod webhook;
mod webhook_delivery;

use ipnetwork::IpNetwork;
use keyward_domain::{
    ApiKeyId, ExternalId, IpAllowlist, IpRule, KeyPrefix, Limits, Metadata, Mode, PlanName, Scope,
    ScopeSet, SecretHash, Timestamp,
};
use serde_json::Value;

pub(crate) use self::api_key::{ApiKeyRow, ChangingRow, NewApiKeyRow};
pub(crate) use self::audit_event::{AuditEventRow, NewAuditEventRow, event_hash};
pub(crate) use self::deployment_event::{DeploymentEventRow, NewDeploymentEventRow};
pub(crate) use self::descriptions::{descriptions_from_json, descriptions_to_json};
pub(crate) use self::idempotency::{IdempotencyRow, NewIdempotencyRow, operation_word};
pub(crate) use self::key_denials::KeyDenialsRow;
pub(crate) use self::key_uses::{DailyUsesRow, KeyUsesRow};
pub(crate) use self::leak_policy::LeakPolicyRow;
pub(crate) use self::ledger::{EMPTY_LEDGER, ledger_from_text, ledger_to_text};
pub(crate) use self::lifetime_policy::LifetimePolicyRow;
use self::limits::limits_from_json;
use self::metadata::metadata_from_json;
pub(crate) use self::notice::{notice_key, notice_to_json, notice_type};
pub(crate) use self::owned_key_id::{OwnedKeyIdRow, owned_key_id};
pub(crate) use self::plan::{NewPlanLimitsRow, PlanRow, key_limits};
pub(crate) use self::published_event::{NewPublishedEventRow, PublishedEventRow};
pub(crate) use self::resource_names::{names_from_json, names_to_json};
pub(crate) use self::scope_use::ScopeUseRow;
pub(crate) use self::secret_use::UsedApiKeyRow;
pub(crate) use self::service_token::ServiceTokenRow;
pub(crate) use self::verification_key::VerificationKeyRow;
pub(crate) use self::webhook::{NewWebhookRow, WebhookRow};
pub(crate) use self::webhook_delivery::{AttemptedRow, DeliveredEventRow, WebhookDeliveryRow};
use crate::error::{Cause, CorruptRow};
use crate::sql_types::{Id, Micros, Stored};

/// The place of a value, for error messages.
pub(crate) struct ColumnRef<'a> {
    pub(crate) table: &'static str,
    pub(crate) id: &'a dyn std::fmt::Display,
}

/// The names of the columns that store the id of a key.
#[derive(Clone, Copy)]
pub(crate) struct KeyIdColumns {
    prefix: &'static str,
    mode: &'static str,
    id: &'static str,
}

impl KeyIdColumns {
    /// Those of `api_keys`.
    pub(crate) const OF_KEYS: Self = Self {
        prefix: "prefix",
        mode: "mode",
        id: "id",
    };

    /// Those of a table that refers to a key.
    pub(crate) const OF_REFERENCES: Self = Self {
        prefix: "api_key_prefix",
        mode: "api_key_mode",
        id: "api_key_id",
    };
}

impl ColumnRef<'_> {
    pub(crate) fn corrupt(&self, column: &'static str, source: impl Into<Cause>) -> CorruptRow {
        CorruptRow {
            table: self.table,
            id: self.id.to_string(),
            column,
            source: source.into(),
        }
    }

    pub(crate) fn read<T, E: Into<Cause>>(
        &self,
        column: &'static str,
        value: Result<T, E>,
    ) -> Result<T, CorruptRow> {
        value.map_err(|source| self.corrupt(column, source))
    }

    pub(crate) fn word<T>(&self, column: &'static str, word: Option<T>) -> Result<T, CorruptRow> {
        word.ok_or_else(|| self.corrupt(column, "unknown value"))
    }

    pub(crate) fn instant(
        &self,
        column: &'static str,
        at: Micros,
    ) -> Result<Timestamp, CorruptRow> {
        Timestamp::from_unix_micros(at.0)
            .ok_or_else(|| self.corrupt(column, "not between the years 1970 and 9999"))
    }

    /// The scopes of a key.
    pub(crate) fn scopes(&self, codes: Stored<Vec<String>>) -> Result<ScopeSet, CorruptRow> {
        let codes = self.read("scopes", codes.0)?;
        let scopes: Result<ScopeSet, _> = codes.iter().map(|code| Scope::parse(code)).collect();
        self.read("scopes", scopes)
    }

    /// The IP rules of a key.
    pub(crate) fn ip_allowlist(
        &self,
        rules: Stored<Vec<IpNetwork>>,
    ) -> Result<IpAllowlist, CorruptRow> {
        let rules = self.read("ip_allowlist", rules.0)?;
        let rules: Result<IpAllowlist, _> = rules.into_iter().map(IpRule::from_network).collect();
        self.read("ip_allowlist", rules)
    }

    /// The external id of a key, if it has one.
    pub(crate) fn external_id(&self, text: Option<&str>) -> Result<Option<ExternalId>, CorruptRow> {
        let external_id = text.map(ExternalId::parse);
        self.read("external_id", external_id.transpose())
    }

    /// The metadata of a key; NULL stands for none.
    pub(crate) fn metadata(&self, json: Option<Stored<Value>>) -> Result<Metadata, CorruptRow> {
        let metadata = json.map(|value| value.0.and_then(metadata_from_json));
        let metadata = self.read("metadata", metadata.transpose())?;
        Ok(metadata.unwrap_or_default())
    }

    /// The limits in a column; NULL stands for none.
    pub(crate) fn limits(
        &self,
        column: &'static str,
        json: Option<Stored<Value>>,
    ) -> Result<Limits, CorruptRow> {
        let limits = json.map(|value| value.0.and_then(limits_from_json));
        let limits = self.read(column, limits.transpose())?;
        Ok(limits.unwrap_or_default())
    }

    /// The plan of a workspace, or the one that an event is about.
    pub(crate) fn plan(&self, name: Option<&str>) -> Result<Option<PlanName>, CorruptRow> {
        let plan = name.map(PlanName::parse);
        self.read("plan", plan.transpose())
    }

    /// The id of a key, which is stored in three columns.
    pub(crate) fn key_id(
        &self,
        columns: KeyIdColumns,
        prefix: &str,
        mode: &str,
        id: Id,
    ) -> Result<ApiKeyId, CorruptRow> {
        let prefix = self.read(columns.prefix, KeyPrefix::parse(prefix))?;
        let mode = self.word(columns.mode, Mode::parse(mode))?;
        self.read(columns.id, ApiKeyId::from_parts(prefix, mode, id.0))
    }

    /// The hash of a secret. Errors never contain its bytes.
    pub(crate) fn secret_hash(
        &self,
        column: &'static str,
        bytes: Vec<u8>,
    ) -> Result<SecretHash, CorruptRow> {
        let bytes: Result<[u8; 32], _> = bytes.try_into().map_err(|_bytes: Vec<u8>| "not 32 bytes");
        self.read(column, bytes).map(SecretHash::from_bytes)
    }
}
