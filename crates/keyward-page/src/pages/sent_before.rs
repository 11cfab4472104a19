//! A form that is sent twice does what it is for once (contract §5).

use actix_web::HttpResponse;
use keyward_domain::usecases::{FirstTime, RepeatError};
use keyward_domain::{
    ApiKeyId, Idempotency, IdempotencyKey, RepeatableOperation, RequestFingerprint,
};
use keyward_web::RequestError;

use super::reveal;
use crate::request::form::Form;
use crate::request::page_request::{Owner, PageRequest};

/// Looks up whether the form was sent before. To be called before anything in it is judged.
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

/// The answer to a form that was sent before: the secret was shown then.
///
/// # Errors
/// [`RequestError`] when the key is gone meanwhile, or the store could not say.
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
