//! The callers of the internal listener. Each has a token, and a name that logs and metrics show
//! instead of the token.

mod caller_name;
mod refusal_log;

use std::time::Instant;

use actix_web::http::header::{HeaderMap, HeaderName};
use actix_web::{HttpMessage as _, HttpRequest};
use keyward_guard::InternalToken;
use keyward_guard::headers::SingleHeader;
use prometheus_client::metrics::counter::Counter;

pub use self::caller_name::{CallerName, InvalidCallerName};
use self::refusal_log::{Refusal, RefusalLog};
use crate::error::RequestError;
use crate::extract::bearer_token;
use crate::metrics::Metrics;

const X_KEYWARD_INTERNAL_TOKEN: HeaderName = HeaderName::from_static("x-keyward-internal-token");

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

/// The allowed callers, 1 to 16.
#[derive(Debug)]
pub struct InternalCallers {
    callers: Vec<Caller>,
    refusals: RefusalLog,
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
            refusals: RefusalLog::default(),
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

    /// Admits a request and stores its caller in the request; or counts the refusal and logs a
    /// warning.
    ///
    /// # Errors
    /// [`RequestError::TokenMissing`] or [`RequestError::TokenRefused`] for a caller that asks for
    /// itself; [`RequestError::GatewayUnknown`] for a gateway, because its client's key was not
    /// checked.
    pub(crate) fn admit(
        &self,
        request: &HttpRequest,
        shown_in: ShownIn,
        metrics: &Metrics,
    ) -> Result<(), RequestError> {
        let headers = request.headers();
        let shown = match shown_in {
            ShownIn::Authorization => bearer_token(headers).map(str::as_bytes),
            ShownIn::InternalTokenHeader => gateway_token(headers),
        };
        let admitted = shown.and_then(|token| {
            self.shown_by(token)
                .ok_or(RequestError::TokenRefused("not an internal token"))
        });
        match admitted {
            Ok(caller) => {
                caller.requests.inc();
                request.extensions_mut().insert(caller.name.clone());
                Ok(())
            }
            Err(failure) => {
                let refusal = Refusal::of(shown_in, &failure);
                metrics.internal_refusal(refusal.asked_as(), refusal.reason());
                self.refusals.note(refusal, Instant::now());
                Err(match shown_in {
                    ShownIn::Authorization => failure,
                    ShownIn::InternalTokenHeader => RequestError::GatewayUnknown,
                })
            }
        }
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

fn gateway_token(headers: &HeaderMap) -> Result<&[u8], RequestError> {
    match SingleHeader::of(headers.get_all(X_KEYWARD_INTERNAL_TOKEN)) {
        SingleHeader::Absent => Err(RequestError::TokenMissing),
        SingleHeader::Repeated => Err(RequestError::TokenRefused("more than one internal token")),
        SingleHeader::Value(shown) if shown.is_empty() => Err(RequestError::TokenMissing),
        SingleHeader::Value(shown) => Ok(shown.as_bytes()),
    }
}

#[cfg(test)]
mod tests;
