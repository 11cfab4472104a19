use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use keyward_domain::{ApiKey, Mode, Scope, StoredSecret, Timestamp, UserId};
use serde::Serialize;
use utoipa::ToSchema;

use super::hint;
use crate::envelope;
use crate::headers::ascii_header_value;
use crate::request_context::RequestContext;
use crate::schemas::{modes, statuses};

/// A key in all responses but the one to its creation (contract §3), with the contract's members in
/// its order. A missing value is null, never omitted.
#[derive(Serialize, ToSchema)]
#[schema(as = ApiKey)]
#[serde(rename_all = "camelCase")]
pub(super) struct KeyData<'a> {
    #[schema(
        pattern = "^sk_(live|test)_[0-9A-Za-z]{22}$",
        example = "sk_live_0352LgEZNa95dBFUcIVbVc"
    )]
    api_key_id: String,
    #[schema(example = "Production Key")]
    name: &'a str,
    #[schema(schema_with = statuses)]
    status: &'static str,
    #[schema(schema_with = modes)]
    mode: &'static str,
    scopes: Vec<&'a str>,
    #[serde(rename = "ipWhitelist")]
    ip_allowlist: Vec<String>,
    #[schema(format = DateTime, example = "2026-03-21T00:00:00Z")]
    created_at: String,
    #[schema(
        pattern = "^sk_(live|test)_…[0-9A-Za-z]{4}$",
        example = "sk_live_…a1b2"
    )]
    secret_hint: String,
    #[schema(required, format = DateTime)]
    last_used_at: Option<String>,
    #[schema(required, format = DateTime)]
    expires_at: Option<String>,
    #[schema(required)]
    created_by: Option<&'a str>,
    secrets: Vec<SecretData>,
}

/// A valid secret of the key.
#[derive(Serialize, ToSchema)]
#[schema(as = LiveSecret)]
#[serde(rename_all = "camelCase")]
struct SecretData {
    #[schema(
        pattern = "^sk_(live|test)_…[0-9A-Za-z]{4}$",
        example = "sk_live_…a1b2"
    )]
    secret_hint: String,
    #[schema(format = DateTime, example = "2026-03-21T00:00:00Z")]
    created_at: String,
    #[schema(required, format = DateTime)]
    ends_at: Option<String>,
    #[schema(required, format = DateTime)]
    last_used_at: Option<String>,
}

impl<'a> KeyData<'a> {
    /// The key at `now`. The current secret comes first.
    pub(super) fn of(key: &'a ApiKey, now: Timestamp) -> Self {
        let fields = key.fields();
        let mode = key.mode();
        let mut secrets = vec![SecretData::of(mode, &fields.secret, None)];
        if let Some(previous) = fields.live_previous_secret(now) {
            secrets.push(SecretData::of(
                mode,
                &previous.secret,
                Some(previous.ends_at),
            ));
        }
        Self {
            api_key_id: fields.id.to_string(),
            name: fields.name.as_str(),
            status: key.status(now).as_str(),
            mode: mode.as_str(),
            scopes: fields.scopes.as_slice().iter().map(Scope::as_str).collect(),
            ip_allowlist: fields
                .ip_allowlist
                .as_slice()
                .iter()
                .map(ToString::to_string)
                .collect(),
            created_at: fields.created_at.to_string(),
            secret_hint: hint::shown(mode, fields.secret.hint),
            last_used_at: fields.last_used_at.map(|at| at.to_string()),
            expires_at: fields
                .expires_at
                .map(|expiry| expiry.timestamp().to_string()),
            created_by: fields.created_by.as_ref().map(UserId::as_str),
            secrets,
        }
    }
}

impl SecretData {
    fn of(mode: Mode, secret: &StoredSecret, ends_at: Option<Timestamp>) -> Self {
        Self {
            secret_hint: hint::shown(mode, secret.hint),
            created_at: secret.created_at.to_string(),
            ends_at: ends_at.map(|at| at.to_string()),
            last_used_at: secret.last_use.map(|last_use| last_use.at.to_string()),
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
