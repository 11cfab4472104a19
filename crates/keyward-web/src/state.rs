use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::HttpRequest;
use ipnetwork::IpNetwork;
use keyward_domain::Question;
use keyward_domain::ports::{Clock, Memberships, Propagation};
use keyward_domain::usecases::{ManageApiKeys, Verified, VerifyApiKey};
use prometheus_client::registry::Registry;

use crate::auth::Sessions;
use crate::denials::DenialLog;
use crate::error::RequestError;
use crate::host;
use crate::internal_callers::{InternalCallers, ShownIn};
use crate::metrics::Metrics;
use crate::readiness::Readiness;

/// What the public listener needs.
#[derive(Clone)]
pub struct PublicState {
    /// The operations of contract §1 and §3.
    pub keys: ManageApiKeys,
    /// Who owns which workspace.
    pub memberships: Arc<dyn Memberships>,
    /// Whether all nodes know what was changed.
    pub propagation: Arc<dyn Propagation>,
    /// Whose tokens open a session. There is no other way from a token to who asks.
    pub sessions: Sessions,
    /// What is counted.
    pub metrics: Metrics,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Whose `X-Forwarded-For` is believed; nobody's when empty.
    pub trusted_proxies: Arc<[IpNetwork]>,
    /// How long a client may take to send a body, from its head on; 10 s in production.
    pub body_deadline: Duration,
}

/// What the internal listener needs.
#[derive(Clone)]
pub struct InternalState {
    /// The operation of contract §4.
    pub verify: VerifyApiKey,
    /// Whose `X-Forwarded-For` is believed beyond the gateway that asks; nobody's when empty.
    pub trusted_proxies: Arc<[IpNetwork]>,
    /// Who may ask. `None` lets everybody ask who can connect to the listener.
    pub callers: Option<Arc<InternalCallers>>,
    /// How long a caller may take to send a body, from its head on; 10 s in production.
    pub body_deadline: Duration,
    /// What is counted.
    pub metrics: Metrics,
    /// All that `/metrics` shows.
    pub registry: Arc<Registry>,
    /// Whether requests should be sent here.
    pub readiness: Arc<dyn Readiness>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Logs the keys that are denied.
    pub denials: DenialLog,
}

impl InternalState {
    /// Lets a request in whose caller may ask. Without internal tokens, a caller that asks for itself has
    /// to name this machine in `Host`: a page of another site, whose name was made to lead here (DNS
    /// rebinding), can't.
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

    /// Answers a question about the holder of a secret, counts it, and logs a key that is denied.
    ///
    /// # Errors
    /// [`RequestError::KeyUnreadable`] or [`RequestError::Repository`]: what can't be decided is never
    /// allowed (contract §4).
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
