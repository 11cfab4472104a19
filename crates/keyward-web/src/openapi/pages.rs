//! Serves the description: for machines at `/openapi.json`, for people at `/docs/`.

use std::sync::LazyLock;

use actix_web::http::header::{self, HeaderValue};
use actix_web::web::{self, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

use super::openapi_json;
use crate::error::RequestError;
use crate::routes::method_not_allowed;
use crate::static_files::StaticFile;

include!(concat!(env!("OUT_DIR"), "/docs_files.rs"));

/// Only our own files, and the hash of the one inline style of Swagger UI.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; \
     style-src 'self' 'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='; img-src 'self' data:; connect-src 'self'; \
     base-uri 'none'; frame-ancestors 'none'";

/// The routes of the description.
pub fn configure(config: &mut ServiceConfig) {
    config
        .service(
            web::resource("/openapi.json")
                .route(web::get().to(description))
                .default_service(method_not_allowed("GET, HEAD")),
        )
        .service(
            web::resource("/docs")
                .route(web::get().to(to_docs))
                .default_service(method_not_allowed("GET, HEAD")),
        )
        .service(
            web::resource("/docs/{file:.*}")
                .route(web::get().to(docs))
                .default_service(method_not_allowed("GET, HEAD")),
        );
}

async fn description(request: HttpRequest) -> HttpResponse {
    static FILE: LazyLock<StaticFile> =
        LazyLock::new(|| StaticFile::made("openapi.json", "application/json", openapi_json()));
    FILE.answer(&request, "no-cache")
}

/// Redirects to the path with a slash, so that relative links work under any path prefix.
async fn to_docs() -> HttpResponse {
    HttpResponse::PermanentRedirect()
        .insert_header((header::LOCATION, "docs/"))
        .finish()
}

async fn docs(request: HttpRequest, file: Path<String>) -> Result<HttpResponse, RequestError> {
    let name = if file.is_empty() { "index.html" } else { &file };
    let file = StaticFile::find(DOCS, name).ok_or(RequestError::NoSuchResource)?;
    let mut response = file.answer(&request, "no-cache");
    response.headers_mut().insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(CONTENT_SECURITY_POLICY),
    );
    Ok(response)
}
