//! What a key may do, where and how long, its limits and its secrets.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use keyward_domain::UsageUnit;
use keyward_web::RequestError;

use super::KeyPage;
use crate::language::MessageId as M;
use crate::layout::page::{Page, html};
use crate::pages::respond::Call;
use crate::request::page_request::{PageRequest, Supervisor};
use crate::views::alert::{Alert, alerts};
use crate::views::key_view::KeyView;
use crate::views::limit_view::LimitView;
use crate::views::permission_matrix::PermissionMatrix;

#[derive(Template)]
#[template(path = "overview.html")]
struct OverviewPage {
    page: Page,
    key: KeyView,
    tab: &'static str,
    alerts: Vec<Alert>,
    matrix: PermissionMatrix,
    limits: Vec<LimitView>,
}

/// `GET /workspaces/{workspaceId}/keys/{apiKeyId}`.
pub(crate) async fn show(call: Call) -> HttpResponse {
    call.show(carry_out).await
}

async fn carry_out(
    page_request: &PageRequest<'_>,
    user: &Supervisor,
) -> Result<HttpResponse, RequestError> {
    let language = page_request.context.language;
    let of_key = KeyPage::read(page_request, user).await?;
    // Only what does not depend on the period is shown.
    let (_period, usage) = of_key.usage(page_request, user, UsageUnit::Hour).await?;
    let scopes = &of_key.key.fields().scopes;
    let limits = usage.limits.iter();
    let template = OverviewPage {
        alerts: alerts(&usage, &of_key.view.url, language),
        matrix: PermissionMatrix::of(scopes, &usage.scopes, &of_key.catalogue),
        limits: limits.map(|used| LimitView::of(used, language)).collect(),
        page: of_key.page,
        key: of_key.view,
        tab: "overview",
    };
    Ok(html(page_request, StatusCode::OK, &template))
}
