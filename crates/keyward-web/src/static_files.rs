//! Serves static files from the binary's memory.

use std::convert::Infallible;

use actix_web::body::SizedStream;
use actix_web::http::header::{
    self, AcceptEncoding, ContentEncoding, ETag, Encoding, EntityTag, Header as _, IfNoneMatch,
};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::stream;
use sha2::{Digest as _, Sha256};

/// The size of the parts in which a file is copied. A client that reads nothing costs this much
/// memory.
const CHUNK_BYTES: usize = 16 * 1024;

/// A file from the time of the build.
#[derive(Debug)]
pub struct StaticFile {
    /// The last segment of its path.
    pub name: &'static str,
    /// Its `Content-Type`.
    pub content_type: &'static str,
    /// Identifies this version of the file.
    pub hash: &'static str,
    /// Its content.
    pub plain: &'static [u8],
    /// Its content, compressed with gzip.
    pub gzip: &'static [u8],
}

impl StaticFile {
    /// A file that is created at run time and kept for the life of the process.
    pub(crate) fn made(name: &'static str, content_type: &'static str, text: String) -> Self {
        let text: &'static str = text.leak();
        let hash = URL_SAFE_NO_PAD.encode(Sha256::digest(text)).leak();
        Self {
            name,
            content_type,
            hash,
            plain: text.as_bytes(),
            gzip: text.as_bytes(),
        }
    }

    /// The file with this name.
    #[must_use]
    pub fn find(files: &'static [Self], name: &str) -> Option<&'static Self> {
        files.iter().find(|file| file.name == name)
    }

    /// 200 with the file, compressed if the client accepts it and it is smaller; or 304 if the
    /// client has it (RFC 9110, sections 12.5.3 and 13.1.2).
    pub fn answer(&self, request: &HttpRequest, cache_control: &'static str) -> HttpResponse {
        let is_compressed = self.gzip.len() < self.plain.len() && takes_gzip(request);
        let (bytes, suffix) = if is_compressed {
            (self.gzip, "-gzip")
        } else {
            (self.plain, "")
        };
        let tag = EntityTag::new_strong(format!("{}{suffix}", self.hash));
        let is_known = is_known(request, &tag);
        let mut response = if is_known {
            HttpResponse::NotModified()
        } else {
            HttpResponse::Ok()
        };
        response
            .insert_header((header::CACHE_CONTROL, cache_control))
            .insert_header((header::VARY, "Accept-Encoding"))
            .insert_header(ETag(tag));
        if is_known {
            return response.finish();
        }
        response.insert_header((header::CONTENT_TYPE, self.content_type));
        if is_compressed {
            response.insert_header(ContentEncoding::Gzip);
        }
        let chunks = bytes.chunks(CHUNK_BYTES).map(Bytes::from_static);
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        response.body(SizedStream::new(
            length,
            stream::iter(chunks.map(Ok::<_, Infallible>)),
        ))
    }
}

/// Whether the client accepts a response that is compressed with gzip (RFC 9110, section 12.5.3).
#[must_use]
pub fn takes_gzip(request: &HttpRequest) -> bool {
    AcceptEncoding::parse(request).is_ok_and(|accepted| {
        let offered = [Encoding::gzip(), Encoding::identity()];
        accepted.negotiate(offered.iter()) == Some(Encoding::gzip())
    })
}

fn is_known(request: &HttpRequest, tag: &EntityTag) -> bool {
    match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Any) => true,
        Ok(IfNoneMatch::Items(known)) => known.iter().any(|known| known.weak_eq(tag)),
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use actix_web::body::{MessageBody, to_bytes};
    use actix_web::test::TestRequest;

    use super::*;
    use crate::openapi::DOCS;

    fn ask(file: &StaticFile, headers: &[(&'static str, &str)]) -> HttpResponse {
        let request = headers
            .iter()
            .fold(TestRequest::default(), |request, header| {
                request.insert_header(*header)
            });
        file.answer(&request.to_http_request(), "no-cache")
    }

    fn header(response: &HttpResponse, name: header::HeaderName) -> &str {
        response
            .headers()
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    #[actix_web::test]
    async fn files_are_gzipped_only_if_the_client_accepts_it() {
        assert!(!DOCS.is_empty());
        for file in DOCS {
            let plain = ask(file, &[]);
            assert_eq!(header(&plain, header::CONTENT_TYPE), file.content_type);
            assert_eq!(
                header(&plain, header::CONTENT_ENCODING),
                "",
                "{}",
                file.name
            );
            assert_eq!(to_bytes(plain.into_body()).await.unwrap(), file.plain);
            let gzip = ask(file, &[("Accept-Encoding", "br, gzip;q=0.8")]);
            let is_shorter = file.gzip.len() < file.plain.len();
            let encoding = if is_shorter { "gzip" } else { "" };
            assert_eq!(
                header(&gzip, header::CONTENT_ENCODING),
                encoding,
                "{}",
                file.name
            );
            let expected = if is_shorter { file.gzip } else { file.plain };
            assert_eq!(to_bytes(gzip.into_body()).await.unwrap(), expected);
            let refused = ask(file, &[("Accept-Encoding", "gzip;q=0, identity")]);
            assert_eq!(
                header(&refused, header::CONTENT_ENCODING),
                "",
                "{}",
                file.name
            );
        }
    }

    #[actix_web::test]
    async fn who_has_a_file_is_told_so() {
        let file = StaticFile::find(DOCS, "swagger-ui-bundle.js").unwrap();
        let (plain, gzip) = (ask(file, &[]), ask(file, &[("Accept-Encoding", "gzip")]));
        let (plain, gzip) = (header(&plain, header::ETAG), header(&gzip, header::ETAG));
        assert_ne!(plain, gzip);
        for (known, encoding, status) in [
            (plain, "identity", 304),
            (gzip, "gzip", 304),
            ("*", "identity", 304),
            ("\"other\"", "identity", 200),
            (plain, "gzip", 200),
        ] {
            let headers = [("If-None-Match", known), ("Accept-Encoding", encoding)];
            let response = ask(file, &headers);
            assert_eq!(response.status(), status, "{known} {encoding}");
            assert_eq!(header(&response, header::VARY), "Accept-Encoding");
            assert!(!header(&response, header::ETAG).is_empty());
            if status == 304 {
                assert!(response.body().size().is_eof(), "{known}");
            }
        }
    }
}
