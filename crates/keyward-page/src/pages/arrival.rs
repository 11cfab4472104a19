//! The page between a sign-in from another origin and the list of keys.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use askama::Template;

use crate::language::MessageId as M;
use crate::layout::page::{Page, html};
use crate::request::page_request::PageRequest;

const REFRESH: HeaderName = HeaderName::from_static("refresh");

#[derive(Template)]
#[template(path = "arrival.html")]
struct ArrivalPage {
    page: Page,
    keys_url: String,
}

/// A page that leads to the path by itself.
///
/// A redirect would not do: the browser counts it as part of the other site's request, and sends no
/// `SameSite=Strict` cookie with it. What this page leads to is a request of our own site.
pub(crate) fn arrival(page_request: &PageRequest<'_>, keys_path: &str) -> HttpResponse {
    let mut page = Page::titled(page_request, M::SignedIn);
    page.signed_in = None;
    let template = ArrivalPage {
        page,
        keys_url: keys_path.to_owned(),
    };
    let mut answer = html(page_request, StatusCode::OK, &template);
    // A path is percent-encoded, so it is always valid in a header.
    if let Ok(refresh) = HeaderValue::from_str(&format!("0; url={keys_path}")) {
        answer.headers_mut().insert(REFRESH, refresh);
    }
    answer
}
