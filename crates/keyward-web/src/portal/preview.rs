//! What a form would come to, while it is filled in.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Payload;
use askama::Template;

use super::catalogue::Catalogue;
use super::form::Form;
use super::key_form::{IpCheck, KeyForm, Summary};
use super::page::{Page, html};
use super::respond::Call;
use super::visit::{Owner, Visit};
use crate::error::Failure;
use crate::language::MessageId as M;

#[derive(Template)]
#[template(path = "preview.html")]
struct Preview {
    page: Page,
    summary: Summary,
    ip_check: IpCheck,
}

/// `POST /workspaces/{workspaceId}/keys/preview`: changes nothing.
pub(super) async fn preview(call: Call, payload: Payload) -> HttpResponse {
    call.submit(payload, carry_out).await
}

async fn carry_out(
    visit: &Visit<'_>,
    _owner: &Owner,
    form: &Form,
) -> Result<HttpResponse, Failure> {
    let (context, state) = (&visit.context, visit.state);
    let catalogue = Catalogue::read(state.keys.scope_catalogue.as_ref(), context.language).await?;
    let form = KeyForm::of_form(form, &catalogue);
    let address = context.address.map(keyward_domain::ClientAddress::ip);
    let template = Preview {
        page: Page::titled(visit, M::ApiKeys),
        summary: Summary::of(&form, &catalogue),
        ip_check: IpCheck::of(&form, context.language, address),
    };
    Ok(html(context, StatusCode::OK, &template))
}
