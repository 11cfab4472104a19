use std::collections::BTreeMap;

use keyward_domain::{ExternalId, IpRule, KeyLimits, Limit, Scope, VerificationKey};
use serde::Serialize;
use utoipa::ToSchema;

use crate::routes::LimitData;
use crate::routes::key_data::shown_metadata;

/// A key with everything that a decision needs.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = LocalKey)]
pub(super) struct KeyData<'a> {
    #[schema(pattern = "^[a-z][a-z0-9]{1,11}_(live|test)_[0-9A-Za-z]{22}$")]
    api_key_id: String,
    workspace_id: &'a str,
    name: &'a str,
    scopes: Vec<&'a str>,
    ip_whitelist: Vec<String>,
    disabled: bool,
    /// Microseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    ends_at_micros: Option<i64>,
    /// SHA-256, as base64url.
    secret_hash: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    previous_secret: Option<PreviousSecretData>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    external_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    metadata: Option<BTreeMap<&'a str, &'a str>>,
    /// The limits that count for the key alone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    limits: Vec<LimitData<'a>>,
    /// The limits that all keys of the workspace share.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    workspace_limits: Vec<LimitData<'a>>,
}

/// The secret before a rotation.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = LocalPreviousSecret)]
struct PreviousSecretData {
    /// SHA-256, as base64url.
    secret_hash: String,
    /// Microseconds since 1970.
    ends_at_micros: i64,
}

impl<'a> KeyData<'a> {
    pub(super) fn of(key: &'a VerificationKey) -> Self {
        let previous = key.previous_secret.as_ref();
        let rules = key.ip_allowlist.as_slice();
        let limits = key.limits.as_deref();
        let of = |of: fn(&KeyLimits) -> &[Limit]| {
            let limits = limits.map(of).unwrap_or_default();
            limits.iter().map(LimitData::of).collect()
        };
        Self {
            api_key_id: key.id.to_string(),
            workspace_id: key.workspace_id.as_str(),
            name: key.name.as_str(),
            scopes: key.scopes.as_slice().iter().map(Scope::as_str).collect(),
            ip_whitelist: rules.iter().map(IpRule::to_string).collect(),
            disabled: key.is_disabled,
            ends_at_micros: key.ends_at.map(|end| end.timestamp().unix_micros()),
            secret_hash: key.secret_hash.to_base64url(),
            previous_secret: previous.map(|previous| PreviousSecretData {
                secret_hash: previous.hash.to_base64url(),
                ends_at_micros: previous.ends_at.unix_micros(),
            }),
            external_id: key.external_id().map(ExternalId::as_str),
            metadata: shown_metadata(key.metadata()),
            limits: of(|limits| &limits.of_key),
            workspace_limits: of(|limits| &limits.of_workspace),
        }
    }
}
