use std::time::Instant;

use actix_web::http::{Method, StatusCode};
use actix_web::{HttpMessage as _, HttpRequest};
use keyward_domain::{Principal, Secret, WorkspaceId};
use tracing::Level;

use crate::internal_callers::CallerName;
use crate::request_context::RequestContext;

/// One line a request, written when it ends: also when its caller went away before.
///
/// No header but the request id, no path but the route's pattern, no query, no body: any of them
/// may hold a secret that doesn't belong there.
pub(crate) struct AccessLog {
    usual: Level,
    context: RequestContext,
    method: &'static str,
    started: Instant,
    ended: bool,
}

/// A macro, because an event's level is known when it is compiled.
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
    /// Starts the watch. Its line will be at the `usual` level, or at INFO when the server fails.
    pub(crate) fn begin(usual: Level, method: &Method, context: &RequestContext) -> Self {
        Self {
            usual,
            context: context.clone(),
            method: known(method),
            started: Instant::now(),
            ended: false,
        }
    }

    /// Writes the line. Of the request it tells the pattern that its path matched, never the path.
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

/// `None` when the handler is gone, and what it was asked with it.
fn route(request: Option<&HttpRequest>) -> Option<String> {
    let pattern = request?.match_pattern();
    Some(pattern.unwrap_or_else(|| "unmatched".to_owned()))
}

/// Who showed an internal token, by its name in the configuration.
fn caller(request: Option<&HttpRequest>) -> Option<String> {
    let extensions = request?.extensions();
    let name = extensions.get::<CallerName>()?;
    Some(name.as_str().to_owned())
}

/// In the extensions of a request: whose token was believed, and for which workspace they asked in vain.
/// What is carried out is in the audit trail.
pub struct Refused {
    subject: String,
    workspace: Option<String>,
}

impl Refused {
    /// A workspace is named in the path, by the client: what can't be one, or may be a secret that was
    /// pasted there, is left out.
    #[must_use]
    pub fn new(principal: &Principal, workspace: &str) -> Self {
        let is_loggable =
            WorkspaceId::parse(workspace).is_ok() && Secret::parse(workspace).is_err();
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

/// A method can be any word that a client makes up; only the standard ones are logged.
fn known(method: &Method) -> &'static str {
    const KNOWN: [&str; 9] = [
        "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH",
    ];
    KNOWN
        .into_iter()
        .find(|known| *known == method.as_str())
        .unwrap_or("other")
}
