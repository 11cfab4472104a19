use actix_web::http::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};

use crate::headers::{FieldName, HeaderFields};

impl HeaderFields for HeaderMap {
    fn fields(&self, name: FieldName) -> impl Iterator<Item = &[u8]> {
        self.get_all(header_name(name)).map(HeaderValue::as_bytes)
    }
}

/// The name as actix-web's own type. A look-up by text would allocate every time.
fn header_name(name: FieldName) -> HeaderName {
    match name {
        FieldName::Authorization => AUTHORIZATION,
        FieldName::XApiKey | FieldName::XForwardedFor | FieldName::XRealIp => {
            HeaderName::from_static(name.as_str())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_by_their_names_in_their_order() {
        for name in FieldName::ALL {
            let mut headers = HeaderMap::new();
            let header = HeaderName::from_static(name.as_str());
            for value in [&b"1"[..], b"\xFF", b""] {
                headers.append(header.clone(), HeaderValue::from_bytes(value).unwrap());
            }
            let fields: Vec<&[u8]> = headers.fields(name).collect();
            assert_eq!(fields, [&b"1"[..], b"\xFF", b""], "{name:?}");
            let mut others = FieldName::ALL.into_iter().filter(|other| *other != name);
            assert!(others.all(|other| headers.fields(other).next().is_none()));
        }
    }
}
