//! A form that is submitted twice is carried out once (contract §5).

use actix_web::HttpResponse;
use keyward_domain::usecases::{FirstTime, RepeatError};
use keyward_domain::{
    ApiKeyId, Idempotency, IdempotencyKey, RepeatableOperation, RequestFingerprint,
};
use keyward_web::RequestError;

use super::reveal;
use crate::request::form::Form;
use crate::request::page_request::{Owner, PageRequest};

/// Looks up whether the form was already carried out. Call it before any check of the form.
///
/// # Errors
/// [`RepeatError`].
pub(crate) async fn first_time(
    page_request: &PageRequest<'_>,
    owner: &Owner,
    form: &Form,
    (operation, fingerprint): (RepeatableOperation, RequestFingerprint),
) -> Result<FirstTime, RepeatError> {
    let key = IdempotencyKey::parse(form.text("idempotencyKey"));
    let idempotency = key.map(|key| Idempotency { key, fingerprint });
    let keys = &page_request.state.api.keys;
    keys.first_time(&owner.workspace, operation, idempotency.ok())
        .await
}

/// The response to a repeated form: its secret was already shown.
///
/// # Errors
/// [`RequestError`] when the key no longer exists, or the store failed.
pub(crate) async fn answer(
    page_request: &PageRequest<'_>,
    owner: &Owner,
    id: ApiKeyId,
) -> Result<HttpResponse, RequestError> {
    match reveal::shown_before(page_request, owner, id).await {
        Err(RequestError::ApiKeyNotFound) => Err(RequestError::AlreadyCarriedOut(id)),
        told => told,
    }
}
