//! Test environment for handlers: the real app with mocks of the domain, and responses as a client
//! sees them.

#![expect(
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    clippy::panic,
    clippy::unwrap_used,
    missing_docs,
    reason = "tests fail by panicking"
)]

mod answer;
mod keys;
mod logs;
mod messages;
mod requests;

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Service as _;
use actix_web::error::PayloadError;
use actix_web::test::{TestRequest, init_service};
use actix_web::web::{Bytes, ServiceConfig};
use futures_util::Stream;
use keyward_domain::ports::{
    CacheAnswer, CarriedOut, CatalogueEntry, ChangedApiKey, DailyUses, Durability, FieldRules,
    Inserted, KeyDenials, KeyUses, LastReport, MockApiKeys, MockAuditEvents, MockClock,
    MockDenials, MockEndedSessions, MockEventLog, MockHourlyUses, MockKeyChanges, MockKeyLifetimes,
    MockKeyLookup, MockLimitLeases, MockLimitUses, MockLimiter, MockMemberships, MockPlans,
    MockPropagation, MockScopeCatalogue, MockScopeUses, MockSecrets, MockSelectedKeys,
    MockServiceTokens, MockUsageRecorder, MockWebhookSender, MockWebhooks, MockWorkspaceDirectory,
    NewApiKey, Reach, RepositoryError, Saved, ScopeUse, ServiceTokens, SessionState, SigningKeys,
    WebhookAdded,
};
use keyward_domain::testing::{
    api_key_id_of, api_key_id_with, principal, secret_of, secret_with, verification_key, webhook,
    workspace_id,
};
use keyward_domain::usecases::authorize::AuthorizeUser;
use keyward_domain::usecases::{ManageApiKeys, ManageWebhooks, ReportSecrets, VerifyApiKey};
use keyward_domain::{
    AdminRights, ApiKey, ApiKeyFilter, ApiKeyId, ApiKeyListing, Attempt, CallerName, Idempotency,
    KeyPrefix, LeakPolicy, LifetimePolicy, LimitUse, Limits, Mode, Outcome, Page, Pagination,
    Portal, PublishedEvent, RecordedEvent, RepeatableOperation, Resource, ResourceNames, Role,
    Secret, SessionId, Timestamp, Webhook, WebhookId, Workspace, WorkspaceId,
};
use prometheus_client::registry::Registry;
use tokio::runtime::Handle;
use tokio::sync::watch;

pub use self::{
    answer::Answer,
    keys::{
        annotated_key, bare_key, created_event, expired_key, key, key_in_overlap, limited_key,
        old_secret, older_secret,
    },
    logs::{PATIENCE, logs_of, logs_while},
    messages::check_messages,
    requests::{Operation, create_request, create_request_with},
};
use crate::auth::{
    GitHubKeys, HmacSecret, IssuerConfig, KeySource, Leeway, MintedClaims, PlainHttp, Sessions,
    TokenConfig, TokenVerifier, TrustedUrl, mint,
};
use crate::denials::DenialLog;
use crate::{
    AdminState, Admission, AllowedOrigins, EventFeed, InternalCallers, InternalState,
    InternalToken, Metrics, PublicState, Readiness, SecretReports, WebhookMessages, api_docs,
    public_app,
};

pub const PATH: &str = "/web/v1/workspaces/ws_1/api-keys";

/// The store's answer about a role.
pub type Found = fn() -> Result<Option<Role>, RepositoryError>;

/// The store's answer about an idempotency record.
pub type FoundRecord =
    fn(RepeatableOperation, &Idempotency) -> Result<Option<CarriedOut>, RepositoryError>;

/// The store's answer about a key's history.
pub type FoundEvents =
    fn(&WorkspaceId, ApiKeyId, Pagination) -> Result<Page<RecordedEvent>, RepositoryError>;
/// How the store answers a question about the uses of a key.
type FoundUses =
    fn(&WorkspaceId, ApiKeyId, Timestamp, Timestamp) -> Result<Vec<KeyUses>, RepositoryError>;
/// How the store answers a question about the denials of a key.
type FoundDenials =
    fn(&WorkspaceId, ApiKeyId, Timestamp, Timestamp) -> Result<Vec<KeyDenials>, RepositoryError>;

/// How the store answers a question about the uses of a key's scopes.
type FoundScopeUses = fn(&WorkspaceId, ApiKeyId) -> Result<Vec<ScopeUse>, RepositoryError>;

/// The store's answers and the configuration, which tests vary.
pub struct World {
    pub role: Found,
    pub admin_rights: AdminRights,
    pub is_ended: fn(SessionId) -> Result<bool, RepositoryError>,
    pub end: fn(SessionId, Timestamp) -> Result<(), RepositoryError>,
    pub insert: fn(NewApiKey) -> Result<Inserted, RepositoryError>,
    pub carried_out: FoundRecord,
    pub get: fn(&WorkspaceId, ApiKeyId) -> Result<Option<ApiKey>, RepositoryError>,
    pub list: fn(&WorkspaceId, &ApiKeyListing) -> Result<Page<ApiKey>, RepositoryError>,
    pub save: fn(ChangedApiKey) -> Result<Saved, RepositoryError>,
    pub events: FoundEvents,
    /// Which keys are exposed.
    pub last_reports: fn() -> Vec<LastReport>,
    pub published: fn() -> Vec<PublishedEvent>,
    pub uses: FoundUses,
    pub daily_uses: fn(&[ApiKeyId]) -> Vec<DailyUses>,
    /// How many keys match each filter.
    pub count: fn(&[ApiKeyFilter]) -> Vec<u64>,
    pub limit_uses: fn() -> Vec<LimitUse>,
    pub denials: FoundDenials,
    pub scope_uses: FoundScopeUses,
    pub scopes: fn() -> Result<Vec<CatalogueEntry>, RepositoryError>,
    pub resources: fn() -> Result<BTreeMap<Resource, ResourceNames>, RepositoryError>,
    pub policy: fn() -> LifetimePolicy,
    /// The webhooks of the workspace; `None` when the deployment has none.
    pub webhooks: fn() -> Option<MockWebhooks>,
    /// What becomes of a new webhook.
    pub added: fn() -> Result<WebhookAdded, RepositoryError>,
    /// What the workspace wants for leaked secrets.
    pub leak_policy: fn() -> Option<LeakPolicy>,
    /// The limits that the plan of the workspace gives to each key.
    pub plan: fn() -> Limits,
    pub reach: Reach,
    pub durability: Durability,
    pub trusted_proxies: &'static [&'static str],
    pub allowed_origins: &'static str,
    /// Where GitHub publishes its keys.
    pub github_keys_url: Option<&'static str>,
    pub body_deadline: Duration,
    /// Adds routes to those of the API.
    pub configure: fn(&PublicState, &mut ServiceConfig),
}

impl Default for World {
    fn default() -> Self {
        Self {
            role: || Ok(Some(Role::Owner)),
            admin_rights: AdminRights::None,
            is_ended: |_| Ok(false),
            end: |_, _| Ok(()),
            insert: |_new| Ok(Inserted::Created),
            carried_out: |_, _| Ok(None),
            get: |_, _| Ok(Some(key())),
            list: |_, _| Ok(page_of(vec![key()])),
            save: |_changed| Ok(Saved::Done),
            events: |_, _, _| Ok(page_of(vec![created_event()])),
            last_reports: Vec::new,
            published: Vec::new,
            uses: |_, _, _, _| Ok(vec![]),
            daily_uses: |_| vec![],
            count: |filters| filters.iter().map(|_| 0).collect(),
            limit_uses: Vec::new,
            denials: |_, _, _, _| Ok(vec![]),
            scope_uses: |_, _| Ok(vec![]),
            scopes: || Ok(vec![]),
            resources: || Ok(BTreeMap::new()),
            policy: LifetimePolicy::default,
            webhooks: || Some(one_webhook()),
            added: || Ok(WebhookAdded::Done),
            leak_policy: || None,
            plan: Limits::default,
            reach: Reach::Everywhere,
            durability: Durability::SurvivesFailover,
            trusted_proxies: &[],
            allowed_origins: "",
            github_keys_url: None,
            body_deadline: Duration::from_secs(10),
            configure: |_state, config| api_docs(config),
        }
    }
}

/// The first and only page with these items.
pub fn page_of<T>(items: Vec<T>) -> Page<T> {
    let total = items.len().try_into().unwrap();
    Page { items, total }
}

/// The time of every test.
pub fn now() -> Timestamp {
    Timestamp::parse_rfc3339("2026-03-21T00:00:00Z").unwrap()
}

pub fn clock() -> MockClock {
    let mut clock = MockClock::new();
    clock.expect_now().returning(now);
    clock
}

pub fn key_id(mode: Mode) -> ApiKeyId {
    api_key_id_of(mode, now(), 1)
}

pub fn secret(mode: Mode) -> Secret {
    secret_of(mode, 1)
}

fn signing_secret() -> HmacSecret {
    HmacSecret::parse(b"a-signing-secret-of-more-than-32-bytes").unwrap()
}

/// A token of `user_1` that is valid for a minute.
pub fn token(portal: impl Into<Option<Portal>>, client_hash: Option<&str>) -> String {
    let claims = MintedClaims {
        id: None,
        principal: principal(portal),
        client_hash: client_hash.map(str::to_owned),
        issued_at: now(),
        expires_at: now().plus_seconds(60),
    };
    mint(&signing_secret(), &claims).unwrap()
}

/// Verification with these keys; uses and denials are not recorded.
pub fn verify(mut key_lookup: MockKeyLookup) -> VerifyApiKey {
    key_lookup.expect_cached().return_const(CacheAnswer::Miss);
    key_lookup
        .expect_has_imported_secrets()
        .returning(|| Ok(false));
    let mut usage_recorder = MockUsageRecorder::new();
    usage_recorder.expect_used().return_const(());
    usage_recorder.expect_denied().return_const(());
    VerifyApiKey {
        key_lookup: Arc::new(key_lookup),
        clock: Arc::new(clock()),
        usage_recorder: Arc::new(usage_recorder),
        limiter: Arc::new(MockLimiter::new()),
    }
}

/// Service tokens of which none exists.
pub fn no_service_tokens() -> MockServiceTokens {
    let mut service_tokens = MockServiceTokens::new();
    service_tokens.expect_find().returning(|_| Ok(None));
    service_tokens
}

/// A log with these events, which never gets another one.
pub fn event_feed(published: fn() -> Vec<PublishedEvent>) -> EventFeed {
    fn after(
        events: Vec<PublishedEvent>,
        after: u64,
        limit: u32,
        place: fn(&PublishedEvent) -> u64,
    ) -> Vec<PublishedEvent> {
        let later = events.into_iter().filter(|event| place(event) > after);
        later.take(usize::try_from(limit).unwrap()).collect()
    }
    let mut log = MockEventLog::new();
    log.expect_published()
        .returning(move |from, limit| Ok(after(published(), from, limit, |event| event.position)));
    log.expect_published_of_workspace()
        .returning(move |_, from, limit| {
            let place = |event: &PublishedEvent| event.sequence.unwrap();
            Ok(after(published(), from, limit, place))
        });
    EventFeed::new(Arc::new(log), watch::channel(0).1)
}

/// The secret of the key that `get` returns is known.
fn known_secrets(
    get: fn(&WorkspaceId, ApiKeyId) -> Result<Option<ApiKey>, RepositoryError>,
) -> MockKeyLookup {
    let mut key_lookup = MockKeyLookup::new();
    key_lookup
        .expect_has_imported_secrets()
        .returning(|| Ok(false));
    key_lookup.expect_find().returning(move |hash| {
        let key = get(&workspace_id("ws_1"), key_id(Mode::Live))?;
        let key = key.as_ref().map(verification_key);
        Ok(key.filter(|key| key.secret_hash == *hash))
    });
    key_lookup
}

/// [`webhook`](keyward_domain::testing::webhook), with no deliveries.
pub fn one_webhook() -> MockWebhooks {
    fn found(id: WebhookId) -> Option<Webhook> {
        Some(webhook()).filter(|webhook| webhook.id == id)
    }
    let mut webhooks = MockWebhooks::new();
    webhooks.expect_list().returning(|_| Ok(vec![webhook()]));
    webhooks.expect_get().returning(|_, id| Ok(found(id)));
    webhooks
        .expect_remove()
        .returning(|_, id, _| Ok(found(id).is_some()));
    webhooks.expect_enable().returning(|_, id, _| Ok(found(id)));
    webhooks
        .expect_rotate()
        .returning(|_, id, _, _| Ok(found(id)));
    webhooks
        .expect_replay()
        .returning(|_, id, _, _| Ok(found(id).map(|_| 3)));
    webhooks
        .expect_deliveries()
        .returning(|_, id, _, _| Ok(found(id).map(|_| vec![])));
    webhooks
}

/// A sender whose messages are all answered with 204.
fn manage_webhooks(webhooks: MockWebhooks) -> ManageWebhooks {
    let mut sender = MockWebhookSender::new();
    sender.expect_may_send_to().return_const(true);
    sender.expect_signing_keys().returning(|_| SigningKeys {
        secret: format!("whsec_{}=", "s".repeat(43)),
        public_key: format!("whpk_{}=", "p".repeat(43)),
    });
    sender.expect_send().returning(|_, _| Attempt {
        at: now(),
        duration: Duration::from_millis(20),
        outcome: Outcome::Answered {
            status: 204,
            answer: String::new(),
        },
    });
    let mut secrets = MockSecrets::new();
    secrets.expect_webhook_id().returning(|_| Ok(webhook().id));
    ManageWebhooks {
        webhooks: Arc::new(webhooks),
        sender: Arc::new(sender),
        encoder: Arc::new(WebhookMessages::new(Arc::new(clock()))),
        secrets: Arc::new(secrets),
        clock: Arc::new(clock()),
    }
}

/// Every workspace has this policy.
fn leak_policies(policy: fn() -> Option<LeakPolicy>) -> MockWorkspaceDirectory {
    let mut directory = MockWorkspaceDirectory::new();
    directory.expect_workspace().returning(move |id| {
        Ok(Some(Workspace {
            id: id.clone(),
            created_at: now(),
            key_count: 1,
            key_lifetime: None,
            leak_policy: policy(),
            plan: None,
        }))
    });
    directory
}

fn trail(events: FoundEvents, last_reports: fn() -> Vec<LastReport>) -> MockAuditEvents {
    let mut audit_events = MockAuditEvents::new();
    audit_events.expect_of_key().returning(events);
    audit_events
        .expect_last_reports()
        .returning(move |_, _| Ok(last_reports()));
    audit_events
}

fn ignored_notices() -> MockEventLog {
    let mut event_log = MockEventLog::new();
    event_log.expect_notice().returning(|_| Ok(1));
    event_log
}

fn propagating(reach: Reach, durability: Durability) -> MockPropagation {
    let mut propagation = MockPropagation::new();
    propagation.expect_settle().returning(move || reach);
    propagation.expect_durability().return_const(durability);
    propagation
}

/// An administration that must not be reached.
pub fn unreachable_admin() -> AdminState {
    AdminState {
        keys: World::default().state().keys,
        events: event_feed(Vec::new),
        secret_reports: World::default().secret_reports(),
        plans: Arc::new(MockPlans::new()),
        directory: Arc::new(MockWorkspaceDirectory::new()),
        memberships: Arc::new(MockMemberships::new()),
        selected_keys: Arc::new(MockSelectedKeys::new()),
        propagation: Arc::new(MockPropagation::new()),
    }
}

/// The internal listener with these dependencies, and without service tokens.
pub fn internal_state(
    readiness: Arc<dyn Readiness>,
    key_lookup: MockKeyLookup,
    token: Option<&str>,
) -> InternalState {
    let service_tokens = Arc::new(no_service_tokens());
    internal_state_with(readiness, key_lookup, token, service_tokens)
}

/// The internal listener with these dependencies.
pub fn internal_state_with(
    readiness: Arc<dyn Readiness>,
    key_lookup: MockKeyLookup,
    token: Option<&str>,
    service_tokens: Arc<dyn ServiceTokens>,
) -> InternalState {
    let mut registry = Registry::default();
    let metrics = Metrics::register(&mut registry);
    let callers = token.map(|token| {
        let name = CallerName::parse("default").unwrap();
        let token = InternalToken::parse(token).unwrap();
        InternalCallers::new(vec![(name, token)]).unwrap()
    });
    InternalState {
        verify: verify(key_lookup),
        registry: Arc::new(registry),
        trusted_proxies: Arc::default(),
        key_changes: Arc::new(MockKeyChanges::new()),
        limit_leases: Arc::new(MockLimitLeases::new()),
        admission: Arc::new(Admission::new(
            callers,
            service_tokens,
            &metrics,
            Arc::new(clock()),
        )),
        admin: unreachable_admin(),
        metrics,
        body_deadline: Duration::from_secs(10),
        readiness,
        clock: Arc::new(clock()),
        denials: DenialLog::default(),
    }
}

impl World {
    fn api_keys(&self) -> MockApiKeys {
        let Self {
            insert,
            carried_out,
            get,
            list,
            count,
            save,
            policy,
            plan,
            ..
        } = *self;
        let mut api_keys = MockApiKeys::new();
        api_keys.expect_insert().returning(insert);
        api_keys
            .expect_carried_out()
            .returning(move |_, operation, idempotency, _| carried_out(operation, idempotency));
        api_keys.expect_get().returning(get);
        api_keys.expect_list().returning(list);
        api_keys
            .expect_count()
            .returning(move |_, filters, _| Ok(count(filters)));
        api_keys.expect_save().returning(save);
        api_keys.expect_field_rules().returning(move |_, scopes| {
            Ok(FieldRules {
                existing_scopes: scopes.clone(),
                lifetime_policy: policy(),
                plan: plan(),
            })
        });
        api_keys
    }

    /// The secret of the key that `get` returns is known.
    pub fn secret_reports(&self) -> ReportSecrets {
        self.reports_with(self.state().keys)
    }

    fn reports_with(&self, keys: ManageApiKeys) -> ReportSecrets {
        ReportSecrets {
            key_lookup: Arc::new(known_secrets(self.get)),
            keys,
            directory: Arc::new(leak_policies(self.leak_policy)),
            event_log: Arc::new(ignored_notices()),
        }
    }

    fn manage_webhooks(&self) -> Option<ManageWebhooks> {
        let added = self.added;
        let mut webhooks = (self.webhooks)()?;
        webhooks.expect_add().returning(move |_, _| added());
        Some(manage_webhooks(webhooks))
    }

    fn github_keys(&self) -> Option<GitHubKeys> {
        let url = TrustedUrl::parse(self.github_keys_url?, PlainHttp::ThisMachine).unwrap();
        Some(GitHubKeys::new(url, Arc::new(clock())).unwrap())
    }

    pub fn state(&self) -> PublicState {
        let Self {
            role,
            is_ended,
            end,
            events,
            last_reports,
            published,
            uses,
            daily_uses,
            limit_uses,
            denials,
            scope_uses,
            policy,
            reach,
            durability,
            ..
        } = *self;
        let mut memberships = MockMemberships::new();
        memberships.expect_role().returning(move |_, _, _| role());
        let mut ended_sessions = MockEndedSessions::new();
        ended_sessions.expect_state().returning(move |id, _member| {
            Ok(SessionState {
                is_ended: is_ended(id)?,
                role: None,
            })
        });
        ended_sessions.expect_end().returning(end);
        let audit_events = trail(events, last_reports);
        let mut hourly_uses = MockHourlyUses::new();
        hourly_uses.expect_hourly_uses_of_key().returning(uses);
        hourly_uses
            .expect_daily_uses_of_keys()
            .returning(move |_, ids, _| Ok(daily_uses(ids)));
        let mut used_limits = MockLimitUses::new();
        used_limits
            .expect_limit_uses()
            .returning(move |_, _| Ok(limit_uses()));
        let mut key_denials = MockDenials::new();
        key_denials.expect_denials_of_key().returning(denials);
        let mut used_scopes = MockScopeUses::new();
        used_scopes.expect_scope_uses_of_key().returning(scope_uses);
        let mut key_lifetimes = MockKeyLifetimes::new();
        key_lifetimes
            .expect_policy()
            .returning(move |_| Ok(policy()));
        let mut secrets = MockSecrets::new();
        secrets
            .expect_new_id()
            .returning(|prefix, mode, _now| Ok(api_key_id_with(prefix, mode, now(), 1)));
        secrets
            .expect_new_secret()
            .returning(|prefix, mode| Ok(secret_with(prefix, mode, 1)));
        let propagation = propagating(reach, durability);
        let issuer = IssuerConfig {
            leeway: Leeway::parse(0).unwrap(),
            ..IssuerConfig::new(KeySource::Hs256(signing_secret(), Vec::new()))
        };
        let config = TokenConfig::AnyIssuer(Box::new(issuer));
        let tokens = TokenVerifier::new(config, Arc::new(clock())).unwrap();
        let keys = ManageApiKeys {
            api_keys: Arc::new(self.api_keys()),
            audit_events: Arc::new(audit_events),
            limit_uses: Arc::new(used_limits),
            hourly_uses: Arc::new(hourly_uses),
            denials: Arc::new(key_denials),
            scope_uses: Arc::new(used_scopes),
            scope_catalogue: Arc::new(self.scope_catalogue()),
            key_lifetimes: Arc::new(key_lifetimes),
            secrets: Arc::new(secrets),
            clock: Arc::new(clock()),
            key_prefix: KeyPrefix::default(),
            key_count_max: 10,
            changes_per_minute_max: None,
        };
        PublicState {
            webhooks: self.manage_webhooks(),
            secret_reports: SecretReports::new(self.reports_with(keys.clone()), Handle::current()),
            github_keys: self.github_keys(),
            keys,
            events: event_feed(published),
            users: AuthorizeUser {
                memberships: Arc::new(memberships),
                admin_rights: self.admin_rights,
            },
            propagation: Arc::new(propagation),
            metrics: Metrics::register(&mut Registry::default()),
            sessions: Sessions::new(Arc::new(tokens), Arc::new(ended_sessions)),
            clock: Arc::new(clock()),
            trusted_proxies: self
                .trusted_proxies
                .iter()
                .map(|proxies| proxies.parse().unwrap())
                .collect(),
            allowed_origins: AllowedOrigins::parse(self.allowed_origins).unwrap(),
            body_deadline: self.body_deadline,
        }
    }

    fn scope_catalogue(&self) -> MockScopeCatalogue {
        let mut scope_catalogue = MockScopeCatalogue::new();
        scope_catalogue.expect_list().returning(self.scopes);
        scope_catalogue.expect_resources().returning(self.resources);
        scope_catalogue
    }

    /// Sends a request to the public app.
    pub async fn send(&self, request: TestRequest) -> Answer {
        let state = self.state();
        let app = init_service(public_app(&state, &|config| {
            (self.configure)(&state, config);
        }))
        .await;
        Answer::of(app.call(request.to_request()).await).await
    }

    /// Sends a request whose body arrives in parts.
    pub async fn send_streamed(
        &self,
        request: TestRequest,
        body: impl Stream<Item = Result<Bytes, PayloadError>> + 'static,
    ) -> Answer {
        let state = self.state();
        let app = init_service(public_app(&state, &|config| {
            (self.configure)(&state, config);
        }))
        .await;
        let stream: BoxedPayloadStream = Box::pin(body);
        let mut request = request.to_request();
        *request.payload() = stream.into();
        Answer::of(app.call(request).await).await
    }
}

/// The framework's type of a body that arrives in parts.
type BoxedPayloadStream = Pin<Box<dyn Stream<Item = Result<Bytes, PayloadError>>>>;
