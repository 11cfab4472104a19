//! Middleware around every request of both listeners.

mod access_log;
mod cross_origin;
mod net;

use std::sync::Arc;
use std::time::Instant;

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _};
use ipnetwork::IpNetwork;
use keyward_domain::ports::Clock;
use tracing::Level;

pub use self::access_log::Refused;
pub(crate) use self::access_log::are_answers_logged;
use self::access_log::{AccessLog, UNMATCHED, pattern};
pub(crate) use self::cross_origin::CrossOrigin;
pub(crate) use self::net::answer_failures;
use crate::error::WarnedOf;
use crate::headers::ascii_header_value;
use crate::metrics::{Metrics, Requests, known_method};
use crate::request_context::{RequestContext, X_REQUEST_ID};

/// The outermost middleware: creates the [`RequestContext`], adds common headers to the response,
/// and writes the access log.
#[derive(Clone)]
pub(crate) struct Middleware {
    listener: Listener,
    requests: Requests,
    clock: Arc<dyn Clock>,
    trusted_proxies: Arc<[IpNetwork]>,
}

impl Middleware {
    /// A middleware that trusts the `X-Forwarded-For` of these proxies only.
    pub(crate) fn new(
        listener: Listener,
        metrics: &Metrics,
        clock: &Arc<dyn Clock>,
        trusted_proxies: &Arc<[IpNetwork]>,
    ) -> Self {
        Self {
            listener,
            requests: metrics.requests().clone(),
            clock: Arc::clone(clock),
            trusted_proxies: Arc::clone(trusted_proxies),
        }
    }

    /// Handles one request.
    ///
    /// # Errors
    /// An `Err` contains the whole response, as that of [`answer_failures`].
    pub(crate) async fn pass(
        self,
        mut request: ServiceRequest,
        next: Next<BoxBody>,
    ) -> Result<ServiceResponse<BoxBody>, Error> {
        let context = RequestContext::begin(
            request.head(),
            Arc::clone(&self.clock),
            &self.trusted_proxies,
        );
        let access_log = AccessLog::begin(self.listener.log_level(), request.method(), &context);
        let (begun, method) = (Instant::now(), known_method(request.method()));
        request.extensions_mut().insert(context.clone());
        answer_head_as_get(&mut request);
        let request_id = || ascii_header_value(context.request_id.as_str());
        match next.call(request).await {
            Ok(mut response) => {
                mark(response.headers_mut(), request_id());
                self.count(
                    method,
                    pattern(response.request()),
                    response.status(),
                    begun,
                );
                let is_warned_of = response.response().extensions().contains::<WarnedOf>();
                let is_failure = response.status().is_server_error() && !is_warned_of;
                access_log.end(response.status(), is_failure, Some(response.request()));
                Ok(response)
            }
            Err(failure) => {
                let mut response = failure.error_response();
                mark(response.headers_mut(), request_id());
                self.count(method, UNMATCHED.to_owned(), response.status(), begun);
                access_log.end(response.status(), true, None);
                Err(InternalError::from_response("answered", response).into())
            }
        }
    }

    fn count(&self, method: &'static str, route: String, status: StatusCode, begun: Instant) {
        let requests = self.requests.of(self.listener.as_str(), method, route);
        requests.count(status, begun.elapsed());
    }
}

/// Which of the two listeners.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Listener {
    Public,
    Internal,
}

impl Listener {
    /// Every API call causes a request on the internal listener, so lines at INFO would outnumber all
    /// others.
    fn log_level(self) -> Level {
        match self {
            Self::Public => Level::INFO,
            Self::Internal => Level::DEBUG,
        }
    }

    /// Its name in metrics.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Internal => "internal",
        }
    }
}

/// Handles `HEAD` like `GET` (RFC 9110, section 9.3.2). The protocol layer omits the body, because
/// it stored the method when it read the request.
fn answer_head_as_get(request: &mut ServiceRequest) {
    if *request.method() == Method::HEAD {
        request.head_mut().method = Method::GET;
        request.extensions_mut().insert(AskedByHead);
    }
}

/// Marks a request as `HEAD`, in its extensions.
pub struct AskedByHead;

/// Adds the headers of every response.
pub(crate) fn mark(headers: &mut HeaderMap, request_id: HeaderValue) {
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(X_REQUEST_ID, request_id);
}
