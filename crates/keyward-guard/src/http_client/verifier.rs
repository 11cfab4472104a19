use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, USER_AGENT};
use http::{Request, StatusCode, Uri};
use http_body_util::{BodyExt as _, Full, Limited};
use keyward_domain::{Question, Scope};

use super::config::HttpVerifierConfig;
use super::connection::{Connections, connections};
use super::error::HttpVerifierError;
use super::node_url::NodeUrl;
use super::question_data::QuestionData;
use super::verdict_data::verdict;
use crate::caller::Caller;
use crate::internal_token::InternalToken;
use crate::verifier::{Undecided, Verdict, Verifier};

/// The maximum size of an answer. Keyward's answers are much smaller.
const ANSWER_BYTES_MAX: usize = 64 * 1024;

/// Asks a Keyward node. It reuses connections, follows no redirects and uses no proxy.
pub struct HttpVerifier {
    connections: Connections,
    verify: Uri,
    token: Option<InternalToken>,
    timeout: Duration,
}

impl HttpVerifier {
    /// Checks the configuration. It does not connect yet.
    ///
    /// # Errors
    /// [`HttpVerifierError`].
    pub fn new(config: HttpVerifierConfig) -> Result<Self, HttpVerifierError> {
        let NodeUrl { is_https, verify } = NodeUrl::parse(&config.url)?;
        Ok(Self {
            connections: connections(is_https).map_err(HttpVerifierError::Tls)?,
            verify,
            token: config.token,
            timeout: config.timeout,
        })
    }

    async fn ask(&self, question: &QuestionData<'_>) -> Result<Bytes, Undecided> {
        let request = self.request(question)?;
        let answer = self.connections.request(request).await;
        let answer = answer.map_err(|error| Undecided(error.into()))?;
        if answer.status() != StatusCode::OK {
            let status = answer.status();
            return Err(Undecided(format!("Keyward returned {status}").into()));
        }
        let body = Limited::new(answer.into_body(), ANSWER_BYTES_MAX);
        Ok(body.collect().await.map_err(Undecided)?.to_bytes())
    }

    fn request(&self, question: &QuestionData<'_>) -> Result<Request<Full<Bytes>>, Undecided> {
        let body = serde_json::to_vec(question).map_err(|error| Undecided(error.into()))?;
        let mut request = Request::post(self.verify.clone())
            .header(CONTENT_TYPE, "application/json")
            .header(
                USER_AGENT,
                concat!("keyward-guard/", env!("CARGO_PKG_VERSION")),
            );
        if let Some(token) = &self.token {
            let credentials = HeaderValue::try_from(format!("Bearer {}", token.expose()));
            let mut credentials = credentials.map_err(|error| Undecided(error.into()))?;
            credentials.set_sensitive(true);
            request = request.header(AUTHORIZATION, credentials);
        }
        let request = request.body(Full::from(body));
        request.map_err(|error| Undecided(error.into()))
    }
}

#[async_trait]
impl Verifier for HttpVerifier {
    async fn verify(&self, secret: &str, question: &Question) -> Result<Verdict, Undecided> {
        let asked = QuestionData::of(secret, question);
        let answer = tokio::time::timeout(self.timeout, self.ask(&asked)).await;
        let answer = answer.map_err(|late| Undecided(late.into()))??;
        let verdict = verdict(&answer)?;
        if let Verdict::Allowed(caller) = &verdict
            && !fits(caller, question)
        {
            return Err(Undecided(
                "Keyward allowed a key that does not match the question".into(),
            ));
        }
        Ok(verdict)
    }
}

/// Whether the caller has the scopes and the mode in the question.
fn fits(caller: &Caller, question: &Question) -> bool {
    let mode = question.mode.unwrap_or(caller.api_key_id.mode());
    let may = |scope: &Scope| caller.scopes.contains(scope);
    !caller.scopes.is_empty() && caller.api_key_id.mode() == mode && question.scopes.iter().all(may)
}
