//! Shows a secret once, on its own page. Its address contains nothing secret.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use keyward_domain::usecases::{CreatedApiKey, RotatedApiKey};
use keyward_domain::{ApiKey, ApiKeyId, Secret};
use keyward_web::{RequestError, message};

use super::respond::Call;
use crate::language::MessageId as M;
use crate::layout::page::{Page, html};
use crate::request::page_request::{Owner, PageRequest};
use crate::views::moment::Moment;

#[derive(Template)]
#[template(path = "reveal.html")]
struct RevealPage<'a> {
    page: Page,
    name: String,
    secret: &'a str,
    /// "API key, ends in a1b2": a screen reader reads this instead of the secret.
    spoken: String,
    key_url: String,
    /// When the old secret becomes invalid.
    overlap_ends_at: Option<Moment>,
}

#[derive(Template)]
#[template(path = "shown_already.html")]
struct ShownAlreadyPage {
    page: Page,
    name: String,
    key_url: String,
}

/// The response to a form that created a key.
pub(crate) fn created(page_request: &PageRequest<'_>, created: &CreatedApiKey) -> HttpResponse {
    let title = M::KeyCreated;
    reveal(page_request, title, &created.key, (&created.secret, None))
}

/// The response to a form that rotated a key.
pub(crate) fn rotated(page_request: &PageRequest<'_>, rotated: &RotatedApiKey) -> HttpResponse {
    let lives_on = rotated.overlap_ends_at > page_request.context.now();
    let until = lives_on.then(|| Moment::of(rotated.overlap_ends_at));
    reveal(
        page_request,
        M::KeyRotated,
        &rotated.key,
        (&rotated.secret, until),
    )
}

fn reveal(
    page_request: &PageRequest<'_>,
    title: M,
    key: &ApiKey,
    (secret, overlap_ends_at): (&Secret, Option<Moment>),
) -> HttpResponse {
    let fields = key.fields();
    let hint = secret.hint();
    let hint = [("hint", hint.as_str().to_owned().into())];
    let template = RevealPage {
        page: Page::titled(page_request, title),
        name: fields.name.as_str().to_owned(),
        secret: secret.expose(),
        spoken: message(page_request.context.language, M::SecretSpoken, &hint),
        key_url: page_request
            .links
            .key(fields.workspace_id.as_str(), fields.id),
        overlap_ends_at,
    };
    html(page_request, StatusCode::CREATED, &template)
}

/// The response to a repeated form: its secret was already shown.
///
/// # Errors
/// [`RequestError`] when the key no longer exists, or the store failed.
pub(crate) async fn shown_before(
    page_request: &PageRequest<'_>,
    owner: &Owner,
    id: ApiKeyId,
) -> Result<HttpResponse, RequestError> {
    let key = page_request
        .state
        .api
        .keys
        .get(&owner.workspace, id)
        .await?;
    let key = key.ok_or(RequestError::ApiKeyNotFound)?;
    let template = ShownAlreadyPage {
        page: Page::titled(page_request, M::ShownAlready),
        name: key.fields().name.as_str().to_owned(),
        key_url: page_request.links.key(owner.workspace_id(), id),
    };
    Ok(html(page_request, StatusCode::OK, &template))
}

/// `GET /workspaces/{workspaceId}/keys/{apiKeyId}/secret`: shown when the page with the secret is
/// reloaded.
pub(crate) async fn shown_already(call: Call) -> HttpResponse {
    call.show(async |page_request, owner: &Owner| {
        shown_before(page_request, owner, page_request.api_key_id()?).await
    })
    .await
}
