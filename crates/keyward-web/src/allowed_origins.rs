use std::sync::Arc;

use actix_web::http::header::{self, HeaderMap};
use keyward_guard::headers::SingleHeader;

use crate::web_origin::{InvalidWebOrigin, WebOrigin};

/// The maximum number of allowed origins. Every page sends all of them in one header.
pub const ALLOWED_ORIGINS_MAX: usize = 32;

/// The origins whose pages may call the API, sign a browser in to the page, and frame it; none by
/// default.
#[derive(Clone, Debug, Default)]
pub struct AllowedOrigins(Arc<[WebOrigin]>);

/// An invalid list of origins. Messages contain no user name or password that was written in a URL.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAllowedOrigins {
    /// An entry is no origin.
    #[error("{entry} {problem}")]
    Entry {
        /// The entry, or its position if its text may contain a password.
        entry: String,
        /// What is wrong with it.
        problem: InvalidWebOrigin,
    },
    /// An entry is there twice.
    #[error("{0} is listed twice; list it once")]
    Repeated(WebOrigin),
    /// The list is too long.
    #[error("{0} origins are listed; list at most 32")]
    TooMany(usize),
}

impl AllowedOrigins {
    /// Parses origins, separated by commas. Spaces around an entry and empty entries do not count.
    ///
    /// # Errors
    /// [`InvalidAllowedOrigins`] about the first invalid entry.
    pub fn parse(list: &str) -> Result<Self, InvalidAllowedOrigins> {
        let mut origins: Vec<WebOrigin> = Vec::new();
        let entries = list.split(',').map(str::trim);
        for (at, entry) in entries.filter(|entry| !entry.is_empty()).enumerate() {
            let origin =
                WebOrigin::parse(entry).map_err(|problem| InvalidAllowedOrigins::Entry {
                    entry: shown(entry, at),
                    problem,
                })?;
            if origins.contains(&origin) {
                return Err(InvalidAllowedOrigins::Repeated(origin));
            }
            origins.push(origin);
        }
        if origins.len() > ALLOWED_ORIGINS_MAX {
            return Err(InvalidAllowedOrigins::TooMany(origins.len()));
        }
        Ok(Self(origins.into()))
    }

    /// Whether no origin is allowed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The origins, in the order of the configuration.
    pub fn iter(&self) -> impl Iterator<Item = &WebOrigin> {
        self.0.iter()
    }

    /// Whether a page of an allowed origin has sent the request: there is exactly one `Origin`, and
    /// it equals an entry byte by byte.
    #[must_use]
    pub fn allow(&self, headers: &HeaderMap) -> bool {
        match SingleHeader::of(headers.get_all(header::ORIGIN)) {
            SingleHeader::Value(sent) => self
                .iter()
                .any(|origin| origin.as_str().as_bytes() == sent.as_bytes()),
            SingleHeader::Absent | SingleHeader::Repeated => false,
        }
    }
}

fn shown(entry: &str, at: usize) -> String {
    if entry.contains('@') {
        format!("entry {}", at + 1)
    } else {
        format!("{entry:?}")
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn listed(list: &str) -> Vec<String> {
        let origins = AllowedOrigins::parse(list).unwrap();
        origins.iter().map(WebOrigin::to_string).collect()
    }

    #[test]
    fn origins_are_listed_by_commas() {
        assert_eq!(listed(""), Vec::<String>::new());
        assert_eq!(listed(" , "), Vec::<String>::new());
        assert_eq!(
            listed("https://a.example, http://localhost:3000 ,\nhttps://b.example,"),
            [
                "https://a.example",
                "http://localhost:3000",
                "https://b.example"
            ]
        );
    }

    #[test]
    fn the_wrong_entry_is_named() {
        let check = |list: &str, parts: &[&str]| {
            let message = AllowedOrigins::parse(list).unwrap_err().to_string();
            for part in parts {
                assert!(message.contains(part), "{list}: {message}");
            }
            assert!(!message.contains("canary"), "{message}");
        };
        check("https://a.example,*", &["\"*\" has a wildcard"]);
        check("null", &["\"null\" is what a browser sends"]);
        check("https://a.example,a.example", &["\"a.example\" is not an"]);
        check(
            "https://A.example",
            &["\"https://A.example\"", "write https://a.example"],
        );
        check("http://a.example", &["write https://a.example"]);
        check(
            "https://a.example, https://a.example",
            &["https://a.example is listed twice"],
        );
        check(
            "https://a.example,https://canary:canary@b.example",
            &["entry 2 is not written", "write https://b.example"],
        );
    }

    #[test]
    fn the_list_is_bounded() {
        let list = |count: usize| {
            let origins = (1..=count).map(|port| format!("https://a.example:{port}"));
            origins.collect::<Vec<_>>().join(",")
        };
        assert_eq!(listed(&list(ALLOWED_ORIGINS_MAX)).len(), 32);
        let refused = AllowedOrigins::parse(&list(ALLOWED_ORIGINS_MAX + 1)).unwrap_err();
        assert_eq!(refused, InvalidAllowedOrigins::TooMany(33));
    }

    #[test]
    fn exactly_one_origin_of_the_list_is_allowed() {
        let origins = AllowedOrigins::parse("https://a.example,http://localhost:3000").unwrap();
        let allow = |sent: &[&str]| {
            let mut headers = HeaderMap::new();
            for value in sent {
                headers.append(header::ORIGIN, HeaderValue::from_str(value).unwrap());
            }
            origins.allow(&headers)
        };
        assert!(allow(&["https://a.example"]));
        assert!(allow(&["http://localhost:3000"]));
        for refused in [
            &[][..],
            &[""],
            &["null"],
            &["*"],
            &["https://a.example", "https://a.example"],
            &["https://a.example", "https://evil.example"],
            &["https://a.example, https://a.example"],
            &["https://A.example"],
            &["HTTPS://a.example"],
            &["https://a.example:443"],
            &["https://a.example:8443"],
            &["https://a.example/"],
            &["https://a.example."],
            &["https://b.a.example"],
            &["https://a.example.evil.example"],
            &["http://a.example"],
            &["a.example"],
            &["http://localhost:3001"],
            &["http://localhost"],
        ] {
            assert!(!allow(refused), "{refused:?}");
        }
        let mut headers = HeaderMap::new();
        headers.append(
            header::ORIGIN,
            HeaderValue::from_static("https://a.example"),
        );
        assert!(!AllowedOrigins::default().allow(&headers));
    }
}
