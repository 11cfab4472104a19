use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::HttpRequest;
use ipnetwork::IpNetwork;
use keyward_domain::Question;
use keyward_domain::ports::{Clock, Memberships, Propagation};
use keyward_domain::usecases::{ManageApiKeys, Verified, VerifyApiKey};
use prometheus_client::registry::Registry;

use crate::allowed_origins::AllowedOrigins;
use crate::auth::Sessions;
use crate::denials::DenialLog;
use crate::error::RequestError;
use crate::host;
use crate::internal_callers::{InternalCallers, ShownIn};
use crate::metrics::Metrics;
use crate::readiness::Readiness;

/// The dependencies of the public listener.
#[derive(Clone)]
pub struct PublicState {
    /// The use cases of contract §1 and §3.
    pub keys: ManageApiKeys,
    /// The members of workspaces.
    pub memberships: Arc<dyn Memberships>,
    /// Reports whether all nodes know a change.
    pub propagation: Arc<dyn Propagation>,
    /// The sessions of valid tokens. Handlers have no other way to authenticate a caller.
    pub sessions: Sessions,
    /// The metrics.
    pub metrics: Metrics,
    /// The current time.
    pub clock: Arc<dyn Clock>,
    /// Proxies whose `X-Forwarded-For` is trusted; empty means none.
    pub trusted_proxies: Arc<[IpNetwork]>,
    /// The origins whose pages may call the API, sign a browser in to the page, and frame it.
    pub allowed_origins: AllowedOrigins,
    /// The time limit for a request's body, counted from its head; 10 s in production.
    pub body_deadline: Duration,
}

/// The dependencies of the internal listener.
#[derive(Clone)]
pub struct InternalState {
    /// The use case of contract §4.
    pub verify: VerifyApiKey,
    /// Proxies between the client and the gateway whose `X-Forwarded-For` is trusted; empty means
    /// none.
    pub trusted_proxies: Arc<[IpNetwork]>,
    /// The allowed callers; `None` allows everyone who can connect to the listener.
    pub callers: Option<Arc<InternalCallers>>,
    /// The time limit for a request's body, counted from its head; 10 s in production.
    pub body_deadline: Duration,
    /// The metrics.
    pub metrics: Metrics,
    /// The registry that `/metrics` shows.
    pub registry: Arc<Registry>,
    /// Whether this node should receive requests.
    pub readiness: Arc<dyn Readiness>,
    /// The current time.
    pub clock: Arc<dyn Clock>,
    /// The log of denied keys.
    pub denials: DenialLog,
}

impl InternalState {
    /// Admits a request if its caller is allowed. Without internal tokens, a caller that asks for
    /// itself must send this machine as `Host`. This stops DNS rebinding: the page of another site
    /// whose name resolves to this machine.
    ///
    /// # Errors
    /// As [`InternalCallers::admit`].
    pub(crate) fn admit(
        &self,
        request: &HttpRequest,
        shown_in: ShownIn,
    ) -> Result<(), RequestError> {
        match (&self.callers, shown_in) {
            (Some(callers), _) => callers.admit(request, shown_in, &self.metrics),
            (None, ShownIn::Authorization) if !host::is_local(request) => {
                Err(RequestError::TokenMissing)
            }
            (None, ShownIn::Authorization | ShownIn::InternalTokenHeader) => Ok(()),
        }
    }

    /// Answers a question about the holder of a secret, counts it, and logs a denied key.
    ///
    /// # Errors
    /// [`RequestError::KeyUnreadable`] or [`RequestError::Repository`]. A call is never allowed
    /// without a decision (contract §4).
    pub(crate) async fn decide(
        &self,
        request: &HttpRequest,
        secret: &str,
        question: &Question,
    ) -> Result<Verified, RequestError> {
        let begun = Instant::now();
        let verified = self.verify.run(secret, question).await;
        let decision = verified.as_ref().map(|verified| verified.decision.as_str());
        self.metrics
            .verified(decision.unwrap_or("UNDECIDED"), begun);
        if let Ok(verified) = &verified {
            self.denials
                .note(verified, question.address, request, begun);
        }
        verified.map_err(RequestError::of_verification)
    }
}
