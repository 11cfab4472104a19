//! `/metrics`, for Prometheus.

use actix_web::error::ErrorInternalServerError;
use actix_web::http::header;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use keyward_domain::Permission;

use crate::error::RequestError;
use crate::internal_callers::ShownIn;
use crate::metrics::{MetricsFormat, exposition};
use crate::state::InternalState;

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Returns all metrics of this node.
#[utoipa::path(
    get,
    path = "/metrics",
    operation_id = "readMetrics",
    description = "No label contains a key, a workspace or a secret.",
    tag = "operations",
    responses((status = 200, description = "All metrics of this node, in Prometheus' text format, or in OpenMetrics if Accept names it", content(
        (String = "text/plain; version=0.0.4; charset=utf-8"),
        (String = "application/openmetrics-text; version=1.0.0; charset=utf-8")
    )))
)]
pub(crate) async fn metrics(
    request: HttpRequest,
    state: Data<InternalState>,
) -> Result<HttpResponse, RequestError> {
    state
        .admit(&request, ShownIn::Authorization, Permission::MetricsRead)
        .await?;
    let (format, content_type) = if asks_for_open_metrics(&request) {
        (MetricsFormat::OpenMetrics, OPEN_METRICS)
    } else {
        (MetricsFormat::Text, TEXT)
    };
    let text = exposition(&state.registry, format)
        .map_err(|error| RequestError::Framework(ErrorInternalServerError(error)))?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, content_type))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(text))
}

fn asks_for_open_metrics(request: &HttpRequest) -> bool {
    let mut fields = request.headers().get_all(header::ACCEPT);
    fields.any(|field| {
        field
            .to_str()
            .is_ok_and(|field| field.contains("application/openmetrics-text"))
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use actix_web::dev::Service as _;
    use actix_web::test::{TestRequest, init_service};
    use async_trait::async_trait;
    use keyward_domain::Mode;
    use keyward_domain::ports::{MockKeyLookup, RepositoryError};
    use keyward_domain::testing::verification_key;

    use super::*;
    use crate::testing::{Answer, internal_state, key, secret};
    use crate::{NotReady, Readiness, Ready, internal_app};

    struct Always;

    #[async_trait]
    impl Readiness for Always {
        async fn check(&self) -> Result<Ready, NotReady> {
            Ok(Ready::default())
        }
    }

    const TOKEN: &str = "an-internal-token-of-32-characters";

    #[actix_web::test]
    async fn every_question_is_counted_by_its_decision() {
        let mut answers = [
            Ok(Some(verification_key(&key()))),
            Ok(None),
            Err(RepositoryError::Unavailable("gone".into())),
        ]
        .into_iter();
        let mut key_lookup = MockKeyLookup::new();
        key_lookup
            .expect_find()
            .returning(move |_| answers.next().unwrap());
        let state = internal_state(Arc::new(Always), key_lookup, None);
        let app = init_service(internal_app(&state)).await;
        let secret = secret(Mode::Live);
        for presented in [secret.expose(), secret.expose(), secret.expose(), "none"] {
            let question = TestRequest::post()
                .uri("/internal/v1/api-keys/verify")
                .insert_header(("content-type", "application/json"))
                .set_payload(format!(r#"{{"secret":"{presented}"}}"#));
            Answer::of(app.call(question.to_request()).await).await;
        }
        let asked = TestRequest::get().uri("/metrics").insert_header((
            "accept",
            "application/openmetrics-text;version=1.0.0,*/*;q=0.1",
        ));
        let answer = Answer::of(app.call(asked.to_request()).await).await;
        assert_eq!(answer.header("content-type"), Some(OPEN_METRICS));
        assert!(
            answer
                .text
                .contains("# TYPE keyward_verifications counter\n")
        );
        assert!(answer.text.ends_with("# EOF\n"));
        // The key in the store has another secret.
        for (decision, count) in [("UNKNOWN", 2), ("UNDECIDED", 1), ("MALFORMED", 1)] {
            let line = format!("keyward_verifications_total{{decision=\"{decision}\"}} {count}\n");
            assert!(answer.text.contains(&line), "{line}{}", answer.text);
        }
        assert!(
            answer
                .text
                .contains("keyward_verification_seconds_count 4\n")
        );
        assert!(!answer.text.contains(secret.expose()));
    }

    #[actix_web::test]
    async fn with_an_internal_token_only_who_shows_it_reads_metrics() {
        let state = internal_state(Arc::new(Always), MockKeyLookup::new(), Some(TOKEN));
        let app = init_service(internal_app(&state)).await;
        let ask = async |authorization: &str| {
            let request = TestRequest::get()
                .uri("/metrics")
                .insert_header(("authorization", authorization));
            let answer = Answer::of(app.call(request.to_request()).await).await;
            answer.status.as_u16()
        };
        assert_eq!(ask("Bearer another-internal-token-of-32-chars").await, 401);
        assert_eq!(ask(&format!("Bearer {TOKEN}")).await, 200);
    }
}
