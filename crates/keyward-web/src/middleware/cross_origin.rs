use std::rc::Rc;

use actix_cors::{Cors, CorsError};
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::{Error, HttpMessage as _};
use futures_util::future::LocalBoxFuture;

use crate::allowed_origins::AllowedOrigins;
use crate::error::RequestError;
use crate::language::MessageId;
use crate::problem::Problem;
use crate::request_context::RequestContext;

/// How long a browser may keep the answer to a preflight. Chromium keeps none for longer.
const PREFLIGHT_SECONDS: usize = 2 * 60 * 60;
/// The methods of the API.
const METHODS: [&str; 5] = ["GET", "HEAD", "POST", "PATCH", "DELETE"];
/// The request headers of the API.
const REQUEST_HEADERS: [&str; 9] = [
    "Accept",
    "Accept-Language",
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "If-Match",
    "X-Client-Hash",
    "X-Request-Id",
    "X-Workspace-Id",
];
/// The response headers of the API that a script may read, beside those that it always may.
const RESPONSE_HEADERS: [&str; 6] = [
    "Content-Language",
    "ETag",
    "Location",
    "Retry-After",
    "X-Keyward-Propagation",
    "X-Request-Id",
];

/// Middleware that lets pages of the allowed origins call the API from a browser (contract §8), by
/// `actix-cors`.
///
/// Only their requests reach `actix-cors`. All others are handled as if there were no such origins,
/// preflights included, and their responses allow nothing.
pub(crate) struct CrossOrigin {
    origins: AllowedOrigins,
    cors: Cors,
}

impl CrossOrigin {
    /// A middleware for pages of these origins.
    pub(crate) fn new(origins: &AllowedOrigins) -> Self {
        let cors = Cors::default()
            .allowed_methods(METHODS)
            .allowed_headers(REQUEST_HEADERS)
            .expose_headers(RESPONSE_HEADERS)
            .max_age(PREFLIGHT_SECONDS)
            // It would name the preflight's headers too, in responses that don't depend on them.
            .disable_vary_header();
        Self {
            origins: origins.clone(),
            cors: origins
                .iter()
                .fold(cors, |cors, origin| cors.allowed_origin(origin.as_str())),
        }
    }
}

/// The handlers behind `actix-cors`.
type CorsService<S> = <Cors as Transform<Rc<S>, ServiceRequest>>::Transform;

impl<S> Transform<S, ServiceRequest> for CrossOrigin
where
    S: Service<ServiceRequest, Response = ServiceResponse<BoxBody>, Error = Error> + 'static,
    S::Future: 'static,
{
    type Response = ServiceResponse<BoxBody>;
    type Error = Error;
    type Transform = CrossOriginService<S, CorsService<S>>;
    type InitError = ();
    type Future = LocalBoxFuture<'static, Result<Self::Transform, Self::InitError>>;

    fn new_transform(&self, service: S) -> Self::Future {
        let plain = Rc::new(service);
        let cors = self.cors.new_transform(Rc::clone(&plain));
        let origins = self.origins.clone();
        Box::pin(async move {
            Ok(CrossOriginService {
                origins,
                cors: cors.await?,
                plain,
            })
        })
    }
}

/// The service of [`CrossOrigin`].
pub(crate) struct CrossOriginService<S, C> {
    origins: AllowedOrigins,
    cors: C,
    /// The same handlers without `actix-cors`.
    plain: Rc<S>,
}

impl<S, C, B> Service<ServiceRequest> for CrossOriginService<S, C>
where
    S: Service<ServiceRequest, Response = ServiceResponse<BoxBody>, Error = Error>,
    S::Future: 'static,
    C: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    C::Future: 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<BoxBody>;
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self::Response, Self::Error>>;

    forward_ready!(plain);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        if self.origins.is_empty() || !is_of_api(request.uri().path()) {
            return Box::pin(self.plain.call(request));
        }
        if !self.origins.allow(request.headers()) {
            let answered = self.plain.call(request);
            return Box::pin(async move { by_origin(answered.await) });
        }
        let answered = self.cors.call(request);
        Box::pin(async move {
            let response = answered.await.map(ServiceResponse::map_into_boxed_body);
            by_origin(response.map(explain_refusal))
        })
    }
}

fn is_of_api(path: &str) -> bool {
    path.starts_with("/web/v1/")
}

/// Says that the response may differ for another origin (Fetch standard, "CORS protocol and HTTP
/// caches").
fn by_origin(
    answered: Result<ServiceResponse<BoxBody>, Error>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    match answered {
        Ok(mut response) => {
            vary_by_origin(response.headers_mut());
            Ok(response)
        }
        Err(mut error) => {
            error.add_response_mapper(|mut response| {
                vary_by_origin(response.headers_mut());
                response
            });
            Err(error)
        }
    }
}

fn vary_by_origin(headers: &mut HeaderMap) {
    let before = headers.get(header::VARY).map(HeaderValue::to_str);
    let vary = match before {
        Some(Ok(before)) => HeaderValue::from_str(&format!("{before}, Origin")).ok(),
        Some(Err(_)) | None => None,
    };
    let vary = vary.unwrap_or_else(|| HeaderValue::from_static("Origin"));
    headers.insert(header::VARY, vary);
}

/// Replaces the refusal of a preflight by the response of contract §2. It names the origin as an
/// allowed one, so that the browser does not report the origin as the reason.
fn explain_refusal(response: ServiceResponse<BoxBody>) -> ServiceResponse<BoxBody> {
    let failure = response.response().error();
    let Some(refusal) = failure.and_then(Error::as_error::<CorsError>) else {
        return response;
    };
    let request = response.request();
    let context = request.extensions().get::<RequestContext>().cloned();
    let origin = request.headers().get(header::ORIGIN).cloned();
    let (Some(context), Some(origin)) = (context, origin) else {
        return response;
    };
    let mut refused = RequestError::Invalid(vec![problem_of(refusal)]).answer(&context);
    refused
        .headers_mut()
        .insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    response.into_response(refused)
}

fn problem_of(refusal: &CorsError) -> Problem {
    let is_of_headers = matches!(
        refusal,
        CorsError::HeadersNotAllowed | CorsError::BadRequestHeaders
    );
    let (field, allowed) = if is_of_headers {
        ("Access-Control-Request-Headers", REQUEST_HEADERS.join(", "))
    } else {
        ("Access-Control-Request-Method", METHODS.join(", "))
    };
    Problem::with(
        field,
        MessageId::OnlyAllowed,
        vec![("allowed", allowed.into())],
    )
}

#[cfg(test)]
mod tests;
