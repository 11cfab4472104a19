use actix_web::{HttpRequest, HttpResponse};
use keyward_domain::usecases::{ChangeError, ManageApiKeys, Target};

use super::owner::Owner;
use super::propagation;
use crate::apps::PublicState;
use crate::edge::RequestContext;
use crate::error::Failure;
use crate::extract::{self, Heeded};

/// A change of the key in the path that needs no body: the checks, the change, and the answer when
/// it is made.
pub(super) async fn change(
    request: &HttpRequest,
    state: &PublicState,
    context: &RequestContext,
    change: impl AsyncFnOnce(&ManageApiKeys, Target<'_>) -> Result<(), ChangeError>,
    answer: impl FnOnce() -> HttpResponse,
) -> HttpResponse {
    let carry_out = async || {
        let owner = Owner::check(request, state, context, Heeded::IfMatch).await?;
        let api_key_id = extract::api_key_id(request.uri().path())?;
        let changed = change(&state.keys, owner.target(api_key_id)).await;
        changed.map_err(|error| Failure::of_change(error, &[]))
    };
    match carry_out().await {
        Ok(()) => propagation::told(state, answer()).await,
        Err(failure) => failure.answer(context),
    }
}
