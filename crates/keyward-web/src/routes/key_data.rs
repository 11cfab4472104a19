use std::collections::BTreeMap;

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use keyward_domain::{
    ApiKey, ApiKeyId, Description, ExternalId, Metadata, Scope, StoredSecret, Timestamp, UserId,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::limit_data::LimitData;
use crate::envelope;
use crate::headers::ascii_header_value;
use crate::request_context::RequestContext;
use crate::schemas::{modes, named_texts, statuses};

/// A key in all responses but the one to its creation (contract §3), with the contract's members in
/// its order. A missing value is null, but annotations and limits that the key does not have are
/// omitted.
#[derive(Serialize, ToSchema)]
#[schema(as = ApiKey)]
#[serde(rename_all = "camelCase")]
pub struct KeyData<'a> {
    /// The key id.
    #[schema(
        pattern = "^[a-z][a-z0-9]{1,11}_(live|test)_[0-9A-Za-z]{22}$",
        example = "sk_live_0352LgEZNa95dBFUcIVbVc"
    )]
    pub api_key_id: String,
    /// The display name.
    #[schema(example = "Production Key")]
    pub name: &'a str,
    /// The current status.
    #[schema(schema_with = statuses)]
    pub status: &'static str,
    /// LIVE or TEST.
    #[schema(schema_with = modes)]
    pub mode: &'static str,
    /// The scopes of the key.
    pub scopes: Vec<&'a str>,
    /// The addresses from which the key may be used; empty means every address.
    #[serde(rename = "ipWhitelist")]
    pub ip_allowlist: Vec<String>,
    /// When the key was created.
    #[schema(format = DateTime, example = "2026-03-21T00:00:00Z")]
    pub created_at: String,
    /// The hint of the current secret: its prefix and its last four characters.
    #[schema(
        pattern = "^([a-z][a-z0-9]{1,11}_(live|test)_|imported)…[0-9A-Za-z]{4}$",
        example = "sk_live_…a1b2"
    )]
    pub secret_hint: String,
    /// When the key was last used; null if never.
    #[schema(required, format = DateTime)]
    pub last_used_at: Option<String>,
    /// When the key expires; null if never.
    #[schema(required, format = DateTime)]
    pub expires_at: Option<String>,
    /// The user who created the key; null for an operator.
    #[schema(required)]
    pub created_by: Option<&'a str>,
    /// A description for people.
    #[schema(nullable = false, example = "For the nightly report")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<&'a str>,
    /// The platform's id of its holder.
    #[schema(nullable = false, example = "customer-4711")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<&'a str>,
    /// The platform's own data about it.
    #[schema(schema_with = named_texts)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<BTreeMap<&'a str, &'a str>>,
    /// Its own limits. The plan of its workspace may add others.
    #[schema(required = false)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub limits: Vec<LimitData<'a>>,
    /// The valid secrets, with the current one first.
    pub secrets: Vec<SecretData>,
}

/// A valid secret of the key.
#[derive(Serialize, ToSchema)]
#[schema(as = LiveSecret)]
#[serde(rename_all = "camelCase")]
pub struct SecretData {
    /// The hint of the secret: its prefix and its last four characters.
    #[schema(
        pattern = "^([a-z][a-z0-9]{1,11}_(live|test)_|imported)…[0-9A-Za-z]{4}$",
        example = "sk_live_…a1b2"
    )]
    pub secret_hint: String,
    /// When the key got this secret.
    #[schema(format = DateTime, example = "2026-03-21T00:00:00Z")]
    pub created_at: String,
    /// When the secret becomes invalid; null for the current one.
    #[schema(required, format = DateTime)]
    pub ends_at: Option<String>,
    /// When the secret was last used; null if never.
    #[schema(required, format = DateTime)]
    pub last_used_at: Option<String>,
    /// The address of the last use; null if never, or if the verifier did not know it.
    #[schema(required, example = "203.0.113.7")]
    pub last_used_address: Option<String>,
    /// How often the secret was used.
    pub use_count: u64,
}

impl<'a> KeyData<'a> {
    /// The key at `now`.
    #[must_use]
    pub fn of(key: &'a ApiKey, now: Timestamp) -> Self {
        let secrets = key.fields().live_secrets(now);
        let secrets = secrets.map(|(secret, ends_at)| SecretData::of(key.id(), secret, ends_at));
        let fields = key.fields();
        let annotations = &fields.annotations;
        let rules = fields.ip_allowlist.as_slice().iter();
        Self {
            api_key_id: fields.id.to_string(),
            name: fields.name.as_str(),
            status: key.status(now).as_str(),
            mode: key.mode().as_str(),
            scopes: fields.scopes.as_slice().iter().map(Scope::as_str).collect(),
            ip_allowlist: rules.map(ToString::to_string).collect(),
            created_at: fields.created_at.to_string(),
            secret_hint: fields.secret.hint.masked(fields.id),
            last_used_at: fields.last_used_at.map(|at| at.to_string()),
            expires_at: fields
                .expires_at
                .map(|expiry| expiry.timestamp().to_string()),
            created_by: fields.created_by.as_ref().map(UserId::as_str),
            description: annotations.description.as_ref().map(Description::as_str),
            external_id: annotations.external_id.as_ref().map(ExternalId::as_str),
            metadata: shown_metadata(&annotations.metadata),
            limits: LimitData::all(&fields.limits),
            secrets: secrets.collect(),
        }
    }
}

/// The members, if there are any.
pub(super) fn shown_metadata(metadata: &Metadata) -> Option<BTreeMap<&str, &str>> {
    (!metadata.is_empty()).then(|| metadata.iter().collect())
}

impl SecretData {
    fn of(id: ApiKeyId, secret: &StoredSecret, ends_at: Option<Timestamp>) -> Self {
        let last_use = secret.last_use;
        let address = last_use.and_then(|last_use| last_use.address);
        Self {
            secret_hint: secret.hint.masked(id),
            created_at: secret.created_at.to_string(),
            ends_at: ends_at.map(|at| at.to_string()),
            last_used_at: last_use.map(|last_use| last_use.at.to_string()),
            last_used_address: address.map(|address| address.ip().to_string()),
            use_count: last_use.map_or(0, |last_use| last_use.count),
        }
    }
}

/// The response with a key, and its version for a later `If-Match`.
pub(super) fn answer(context: &RequestContext, key: &ApiKey) -> HttpResponse {
    let data = KeyData::of(key, context.now());
    let mut response = envelope::success(context, StatusCode::OK, &data);
    let tag = format!("\"{}\"", key.fields().version);
    response
        .headers_mut()
        .insert(header::ETAG, ascii_header_value(&tag));
    response
}
