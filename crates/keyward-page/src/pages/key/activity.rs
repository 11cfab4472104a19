//! How a key was used and denied, by hour or by day.

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
use crate::views::denial_view::DenialView;
use crate::views::key_view::KeyView;
use crate::views::usage_chart::UsageChart;

#[derive(Template)]
#[template(path = "activity.html")]
struct ActivityPage {
    page: Page,
    key: KeyView,
    tab: &'static str,
    is_by_hour: bool,
    chart: UsageChart,
    denials: Vec<DenialView>,
}

/// `GET /workspaces/{workspaceId}/keys/{apiKeyId}/activity`.
pub(crate) async fn show(call: Call) -> HttpResponse {
    call.show(carry_out).await
}

async fn carry_out(
    page_request: &PageRequest<'_>,
    user: &Supervisor,
) -> Result<HttpResponse, RequestError> {
    let language = page_request.context.language;
    let is_by_hour = page_request.query() == "by=hour";
    let unit = if is_by_hour {
        UsageUnit::Hour
    } else {
        UsageUnit::Day
    };
    let of_key = KeyPage::read(page_request, user).await?;
    let (period, usage) = of_key.usage(page_request, user, unit).await?;
    let (keys, id) = (&page_request.state.api.keys, of_key.key.id());
    let workspace_id = user.workspace.workspace_id();
    let (from, before) = (period.from(), period.before());
    let denials = keys.denials.denials_of_key(workspace_id, id, from, before);
    let template = ActivityPage {
        is_by_hour,
        chart: UsageChart::of(&usage.report, language),
        denials: DenialView::all(&denials.await?, language),
        page: of_key.page,
        key: of_key.view,
        tab: "activity",
    };
    Ok(html(page_request, StatusCode::OK, &template))
}
