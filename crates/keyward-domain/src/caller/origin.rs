use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use uuid::Uuid;

/// From where and in which request a change was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The caller's address; `None` at the command line.
    pub address: Option<ClientAddress>,
    /// The request's id, as the answer's `X-Request-Id` gives it.
    pub request_id: RequestId,
}

/// The address that a call really came from, in canonical form (IPv4-mapped IPv6 is IPv4).
///
/// Made only by what has grounds to believe it: the extractor that knows the trusted proxies, or
/// an authenticated verifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClientAddress(IpAddr);

impl ClientAddress {
    /// Vouches for `address`. The caller is responsible for where it came from.
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

/// The name of one request in logs and in the audit trail: 1 to 128 visible ASCII characters
/// (contract §2). Clones share one text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RequestId(Arc<str>);

/// A text that is no request id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a request id has 1 to 128 visible ASCII characters")]
pub struct InvalidRequestId;

impl RequestId {
    /// Reads a request id.
    ///
    /// # Errors
    /// [`InvalidRequestId`] when it is empty, too long, or not visible ASCII.
    pub fn parse(text: &str) -> Result<Self, InvalidRequestId> {
        let visible = text.bytes().all(|byte| byte.is_ascii_graphic());
        if visible && (1..=128).contains(&text.len()) {
            Ok(Self(text.into()))
        } else {
            Err(InvalidRequestId)
        }
    }

    /// The id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A fresh id: the hyphenated form, 36 characters.
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
