//! Rotates a key.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Payload;
use askama::Template;
use keyward_domain::usecases::{ChangeError, Precondition, RepeatError};
use keyward_domain::{RawField, RawRotation, RepeatableOperation, RequestFingerprint};
use keyward_web::{RequestError, await_propagation, members, message};

use super::create::new_form_name;
use super::respond::Call;
use super::{reveal, sent_before};
use crate::language::MessageId as M;
use crate::layout::page::{Page, html};
use crate::request::form::Form;
use crate::request::page_request::{Owner, PageRequest};
use crate::views::catalogue::Catalogue;
use crate::views::key_view::KeyView;

/// The overlaps that the page offers.
const OVERLAPS: [(u32, M); 5] = [
    (0, M::OverlapNone),
    (3_600, M::OverlapHour),
    (86_400, M::OverlapDay),
    (259_200, M::OverlapThreeDays),
    (604_800, M::OverlapWeek),
];
const OVERLAP_DEFAULT: u32 = 86_400;

#[derive(Template)]
#[template(path = "rotate.html")]
struct RotatePage {
    page: Page,
    key: KeyView,
    overlaps: Vec<OverlapView>,
    idempotency_key: String,
}

/// One choice.
struct OverlapView {
    seconds: u32,
    label: String,
    is_chosen: bool,
}

/// `GET /workspaces/{workspaceId}/keys/{apiKeyId}/rotate`: explains the effect.
pub(crate) async fn show(call: Call) -> HttpResponse {
    call.show(form_page).await
}

async fn form_page(
    page_request: &PageRequest<'_>,
    owner: &Owner,
) -> Result<HttpResponse, RequestError> {
    let context = &page_request.context;
    let language = context.language;
    let key = page_request.key(owner).await?;
    let catalogue = page_request.state.api.keys.scope_catalogue.as_ref();
    let catalogue = Catalogue::read(catalogue, language).await?;
    let url = page_request.links.key(owner.workspace_id(), key.id());
    let overlaps = OVERLAPS.into_iter().map(|(seconds, label)| OverlapView {
        seconds,
        label: message(language, label, &[]),
        is_chosen: seconds == OVERLAP_DEFAULT,
    });
    let template = RotatePage {
        page: Page::titled(page_request, M::RotateKey),
        key: KeyView::of(&key, url, &catalogue, (language, context.now())),
        overlaps: overlaps.collect(),
        idempotency_key: new_form_name(page_request),
    };
    Ok(html(page_request, StatusCode::OK, &template))
}

/// `POST /workspaces/{workspaceId}/keys/{apiKeyId}/rotate`: rotates the key and shows the new
/// secret once.
pub(crate) async fn rotate(call: Call, payload: Payload) -> HttpResponse {
    call.submit(payload, carry_out).await
}

async fn carry_out(
    page_request: &PageRequest<'_>,
    owner: &Owner,
    form: &Form,
) -> Result<HttpResponse, RequestError> {
    let state = page_request.state;
    let api_key_id = page_request.api_key_id()?;
    let once = (
        RepeatableOperation::Rotate,
        RequestFingerprint::about(api_key_id, &form.bytes),
    );
    let first_time = match sent_before::first_time(page_request, owner, form, once).await {
        Err(RepeatError::AlreadyCarriedOut(id)) => {
            return sent_before::answer(page_request, owner, id).await;
        }
        first_time => first_time?,
    };
    let seconds = form.text("overlapSeconds").parse();
    let rotation = RawRotation {
        overlap_seconds: seconds.map_or(RawField::WrongType, RawField::Value),
        ..RawRotation::default()
    };
    let target = owner.target(api_key_id, &Precondition::Anything);
    match state.api.keys.rotate(target, rotation, first_time).await {
        Ok(rotated) => {
            await_propagation(&state.api).await;
            Ok(reveal::rotated(page_request, &rotated))
        }
        Err(ChangeError::AlreadyCarriedOut(id)) => {
            sent_before::answer(page_request, owner, id).await
        }
        Err(error) => Err(RequestError::of_change(error, members::ROTATION)),
    }
}
