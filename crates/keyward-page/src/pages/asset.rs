use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use keyward_web::{RequestError, StaticFile};

use crate::assets::FILES;

/// A file of the page. Its address contains the version of all files, so that it can be cached
/// forever.
pub(crate) async fn asset(
    request: HttpRequest,
    path: Path<(String, String)>,
) -> Result<HttpResponse, RequestError> {
    let (_version, name) = path.into_inner();
    let file = StaticFile::find(FILES, &name).ok_or(RequestError::NoSuchResource)?;
    Ok(file.answer(&request, "public, max-age=31536000, immutable"))
}
