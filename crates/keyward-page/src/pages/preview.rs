//! Previews the effect of a form while it is filled in.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Payload;
use askama::Template;
use keyward_web::RequestError;

use super::respond::Call;
use crate::language::MessageId as M;
use crate::layout::page::{Page, html};
use crate::request::form::Form;
use crate::request::page_request::{Owner, PageRequest};
use crate::views::catalogue::Catalogue;
use crate::views::key_form::{IpCheck, KeyForm, Summary};

#[derive(Template)]
#[template(path = "preview.html")]
struct Preview {
    page: Page,
    summary: Summary,
    ip_check: IpCheck,
}

/// `POST /workspaces/{workspaceId}/keys/preview`: changes nothing.
pub(crate) async fn preview(call: Call, payload: Payload) -> HttpResponse {
    call.submit(payload, carry_out).await
}

async fn carry_out(
    page_request: &PageRequest<'_>,
    _owner: &Owner,
    form: &Form,
) -> Result<HttpResponse, RequestError> {
    let (context, state) = (&page_request.context, page_request.state);
    let catalogue =
        Catalogue::read(state.api.keys.scope_catalogue.as_ref(), context.language).await?;
    let form = KeyForm::of_form(form, &catalogue);
    let address = context.address.map(keyward_domain::ClientAddress::ip);
    let template = Preview {
        page: Page::titled(page_request, M::ApiKeys),
        summary: Summary::of(&form, &catalogue, (context.language, context.now())),
        ip_check: IpCheck::of(&form, context.language, address),
    };
    Ok(html(page_request, StatusCode::OK, &template))
}
