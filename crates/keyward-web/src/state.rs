use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::{HttpMessage as _, HttpRequest};
use ipnetwork::IpNetwork;
use keyward_domain::ports::{
    Clock, KeyChanges, LimitLeases, Memberships, Plans, Propagation, SelectedKeys,
    WorkspaceDirectory,
};
use keyward_domain::usecases::authorize::AuthorizeUser;
use keyward_domain::usecases::{
    ManageApiKeys, ManageWebhooks, ReportSecrets, Verified, VerifyApiKey,
};
use keyward_domain::{CallerName, Permission, Question, ServiceCaller};
use prometheus_client::registry::Registry;

use crate::allowed_origins::AllowedOrigins;
use crate::auth::{GitHubKeys, Sessions};
use crate::denials::DenialLog;
use crate::error::RequestError;
use crate::event_feed::EventFeed;
use crate::internal_callers::{Admission, ShownIn};
use crate::metrics::{Metrics, UNDECIDED};
use crate::readiness::Readiness;
use crate::secret_reports::SecretReports;

/// The dependencies of the public listener.
#[derive(Clone)]
pub struct PublicState {
    /// The use cases of contract §1 and §3.
    pub keys: ManageApiKeys,
    /// Who may manage or supervise a workspace's keys.
    pub users: AuthorizeUser,
    /// What happened to the keys.
    pub events: EventFeed,
    /// Where events are sent; `None` when the deployment has no webhooks.
    pub webhooks: Option<ManageWebhooks>,
    /// Ends secrets that someone gives back.
    pub secret_reports: SecretReports,
    /// The keys that GitHub signs reports with; `None` when it sends none.
    pub github_keys: Option<GitHubKeys>,
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
    /// The changes of keys, for guards.
    pub key_changes: Arc<dyn KeyChanges>,
    /// Leases the units of limits, for guards.
    pub limit_leases: Arc<dyn LimitLeases>,
    /// Who may use the listener.
    pub admission: Arc<Admission>,
    /// What the administration changes.
    pub admin: AdminState,
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

/// The dependencies of the administration (contract §9).
#[derive(Clone)]
pub struct AdminState {
    /// The use cases of keys, and the scope catalogue.
    pub keys: ManageApiKeys,
    /// The plans of workspaces.
    pub plans: Arc<dyn Plans>,
    /// Workspaces and members.
    pub directory: Arc<dyn WorkspaceDirectory>,
    /// The members that the store has.
    pub memberships: Arc<dyn Memberships>,
    /// What happened.
    pub events: EventFeed,
    /// Ends secrets that scanners have found.
    pub secret_reports: ReportSecrets,
    /// Keys of all workspaces.
    pub selected_keys: Arc<dyn SelectedKeys>,
    /// Reports whether all nodes know a change.
    pub propagation: Arc<dyn Propagation>,
}

impl InternalState {
    /// Admits a request for questions or metrics.
    ///
    /// # Errors
    /// As [`Admission::admit`].
    pub(crate) async fn admit(
        &self,
        request: &HttpRequest,
        shown_in: ShownIn,
        permission: Permission,
    ) -> Result<(), RequestError> {
        self.admission.admit(request, shown_in, permission).await
    }

    /// Admits a program that asks for itself, about keys.
    ///
    /// # Errors
    /// As [`Admission::admit`].
    pub(crate) async fn admit_verifier(&self, request: &HttpRequest) -> Result<(), RequestError> {
        self.admit(request, ShownIn::Authorization, Permission::KeysVerify)
            .await
    }

    /// Admits a request for the administration.
    ///
    /// # Errors
    /// As [`Admission::admit_service`].
    pub(crate) async fn admit_service(
        &self,
        request: &HttpRequest,
        permission: Permission,
    ) -> Result<ServiceCaller, RequestError> {
        self.admission.admit_service(request, permission).await
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
        self.metrics.verified(decision.unwrap_or(UNDECIDED), begun);
        if let Ok(verified) = &verified {
            self.metrics.note_stale(verified);
            let extensions = request.extensions();
            let caller = extensions.get::<CallerName>();
            self.denials.note(verified, question.address, caller, begun);
        }
        verified.map_err(RequestError::of_verification)
    }

    /// The same as [`decide`](Self::decide) when the answer needs no store, and `None` otherwise.
    pub(crate) fn decide_cached(
        &self,
        caller: Option<&CallerName>,
        secret: &str,
        question: &Question,
    ) -> Option<Verified> {
        let begun = Instant::now();
        let verified = self.verify.run_cached(secret, question)?;
        self.metrics.verified(verified.decision.as_str(), begun);
        self.metrics.note_stale(&verified);
        self.denials
            .note(&verified, question.address, caller, begun);
        Some(verified)
    }
}
