//! Says whose key a secret is. People paste secrets into the search field.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderValue, REFERRER_POLICY};
use actix_web::web::Payload;
use askama::Template;
use keyward_domain::{Question, Secret};
use keyward_web::RequestError;

use super::respond::Call;
use crate::language::MessageId as M;
use crate::layout::page::{Page, html, see_other};
use crate::request::page_request::{PageRequest, Supervisor};
use crate::views::catalogue::Catalogue;
use crate::views::key_view::KeyView;

#[derive(Template)]
#[template(path = "found.html")]
struct FoundPage {
    page: Page,
    /// The key, if it belongs to the workspace.
    key: Option<KeyView>,
    was_in_address: bool,
}

/// The secret in a search, if it is one.
pub(crate) fn secret_in(search: &str) -> Option<Secret> {
    Secret::parse(search.trim()).ok()
}

/// `POST /workspaces/{workspaceId}/keys/find`: a script sends a secret here instead of searching for
/// it, so that it is in no address.
pub(crate) async fn find(call: Call, payload: Payload) -> HttpResponse {
    call.submit(
        payload,
        async |page_request, user: &Supervisor, form| match secret_in(form.text("secret")) {
            Some(secret) => found(page_request, user, &secret, false).await,
            None => Ok(see_other(&page_request.links.keys(user.workspace_id()))),
        },
    )
    .await
}

/// `GET /workspaces/{workspaceId}/keys/find`: opening the address has no secret.
pub(crate) async fn search_again() -> HttpResponse {
    see_other("../keys")
}

/// The page that says whose key has the secret. It does not contain the secret.
///
/// # Errors
/// [`RequestError`] of 5xx.
pub(crate) async fn found(
    page_request: &PageRequest<'_>,
    user: &Supervisor,
    secret: &Secret,
    was_in_address: bool,
) -> Result<HttpResponse, RequestError> {
    let (context, state) = (&page_request.context, page_request.state);
    let keys = &state.api.keys;
    let question = Question::default();
    let explained = state.verify.explain(secret.expose(), &question).await;
    let (verified, _checks) = explained.map_err(RequestError::of_verification)?;
    // The workspace has no key of another one.
    let key = match verified.key {
        Some(key) => keys.get(&user.workspace, key.id).await?,
        None => None,
    };
    let catalogue = Catalogue::read(keys.scope_catalogue.as_ref(), context.language).await?;
    let key = key.map(|key| {
        let url = page_request.links.key(user.workspace_id(), key.id());
        KeyView::of(&key, url, &catalogue, (context.language, context.now()))
    });
    let mut page = Page::titled(page_request, M::SecretInSearch);
    // The address of a search for a secret is not linked to.
    page.here = None;
    let template = FoundPage {
        page,
        key,
        was_in_address,
    };
    let mut answer = html(page_request, StatusCode::OK, &template);
    let none = HeaderValue::from_static("no-referrer");
    answer.headers_mut().insert(REFERRER_POLICY, none);
    Ok(answer)
}
