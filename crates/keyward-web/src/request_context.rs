use std::sync::Arc;

use actix_web::dev::RequestHead;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use ipnetwork::IpNetwork;
use keyward_domain::ports::Clock;
use keyward_domain::{ClientAddress, Language, Origin, RequestId, Timestamp};
use keyward_guard::headers::{SingleHeader, client_address};
use uuid::Uuid;

use crate::headers::ascii_header_value;
use crate::language::negotiate;

pub(crate) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The basic data of a request that every response needs.
#[derive(Clone)]
pub struct RequestContext {
    /// The request id, in logs, in the audit trail and in the response.
    pub request_id: RequestId,
    /// The language of the response.
    pub language: Language,
    /// The caller's address; `None` only without a network.
    pub address: Option<ClientAddress>,
    clock: Arc<dyn Clock>,
}

impl RequestContext {
    /// Reads the common headers of a request.
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

    /// The same with another language.
    #[must_use]
    pub fn in_language(&self, language: Language) -> Self {
        Self {
            language,
            ..self.clone()
        }
    }

    /// Where a change comes from.
    pub(crate) fn origin(&self) -> Origin {
        Origin {
            address: self.address,
            request_id: self.request_id.clone(),
        }
    }

    /// The current instant.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

/// The caller's id if there is exactly one and it is valid, otherwise a new one (contract §2).
fn request_id(headers: &HeaderMap) -> RequestId {
    let given = given_request_id(headers).and_then(|given| given.to_str().ok());
    let given = given.and_then(|text| RequestId::parse(text).ok());
    given.unwrap_or_else(|| RequestId::from(new_uuid()))
}

/// The same id as the value of a header.
pub(crate) fn request_id_value(headers: &HeaderMap) -> HeaderValue {
    if let Some(given) = given_request_id(headers) {
        return given.clone();
    }
    let mut text = Uuid::encode_buffer();
    ascii_header_value(new_uuid().hyphenated().encode_lower(&mut text))
}

/// The caller's id, if it is valid.
fn given_request_id(headers: &HeaderMap) -> Option<&HeaderValue> {
    let SingleHeader::Value(given) = SingleHeader::of(headers.get_all(X_REQUEST_ID)) else {
        return None;
    };
    let is_valid = given.to_str().is_ok_and(RequestId::is_well_formed);
    is_valid.then_some(given)
}

#[expect(
    clippy::disallowed_methods,
    reason = "a request id is not secret, and no decision depends on it"
)]
fn new_uuid() -> Uuid {
    Uuid::new_v4()
}

/// Several fields form one list (RFC 9110, section 5.3). Anything but visible ASCII is ignored.
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
