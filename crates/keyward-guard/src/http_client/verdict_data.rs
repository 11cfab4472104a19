use std::collections::BTreeMap;

use keyward_domain::{ApiKeyId, Decision, ExternalId, Metadata, Scope, WorkspaceId};
use serde::Deserialize;

use super::limit_data::LimitData;
use crate::caller::{Caller, ToldKey};
use crate::verifier::{Undecided, Verdict};

/// The body of an answer (contract §4), with the members that are used.
#[derive(Deserialize)]
struct Envelope {
    data: VerdictData,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct VerdictData {
    valid: bool,
    decision: String,
    api_key_id: Option<String>,
    workspace_id: Option<String>,
    scopes: Option<Vec<String>>,
    name: Option<String>,
    external_id: Option<String>,
    #[serde(default)]
    metadata: BTreeMap<String, String>,
    #[serde(default)]
    missing_scopes: Vec<String>,
    #[serde(default)]
    limits: Vec<LimitData>,
    #[serde(default)]
    stale: bool,
}

/// Parses an answer of Keyward. A body that Keyward would not write is undecided.
pub(super) fn verdict(body: &[u8]) -> Result<Verdict, Undecided> {
    let envelope: Envelope =
        serde_json::from_slice(body).map_err(|error| Undecided(error.into()))?;
    let data = envelope.data;
    let unreadable = || Undecided("the response is not from Keyward".into());
    if data.valid {
        let is_allowed = data.decision == Decision::Valid.as_str();
        let caller = caller(data).filter(|_caller| is_allowed);
        return caller.map(Verdict::Allowed).ok_or_else(unreadable);
    }
    denial(&data).map(Verdict::Denied).ok_or_else(unreadable)
}

fn caller(data: VerdictData) -> Option<Caller> {
    let metadata = data.metadata.iter();
    let metadata = metadata.map(|(name, value)| (name.as_str(), value.as_str()));
    let is_stale = data.stale;
    let external_id = match data.external_id {
        Some(id) => Some(ExternalId::parse(&id).ok()?),
        None => None,
    };
    let key = ToldKey {
        api_key_id: ApiKeyId::parse(&data.api_key_id?).ok()?,
        workspace_id: WorkspaceId::parse(&data.workspace_id?).ok()?,
        scopes: scopes(&data.scopes?)?,
        name: data.name?,
        external_id,
        metadata: Metadata::parse(metadata).ok()?,
    };
    Some(Caller::from(key).marked(is_stale))
}

fn denial(data: &VerdictData) -> Option<Decision> {
    let plain = [
        Decision::Malformed,
        Decision::Unknown,
        Decision::Disabled,
        Decision::Expired,
        Decision::WrongMode,
        Decision::IpNotAllowed,
        Decision::NoScopes,
    ];
    let missing = scopes(&data.missing_scopes)?;
    let all = plain
        .into_iter()
        .chain([Decision::InsufficientScope { missing }]);
    let mut all = all.filter(|decision| decision.as_str() == data.decision);
    let by_limit = || data.limits.first()?.denial(&data.decision);
    all.next().or_else(by_limit)
}

fn scopes(codes: &[String]) -> Option<Vec<Scope>> {
    codes.iter().map(|code| Scope::parse(code).ok()).collect()
}
