//! Contract §4: `POST /internal/v1/api-keys/verify`.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Payload, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use keyward_domain::usecases::{CheckOutcome, Verified};
use keyward_domain::{ApiKeyFields, Decision, Scope};
use serde::Serialize;

use crate::apps::InternalState;
use crate::edge::RequestContext;
use crate::envelope;
use crate::error::Failure;
use crate::extract::{self, Member};

/// The contract's members in the contract's order. Of the key only an allowed caller hears.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct VerifiedData<'a> {
    valid: bool,
    decision: &'static str,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    key: Option<KeyData<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    missing_scopes: Option<Vec<&'a str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    checks: Option<Vec<CheckData>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct KeyData<'a> {
    api_key_id: String,
    workspace_id: &'a str,
    mode: &'static str,
    scopes: Vec<&'a str>,
    name: &'a str,
}

/// One check, for who asks why.
#[derive(Serialize)]
struct CheckData {
    check: &'static str,
    passes: bool,
}

impl<'a> VerifiedData<'a> {
    fn of(verified: &'a Verified, checks: Option<&[CheckOutcome]>) -> Self {
        let is_valid = verified.decision == Decision::Valid;
        let key = verified.key.as_ref().filter(|_| is_valid);
        let missing_scopes = if let Decision::InsufficientScope { missing } = &verified.decision {
            Some(missing.iter().map(Scope::as_str).collect())
        } else {
            None
        };
        let check = |outcome: &CheckOutcome| CheckData {
            check: outcome.check.as_str(),
            passes: outcome.passes,
        };
        Self {
            valid: is_valid,
            decision: verified.decision.as_str(),
            key: key.map(|key| KeyData::of(key.fields())),
            missing_scopes,
            checks: checks.map(|checks| checks.iter().map(check).collect()),
        }
    }
}

impl<'a> KeyData<'a> {
    fn of(fields: &'a ApiKeyFields) -> Self {
        Self {
            api_key_id: fields.id.to_string(),
            workspace_id: fields.workspace_id.as_str(),
            mode: fields.id.mode().as_str(),
            scopes: fields.scopes.as_slice().iter().map(Scope::as_str).collect(),
            name: fields.name.as_str(),
        }
    }
}

/// Answers one question about the holder of a secret: 200, whatever the decision.
pub(crate) async fn verify(
    request: HttpRequest,
    payload: Payload,
    state: Data<InternalState>,
    context: ReqData<RequestContext>,
) -> HttpResponse {
    carry_out(&request, payload, &state, &context)
        .await
        .unwrap_or_else(|failure| failure.answer(&context))
}

async fn carry_out(
    request: &HttpRequest,
    payload: Payload,
    state: &InternalState,
    context: &RequestContext,
) -> Result<HttpResponse, Failure> {
    if let Some(token) = &state.token {
        token.check(request.headers())?;
    }
    let is_explained = extract::explain(request.query_string())?;
    let body = extract::json_body(request.headers(), payload, state.body_deadline).await?;
    let (secret, question) = extract::question(body.members)
        .parse()
        .map_err(|violations| Failure::invalid(&violations, Member::OF_QUESTION))?;
    let (verified, checks) = if is_explained {
        let explained = state.verify.explain(&secret, &question).await;
        let (verified, checks) = explained.map_err(Failure::of_verification)?;
        (verified, Some(checks))
    } else {
        (state.decide(&secret, &question).await?, None)
    };
    let data = VerifiedData::of(&verified, checks.as_deref());
    Ok(envelope::success(context, StatusCode::OK, &data))
}

#[cfg(test)]
mod tests;
