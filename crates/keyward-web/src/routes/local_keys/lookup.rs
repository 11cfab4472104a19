//! Contract §10: `POST /internal/v1/lookup`.

use std::sync::Arc;

use actix_web::web::{Data, Payload, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::future::join_all;
use keyward_domain::VerificationKey;
use serde::Serialize;
use utoipa::ToSchema;

use super::key_data::KeyData;
use crate::envelope;
use crate::error::RequestError;
use crate::extract;
use crate::request_context::RequestContext;
use crate::schemas::{SecretHashes, Success};
use crate::state::InternalState;

/// The keys, in the order of the hashes.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = LocalKeys)]
pub(crate) struct LookupData<'a> {
    /// The epoch of the node that answered. A key is kept only by a guard whose stream of changes
    /// has the same epoch.
    epoch: String,
    /// The time of the node, in microseconds since 1970.
    now_micros: i64,
    /// Whether any key has an imported secret, which may have any form. Missing when it is unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    has_imported_secrets: Option<bool>,
    keys: Vec<FoundData<'a>>,
}

/// `null` when no key has the secret.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = LocalKeyIfAny)]
enum FoundData<'a> {
    Key(Option<Box<KeyData<'a>>>),
    Unknown(UnknownData),
}

/// It can't be told now whether a key has the secret. This does not affect the others.
#[derive(Serialize, ToSchema)]
#[schema(as = LocalKeyUnread)]
struct UnknownData {
    code: &'static str,
}

/// Reads the keys that have these secrets, for a guard that keeps them.
#[utoipa::path(
    post,
    path = "/internal/v1/lookup",
    operation_id = "lookUpApiKeys",
    description = "For guards that decide in the caller's process. Keep a key only together with the stream of changes of the same epoch, and look it up after every change of it. Nothing here is a decision.",
    tag = "guards",
    request_body = SecretHashes,
    responses((status = 200, description = "The keys, in the order of the hashes", body = Success<LookupData<'static>>))
)]
pub(crate) async fn lookup(
    request: HttpRequest,
    payload: Payload,
    state: Data<InternalState>,
    context: ReqData<RequestContext>,
) -> Result<HttpResponse, RequestError> {
    state.admit_verifier(&request).await?;
    let body = extract::json_body(request.headers(), payload, state.body_deadline).await?;
    let hashes = extract::secret_hashes(body.members()?)?;
    let lookup = &state.verify.key_lookup;
    let found = join_all(hashes.iter().map(|hash| lookup.find(hash))).await;
    let found: Vec<Result<Option<Arc<VerificationKey>>, RequestError>> = found
        .into_iter()
        .map(|found| found.map_err(RequestError::of_verification))
        .collect();
    for failure in found.iter().filter_map(|found| found.as_ref().err()) {
        failure.log(&context);
    }
    let now = state.clock.now();
    let data = LookupData {
        epoch: state.key_changes.epoch().simple().to_string(),
        now_micros: now.unix_micros(),
        has_imported_secrets: lookup.has_imported_secrets().await.ok(),
        keys: found.iter().map(FoundData::of).collect(),
    };
    Ok(envelope::in_no_language(now, &data))
}

impl<'a> FoundData<'a> {
    fn of(found: &'a Result<Option<Arc<VerificationKey>>, RequestError>) -> Self {
        match found {
            Ok(key) => Self::Key(key.as_ref().map(|key| Box::new(KeyData::of(key)))),
            Err(failure) => Self::Unknown(UnknownData {
                code: failure.code().as_str(),
            }),
        }
    }
}
