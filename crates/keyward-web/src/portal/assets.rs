use actix_web::web::{Path, ReqData};
use actix_web::{HttpRequest, HttpResponse};

use crate::error::RequestError;
use crate::request_context::RequestContext;
use crate::static_files::{PAGE, PAGE_VERSION, StaticFile};

/// A file of the page. Its address contains the version of all files, so that it can be cached
/// forever.
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

/// The version of this binary's files. There is one for all, because a module imports others by
/// their names only.
pub(super) fn version() -> &'static str {
    PAGE_VERSION
}
