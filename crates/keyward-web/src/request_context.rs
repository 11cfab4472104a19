use std::sync::Arc;

use actix_web::dev::RequestHead;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use ipnetwork::IpNetwork;
use keyward_domain::ports::Clock;
use keyward_domain::{ClientAddress, Language, RequestId, Timestamp};
use keyward_guard::headers::{SingleHeader, client_address};
use uuid::Uuid;

use crate::language::negotiate;

pub(crate) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What is known of a request before anything is done about it, and what an answer needs.
#[derive(Clone)]
pub(crate) struct RequestContext {
    /// Its name in logs, in the audit trail and in the answer.
    pub(crate) request_id: RequestId,
    /// In which language it is answered.
    pub(crate) language: Language,
    /// From where it came; `None` only where there is no network.
    pub(crate) address: Option<ClientAddress>,
    clock: Arc<dyn Clock>,
}

impl RequestContext {
    /// Reads what every request may say of itself.
    pub(crate) fn begin(
        head: &RequestHead,
        clock: Arc<dyn Clock>,
        trusted_proxies: &[IpNetwork],
    ) -> Self {
        Self {
            request_id: request_id(&head.headers),
            language: negotiate(accept_language(&head.headers).as_deref()),
            address: client_address(head.peer_addr, &head.headers, trusted_proxies),
            clock,
        }
    }

    /// The same, answered in another language.
    pub(crate) fn in_language(&self, language: Language) -> Self {
        Self {
            language,
            ..self.clone()
        }
    }

    /// The current instant.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

/// The caller's, when it is given once and well-formed, else a new one (contract §2).
fn request_id(headers: &HeaderMap) -> RequestId {
    let given = match SingleHeader::of(headers.get_all(X_REQUEST_ID)) {
        SingleHeader::Value(value) => value
            .to_str()
            .ok()
            .and_then(|text| RequestId::parse(text).ok()),
        SingleHeader::Absent | SingleHeader::Repeated => None,
    };
    given.unwrap_or_else(new_request_id)
}

#[expect(
    clippy::disallowed_methods,
    reason = "a request id is no secret, and nothing is decided by it"
)]
fn new_request_id() -> RequestId {
    RequestId::from(Uuid::new_v4())
}

/// Several fields are one list (RFC 9110, section 5.3). What is not visible ASCII asks for nothing.
fn accept_language(headers: &HeaderMap) -> Option<String> {
    let fields: Result<Vec<&str>, _> = headers
        .get_all(header::ACCEPT_LANGUAGE)
        .map(HeaderValue::to_str)
        .collect();
    fields
        .ok()
        .filter(|fields| !fields.is_empty())
        .map(|fields| fields.join(","))
}
