use std::io;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, USER_AGENT};
use http::request::Builder;
use http::{Request, Response, StatusCode, Uri};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full, Limited};
use serde::Serialize;

use super::connection::{Connections, connections};
use super::error::HttpVerifierError;
use super::node_tls::NodeTls;
use super::node_url::NodeUrl;
use crate::internal_token::InternalToken;

/// The maximum size of an answer. Keyward's answers are smaller: 100 keys with all their scopes and
/// rules fit.
const ANSWER_BYTES_MAX: usize = 4 * 1024 * 1024;

/// A node, to which requests are sent.
pub(crate) struct Node {
    connections: Connections,
    url: NodeUrl,
    token: Option<InternalToken>,
}

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// The body of an answer, as it arrives.
pub(crate) type NodeBody = UnsyncBoxBody<Bytes, io::Error>;

/// A whole answer.
pub(crate) struct NodeAnswer {
    pub(crate) status: StatusCode,
    pub(crate) body: Bytes,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NodeError {
    /// The request was never sent.
    #[error("the request could not be sent")]
    Unsent(#[source] Cause),
    /// The node may have handled the request.
    #[error("there is no answer")]
    Unanswered(#[source] Cause),
}

impl Node {
    pub(crate) fn new(
        url: &str,
        tls: NodeTls,
        token: Option<InternalToken>,
    ) -> Result<Self, HttpVerifierError> {
        let url = NodeUrl::parse(url)?;
        Ok(Self {
            connections: connections(url.is_https(), tls).map_err(HttpVerifierError::Tls)?,
            url,
            token,
        })
    }

    /// Sends a body as JSON, and reads the answer.
    pub(crate) async fn post(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<NodeAnswer, NodeError> {
        let body = serde_json::to_vec(body).map_err(unsent)?;
        let request = self.request(Request::post(self.at(path)?))?;
        let request = request.header(CONTENT_TYPE, "application/json");
        let answer = self.send(request, body).await?;
        let status = answer.status();
        let body = Limited::new(answer.into_body(), ANSWER_BYTES_MAX);
        let body = body.collect().await.map_err(NodeError::Unanswered)?;
        let body = body.to_bytes();
        Ok(NodeAnswer { status, body })
    }

    /// Asks for a stream, whose body is read by the caller.
    #[cfg(feature = "local")]
    pub(crate) async fn get(
        &self,
        path_and_query: &str,
        last_event_id: Option<&str>,
    ) -> Result<Response<NodeBody>, NodeError> {
        let mut request = self.request(Request::get(self.at(path_and_query)?))?;
        if let Some(id) = last_event_id {
            request = request.header("last-event-id", id);
        }
        self.send(request, Vec::new()).await
    }

    async fn send(&self, request: Builder, body: Vec<u8>) -> Result<Response<NodeBody>, NodeError> {
        let request = request.body(Full::from(body)).map_err(unsent)?;
        match self.connections.request(request).await {
            Ok(answer) => Ok(answer.map(|body| body.map_err(io::Error::other).boxed_unsync())),
            Err(error) if error.is_connect() => Err(unsent(error)),
            Err(error) => Err(NodeError::Unanswered(error.into())),
        }
    }

    fn request(&self, request: Builder) -> Result<Builder, NodeError> {
        let agent = concat!("keyward-guard/", env!("CARGO_PKG_VERSION"));
        let request = request.header(USER_AGENT, agent);
        let Some(token) = &self.token else {
            return Ok(request);
        };
        let credentials = HeaderValue::try_from(format!("Bearer {}", token.expose()));
        let mut credentials = credentials.map_err(unsent)?;
        credentials.set_sensitive(true);
        Ok(request.header(AUTHORIZATION, credentials))
    }

    fn at(&self, path_and_query: &str) -> Result<Uri, NodeError> {
        self.url.at(path_and_query).map_err(unsent)
    }
}

fn unsent(error: impl Into<Cause>) -> NodeError {
    NodeError::Unsent(error.into())
}
