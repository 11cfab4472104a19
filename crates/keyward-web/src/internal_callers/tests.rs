use std::collections::BTreeSet;
use std::sync::Arc;

use actix_web::HttpMessage as _;
use actix_web::test::TestRequest;
use keyward_domain::ports::{MockServiceTokens, RepositoryError};
use keyward_domain::{Permission, ServiceSecret, ServiceToken};
use prometheus_client::registry::Registry;
use zeroize::Zeroizing;

use super::*;
use crate::error::RequestError;
use crate::metrics::{MetricsFormat, exposition};
use crate::testing::{clock, now};

const EDGE: &str = "edge-token-of-32-visible-characters";
const BACK_END: &str = "back-end-token-of-32-visible-characters";

fn caller(name: &str, token: &str) -> (CallerName, InternalToken) {
    let name = CallerName::parse(name).unwrap();
    (name, InternalToken::parse(token).unwrap())
}

/// Numbers of service tokens: the first may verify, the second is revoked, the third may write
/// scopes, and the store fails at the fourth.
const VERIFIER: u8 = 1;
const REVOKED: u8 = 2;
const WRITER: u8 = 3;
const OUTAGE: u8 = 4;
const UNKNOWN: u8 = 5;

fn service_secret(number: u8) -> ServiceSecret {
    ServiceSecret::from_entropy(&Zeroizing::new([number; 32]))
}

fn service_tokens() -> MockServiceTokens {
    let mut tokens = MockServiceTokens::new();
    tokens.expect_find().returning(|hash| {
        let of = |number: u8, name: &str, permission| {
            (service_secret(number).hash() == *hash).then(|| ServiceToken {
                name: CallerName::parse(name).unwrap(),
                permissions: BTreeSet::from([permission]),
                hash: *hash,
                created_at: now(),
                last_used_at: None,
                revoked_at: (number == REVOKED).then(now),
            })
        };
        if service_secret(OUTAGE).hash() == *hash {
            return Err(RepositoryError::Unavailable("gone".into()));
        }
        let verifier = of(VERIFIER, "verifier", Permission::KeysVerify);
        let revoked = || of(REVOKED, "revoked", Permission::KeysVerify);
        let writer = || of(WRITER, "writer", Permission::ScopesWrite);
        Ok(verifier.or_else(revoked).or_else(writer))
    });
    tokens.expect_note_use().returning(|_, _| Ok(()));
    tokens
}

struct World {
    admission: Admission,
    registry: Registry,
}

impl World {
    fn new() -> Self {
        let callers = vec![caller("edge", EDGE), caller("back-end", BACK_END)];
        Self::with(Some(InternalCallers::new(callers).unwrap()))
    }

    fn with(configured: Option<InternalCallers>) -> Self {
        let mut registry = Registry::default();
        let metrics = Metrics::register(&mut registry);
        let (tokens, clock) = (Arc::new(service_tokens()), Arc::new(clock()));
        let admission = Admission::new(configured, tokens, &metrics, clock);
        Self {
            admission,
            registry,
        }
    }

    /// The name of the admitted caller; empty when it has none.
    async fn admit(
        &self,
        shown_in: ShownIn,
        headers: &[(&str, &str)],
    ) -> Result<String, RequestError> {
        let mut request = TestRequest::default();
        for header in headers {
            request = request.append_header(*header);
        }
        let request = request.to_http_request();
        let permission = Permission::KeysVerify;
        self.admission.admit(&request, shown_in, permission).await?;
        let extensions = request.extensions();
        let name = extensions.get::<CallerName>();
        Ok(name.map(ToString::to_string).unwrap_or_default())
    }

    async fn admit_service(&self, token: &str) -> Result<String, RequestError> {
        let bearer = ("authorization", format!("Bearer {token}"));
        let request = TestRequest::default()
            .append_header(bearer)
            .to_http_request();
        let permission = Permission::ScopesWrite;
        let service = self.admission.admit_service(&request, permission).await?;
        Ok(service.name().to_string())
    }

    fn assert_counted(&self, line: &str) {
        let text = exposition(&self.registry, MetricsFormat::Text).unwrap();
        assert!(text.contains(line), "{line}: {text}");
        assert!(!text.contains(EDGE) && !text.contains(BACK_END), "{text}");
        assert!(!text.contains("kwst_"), "{text}");
    }
}

#[actix_web::test]
async fn each_token_is_counted_under_its_name_from_0_on() {
    let world = World::new();
    world.assert_counted("keyward_internal_requests_total{caller=\"edge\"} 0\n");
    world.assert_counted("keyward_internal_requests_total{caller=\"back-end\"} 0\n");
    for (token, name) in [(EDGE, "edge"), (BACK_END, "back-end"), (EDGE, "edge")] {
        let bearer = format!("Bearer {token}");
        let admitted = world
            .admit(ShownIn::Authorization, &[("authorization", &bearer)])
            .await;
        assert_eq!(admitted.unwrap(), name);
        let header = [("x-keyward-internal-token", token)];
        let admitted = world.admit(ShownIn::InternalTokenHeader, &header).await;
        assert_eq!(admitted.unwrap(), name);
    }
    world.assert_counted("keyward_internal_requests_total{caller=\"edge\"} 4\n");
    world.assert_counted("keyward_internal_requests_total{caller=\"back-end\"} 2\n");
}

#[actix_web::test]
async fn who_shows_none_of_them_is_counted_by_the_reason() {
    let world = World::new();
    let name = "x-keyward-internal-token";
    let (bearer, wrong) = (format!("Bearer {EDGE}"), format!("{EDGE}x"));
    for headers in [
        &[][..],
        &[(name, "")],
        &[("authorization", bearer.as_str())],
    ] {
        let refused = world.admit(ShownIn::InternalTokenHeader, headers).await;
        assert!(
            matches!(refused, Err(RequestError::GatewayUnknown)),
            "{headers:?}"
        );
    }
    for headers in [&[(name, wrong.as_str())][..], &[(name, EDGE), (name, EDGE)]] {
        let refused = world.admit(ShownIn::InternalTokenHeader, headers).await;
        assert!(
            matches!(refused, Err(RequestError::GatewayUnknown)),
            "{headers:?}"
        );
    }
    let missing = world.admit(ShownIn::Authorization, &[(name, EDGE)]).await;
    assert!(
        matches!(missing, Err(RequestError::TokenMissing)),
        "{missing:?}"
    );
    let wrong = [("authorization", format!("Bearer {wrong}"))];
    let wrong = wrong
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    let wrong = world.admit(ShownIn::Authorization, &wrong).await;
    assert!(
        matches!(wrong, Err(RequestError::TokenRefused(_))),
        "{wrong:?}"
    );
    for (asked_as, reason, count) in [
        ("gateway", "missing", 3),
        ("gateway", "wrong", 2),
        ("caller", "missing", 1),
        ("caller", "wrong", 1),
    ] {
        let labels = format!("asked_as=\"{asked_as}\",reason=\"{reason}\"");
        world.assert_counted(&format!(
            "keyward_internal_refusals_total{{{labels}}} {count}\n"
        ));
    }
}

#[test]
fn callers_can_be_told_apart_and_are_few() {
    let new = |callers| InternalCallers::new(callers).map(drop);
    assert_eq!(new(vec![]), Err(InvalidInternalCallers::Nobody));
    let same_name = vec![
        caller("a", EDGE),
        caller("b", BACK_END),
        caller("a", BACK_END),
    ];
    assert_eq!(new(same_name), Err(InvalidInternalCallers::SameName(1, 3)));
    let same_token = vec![caller("a", EDGE), caller("b", EDGE)];
    assert_eq!(
        new(same_token),
        Err(InvalidInternalCallers::SameToken(1, 2))
    );
    let many = |count: usize| {
        let callers = (0..count).map(|at| caller(&format!("n{at}"), &format!("{at:032}")));
        callers.collect::<Vec<_>>()
    };
    assert_eq!(new(many(INTERNAL_CALLERS_MAX)), Ok(()));
    let too_many = new(many(INTERNAL_CALLERS_MAX + 1));
    assert_eq!(too_many, Err(InvalidInternalCallers::TooMany));
    let shown = format!("{:?}", World::new().admission);
    assert!(!shown.contains(EDGE) && shown.contains("edge"), "{shown}");
}

#[actix_web::test]
async fn a_service_token_is_admitted_by_its_permission_in_either_header() {
    for world in [World::new(), World::with(None)] {
        let secret = service_secret(VERIFIER);
        let bearer = format!("Bearer {}", secret.expose());
        let header = [("authorization", bearer.as_str())];
        let admitted = world.admit(ShownIn::Authorization, &header);
        assert_eq!(admitted.await.unwrap(), "verifier");
        let header = [("x-keyward-internal-token", secret.expose())];
        let admitted = world.admit(ShownIn::InternalTokenHeader, &header);
        assert_eq!(admitted.await.unwrap(), "verifier");
        world.assert_counted("keyward_internal_requests_total{caller=\"verifier\"} 2\n");
    }
}

#[actix_web::test]
async fn a_refused_service_token_is_counted_by_the_reason() {
    for world in [World::new(), World::with(None)] {
        for (number, is_forbidden) in [(UNKNOWN, false), (REVOKED, false), (WRITER, true)] {
            let secret = service_secret(number);
            let bearer = format!("Bearer {}", secret.expose());
            let header = [("authorization", bearer.as_str())];
            match world.admit(ShownIn::Authorization, &header).await {
                Err(RequestError::PermissionMissing(Permission::KeysVerify)) if is_forbidden => {}
                Err(RequestError::TokenRefused(_)) if !is_forbidden => {}
                other => panic!("{number}: {other:?}"),
            }
            let header = [("x-keyward-internal-token", secret.expose())];
            let refused = world.admit(ShownIn::InternalTokenHeader, &header).await;
            assert!(
                matches!(refused, Err(RequestError::GatewayUnknown)),
                "{number}"
            );
        }
        // Meant to be one, but with a wrong checksum.
        let header = [("x-keyward-internal-token", "kwst_x")];
        let refused = world.admit(ShownIn::InternalTokenHeader, &header).await;
        assert!(matches!(refused, Err(RequestError::GatewayUnknown)));
        for (asked_as, reason, count) in [
            ("caller", "wrong", 2),
            ("caller", "forbidden", 1),
            ("gateway", "wrong", 3),
            ("gateway", "forbidden", 1),
        ] {
            let labels = format!("asked_as=\"{asked_as}\",reason=\"{reason}\"");
            world.assert_counted(&format!(
                "keyward_internal_refusals_total{{{labels}}} {count}\n"
            ));
        }
    }
}

#[actix_web::test]
async fn a_store_that_cannot_say_admits_nobody_and_blames_nobody() {
    let world = World::new();
    let secret = service_secret(OUTAGE);
    let header = [("x-keyward-internal-token", secret.expose())];
    let refused = world.admit(ShownIn::InternalTokenHeader, &header).await;
    assert!(matches!(refused, Err(RequestError::Repository(_))));
    let refused = world.admit_service(secret.expose()).await;
    assert!(matches!(refused, Err(RequestError::Repository(_))));
    let text = exposition(&world.registry, MetricsFormat::Text).unwrap();
    assert!(!text.contains("keyward_internal_refusals_total{"), "{text}");
}

#[actix_web::test]
async fn the_administration_needs_a_service_token_whatever_is_configured() {
    for world in [World::new(), World::with(None)] {
        let writer = world.admit_service(service_secret(WRITER).expose()).await;
        assert_eq!(writer.unwrap(), "writer");
        let verifier = world.admit_service(service_secret(VERIFIER).expose()).await;
        assert!(matches!(verifier, Err(RequestError::PermissionMissing(_))));
        let unknown = world.admit_service(service_secret(UNKNOWN).expose()).await;
        assert!(matches!(unknown, Err(RequestError::TokenRefused(_))));
    }
    let configured = World::new().admit_service(EDGE).await;
    assert!(matches!(
        configured,
        Err(RequestError::PermissionMissing(_))
    ));
    let unconfigured = World::with(None).admit_service(EDGE).await;
    assert!(matches!(unconfigured, Err(RequestError::TokenMissing)));
}

impl World {
    /// The name of the caller of a request with a certificate; empty when it has none.
    async fn admit_with(
        &self,
        certificate: ClientCertificate,
        permission: Permission,
        shown_in: ShownIn,
        header: (&str, &str),
    ) -> Result<String, RequestError> {
        let request = TestRequest::default().append_header(header);
        let request = request.to_http_request();
        request.extensions_mut().insert(certificate);
        self.admission.admit(&request, shown_in, permission).await?;
        let extensions = request.extensions();
        let name = extensions.get::<CallerName>();
        Ok(name.map(ToString::to_string).unwrap_or_default())
    }
}

fn certificate_of(name: &str) -> ClientCertificate {
    ClientCertificate::Of(CallerName::parse(name).unwrap())
}

const NO_HEADER: (&str, &str) = ("host", "keyward.internal");

#[actix_web::test]
async fn a_certificate_names_its_caller() {
    let gateway = ShownIn::InternalTokenHeader;
    let verify = Permission::KeysVerify;
    let world = World::with(None);
    for shown_in in [gateway, ShownIn::Authorization] {
        let admitted = world.admit_with(certificate_of("edge-1"), verify, shown_in, NO_HEADER);
        assert_eq!(admitted.await.unwrap(), "edge-1");
    }
    world.assert_counted("keyward_internal_requests_total{caller=\"edge-1\"} 2\n");
    let service = format!("Bearer {}", service_secret(VERIFIER).expose());
    let bearer = ("authorization", service.as_str());
    let certificate = certificate_of("edge-1");
    let admitted = world.admit_with(certificate, verify, ShownIn::Authorization, bearer);
    assert_eq!(
        admitted.await.unwrap(),
        "verifier",
        "the trail knows it by this name"
    );
}

#[actix_web::test]
async fn a_certificate_does_not_replace_an_internal_token() {
    let gateway = ShownIn::InternalTokenHeader;
    let verify = Permission::KeysVerify;
    let world = World::new();
    let token = ("x-keyward-internal-token", EDGE);
    let admitted = world.admit_with(certificate_of("edge-1"), verify, gateway, token);
    assert_eq!(admitted.await.unwrap(), "edge-1");
    for header in [NO_HEADER, ("x-keyward-internal-token", "wrong")] {
        let refused = world.admit_with(certificate_of("edge-1"), verify, gateway, header);
        assert!(matches!(refused.await, Err(RequestError::GatewayUnknown)));
    }
}

#[actix_web::test]
async fn without_a_certificate_only_metrics_are_read_with_a_token() {
    let asks = ShownIn::Authorization;
    let (verify, metrics) = (Permission::KeysVerify, Permission::MetricsRead);
    let bearer = format!("Bearer {EDGE}");
    let bearer = ("authorization", bearer.as_str());
    let missing = || ClientCertificate::Missing;
    let world = World::new();
    let read = world.admit_with(missing(), metrics, asks, bearer).await;
    assert_eq!(read.unwrap(), "edge");
    let refused = world.admit_with(missing(), verify, asks, bearer).await;
    assert!(matches!(refused, Err(RequestError::CertificateMissing)));
    world.assert_counted(
        "keyward_internal_refusals_total{asked_as=\"caller\",reason=\"no_certificate\"} 1\n",
    );
    let open = World::with(None);
    for permission in [verify, metrics] {
        let local = ("host", "localhost");
        let refused = open.admit_with(missing(), permission, asks, local).await;
        assert!(matches!(refused, Err(RequestError::CertificateMissing)));
    }
    let gateway = ShownIn::InternalTokenHeader;
    let refused = open.admit_with(missing(), verify, gateway, NO_HEADER).await;
    assert!(matches!(refused, Err(RequestError::GatewayUnknown)));
}

#[actix_web::test]
async fn the_administration_needs_a_certificate_too() {
    let world = World::new();
    let bearer = format!("Bearer {}", service_secret(WRITER).expose());
    let request = TestRequest::default()
        .append_header(("authorization", bearer))
        .to_http_request();
    request.extensions_mut().insert(ClientCertificate::Missing);
    let admitted = world
        .admission
        .admit_service(&request, Permission::ScopesWrite);
    let refused = admitted.await.map(|_service| ());
    assert!(matches!(refused, Err(RequestError::CertificateMissing)));
}
