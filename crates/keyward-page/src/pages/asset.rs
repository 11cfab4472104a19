use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use keyward_web::{RequestError, StaticFile};

use crate::assets::FILES;
use crate::request::page_state::PageState;

/// A file of the page. Its address contains the version of all files, so that it can be cached
/// forever.
pub(crate) async fn asset(
    request: HttpRequest,
    state: Data<PageState>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, RequestError> {
    let (_version, name) = path.into_inner();
    let of_brand = state.settings.brand.file(&name);
    let file = of_brand.or_else(|| StaticFile::find(FILES, &name));
    let file = file.ok_or(RequestError::NoSuchResource)?;
    Ok(file.answer(&request, "public, max-age=31536000, immutable"))
}
