use actix_web::test::TestRequest;
use keyward_domain::{Mode, Portal};

use super::{PATH, key_id, token};

/// A valid request of contract §1 from the owner in the PARTNER portal.
pub fn create_request() -> TestRequest {
    create_request_with(&token(Portal::Partner, None))
}

pub fn create_request_with(token: &str) -> TestRequest {
    TestRequest::post()
        .uri(PATH)
        .insert_header(("authorization", format!("Bearer {token}")))
        .insert_header(("x-client-hash", "device-1"))
        .insert_header(("x-workspace-id", "ws_1"))
        .insert_header(("content-type", "application/json"))
        .insert_header(("accept", "application/json"))
        .set_payload(r#"{"name":"Production Key"}"#)
}

/// An operation of contract §3, with a valid request from the owner.
#[derive(Clone, Copy, Debug)]
pub struct Operation {
    pub method: &'static str,
    /// The path below the keys; `{id}` is the key's id.
    pub path: &'static str,
    pub body: Option<&'static str>,
}

impl Operation {
    const fn new(method: &'static str, path: &'static str, body: Option<&'static str>) -> Self {
        Self { method, path, body }
    }

    pub const LIST: Self = Self::new("GET", "", None);
    pub const GET: Self = Self::new("GET", "/{id}", None);
    pub const EVENTS: Self = Self::new("GET", "/{id}/events", None);
    pub const USAGE: Self = Self::new("GET", "/{id}/usage", None);
    pub const UPDATE: Self = Self::new("PATCH", "/{id}", Some(r#"{"name":"New"}"#));
    pub const DISABLE: Self = Self::new("POST", "/{id}/disable", None);
    pub const ENABLE: Self = Self::new("POST", "/{id}/enable", None);
    pub const ROTATE: Self = Self::new("POST", "/{id}/rotate", Some("{}"));
    pub const END_OVERLAP: Self = Self::new("POST", "/{id}/rotate/finish", None);
    pub const DELETE: Self = Self::new("DELETE", "/{id}", None);
    pub const DELETE_NAMED: Self = Self::new("POST", "/delete", Some(r#"{"keyId":"{id}"}"#));

    /// The owner's operations.
    pub const ALL: [Self; 11] = [
        Self::LIST,
        Self::GET,
        Self::EVENTS,
        Self::USAGE,
        Self::UPDATE,
        Self::DISABLE,
        Self::ENABLE,
        Self::ROTATE,
        Self::END_OVERLAP,
        Self::DELETE,
        Self::DELETE_NAMED,
    ];

    /// The operations that change a key.
    pub const CHANGES: [Self; 7] = [
        Self::UPDATE,
        Self::DISABLE,
        Self::ENABLE,
        Self::ROTATE,
        Self::END_OVERLAP,
        Self::DELETE,
        Self::DELETE_NAMED,
    ];

    /// A request about the only key.
    pub fn request(self) -> TestRequest {
        self.request_about(&key_id(Mode::Live).to_string())
    }

    /// A request about a key.
    pub fn request_about(self, id: &str) -> TestRequest {
        let request = TestRequest::with_uri(&format!("{PATH}{}", self.path.replace("{id}", id)))
            .method(self.method.parse().unwrap())
            .insert_header((
                "authorization",
                format!("Bearer {}", token(Portal::Tenant, None)),
            ))
            .insert_header(("x-client-hash", "device-1"))
            .insert_header(("x-workspace-id", "ws_1"));
        match self.body {
            Some(body) => request
                .insert_header(("content-type", "application/json"))
                .set_payload(body.replace("{id}", id)),
            None => request,
        }
    }

    /// A request with another body.
    pub fn with_body(self, body: impl Into<String>) -> TestRequest {
        self.request()
            .insert_header(("content-type", "application/json"))
            .set_payload(body.into())
    }

    /// A request with a query.
    pub fn with_query(self, query: &str) -> TestRequest {
        let path = self.path.replace("{id}", &key_id(Mode::Live).to_string());
        self.request().uri(&format!("{PATH}{path}?{query}"))
    }
}
