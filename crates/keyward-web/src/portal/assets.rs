use actix_web::web::{Path, ReqData};
use actix_web::{HttpRequest, HttpResponse};

use crate::error::RequestError;
use crate::request_context::RequestContext;
use crate::static_files::{PAGE, PAGE_VERSION, StaticFile};

/// A file of a page. Its address has the files' version, so that it can be kept for good.
pub(super) async fn asset(
    request: HttpRequest,
    path: Path<(String, String)>,
    context: ReqData<RequestContext>,
) -> HttpResponse {
    let (_version, name) = path.into_inner();
    match StaticFile::find(PAGE, &name) {
        Some(file) => file.answer(&request, "public, max-age=31536000, immutable"),
        None => RequestError::NoSuchResource.answer(&context),
    }
}

/// What tells the files of this binary from those of another: one for all, because a module names
/// those that it imports by their names alone.
pub(super) fn version() -> &'static str {
    PAGE_VERSION
}
