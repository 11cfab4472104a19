use std::time::Instant;

use actix_web::http::{Method, StatusCode};
use actix_web::{HttpMessage as _, HttpRequest};
use keyward_domain::{CallerName, Principal, Secret, ServiceSecret, WorkspaceId};
use tracing::Level;

use crate::metrics::known_method;
use crate::request_context::RequestContext;

/// One line per request, written at its end, even when the caller went away before.
///
/// It contains no header but the request id, no path but the route's pattern, no query and no body:
/// each of them may contain a secret by mistake.
pub(crate) struct AccessLog {
    usual: Level,
    context: RequestContext,
    method: &'static str,
    started: Instant,
    ended: bool,
}

/// The route of requests without one.
pub(super) const UNMATCHED: &str = "unmatched";

/// Whether each answer of the internal listener has a line.
pub(crate) fn are_answers_logged() -> bool {
    tracing::enabled!(Level::DEBUG)
}

/// A macro, because the level of an event is fixed at compile time.
macro_rules! answered {
    ($level:expr, $log:ident, $status:ident, $request:ident) => {
        tracing::event!(
            $level,
            method = $log.method,
            route = route($request).as_deref(),
            status = $status.as_u16(),
            duration_ms = $log.duration_ms(),
            request_id = $log.context.request_id.as_str(),
            client_address = $log.client_address(),
            caller = caller($request).as_deref(),
            subject = refused($request, |refused| Some(refused.subject.clone())).as_deref(),
            workspace = refused($request, |refused| refused.workspace.clone()).as_deref(),
            "request.answered"
        )
    };
}

impl AccessLog {
    /// Starts measuring. The line has the `usual` level, or INFO for a 5xx response.
    pub(crate) fn begin(usual: Level, method: &Method, context: &RequestContext) -> Self {
        Self {
            usual,
            context: context.clone(),
            method: known_method(method),
            started: Instant::now(),
            ended: false,
        }
    }

    /// Writes the line. It contains the route's pattern, never the path.
    pub(crate) fn end(
        mut self,
        status: StatusCode,
        is_failure: bool,
        request: Option<&HttpRequest>,
    ) {
        self.ended = true;
        if self.usual == Level::DEBUG && !is_failure {
            answered!(Level::DEBUG, self, status, request);
        } else {
            answered!(Level::INFO, self, status, request);
        }
    }

    fn duration_ms(&self) -> f64 {
        self.started.elapsed().as_secs_f64() * 1_000.0
    }

    fn client_address(&self) -> Option<String> {
        self.context.address.map(|address| address.ip().to_string())
    }
}

impl Drop for AccessLog {
    fn drop(&mut self) {
        if !self.ended {
            tracing::info!(
                method = self.method,
                duration_ms = self.duration_ms(),
                request_id = self.context.request_id.as_str(),
                client_address = self.client_address(),
                "request.abandoned"
            );
        }
    }
}

/// `None` when the handler is gone together with its request.
fn route(request: Option<&HttpRequest>) -> Option<String> {
    Some(pattern(request?))
}

/// The pattern of the route, never the path.
pub(super) fn pattern(request: &HttpRequest) -> String {
    let pattern = request.match_pattern();
    pattern.unwrap_or_else(|| UNMATCHED.to_owned())
}

/// The name of the caller that sent an internal token or a service token.
fn caller(request: Option<&HttpRequest>) -> Option<String> {
    let extensions = request?.extensions();
    let name = extensions.get::<CallerName>()?;
    Some(name.as_str().to_owned())
}

/// Marks a request that was refused, in its extensions: the user and the workspace. Requests that
/// are carried out are in the audit trail.
pub struct Refused {
    subject: String,
    workspace: Option<String>,
}

impl Refused {
    /// The workspace comes from the client's path. It is omitted when it is not a valid id, or
    /// could be a secret that was pasted there.
    #[must_use]
    pub fn new(principal: &Principal, workspace: &str) -> Self {
        let is_secret =
            Secret::parse(workspace).is_ok() || ServiceSecret::is_meant_by(workspace.as_bytes());
        let is_loggable = WorkspaceId::parse(workspace).is_ok() && !is_secret;
        Self {
            subject: principal.user_id.to_string(),
            workspace: is_loggable.then(|| workspace.to_owned()),
        }
    }
}

fn refused(
    request: Option<&HttpRequest>,
    part: impl Fn(&Refused) -> Option<String>,
) -> Option<String> {
    part(request?.extensions().get::<Refused>()?)
}
