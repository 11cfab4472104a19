use std::time::Duration;

use async_trait::async_trait;
use http::StatusCode;
use keyward_domain::{Question, Scope};

use super::config::HttpVerifierConfig;
use super::error::HttpVerifierError;
use super::node::{Node, NodeAnswer};
use super::question_data::QuestionData;
use super::verdict_data::verdict;
use crate::caller::Caller;
use crate::verifier::{Undecided, Verdict, Verifier};

/// Asks a Keyward node. It reuses connections, follows no redirects and uses no proxy.
pub struct HttpVerifier {
    node: Node,
    timeout: Duration,
}

impl HttpVerifier {
    /// Checks the configuration. It does not connect yet.
    ///
    /// # Errors
    /// [`HttpVerifierError`].
    pub fn new(config: HttpVerifierConfig) -> Result<Self, HttpVerifierError> {
        Ok(Self {
            node: Node::new(&config.url, config.tls, config.token)?,
            timeout: config.timeout,
        })
    }
}

#[async_trait]
impl Verifier for HttpVerifier {
    async fn verify(&self, secret: &str, question: &Question) -> Result<Verdict, Undecided> {
        let asked = QuestionData::of(secret, question);
        let asking = self.node.post("/internal/v1/api-keys/verify", &asked);
        let answer = tokio::time::timeout(self.timeout, asking).await;
        let answer = answer.map_err(|late| Undecided(late.into()))?;
        let NodeAnswer { status, body } = answer.map_err(|error| Undecided(error.into()))?;
        if status != StatusCode::OK {
            return Err(Undecided(format!("Keyward returned {status}").into()));
        }
        let verdict = verdict(&body)?;
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
    let mode = caller.api_key_id().mode();
    let may = |scope: &Scope| caller.scopes().contains(scope);
    !caller.scopes().is_empty()
        && question.mode.is_none_or(|wanted| wanted == mode)
        && question.scopes.iter().all(may)
}
