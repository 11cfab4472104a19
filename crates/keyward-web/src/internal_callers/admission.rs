use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use actix_web::http::header::{HeaderMap, HeaderName};
use actix_web::{HttpMessage as _, HttpRequest};
use keyward_domain::ports::{Clock, ServiceTokens};
use keyward_domain::usecases::authorize;
use keyward_domain::{CallerName, Permission, ServiceCaller, ServiceSecret};
use keyward_guard::headers::SingleHeader;
use prometheus_client::metrics::counter::Counter;

use super::client_certificate::{CertificateCallers, ClientCertificate};
use super::refusal_log::{Refusal, RefusalLog};
use super::{Caller, InternalCallers, ShownIn};
use crate::error::RequestError;
use crate::extract::bearer_token;
use crate::host;
use crate::metrics::Metrics;

/// The header of gateways, whose `Authorization` belongs to the client.
pub(crate) const X_KEYWARD_INTERNAL_TOKEN: HeaderName =
    HeaderName::from_static("x-keyward-internal-token");

/// Who may use the internal listener, and for what.
///
/// An internal token of the configuration is for questions and metrics. A service token is for
/// whatever its permissions say. Without internal tokens in the configuration, everyone who can
/// connect may ask questions and read metrics; the administration always needs a service token.
///
/// Where client certificates are required, each request needs one in addition. Metrics may be read
/// with a token instead, because not every scraper has a certificate.
pub struct Admission {
    configured: Option<InternalCallers>,
    certificates: CertificateCallers,
    service_tokens: Arc<dyn ServiceTokens>,
    refusals: RefusalLog,
    metrics: Metrics,
    clock: Arc<dyn Clock>,
}

/// The sender of a request.
enum Sender<'a> {
    Configured(&'a Caller),
    /// It sent an internal token if there are any, but its certificate says more about it.
    Certified(CallerName),
    Service(ServiceCaller),
    /// There are no internal tokens, and it sent no service token.
    Anyone,
}

/// The token of a request.
enum Shown<'caller, 'request> {
    Configured(&'caller Caller),
    /// It must be looked up in the store.
    ServiceToken(&'request [u8]),
    /// There are no internal tokens, and it sent no service token.
    Nothing,
}

/// A sender that was admitted without the store.
#[derive(Clone, Copy)]
pub(crate) enum Admitted<'a> {
    /// By an internal token.
    Configured(&'a CallerName, &'a Counter),
    /// By a certificate.
    Certified(&'a CallerName, &'a CertificateCallers),
    /// Without either.
    Anyone,
}

impl Admitted<'_> {
    /// Counts its request.
    pub(crate) fn count(self) {
        match self {
            Self::Configured(_name, requests) => {
                requests.inc();
            }
            Self::Certified(name, callers) => callers.count(name),
            Self::Anyone => {}
        }
    }

    /// Its name, if it has one.
    pub(crate) fn name(&self) -> Option<&CallerName> {
        match self {
            Self::Configured(name, _) | Self::Certified(name, _) => Some(name),
            Self::Anyone => None,
        }
    }
}

impl Admission {
    /// Admits the callers of the configuration, and the holders of these service tokens. Counts
    /// requests and refusals in `metrics`.
    #[must_use]
    pub fn new(
        configured: Option<InternalCallers>,
        service_tokens: Arc<dyn ServiceTokens>,
        metrics: &Metrics,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            configured: configured.map(|callers| callers.counted_in(metrics)),
            certificates: CertificateCallers::counted_in(metrics),
            service_tokens,
            refusals: RefusalLog::default(),
            metrics: metrics.clone(),
            clock,
        }
    }

    /// Admits a request for questions or metrics and stores its caller in the request; or counts
    /// the refusal and logs a warning.
    ///
    /// Without internal tokens, a caller that asks for itself must send this machine as `Host`.
    /// This stops DNS rebinding: the page of another site whose name resolves to this machine.
    ///
    /// # Errors
    /// [`RequestError::CertificateMissing`], [`RequestError::TokenMissing`],
    /// [`RequestError::TokenRefused`] or [`RequestError::PermissionMissing`] for a caller that asks for
    /// itself;
    /// [`RequestError::GatewayUnknown`] for a gateway, because its client's key was not checked;
    /// [`RequestError::Repository`] when service tokens can't be read.
    pub(crate) async fn admit(
        &self,
        request: &HttpRequest,
        shown_in: ShownIn,
        permission: Permission,
    ) -> Result<(), RequestError> {
        match self.sender(request, shown_in, permission).await {
            Ok(Sender::Configured(caller)) => {
                caller.requests.inc();
                request.extensions_mut().insert(caller.name.clone());
                Ok(())
            }
            Ok(Sender::Certified(name)) => {
                self.certificates.count(&name);
                request.extensions_mut().insert(name);
                Ok(())
            }
            Ok(Sender::Service(service)) => {
                self.welcome(request, &service).await;
                Ok(())
            }
            Ok(Sender::Anyone)
                if shown_in == ShownIn::Authorization && !host::is_local(request.headers()) =>
            {
                Err(RequestError::TokenMissing)
            }
            Ok(Sender::Anyone) => Ok(()),
            Err(failure) => Err(self.refuse(shown_in, failure)),
        }
    }

    /// Admits a request for the administration, which needs a service token with this permission.
    ///
    /// # Errors
    /// As [`admit`](Self::admit) for a caller that asks for itself. An internal token of the
    /// configuration has no such permission.
    pub(crate) async fn admit_service(
        &self,
        request: &HttpRequest,
        permission: Permission,
    ) -> Result<ServiceCaller, RequestError> {
        let shown_in = ShownIn::Authorization;
        let failure = match self.sender(request, shown_in, permission).await {
            Ok(Sender::Service(service)) => {
                self.welcome(request, &service).await;
                return Ok(service);
            }
            Ok(Sender::Configured(_) | Sender::Certified(_)) => {
                RequestError::PermissionMissing(permission)
            }
            Ok(Sender::Anyone) => RequestError::TokenMissing,
            Err(failure) => failure,
        };
        Err(self.refuse(shown_in, failure))
    }

    /// Admits a request for questions as [`admit`](Self::admit) does, but counts nothing. `None` when
    /// it needs the store, or is refused.
    pub(crate) fn admit_cached<'a>(
        &'a self,
        headers: &HeaderMap,
        shown_in: ShownIn,
        certificate: Option<&'a ClientCertificate>,
    ) -> Option<Admitted<'a>> {
        let shown = self.shown(headers, shown_in);
        match (shown.ok()?, certificate) {
            (Shown::ServiceToken(_), _) | (_, Some(ClientCertificate::Missing)) => None,
            (Shown::Configured(_) | Shown::Nothing, Some(ClientCertificate::Of(name))) => {
                Some(Admitted::Certified(name, &self.certificates))
            }
            (Shown::Configured(caller), None) => {
                Some(Admitted::Configured(&caller.name, &caller.requests))
            }
            (Shown::Nothing, None) => {
                let is_admitted =
                    shown_in == ShownIn::InternalTokenHeader || host::is_local(headers);
                is_admitted.then_some(Admitted::Anyone)
            }
        }
    }

    async fn sender(
        &self,
        request: &HttpRequest,
        shown_in: ShownIn,
        permission: Permission,
    ) -> Result<Sender<'_>, RequestError> {
        let certificate = request.extensions().get::<ClientCertificate>().cloned();
        let name = match &certificate {
            None => None,
            Some(ClientCertificate::Of(name)) => Some(name.clone()),
            Some(ClientCertificate::Missing) if permission == Permission::MetricsRead => None,
            Some(ClientCertificate::Missing) => return Err(RequestError::CertificateMissing),
        };
        let is_missing = matches!(certificate, Some(ClientCertificate::Missing));
        Ok(match (self.shown(request.headers(), shown_in)?, name) {
            (Shown::ServiceToken(shown), _) => {
                let service_tokens = self.service_tokens.as_ref();
                Sender::Service(authorize::service(service_tokens, shown, permission).await?)
            }
            (Shown::Configured(_) | Shown::Nothing, Some(name)) => Sender::Certified(name),
            (Shown::Configured(caller), None) => Sender::Configured(caller),
            (Shown::Nothing, None) if is_missing => return Err(RequestError::CertificateMissing),
            (Shown::Nothing, None) => Sender::Anyone,
        })
    }

    fn shown<'request>(
        &self,
        headers: &'request HeaderMap,
        shown_in: ShownIn,
    ) -> Result<Shown<'_, 'request>, RequestError> {
        let shown = match shown_in {
            ShownIn::Authorization => bearer_token(headers).map(str::as_bytes),
            ShownIn::InternalTokenHeader => gateway_token(headers),
        };
        let shown = match (shown, &self.configured) {
            (Ok(shown), _) => shown,
            (Err(failure), Some(_)) => return Err(failure),
            (Err(_ignored_without_internal_tokens), None) => return Ok(Shown::Nothing),
        };
        let configured = self.configured.as_ref();
        if let Some(caller) = configured.and_then(|callers| callers.shown_by(shown)) {
            return Ok(Shown::Configured(caller));
        }
        if ServiceSecret::is_meant_by(shown) {
            return Ok(Shown::ServiceToken(shown));
        }
        match configured {
            Some(_) => Err(RequestError::TokenRefused("not an internal token")),
            None => Ok(Shown::Nothing),
        }
    }

    /// Counts a request of a service, and stores its name in the request.
    async fn welcome(&self, request: &HttpRequest, service: &ServiceCaller) {
        let name = service.name();
        self.metrics.internal_requests_of(name.as_str()).inc();
        request.extensions_mut().insert(name.clone());
        // The last use is for people who look at the list; no request fails because of it.
        let _unrecorded = self.service_tokens.note_use(name, self.clock.now()).await;
    }

    /// The response to a refused caller. A store that can't be read is no fault of the caller.
    fn refuse(&self, shown_in: ShownIn, failure: RequestError) -> RequestError {
        if let RequestError::Repository(_) = failure {
            return failure;
        }
        let refusal = Refusal::of(shown_in, &failure);
        self.metrics
            .internal_refusal(refusal.asked_as(), refusal.reason());
        self.refusals.note(refusal, Instant::now());
        match shown_in {
            ShownIn::Authorization => failure,
            ShownIn::InternalTokenHeader => RequestError::GatewayUnknown,
        }
    }
}

impl fmt::Debug for Admission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Admission")
            .field("configured", &self.configured)
            .finish_non_exhaustive()
    }
}

fn gateway_token(headers: &HeaderMap) -> Result<&[u8], RequestError> {
    match SingleHeader::of(headers.get_all(X_KEYWARD_INTERNAL_TOKEN)) {
        SingleHeader::Absent => Err(RequestError::TokenMissing),
        SingleHeader::Repeated => Err(RequestError::TokenRefused("more than one internal token")),
        SingleHeader::Value(shown) if shown.is_empty() => Err(RequestError::TokenMissing),
        SingleHeader::Value(shown) => Ok(shown.as_bytes()),
    }
}
