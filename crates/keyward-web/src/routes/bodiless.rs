use actix_web::{HttpRequest, HttpResponse};
use keyward_domain::usecases::{ChangeError, ManageApiKeys, Target};

use super::owner::User;
use super::propagation;
use crate::error::RequestError;
use crate::extract::{self, OptionalHeaders};
use crate::proof::Proof;
use crate::request_context::RequestContext;
use crate::state::PublicState;

/// A change without a body of the key in the path: the checks, the change, and the response.
///
/// # Errors
/// [`RequestError`] of the first check that fails, or of the change.
pub(super) async fn change<W: Proof>(
    request: &HttpRequest,
    state: &PublicState,
    context: &RequestContext,
    change: impl AsyncFnOnce(&ManageApiKeys, Target<'_, W>) -> Result<(), ChangeError>,
    answer: impl FnOnce() -> HttpResponse,
) -> Result<HttpResponse, RequestError> {
    let user = User::<W>::check(request, state, context, OptionalHeaders::IF_MATCH).await?;
    let api_key_id = extract::api_key_id(request.uri().path())?;
    let changed = change(&state.keys, user.target(api_key_id)).await;
    changed.map_err(|error| RequestError::of_change(error, &[]))?;
    Ok(propagation::with_propagation(state, answer()).await)
}
