//! What operators have set for the workspace. Nothing can be changed here.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use keyward_web::RequestError;

use super::respond::Call;
use crate::language::MessageId as M;
use crate::layout::page::{Page, html};
use crate::request::page_request::{PageRequest, Supervisor};
use crate::views::settings_view::SettingsView;

#[derive(Template)]
#[template(path = "settings.html")]
struct SettingsPage {
    page: Page,
    settings: SettingsView,
}

/// `GET /workspaces/{workspaceId}/settings`.
pub(crate) async fn show(call: Call) -> HttpResponse {
    call.show(carry_out).await
}

async fn carry_out(
    page_request: &PageRequest<'_>,
    user: &Supervisor,
) -> Result<HttpResponse, RequestError> {
    let settings = page_request.state.workspace_settings.run(&user.workspace);
    let template = SettingsPage {
        settings: SettingsView::of(&settings.await?, page_request.context.language),
        page: Page::titled(page_request, M::Settings),
    };
    Ok(html(page_request, StatusCode::OK, &template))
}
