//! How a program uses a key.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use keyward_web::RequestError;

use super::KeyPage;
use crate::language::MessageId as M;
use crate::layout::page::{Page, html};
use crate::pages::respond::Call;
use crate::request::page_request::{PageRequest, Supervisor};
use crate::views::code_example::{CodeExample, examples};
use crate::views::key_view::KeyView;

#[derive(Template)]
#[template(path = "use_it.html")]
struct UsePage {
    page: Page,
    key: KeyView,
    tab: &'static str,
    examples: Vec<CodeExample>,
}

/// `GET /workspaces/{workspaceId}/keys/{apiKeyId}/use`.
pub(crate) async fn show(call: Call) -> HttpResponse {
    call.show(carry_out).await
}

async fn carry_out(
    page_request: &PageRequest<'_>,
    user: &Supervisor,
) -> Result<HttpResponse, RequestError> {
    let of_key = KeyPage::read(page_request, user).await?;
    let template = UsePage {
        page: of_key.page,
        key: of_key.view,
        tab: "use",
        examples: examples(page_request.state.settings.api_url.as_str()),
    };
    Ok(html(page_request, StatusCode::OK, &template))
}
