//! Contract §13: `POST /public/v1/leaks`.

use std::fmt::Write as _;

use actix_web::web::{Data, Payload, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use keyward_domain::usecases::SecretReport;
use keyward_domain::{Actor, CallerName, ExposureSource};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;

use crate::envelope::NO_STORE;
use crate::error::RequestError;
use crate::extract::{GitHubLeak, batch_body, github_leaks};
use crate::request_context::RequestContext;
use crate::schemas::GitHubLeakReport;
use crate::state::PublicState;

/// Whether a reported text is a secret of a key.
#[derive(Serialize, ToSchema)]
#[schema(as = GitHubFeedback)]
struct FeedbackData {
    /// SHA-256 of the text, in hexadecimal digits.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    token_hash: String,
    /// That of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "acme_api_key")]
    token_type: Option<String>,
    /// `true_positive` if a key has it.
    #[schema(pattern = "^(true|false)_positive$")]
    label: &'static str,
}

/// Ends secrets that GitHub has found.
#[utoipa::path(
    post,
    path = "/public/v1/leaks",
    operation_id = "reportGitHubLeaks",
    description = "For the secret scanning of GitHub, whose partner the platform is. The signature is over the bytes of the body. The policy of a workspace decides what happens to a key. The path only exists if `KEYWARD_GITHUB_KEYS_URL` is set.",
    tag = "revocation",
    params(
        ("Github-Public-Key-Identifier" = String, Header, description = "The key of the signature"),
        ("Github-Public-Key-Signature" = String, Header, description = "ECDSA on P-256 with SHA-256, in DER and base64")
    ),
    request_body = Vec<GitHubLeakReport>,
    responses((status = 200, description = "What GitHub learns about each text, in the order of the request", body = Vec<FeedbackData>))
)]
pub(crate) async fn leaks(
    request: HttpRequest,
    payload: Payload,
    state: Data<PublicState>,
    context: ReqData<RequestContext>,
) -> Result<HttpResponse, RequestError> {
    let keys = state.github_keys.as_ref();
    let keys = keys.ok_or(RequestError::NoSuchResource)?;
    let signature = keys.signature(request.headers()).await?;
    let body = batch_body(request.headers(), payload, state.body_deadline).await?;
    signature.check(body.bytes())?;
    let mut feedback = Vec::new();
    let mut leaks = Vec::new();
    for GitHubLeak { leak, token_type } in github_leaks(body.bytes())? {
        feedback.push(FeedbackData {
            token_hash: sha256(&leak.secret),
            token_type,
            label: "false_positive",
        });
        leaks.push(leak);
    }
    let report = SecretReport {
        actor: Actor::Service {
            name: CallerName::github(),
        },
        source: ExposureSource::GitHub,
        origin: context.origin(),
    };
    let are_known = state.secret_reports.end_signed(leaks, report).await?;
    for (one, is_known) in feedback.iter_mut().zip(are_known) {
        if is_known {
            one.label = "true_positive";
        }
    }
    Ok(HttpResponse::Ok().insert_header(NO_STORE).json(feedback))
}

fn sha256(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().fold(String::new(), |mut hex, byte| {
        // Writing to a `String` can't fail.
        let _infallible = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests;
