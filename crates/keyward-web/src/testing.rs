//! A world for the tests of handlers: the domain's mocks behind the real app, and answers as a
//! client sees them.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use actix_web::body::{BoxBody, MessageBody as _, to_bytes};
use actix_web::dev::Service as _;
use actix_web::error::PayloadError;
use actix_web::http::StatusCode;
use actix_web::http::header::HeaderMap;
use actix_web::test::{TestRequest, init_service};
use actix_web::web::Bytes;
use actix_web::{HttpResponse, dev};
use futures_util::Stream;
use keyward_domain::ports::{
    Inserted, MockApiKeys, MockAuditEvents, MockClock, MockMemberships, MockScopeCatalogue,
    MockSecrets, NewApiKey, RepositoryError,
};
use keyward_domain::usecases::ManageApiKeys;
use keyward_domain::{ApiKeyId, Mode, Portal, Principal, Role, Secret, Timestamp, UserId};
use serde_json::Value;
use zeroize::Zeroizing;

use crate::auth::{HmacSecret, KeySource, MintedClaims, TokenConfig, TokenVerifier, mint};
use crate::{PublicState, public_app};

pub(crate) const PATH: &str = "/web/v1/workspaces/ws_1/api-keys";

/// A role that the store finds, or doesn't.
pub(crate) type Found = fn() -> Result<Option<Role>, RepositoryError>;

/// What the store says, and what the tests vary.
pub(crate) struct World {
    pub(crate) role: Found,
    pub(crate) insert: fn(NewApiKey) -> Result<Inserted, RepositoryError>,
    pub(crate) trusted_proxies: &'static [&'static str],
    pub(crate) body_deadline: Duration,
}

impl Default for World {
    fn default() -> Self {
        Self {
            role: || Ok(Some(Role::Owner)),
            insert: |_new| Ok(Inserted::Created),
            trusted_proxies: &[],
            body_deadline: Duration::from_secs(10),
        }
    }
}

/// The instant at which every test happens.
pub(crate) fn now() -> Timestamp {
    Timestamp::parse_rfc3339("2026-03-21T00:00:00Z").unwrap()
}

pub(crate) fn clock() -> MockClock {
    let mut clock = MockClock::new();
    clock.expect_now().returning(now);
    clock
}

pub(crate) fn key_id(mode: Mode) -> ApiKeyId {
    ApiKeyId::from_entropy(mode, now(), [7; 10])
}

pub(crate) fn secret(mode: Mode) -> Secret {
    Secret::from_entropy(mode, &Zeroizing::new([1; 32]))
}

fn signing_secret() -> HmacSecret {
    HmacSecret::parse(b"a-signing-secret-of-more-than-32-bytes").unwrap()
}

/// A token of `user_1` that is good for a minute.
pub(crate) fn token(portal: Portal, client_hash: Option<&str>) -> String {
    let claims = MintedClaims {
        principal: Principal {
            user_id: UserId::parse("user_1").unwrap(),
            portal,
        },
        client_hash: client_hash.map(str::to_owned),
        issued_at: now(),
        expires_at: now().plus_seconds(60),
    };
    mint(&signing_secret(), &claims).unwrap()
}

impl World {
    pub(crate) fn state(&self) -> PublicState {
        let (role, insert) = (self.role, self.insert);
        let mut memberships = MockMemberships::new();
        memberships.expect_role().returning(move |_, _| role());
        let mut api_keys = MockApiKeys::new();
        api_keys.expect_insert().returning(insert);
        let mut scope_catalogue = MockScopeCatalogue::new();
        scope_catalogue
            .expect_existing()
            .returning(|scopes| Ok(scopes.clone()));
        let mut secrets = MockSecrets::new();
        secrets
            .expect_new_id()
            .returning(|mode, _now| Ok(key_id(mode)));
        secrets
            .expect_new_secret()
            .returning(|mode| Ok(secret(mode)));
        let config = TokenConfig {
            keys: KeySource::Hs256(signing_secret()),
            issuer: None,
            audience: None,
            leeway_seconds: 0,
        };
        PublicState {
            keys: ManageApiKeys {
                api_keys: Arc::new(api_keys),
                audit_events: Arc::new(MockAuditEvents::new()),
                scope_catalogue: Arc::new(scope_catalogue),
                secrets: Arc::new(secrets),
                clock: Arc::new(clock()),
                key_count_max: 10,
            },
            memberships: Arc::new(memberships),
            tokens: Arc::new(TokenVerifier::new(config, Arc::new(clock())).unwrap()),
            clock: Arc::new(clock()),
            trusted_proxies: self
                .trusted_proxies
                .iter()
                .map(|proxies| proxies.parse().unwrap())
                .collect(),
            body_deadline: self.body_deadline,
        }
    }

    /// Sends a request to the public app of this world.
    pub(crate) async fn send(&self, request: TestRequest) -> Answer {
        let app = init_service(public_app(&self.state())).await;
        Answer::of(app.call(request.to_request()).await).await
    }

    /// Sends a request whose body comes part by part.
    pub(crate) async fn send_streamed(
        &self,
        request: TestRequest,
        body: impl Stream<Item = Result<Bytes, PayloadError>> + 'static,
    ) -> Answer {
        let app = init_service(public_app(&self.state())).await;
        let stream: BoxedPayloadStream = Box::pin(body);
        let mut request = request.to_request();
        *request.payload() = stream.into();
        Answer::of(app.call(request).await).await
    }
}

/// What the framework calls a body that comes part by part.
type BoxedPayloadStream = Pin<Box<dyn Stream<Item = Result<Bytes, PayloadError>>>>;

/// The operation of contract §1 as its owner calls it from the PARTNER portal.
pub(crate) fn create_request() -> TestRequest {
    create_request_with(&token(Portal::Partner, None))
}

pub(crate) fn create_request_with(token: &str) -> TestRequest {
    TestRequest::post()
        .uri(PATH)
        .insert_header(("authorization", format!("Bearer {token}")))
        .insert_header(("x-client-hash", "device-1"))
        .insert_header(("x-workspace-id", "ws_1"))
        .insert_header(("content-type", "application/json"))
        .insert_header(("accept", "application/json"))
        .set_payload(r#"{"name":"Production Key"}"#)
}

/// An answer as a client sees it.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    /// Takes an answer in either form in which the framework is given one.
    pub(crate) async fn of<B: actix_web::body::MessageBody + 'static>(
        answered: Result<dev::ServiceResponse<B>, actix_web::Error>,
    ) -> Self {
        let response: HttpResponse<BoxBody> = match answered {
            Ok(response) => response.into_parts().1.map_into_boxed_body(),
            Err(error) => error.error_response(),
        };
        let (head, body) = response.into_parts();
        let body = to_bytes(body.boxed()).await.unwrap();
        Self {
            status: head.status(),
            headers: head.headers().clone(),
            text: String::from_utf8(body.to_vec()).unwrap(),
        }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// The fields that the answer finds fault with.
    pub(crate) fn fields(&self) -> Vec<String> {
        let errors = self.json()["errors"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        errors
            .iter()
            .map(|error| error["field"].as_str().unwrap().to_owned())
            .collect()
    }

    /// Asserts status, code and English message, and what every answer has.
    pub(crate) fn assert(&self, case: &str, status: u16, code: &str, message: &str) {
        let body = self.json();
        assert_eq!(self.status.as_u16(), status, "{case}: {}", self.text);
        assert_eq!(body["code"], code, "{case}: {}", self.text);
        assert_eq!(body["message"], message, "{case}: {}", self.text);
        assert_eq!(body["success"], status < 400, "{case}: {}", self.text);
        for (name, value) in [
            ("content-type", "application/json"),
            ("content-language", "en"),
            ("vary", "Accept-Language"),
            ("cache-control", "no-store"),
            ("x-content-type-options", "nosniff"),
        ] {
            assert_eq!(self.header(name), Some(value), "{case}: {name}");
        }
        assert!(self.header("x-request-id").is_some(), "{case}");
    }
}
