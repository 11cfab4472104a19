use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use uuid::Uuid;

/// The address and the request that a change came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The caller's address; `None` at the command line.
    pub address: Option<ClientAddress>,
    /// The request id, as in the response's `X-Request-Id`.
    pub request_id: RequestId,
}

/// The caller's real address, in canonical form (IPv4-mapped IPv6 becomes IPv4).
///
/// It is only created by code that can trust the address: the extractor that knows the trusted
/// proxies, or an authenticated verifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClientAddress(IpAddr);

impl ClientAddress {
    /// Marks `address` as trusted. The caller is responsible for its source.
    #[must_use]
    pub fn vouched_for(address: IpAddr) -> Self {
        Self(address.to_canonical())
    }

    /// The address.
    #[must_use]
    pub fn ip(self) -> IpAddr {
        self.0
    }
}

/// The id of one request in logs and in the audit trail: 1 to 128 visible ASCII characters
/// (contract §2). Clones share one text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RequestId(Arc<str>);

/// The text is not a request id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a request id has 1 to 128 visible ASCII characters")]
pub struct InvalidRequestId;

impl RequestId {
    /// Parses a request id.
    ///
    /// # Errors
    /// [`InvalidRequestId`] when the text is empty, too long, or not visible ASCII.
    pub fn parse(text: &str) -> Result<Self, InvalidRequestId> {
        if Self::is_well_formed(text) {
            Ok(Self(text.into()))
        } else {
            Err(InvalidRequestId)
        }
    }

    /// Whether [`parse`](Self::parse) accepts the text.
    #[must_use]
    pub fn is_well_formed(text: &str) -> bool {
        let visible = text.bytes().all(|byte| byte.is_ascii_graphic());
        visible && (1..=128).contains(&text.len())
    }

    /// The id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A new id: 36 characters, with hyphens.
impl From<Uuid> for RequestId {
    fn from(uuid: Uuid) -> Self {
        let mut text = Uuid::encode_buffer();
        Self(Arc::from(&*uuid.hyphenated().encode_lower(&mut text)))
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn request_ids_are_1_to_128_visible_ascii() {
        assert!(RequestId::parse("a").is_ok());
        assert!(RequestId::parse(&"a".repeat(128)).is_ok());
        for text in ["", "a b", "a\n", "é", &"a".repeat(129)] {
            assert_eq!(RequestId::parse(text), Err(InvalidRequestId), "{text:?}");
        }
    }

    #[test]
    fn a_fresh_request_id_is_one_that_reads_back() {
        let id = RequestId::from(Uuid::from_u128(u128::MAX));
        assert_eq!(RequestId::parse(id.as_str()), Ok(id));
    }
}
