//! A form that is sent twice does what it is for once (contract §5).

use actix_web::HttpResponse;
use keyward_domain::usecases::{FirstTime, RepeatError};
use keyward_domain::{
    ApiKeyId, Idempotency, IdempotencyKey, RepeatableOperation, RequestFingerprint,
};

use super::form::Form;
use super::reveal;
use super::visit::{Owner, Visit};
use crate::error::Failure;

/// Looks up whether the form was sent before. To be called before anything in it is judged.
///
/// # Errors
/// [`RepeatError`].
pub(super) async fn first_time(
    visit: &Visit<'_>,
    owner: &Owner,
    form: &Form,
    (operation, fingerprint): (RepeatableOperation, RequestFingerprint),
) -> Result<FirstTime, RepeatError> {
    let key = IdempotencyKey::parse(form.text("idempotencyKey"));
    let idempotency = key.map(|key| Idempotency { key, fingerprint });
    let keys = &visit.state.keys;
    keys.first_time(&owner.workspace, operation, idempotency.ok())
        .await
}

/// The answer to a form that was sent before: the secret was shown then.
///
/// # Errors
/// [`Failure`] when the key is gone meanwhile, or the store could not say.
pub(super) async fn told(
    visit: &Visit<'_>,
    owner: &Owner,
    id: ApiKeyId,
) -> Result<HttpResponse, Failure> {
    match reveal::shown_before(visit, owner, id).await {
        Err(Failure::ApiKeyNotFound) => Err(Failure::AlreadyCarriedOut(id)),
        told => told,
    }
}
