//! A new secret for a key.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Payload;
use askama::Template;
use keyward_domain::usecases::{ChangeError, RepeatError, Seen};
use keyward_domain::{Given, RawRotation, RepeatableOperation, RequestFingerprint};

use super::catalogue::Catalogue;
use super::create::new_form_name;
use super::form::Form;
use super::key_view::KeyView;
use super::page::{Page, html};
use super::respond::Call;
use super::visit::{Owner, Visit};
use super::{reveal, sent_before};
use crate::error::Failure;
use crate::extract::Member;
use crate::language::{MessageId as M, message};
use crate::routes::settled;

/// How long the old secret can live on, by the page.
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

/// `GET /workspaces/{workspaceId}/keys/{apiKeyId}/rotate`: what it would mean.
pub(super) async fn show(call: Call) -> HttpResponse {
    call.show(form_page).await
}

async fn form_page(visit: &Visit<'_>, owner: &Owner) -> Result<HttpResponse, Failure> {
    let context = &visit.context;
    let language = context.language;
    let key = visit.key(owner).await?;
    let catalogue = visit.state.keys.scope_catalogue.as_ref();
    let catalogue = Catalogue::read(catalogue, language).await?;
    let url = visit.links.key(owner.workspace_id(), key.id());
    let overlaps = OVERLAPS.into_iter().map(|(seconds, label)| OverlapView {
        seconds,
        label: message(language, label, &[]),
        is_chosen: seconds == OVERLAP_DEFAULT,
    });
    let template = RotatePage {
        page: Page::titled(visit, M::RotateKey),
        key: KeyView::of(&key, url, &catalogue, (language, context.now())),
        overlaps: overlaps.collect(),
        idempotency_key: new_form_name(visit),
    };
    Ok(html(context, StatusCode::OK, &template))
}

/// `POST /workspaces/{workspaceId}/keys/{apiKeyId}/rotate`: the one sight of the new secret.
pub(super) async fn rotate(call: Call, payload: Payload) -> HttpResponse {
    call.submit(payload, carry_out).await
}

async fn carry_out(visit: &Visit<'_>, owner: &Owner, form: &Form) -> Result<HttpResponse, Failure> {
    let state = visit.state;
    let api_key_id = visit.api_key_id()?;
    let once = (
        RepeatableOperation::Rotate,
        RequestFingerprint::about(api_key_id, &form.bytes),
    );
    let first_time = match sent_before::first_time(visit, owner, form, once).await {
        Err(RepeatError::AlreadyCarriedOut(id)) => {
            return sent_before::told(visit, owner, id).await;
        }
        first_time => first_time?,
    };
    let seconds = form.text("overlapSeconds").parse();
    let rotation = RawRotation {
        overlap_seconds: seconds.map_or(Given::WrongType, Given::Value),
        ..RawRotation::default()
    };
    let target = owner.target(api_key_id, &Seen::Anything);
    match state.keys.rotate(target, rotation, first_time).await {
        Ok(rotated) => {
            settled(state).await;
            Ok(reveal::rotated(visit, &rotated))
        }
        Err(ChangeError::AlreadyCarriedOut(id)) => sent_before::told(visit, owner, id).await,
        Err(error) => Err(Failure::of_change(error, Member::OF_ROTATION)),
    }
}
