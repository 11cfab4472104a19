//! The usual questions, answered without the application around the routes.
//!
//! A question is usual when it is well-formed, its caller needs no look-up, and the answer is cached.
//! Such a question gets the same answer as from its route, at less cost. Every other request goes to
//! the application as it came, so that all failures have one place.

mod body;
mod question;

use std::time::Instant;

use actix_http::{HttpMessage as _, Request, Response};
use actix_web::HttpResponse;
use actix_web::body::BoxBody;
use actix_web::dev::RequestHead;
use actix_web::http::{Method, header};
use keyward_domain::Question;
use keyward_domain::usecases::Verified;
use keyward_guard::headers::{forwarded_address, presented_secret, real_ip};

use self::body::arrived_body;
use self::question::{usual_query, usual_question};
use crate::extract;
use crate::internal_callers::{Admitted, ClientCertificate, ShownIn};
use crate::metrics::{Requests, RouteRequests};
use crate::middleware::{Listener, are_answers_logged, mark};
use crate::request_context::request_id_value;
use crate::routes;
use crate::state::InternalState;

const VERIFY: &str = "/internal/v1/api-keys/verify";
pub(crate) const FORWARDED: &str = "/internal/v1/authorize/forwarded";
pub(crate) const NGINX: &str = "/internal/v1/authorize/nginx";
pub(crate) const ENVOY: &str = "/internal/v1/authorize/envoy";

/// Answers usual questions (contract §4).
#[derive(Clone)]
pub struct FastPath {
    state: InternalState,
    requests: UsualRequests,
}

/// The requests of the routes, which the application counts as well.
#[derive(Clone)]
struct UsualRequests {
    verify: RouteRequests,
    forwarded: RouteRequests,
    nginx: RouteRequests,
    envoy: RouteRequests,
}

impl FastPath {
    /// A fast path beside the application with the same state.
    #[must_use]
    pub fn new(state: InternalState) -> Self {
        let requests = UsualRequests::of(state.metrics.requests());
        Self { state, requests }
    }

    /// The answer to a usual question.
    ///
    /// # Errors
    /// The request as it came, for the application.
    pub async fn answer(&self, mut request: Request) -> Result<Response<BoxBody>, Request> {
        let begun = Instant::now();
        let certificate = request.extensions().get::<ClientCertificate>().cloned();
        let certificate = certificate.as_ref();
        // The application writes the lines.
        let answer = if are_answers_logged() {
            None
        } else if request.path() == VERIFY {
            self.verify(&mut request, certificate).await
        } else {
            self.authorize(request.head(), certificate)
        };
        let Some(mut response) = answer else {
            return Err(request);
        };
        let requests = self.requests.at(request.path());
        requests.count(response.status(), begun.elapsed());
        let request_id = request_id_value(&request.head().headers);
        mark(response.headers_mut(), request_id);
        Ok(response.into())
    }

    async fn verify(
        &self,
        request: &mut Request,
        certificate: Option<&ClientCertificate>,
    ) -> Option<HttpResponse> {
        let head = request.head();
        let is_usual = head.method == Method::POST && head.uri.query().is_none();
        // A chunk that can't be read wakes nobody.
        let is_chunked = head.headers.contains_key(header::TRANSFER_ENCODING);
        if !is_usual || is_chunked || !extract::is_plain_json(&head.headers) {
            return None;
        }
        let admission = &self.state.admission;
        let shown_in = ShownIn::Authorization;
        let admitted = admission.admit_cached(&head.headers, shown_in, certificate)?;
        let body = arrived_body(request.payload()).await?;
        let answer = self.answer_body(admitted, &body);
        if answer.is_none() {
            body.give_back(request.payload());
        }
        answer
    }

    fn answer_body(&self, admitted: Admitted<'_>, body: &[u8]) -> Option<HttpResponse> {
        let (secret, question) = usual_question(body)?;
        let verified = self.decide(admitted, secret, &question)?;
        Some(routes::verify::answer(self.state.clock.now(), &verified))
    }

    /// Each family of gateways sends the client's address and the requirements in its own way.
    fn authorize(
        &self,
        head: &RequestHead,
        certificate: Option<&ClientCertificate>,
    ) -> Option<HttpResponse> {
        let path = head.uri.path();
        let query = head.uri.query().unwrap_or_default();
        let forwarded_address = || forwarded_address(&head.headers, &self.state.trusted_proxies);
        let (address, asked) = if path == FORWARDED {
            (forwarded_address(), usual_query(query)?)
        } else if path == NGINX {
            (real_ip(&head.headers), usual_query(query)?)
        } else if is_envoy(path) {
            let asked = extract::asked_by_headers(&head.headers).ok()?;
            (forwarded_address(), asked)
        } else {
            return None;
        };
        let admission = &self.state.admission;
        let shown_in = ShownIn::InternalTokenHeader;
        let admitted = admission.admit_cached(&head.headers, shown_in, certificate)?;
        let question = asked.by(address);
        let secret = presented_secret(&head.headers).unwrap_or_default();
        let verified = self.decide(admitted, secret, &question)?;
        Some(routes::authorize::answer(&verified))
    }

    /// Decides if the answer needs no store, and only then counts the caller's request.
    fn decide(
        &self,
        admitted: Admitted<'_>,
        secret: &str,
        question: &Question,
    ) -> Option<Verified> {
        let verified = self
            .state
            .decide_cached(admitted.name(), secret, question)?;
        admitted.count();
        Some(verified)
    }
}

impl UsualRequests {
    fn of(requests: &Requests) -> Self {
        let of = |method, route: &str| {
            requests.of(Listener::Internal.as_str(), method, route.to_owned())
        };
        Self {
            verify: of("POST", VERIFY),
            forwarded: of("GET", FORWARDED),
            nginx: of("GET", NGINX),
            envoy: of("GET", ENVOY),
        }
    }

    /// Those of the path of a usual question.
    fn at(&self, path: &str) -> &RouteRequests {
        match path {
            VERIFY => &self.verify,
            FORWARDED => &self.forwarded,
            NGINX => &self.nginx,
            _ => &self.envoy,
        }
    }
}

/// The client's own path may follow.
pub(crate) fn is_envoy(path: &str) -> bool {
    let rest = path.strip_prefix(ENVOY);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests;
