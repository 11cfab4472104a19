use std::sync::LazyLock;

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{Path, ReqData};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rust_embed::RustEmbed;
use sha2::{Digest as _, Sha256};

use crate::edge::RequestContext;
use crate::error::Failure;

/// The files that pages load, as they were when the binary was built.
#[derive(RustEmbed)]
#[folder = "assets/"]
struct Assets;

/// A file of a page. Its address has the files' version, so that it can be kept for good.
pub(super) async fn asset(
    path: Path<(String, String)>,
    context: ReqData<RequestContext>,
) -> HttpResponse {
    let (_version, name) = path.into_inner();
    let Some((file, content_type)) = Assets::get(&name).zip(content_type(&name)) else {
        return Failure::NoSuchResource.answer(&context);
    };
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, content_type))
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .body(file.data)
}

/// What tells the files of this binary from those of another: one for all, because a module names
/// those that it imports by their names alone.
pub(super) fn version() -> &'static str {
    static VERSION: LazyLock<String> = LazyLock::new(|| {
        let mut hasher = Sha256::new();
        for name in Assets::iter() {
            let hash = Assets::get(&name).map(|file| file.metadata.sha256_hash());
            hasher.update(name.as_bytes());
            hasher.update(hash.unwrap_or_default());
        }
        let hash = hasher.finalize();
        URL_SAFE_NO_PAD.encode(hash.get(..9).unwrap_or_default())
    });
    &VERSION
}

fn content_type(name: &str) -> Option<&'static str> {
    let (_stem, extension) = name.rsplit_once('.')?;
    match extension {
        "css" => Some("text/css; charset=utf-8"),
        "js" => Some("text/javascript; charset=utf-8"),
        "svg" => Some("image/svg+xml"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_has_a_type() {
        for name in Assets::iter() {
            assert!(content_type(&name).is_some(), "{name}");
        }
        assert_eq!(version().len(), 12);
    }
}
