//! Contract §4: `POST /internal/v1/api-keys/verify`.

use std::collections::BTreeMap;

use actix_web::web::{Data, Payload, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use keyward_domain::usecases::{CheckOutcome, Verified};
use keyward_domain::{ApiKeyId, Decision, ExternalId, Question, Scope, Timestamp, VerificationKey};
use serde::{Serialize, Serializer};

use super::key_data::shown_metadata;
use super::limit_data::LimitStateData;
use crate::envelope;
use crate::error::RequestError;
use crate::extract::{self};
use crate::members;
use crate::request_context::RequestContext;
use crate::schemas::{Question as QuestionBody, Success, Verdict};
use crate::state::InternalState;

/// The contract's members, in its order. Only an allowed call gets data of the key.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct VerifiedData<'a> {
    valid: bool,
    decision: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    api_key_id: Option<IdText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    workspace_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mode: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scopes: Option<Codes<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<BTreeMap<&'a str, &'a str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    missing_scopes: Option<Vec<&'a str>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    limits: Vec<LimitStateData<'a>>,
    #[serde(skip_serializing_if = "is_false")]
    stale: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    checks: Option<Vec<CheckData>>,
}

/// The id of a key as text.
struct IdText(ApiKeyId);

impl Serialize for IdText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// The codes of scopes.
struct Codes<'a>(&'a [Scope]);

impl Serialize for Codes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(Scope::as_str))
    }
}

/// One check, for a caller that asks for an explanation.
#[derive(Serialize)]
struct CheckData {
    check: &'static str,
    passes: bool,
}

impl<'a> VerifiedData<'a> {
    pub(super) fn of(answer: &'a Answer) -> Self {
        let check = |outcome: &CheckOutcome| CheckData {
            check: outcome.check.as_str(),
            passes: outcome.passes,
        };
        let checks = answer.checks.as_ref();
        Self {
            checks: checks.map(|checks| checks.iter().map(check).collect()),
            ..Self::of_verified(&answer.verified)
        }
    }

    /// The data without an explanation.
    fn of_verified(verified: &'a Verified) -> Self {
        let is_valid = verified.decision == Decision::Valid;
        let key = verified.key.as_deref().filter(|_| is_valid);
        Self {
            valid: is_valid,
            decision: verified.decision.as_str(),
            missing_scopes: missing_scopes(&verified.decision),
            limits: limits(verified),
            stale: verified.is_stale,
            ..key.map(Self::of_key).unwrap_or_default()
        }
    }

    fn of_key(key: &'a VerificationKey) -> Self {
        Self {
            api_key_id: Some(IdText(key.id)),
            workspace_id: Some(key.workspace_id.as_str()),
            mode: Some(key.mode().as_str()),
            scopes: Some(Codes(key.scopes.as_slice())),
            name: Some(key.name.as_str()),
            external_id: key.external_id().map(ExternalId::as_str),
            metadata: shown_metadata(key.metadata()),
            ..Self::default()
        }
    }
}

/// The answer to a question that asks for no explanation.
pub(crate) fn answer(now: Timestamp, verified: &Verified) -> HttpResponse {
    envelope::in_no_language(now, &VerifiedData::of_verified(verified))
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_false(value: &bool) -> bool {
    !value
}

/// The missing scopes, if they are the reason.
fn missing_scopes(decision: &Decision) -> Option<Vec<&str>> {
    if let Decision::InsufficientScope { missing } = decision {
        Some(missing.iter().map(Scope::as_str).collect())
    } else {
        None
    }
}

/// All limits of an allowed call, or the one that is the reason.
fn limits(verified: &Verified) -> Vec<LimitStateData<'_>> {
    match &verified.decision {
        Decision::RateLimited(state) | Decision::QuotaExceeded(state) => {
            vec![LimitStateData::of(state)]
        }
        Decision::CostAboveLimit(limit) => vec![LimitStateData::of_limit(limit)],
        Decision::Valid
        | Decision::Malformed
        | Decision::Unknown
        | Decision::Disabled
        | Decision::Expired
        | Decision::WrongMode
        | Decision::IpNotAllowed
        | Decision::NoScopes
        | Decision::InsufficientScope { .. } => {
            verified.limits.iter().map(LimitStateData::of).collect()
        }
    }
}

/// Answers one question about the holder of a secret, always with 200.
#[utoipa::path(
    post,
    path = "/internal/v1/api-keys/verify",
    operation_id = "verifyApiKey",
    description = "Always 200 for a well-formed question. The order of the checks: the secret, whether the key is enabled, its expiry, the mode, the address, the scopes, the limits.",
    tag = "verification",
    params(("explain" = Option<bool>, Query, description = "Returns every check with its outcome, records no use, and costs nothing")),
    request_body = QuestionBody,
    responses((status = 200, description = "The decision, whatever it is", body = Success<Verdict>))
)]
pub(crate) async fn verify(
    request: HttpRequest,
    payload: Payload,
    state: Data<InternalState>,
    context: ReqData<RequestContext>,
) -> Result<HttpResponse, RequestError> {
    state.admit_verifier(&request).await?;
    let is_explained = extract::explain(request.query_string())?;
    let body = extract::json_body(request.headers(), payload, state.body_deadline).await?;
    let (secret, question) = extract::question(body.members()?)
        .parse()
        .map_err(|violations| RequestError::invalid(&violations, members::QUESTION))?;
    let answer = Answer::to(&state, &request, &secret, &question, is_explained).await?;
    let data = VerifiedData::of(&answer);
    Ok(envelope::in_no_language(context.now(), &data))
}

/// A decision, with every check when an explanation was requested.
pub(super) struct Answer {
    verified: Verified,
    checks: Option<Vec<CheckOutcome>>,
}

impl Answer {
    /// # Errors
    /// As [`InternalState::decide`].
    pub(super) async fn to(
        state: &InternalState,
        request: &HttpRequest,
        secret: &str,
        question: &Question,
        is_explained: bool,
    ) -> Result<Self, RequestError> {
        if is_explained {
            state.metrics.explained();
            let explained = state.verify.explain(secret, question).await;
            let (verified, checks) = explained.map_err(RequestError::of_verification)?;
            let checks = Some(checks);
            Ok(Self { verified, checks })
        } else {
            let verified = state.decide(request, secret, question).await?;
            let checks = None;
            Ok(Self { verified, checks })
        }
    }
}

#[cfg(test)]
mod tests;
