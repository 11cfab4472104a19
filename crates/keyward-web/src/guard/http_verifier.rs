use std::time::Duration;

use async_trait::async_trait;
use keyward_domain::{ClientAddress, Mode, Question, Scope};
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode, Url};
use serde::Serialize;

use super::verdict_data::verdict;
use super::{Caller, Undecided, Verdict, Verifier};
use crate::auth::InternalToken;

/// The largest answer that is read: far beyond what Keyward writes.
const ANSWER_BYTES_MAX: usize = 64 * 1024;

/// Where a Keyward node is, and how it is asked.
#[derive(Debug)]
pub struct HttpVerifierConfig {
    /// Its internal listener: `https://…`, or `http://…` where the network is trusted.
    pub url: String,
    /// What it asks its callers for, where it does.
    pub token: Option<InternalToken>,
    /// How long a whole answer may take; what takes longer is not decided.
    pub timeout: Duration,
}

impl HttpVerifierConfig {
    /// The node at `url`, without a token, within 500 ms.
    #[must_use]
    pub fn at(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            token: None,
            timeout: Duration::from_millis(500),
        }
    }
}

/// Asks a Keyward node. It keeps its connections, follows no redirect and uses no proxy.
pub struct HttpVerifier {
    client: Client,
    url: Url,
    token: Option<InternalToken>,
}

/// A node that can't be asked. The URL is not in it.
#[derive(Debug, thiserror::Error)]
pub enum HttpVerifierError {
    /// Not the URL of a node.
    #[error("it must be an http or https URL without user name, password, query and path")]
    Url,
    /// There is no HTTP client to ask with.
    #[error("the HTTP client can't be set up")]
    Client(#[source] reqwest::Error),
}

/// Contract §4: what is asked. Not for `Debug`.
#[derive(Serialize)]
struct QuestionData<'a> {
    secret: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    ip: Option<String>,
    scopes: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mode: Option<&'static str>,
}

impl HttpVerifier {
    /// Checks the URL; asks nobody yet.
    ///
    /// # Errors
    /// [`HttpVerifierError`].
    pub fn new(config: HttpVerifierConfig) -> Result<Self, HttpVerifierError> {
        let mut url = Url::parse(&config.url).map_err(|_unhelpful| HttpVerifierError::Url)?;
        let is_node = matches!(url.scheme(), "http" | "https")
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.path() == "/";
        if !is_node {
            return Err(HttpVerifierError::Url);
        }
        url.set_path("/internal/v1/api-keys/verify");
        let client = Client::builder()
            .no_proxy()
            .redirect(Policy::none())
            .timeout(config.timeout)
            .user_agent(concat!("keyward-guard/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(HttpVerifierError::Client)?;
        Ok(Self {
            client,
            url,
            token: config.token,
        })
    }

    async fn ask(&self, question: &QuestionData<'_>) -> Result<Vec<u8>, Undecided> {
        let mut request = self.client.post(self.url.clone()).json(question);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token.expose());
        }
        let mut answer = request.send().await.map_err(unanswered)?;
        if answer.status() != StatusCode::OK {
            let status = answer.status();
            return Err(Undecided(format!("Keyward answers {status}").into()));
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(unanswered)? {
            body.extend_from_slice(&chunk);
            if body.len() > ANSWER_BYTES_MAX {
                return Err(Undecided("the answer is too large".into()));
            }
        }
        Ok(body)
    }
}

#[async_trait]
impl Verifier for HttpVerifier {
    async fn verify(&self, secret: &str, question: &Question) -> Result<Verdict, Undecided> {
        let ip = question.address.map(ClientAddress::ip);
        let asked = QuestionData {
            secret,
            ip: ip.map(|ip| ip.to_string()),
            scopes: question.scopes.iter().map(Scope::as_str).collect(),
            mode: question.mode.map(Mode::as_str),
        };
        let verdict = verdict(&self.ask(&asked).await?)?;
        if let Verdict::Allowed(caller) = &verdict
            && !fits(caller, question)
        {
            return Err(Undecided("the answer fits another question".into()));
        }
        Ok(verdict)
    }
}

/// Whether what is said of the caller allows what was asked.
fn fits(caller: &Caller, question: &Question) -> bool {
    let mode = question.mode.unwrap_or(caller.api_key_id.mode());
    let may = |scope: &Scope| caller.scopes.contains(scope);
    !caller.scopes.is_empty() && caller.api_key_id.mode() == mode && question.scopes.iter().all(may)
}

fn unanswered(error: reqwest::Error) -> Undecided {
    Undecided(error.without_url().into())
}
