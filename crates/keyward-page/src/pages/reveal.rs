//! Shows a secret once, on its own page. Its address contains nothing secret.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use keyward_domain::usecases::{CreatedApiKey, RotatedApiKey};
use keyward_domain::{ApiKey, ApiKeyId, Secret};
use keyward_web::{RequestError, message};

use super::respond::Call;
use crate::language::MessageId as M;
use crate::layout::page::{Page, html, html_with_secret};
use crate::request::page_request::{Owner, PageRequest};
use crate::views::key_row::LastUsed;
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
    api_url: &'a str,
    /// The first use of the secret.
    used: Option<LastUsed>,
}

#[derive(Template)]
#[template(path = "first_use_part.html")]
struct FirstUsePart {
    page: Page,
    used: Option<LastUsed>,
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
        api_url: page_request.state.settings.api_url.as_str(),
        used: None,
    };
    html_with_secret(page_request, StatusCode::CREATED, &template)
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

/// Tells htmx not to ask again.
const STOP_POLLING: u16 = 286;

/// `GET /workspaces/{workspaceId}/keys/{apiKeyId}/first-use`: whether the current secret was used, as a
/// part of the page that shows it.
pub(crate) async fn first_use(call: Call) -> HttpResponse {
    call.show(async |page_request, owner: &Owner| {
        let key = page_request.key(owner).await?;
        let used = key.fields().secret.last_use.map(|last_use| LastUsed {
            at: Moment::of(last_use.at),
            address: last_use.address.map(|address| address.ip().to_string()),
        });
        let is_used = used.is_some();
        let template = FirstUsePart {
            page: Page::titled(page_request, M::ApiKeys),
            used,
        };
        let mut answer = html(page_request, StatusCode::OK, &template);
        if let (true, Ok(stop)) = (is_used, StatusCode::from_u16(STOP_POLLING)) {
            *answer.status_mut() = stop;
        }
        Ok(answer)
    })
    .await
}
