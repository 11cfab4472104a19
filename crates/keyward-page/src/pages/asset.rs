use actix_web::web::{Path, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use keyward_web::RequestContext;
use keyward_web::RequestError;
use keyward_web::StaticFile;

use crate::assets::FILES;

/// A file of the page. Its address contains the version of all files, so that it can be cached
/// forever.
pub(crate) async fn asset(
    request: HttpRequest,
    path: Path<(String, String)>,
    context: ReqData<RequestContext>,
) -> HttpResponse {
    let (_version, name) = path.into_inner();
    match StaticFile::find(FILES, &name) {
        Some(file) => file.answer(&request, "public, max-age=31536000, immutable"),
        None => RequestError::NoSuchResource.answer(&context),
    }
}
