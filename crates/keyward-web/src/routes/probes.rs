//! `/healthz` and `/readyz` for orchestrators and load balancers, in plain JSON without the
//! envelope.

use std::time::Duration;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::readiness::{NotReady, Readiness, Ready};
use crate::state::InternalState;

/// The time limit of the check. A node that can't answer in time is not ready.
const DEADLINE: Duration = Duration::from_secs(3);

#[derive(Serialize, ToSchema)]
struct Probe<'a> {
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    warning: Option<&'a str>,
}

impl Probe<'_> {
    const fn of(status: &'static str) -> Self {
        Self {
            status,
            reason: None,
            warning: None,
        }
    }
}

/// The process is running, whatever else may fail.
#[utoipa::path(
    get,
    path = "/healthz",
    operation_id = "isAlive",
    description = "Does not check the store.",
    tag = "operations",
    responses((status = 200, description = "The process is running", body = Probe<'static>))
)]
pub(crate) async fn healthz() -> HttpResponse {
    write(StatusCode::OK, &Probe::of("ok"))
}

/// Whether this node should receive requests.
#[utoipa::path(
    get,
    path = "/readyz",
    operation_id = "isReady",
    description = "Not while the node drains, and not without a store of the right schema that can \
                   be written to. A warning names what should be mended nevertheless.",
    tag = "operations",
    responses(
        (status = 200, description = "The node should receive requests", body = Probe<'static>),
        (status = 503, description = "The node should not receive requests, with the reason", body = Probe<'static>, headers(("Retry-After" = u64, description = "Seconds")))
    )
)]
pub(crate) async fn readyz(state: web::Data<InternalState>) -> HttpResponse {
    match look(state.readiness.as_ref()).await {
        Ok(Ready { warning }) => {
            let ready = Probe {
                warning: warning.as_deref(),
                ..Probe::of("ready")
            };
            write(StatusCode::OK, &ready)
        }
        Err(NotReady { reason }) => {
            let not_ready = Probe {
                reason: Some(&reason),
                ..Probe::of("not ready")
            };
            write(StatusCode::SERVICE_UNAVAILABLE, &not_ready)
        }
    }
}

async fn look(readiness: &dyn Readiness) -> Result<Ready, NotReady> {
    let in_time = tokio::time::timeout(DEADLINE, readiness.check()).await;
    in_time.unwrap_or_else(|_elapsed| {
        Err(NotReady {
            reason: "no answer in time".into(),
        })
    })
}

fn write(status: StatusCode, probe: &Probe<'_>) -> HttpResponse {
    let mut response = HttpResponse::build(status);
    response.insert_header((header::CACHE_CONTROL, "no-store"));
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.insert_header((header::RETRY_AFTER, "1"));
    }
    response.json(probe)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use actix_web::dev::Service as _;
    use actix_web::http::Method;
    use actix_web::test::{TestRequest, init_service};
    use async_trait::async_trait;
    use keyward_domain::ports::MockKeyLookup;

    use super::*;
    use crate::internal_app;
    use crate::testing::{Answer, internal_state};

    /// The result of a check; `None` when it never ends.
    struct Found(Option<Result<Ready, NotReady>>);

    #[async_trait]
    impl Readiness for Found {
        async fn check(&self) -> Result<Ready, NotReady> {
            match &self.0 {
                Some(found) => found.clone(),
                None => std::future::pending().await,
            }
        }
    }

    async fn probe(found: Option<Result<Ready, NotReady>>, method: Method, path: &str) -> Answer {
        let key_lookup = MockKeyLookup::new();
        let state = internal_state(Arc::new(Found(found)), key_lookup, None);
        let app = init_service(internal_app(&state)).await;
        let request = TestRequest::with_uri(path).method(method).to_request();
        Answer::of(app.call(request).await).await
    }

    fn draining() -> NotReady {
        NotReady {
            reason: "draining".into(),
        }
    }

    #[actix_web::test]
    async fn healthz_is_ok_while_the_process_lives() {
        for found in [Some(Ok(Ready::default())), Some(Err(draining())), None] {
            let answer = probe(found, Method::GET, "/healthz").await;
            assert_eq!(answer.status, StatusCode::OK);
            assert_eq!(answer.text, r#"{"status":"ok"}"#);
            assert_eq!(answer.header("content-type"), Some("application/json"));
            assert!(answer.header("x-request-id").is_some());
        }
    }

    #[actix_web::test]
    async fn readyz_says_why_not() {
        let ready = probe(Some(Ok(Ready::default())), Method::GET, "/readyz").await;
        assert_eq!(ready.status, StatusCode::OK);
        assert_eq!(ready.text, r#"{"status":"ready"}"#);
        let warning = Some("mend this".into());
        let warned = probe(Some(Ok(Ready { warning })), Method::GET, "/readyz").await;
        assert_eq!(warned.status, StatusCode::OK);
        assert_eq!(warned.text, r#"{"status":"ready","warning":"mend this"}"#);
        let not_ready = probe(Some(Err(draining())), Method::GET, "/readyz").await;
        assert_eq!(not_ready.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(
            not_ready.text,
            r#"{"status":"not ready","reason":"draining"}"#
        );
        assert_eq!(not_ready.header("retry-after"), Some("1"));
    }

    #[actix_web::test]
    async fn a_look_that_never_ends_is_not_ready() {
        tokio::time::pause();
        let stuck = probe(None, Method::GET, "/readyz").await;
        assert_eq!(stuck.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(stuck.text.contains("no answer in time"), "{}", stuck.text);
    }

    #[actix_web::test]
    async fn the_internal_listener_has_nothing_else() {
        let check = async |method, path, status: u16| {
            let answer = probe(Some(Ok(Ready::default())), method, path).await;
            assert_eq!(answer.status.as_u16(), status, "{path}: {}", answer.text);
            answer
        };
        check(Method::HEAD, "/readyz", 200).await;
        check(Method::GET, "/nothing", 404).await;
        check(Method::POST, crate::testing::PATH, 404).await;
        let wrong = check(Method::POST, "/healthz", 405).await;
        assert_eq!(wrong.header("allow"), Some("GET, HEAD"));
    }
}
