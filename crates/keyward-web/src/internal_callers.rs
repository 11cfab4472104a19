//! The callers of the internal listener. Each has a token or a certificate, and a name that logs and
//! metrics show: that of an internal token of the configuration, of a service token of the store, or of
//! the certificate.

mod admission;
mod client_certificate;
mod refusal_log;

use keyward_domain::CallerName;
use keyward_guard::InternalToken;
use prometheus_client::metrics::counter::Counter;

pub use self::admission::Admission;
pub(crate) use self::admission::{Admitted, X_KEYWARD_INTERNAL_TOKEN};
pub use self::client_certificate::ClientCertificate;
use crate::metrics::Metrics;

/// The maximum number of callers. Each is a label value of a metric.
pub const INTERNAL_CALLERS_MAX: usize = 16;

/// An invalid list of callers. Entries are identified by their position, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidInternalCallers {
    /// The list is empty.
    #[error("it has no token")]
    Nobody,
    /// The list is too long.
    #[error("it has more than 16 tokens")]
    TooMany,
    /// Two entries have the same name.
    #[error("entries {0} and {1} have the same name")]
    SameName(usize, usize),
    /// Two entries have the same token.
    #[error("entries {0} and {1} have the same token")]
    SameToken(usize, usize),
}

/// The header in which a caller sends its token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ShownIn {
    /// `Authorization`, as a bearer token, for a caller that asks for itself.
    Authorization,
    /// `X-Keyward-Internal-Token`, for a gateway. Its `Authorization` header comes from its client.
    InternalTokenHeader,
}

/// The callers of the configuration, 1 to 16.
#[derive(Debug)]
pub struct InternalCallers {
    callers: Vec<Caller>,
}

#[derive(Debug)]
struct Caller {
    name: CallerName,
    token: InternalToken,
    requests: Counter,
}

impl InternalCallers {
    /// The callers of the configuration.
    ///
    /// # Errors
    /// [`InvalidInternalCallers`] when there are none or too many, or when two of them have the
    /// same name or token.
    pub fn new(callers: Vec<(CallerName, InternalToken)>) -> Result<Self, InvalidInternalCallers> {
        if callers.is_empty() {
            return Err(InvalidInternalCallers::Nobody);
        }
        if callers.len() > INTERNAL_CALLERS_MAX {
            return Err(InvalidInternalCallers::TooMany);
        }
        for (at, (name, token)) in callers.iter().enumerate() {
            for (before, (other_name, other_token)) in callers.iter().enumerate().take(at) {
                if name == other_name {
                    return Err(InvalidInternalCallers::SameName(before + 1, at + 1));
                }
                if token.is(other_token.expose().as_bytes()) {
                    return Err(InvalidInternalCallers::SameToken(before + 1, at + 1));
                }
            }
        }
        let callers = callers.into_iter().map(|(name, token)| Caller {
            name,
            token,
            requests: Counter::default(),
        });
        Ok(Self {
            callers: callers.collect(),
        })
    }

    /// Counts each caller's requests in `metrics`, starting at 0.
    #[must_use]
    pub fn counted_in(mut self, metrics: &Metrics) -> Self {
        for caller in &mut self.callers {
            caller.requests = metrics.internal_requests_of(caller.name.as_str());
        }
        self
    }

    /// Their names, in the order of the configuration.
    pub fn names(&self) -> impl Iterator<Item = &CallerName> {
        self.callers.iter().map(|caller| &caller.name)
    }

    /// The caller with this token. All tokens are compared, each in constant time.
    fn shown_by(&self, shown: &[u8]) -> Option<&Caller> {
        let mut found = None;
        for caller in &self.callers {
            if caller.token.is(shown) {
                found = Some(caller);
            }
        }
        found
    }
}

#[cfg(test)]
mod tests;
