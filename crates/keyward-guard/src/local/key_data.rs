use std::collections::BTreeMap;
use std::sync::Arc;

use keyward_domain::{
    ApiKeyId, Expiry, ExternalId, IpRule, KeyLimits, KeyName, Limit, LimitName, LimitUnits,
    LimitWindow, Metadata, OnUnavailable, PreviousSecretHash, Scope, SecretHash, Timestamp,
    VerificationKey, WorkspaceId,
};
use serde::Deserialize;

/// The answer to a look-up (contract §10), with the members that are used.
#[derive(Deserialize)]
pub(super) struct LookupAnswer {
    pub(super) data: LookupData,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LookupData {
    pub(super) epoch: String,
    pub(super) now_micros: i64,
    pub(super) has_imported_secrets: Option<bool>,
    pub(super) keys: Vec<Option<FoundData>>,
}

/// A key, or a code when the node can't tell.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum FoundData {
    Key(Box<KeyData>),
    Unknown {
        #[expect(dead_code, reason = "only its presence counts")]
        code: String,
    },
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct KeyData {
    api_key_id: String,
    workspace_id: String,
    name: String,
    scopes: Vec<String>,
    ip_whitelist: Vec<String>,
    disabled: bool,
    ends_at_micros: Option<i64>,
    secret_hash: String,
    previous_secret: Option<PreviousSecretData>,
    external_id: Option<String>,
    #[serde(default)]
    metadata: BTreeMap<String, String>,
    #[serde(default)]
    limits: Vec<LimitData>,
    #[serde(default)]
    workspace_limits: Vec<LimitData>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LimitData {
    name: String,
    max: i64,
    window: String,
    on_unavailable: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PreviousSecretData {
    secret_hash: String,
    ends_at_micros: i64,
}

impl KeyData {
    /// The key; `None` when Keyward would not write it.
    pub(super) fn parse(self) -> Option<VerificationKey> {
        let scopes: Option<Vec<Scope>> = self
            .scopes
            .iter()
            .map(|code| Scope::parse(code).ok())
            .collect();
        let rules: Option<Vec<IpRule>> = self
            .ip_whitelist
            .iter()
            .map(|rule| IpRule::parse(rule).ok())
            .collect();
        let ends_at = match self.ends_at_micros {
            Some(micros) => Some(Expiry::from_timestamp(Timestamp::from_unix_micros(micros)?)),
            None => None,
        };
        let previous_secret = match self.previous_secret {
            Some(previous) => Some(Box::new(previous.parse()?)),
            None => None,
        };
        let external_id = match self.external_id {
            Some(id) => Some(ExternalId::parse(&id).ok()?),
            None => None,
        };
        let metadata = self.metadata.iter();
        let metadata = metadata.map(|(name, value)| (name.as_str(), value.as_str()));
        Some(VerificationKey {
            id: ApiKeyId::parse(&self.api_key_id).ok()?,
            is_disabled: self.disabled,
            is_deleted: false,
            workspace_id: Arc::new(WorkspaceId::parse(&self.workspace_id).ok()?),
            name: KeyName::parse(&self.name).ok()?,
            scopes: Arc::new(scopes?.into_iter().collect()),
            ip_allowlist: rules?.into_iter().collect(),
            ends_at,
            secret_hash: SecretHash::parse(&self.secret_hash).ok()?,
            previous_secret,
            annotations: VerificationKey::annotations_of(
                external_id,
                Metadata::parse(metadata).ok()?,
            ),
            limits: KeyLimits::of(limits(&self.limits)?, limits(&self.workspace_limits)?),
        })
    }
}

fn limits(limits: &[LimitData]) -> Option<Arc<[Limit]>> {
    let parsed: Arc<[Limit]> = limits.iter().map(LimitData::parse).collect::<Option<_>>()?;
    let is_repeated = |(at, limit): (usize, &Limit)| {
        let mut before = parsed.iter().take(at);
        before.any(|other| other.name == limit.name)
    };
    let has_repeats = parsed.iter().enumerate().any(is_repeated);
    (!has_repeats).then_some(parsed)
}

impl LimitData {
    fn parse(&self) -> Option<Limit> {
        Some(Limit {
            name: LimitName::parse(&self.name).ok()?,
            max: LimitUnits::of(self.max).ok()?,
            window: LimitWindow::parse(&self.window).ok()?,
            on_unavailable: OnUnavailable::parse(&self.on_unavailable)?,
        })
    }
}

impl PreviousSecretData {
    fn parse(self) -> Option<PreviousSecretHash> {
        Some(PreviousSecretHash {
            hash: SecretHash::parse(&self.secret_hash).ok()?,
            ends_at: Timestamp::from_unix_micros(self.ends_at_micros)?,
        })
    }
}
