//! What a gateway asks with, for operators who set one up.

use actix_web::dev::RequestHead;
use ipnetwork::IpNetwork;
use keyward_domain::{ClientAddress, Secret};
use keyward_guard::headers::{forwarded_address, presented_secret, real_ip};

use crate::extract::{asked_by_headers, asked_by_query};
use crate::fast_path::{ENVOY, FORWARDED, NGINX, is_envoy};
use crate::internal_callers::X_KEYWARD_INTERNAL_TOKEN;

/// A request of a gateway as the internal listener reads it, without any secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GatewayRequest {
    /// The path of a family of gateways; `None` when it is none of them.
    pub path: Option<&'static str>,
    /// The header from which the client's address is read.
    pub address_header: &'static str,
    /// The client's address; `None` when it is missing, repeated or malformed.
    pub address: Option<ClientAddress>,
    /// The client's key.
    pub credential: Credential,
    /// Whether the gateway shows a token.
    pub has_internal_token: bool,
    /// Whether the required scopes, mode and cost can be read.
    pub has_valid_requirements: bool,
}

/// What the client presents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credential {
    /// Nothing, or two different ones.
    None,
    /// A text that is not a secret of Keyward.
    Malformed,
    /// A secret with the form and the checksum of Keyward's, or an imported one.
    Secret,
}

impl GatewayRequest {
    /// Reads a request as the internal listener does.
    #[must_use]
    pub fn of(head: &RequestHead, trusted_proxies: &[IpNetwork]) -> Self {
        let path = head.uri.path();
        let query = head.uri.query().unwrap_or_default();
        let family = if path == FORWARDED {
            Some(FORWARDED)
        } else if path == NGINX {
            Some(NGINX)
        } else if is_envoy(path) {
            Some(ENVOY)
        } else {
            None
        };
        let (address_header, address) = if family == Some(NGINX) {
            ("X-Real-IP", real_ip(&head.headers))
        } else {
            let address = forwarded_address(&head.headers, trusted_proxies);
            ("X-Forwarded-For", address)
        };
        let asked = if family == Some(ENVOY) {
            asked_by_headers(&head.headers)
        } else {
            asked_by_query(query)
        };
        Self {
            path: family,
            address_header,
            address,
            credential: match presented_secret(&head.headers) {
                None => Credential::None,
                Some(secret) if Secret::parse(secret).is_ok() => Credential::Secret,
                Some(_) => Credential::Malformed,
            },
            has_internal_token: head.headers.contains_key(X_KEYWARD_INTERNAL_TOKEN),
            has_valid_requirements: asked.is_ok(),
        }
    }
}
