//! What a form would come to, while it is filled in.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Payload, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::catalogue::Catalogue;
use super::error_page::error_page;
use super::form::Form;
use super::key_form::{IpCheck, KeyForm, Summary};
use super::page::{Page, html};
use super::visit::Visit;
use crate::apps::PublicState;
use crate::edge::RequestContext;
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
pub(super) async fn preview(
    request: HttpRequest,
    payload: Payload,
    state: Data<PublicState>,
    context: ReqData<RequestContext>,
) -> HttpResponse {
    let visit = Visit::begin(&request, &state, &context);
    match carry_out(&visit, payload).await {
        Ok(answer) => answer,
        Err(failure) => error_page(&visit, &failure),
    }
}

async fn carry_out(visit: &Visit<'_>, payload: Payload) -> Result<HttpResponse, Failure> {
    let (context, state) = (&visit.context, visit.state);
    let form = Form::read(visit.request, payload, state.body_deadline).await?;
    let _owner = visit.owner_of_form(&form).await?;
    let catalogue = Catalogue::read(state.keys.scope_catalogue.as_ref(), context.language).await?;
    let form = KeyForm::of_form(&form, &catalogue);
    let address = context.address.map(keyward_domain::ClientAddress::ip);
    let template = Preview {
        page: Page::titled(visit, M::ApiKeys),
        summary: Summary::of(&form, &catalogue),
        ip_check: IpCheck::of(&form, context.language, address),
    };
    Ok(html(context, StatusCode::OK, &template))
}
