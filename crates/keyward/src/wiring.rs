//! The only place with the concrete adapters.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use ipnetwork::IpNetwork;
use keyward_domain::ports::{Memberships, ServiceTokens};
use keyward_domain::usecases::authorize::AuthorizeUser;
use keyward_domain::usecases::{ManageApiKeys, ReadWorkspaceSettings, ReportSecrets, VerifyApiKey};
use keyward_domain::{AdminRights, CallerName, KeyPrefix};
use keyward_page::{PageSettings, PageState};
use keyward_persistence::{
    BatchedUsageRecorder, ChangeFeed, KeyCache, KeyCacheConfig, SchemaState, Store, StoreClock,
    StoreConfig,
};
use keyward_web::{
    AdminState, Admission, AllowedOrigins, ClaimedMemberships, DenialLog, EventFeed, GitHubKeys,
    InternalCallers, InternalState, LeasedLimits, Metrics, PlatformMemberships, PublicState,
    SecretReports, Sessions, TokenConfig, TokenVerifier, TrustedUrl,
};
use prometheus_client::registry::Registry;
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::task::{AbortHandle, JoinHandle};

use crate::clock_watch;
use crate::config::{ConfigError, MembershipsConfig, VerificationConfig, WorkspaceLimits};
use crate::delivering::Webhooks;
use crate::failure::Failure;
use crate::metrics::{self, NodeCollector};
use crate::publishing::Publisher;
use crate::readiness::StoreReadiness;
use crate::schema;
use crate::serving::Inbound;
use crate::shutdown::Draining;
use crate::system::{SystemClock, SystemSecrets};
use crate::telemetry::Logs;

/// How long a client may take to send a body.
const BODY_DEADLINE: Duration = Duration::from_secs(10);

/// Opens the store and checks that this binary may serve its schema. Returns a warning when a newer
/// binary has migrated it.
pub(crate) async fn open_store(config: StoreConfig) -> Result<(Store, Option<String>), Failure> {
    let store = Store::open(config).await?;
    match store.schema().await? {
        SchemaState::Current => Ok((store, None)),
        SchemaState::Ahead { unknown } => Ok((store, Some(schema::ahead(&unknown)))),
        SchemaState::Behind { pending } => Err(schema::behind(&pending)),
        SchemaState::TooNew { unknown, oldest } => Err(schema::too_new(&unknown, oldest.as_ref())),
    }
}

/// The use cases of the keys in `store`.
pub(crate) fn manage_api_keys(
    store: &Store,
    key_prefix: KeyPrefix,
    limits: WorkspaceLimits,
) -> ManageApiKeys {
    ManageApiKeys {
        api_keys: Arc::new(store.clone()),
        audit_events: Arc::new(store.clone()),
        hourly_uses: Arc::new(store.clone()),
        limit_uses: Arc::new(store.clone()),
        denials: Arc::new(store.clone()),
        scope_uses: Arc::new(store.clone()),
        scope_catalogue: Arc::new(store.clone()),
        key_lifetimes: Arc::new(store.clone()),
        secrets: Arc::new(SystemSecrets),
        clock: Arc::new(clock(store)),
        key_prefix,
        key_count_max: limits.key_count_max,
        changes_per_minute_max: limits.changes_per_minute_max,
    }
}

/// The clock that all users of the store share.
pub(crate) fn clock(store: &Store) -> StoreClock {
    store.clock(Arc::new(SystemClock))
}

/// The verifier of session tokens.
pub(crate) fn token_verifier(
    config: TokenConfig,
    store: &Store,
) -> Result<Arc<TokenVerifier>, ConfigError> {
    Ok(Arc::new(TokenVerifier::new(
        config,
        Arc::new(clock(store)),
    )?))
}

/// The parts of a server beside its store: the cache, the change feed, the leased limits, and the uses
/// and denials that are not yet written.
pub(crate) struct Node {
    store: Store,
    cache: Arc<KeyCache>,
    feed: Arc<ChangeFeed>,
    usage_recorder: Arc<BatchedUsageRecorder>,
    limits: Arc<LeasedLimits>,
    clock: Arc<StoreClock>,
    clock_watch: AbortHandle,
    clock_offset_max: Duration,
    /// Writes uses and denials until the sender is dropped.
    writing: (oneshot::Sender<()>, JoinHandle<()>),
    /// Refills leases of limits until the sender is dropped.
    refilling: (oneshot::Sender<()>, JoinHandle<()>),
    publisher: Publisher,
    webhooks: Option<(Webhooks, JoinHandle<()>)>,
    metrics: Metrics,
    registry: Arc<Registry>,
}

impl Node {
    /// Starts the change feed, the leasing of limits, the publication and delivery of events, and the
    /// writing of uses and denials.
    pub(crate) fn start(
        store: Store,
        config: VerificationConfig,
        logs: &Logs,
        inbound: &Inbound,
        tokens: &Arc<TokenVerifier>,
        draining: &Draining,
        webhooks: Option<Webhooks>,
    ) -> Self {
        let cache = store.key_cache(KeyCacheConfig {
            bytes_max: config.cache_bytes_max,
            staleness_max: config.staleness_max,
        });
        let usage_recorder = BatchedUsageRecorder::new(
            Arc::new(store.clone()),
            Arc::new(store.clone()),
            Arc::new(store.clone()),
            Arc::new(store.clone()),
        );
        let usage_recorder = Arc::new(usage_recorder);
        let log = Arc::clone(&usage_recorder);
        let (end, ended) = oneshot::channel::<()>();
        let writing = async move {
            // Ends when the sender is dropped.
            let ended = async { drop(ended.await) };
            log.write_until(ended, config.last_use_every).await;
        };
        let limits = Arc::new(LeasedLimits::new(Arc::new(store.clone())));
        let refilled = Arc::clone(&limits);
        let (end_refills, refills_ended) = oneshot::channel::<()>();
        let refilling = async move {
            let ended = async { drop(refills_ended.await) };
            refilled.refill_until(ended).await;
        };
        let cache = Arc::new(cache);
        let clock = Arc::new(clock(&store));
        let clock_watch = tokio::spawn(clock_watch::run(Arc::clone(&clock))).abort_handle();
        let feed = Arc::new(ChangeFeed::start(&store, config.staleness_max));
        let (metrics, registry) = metrics::register(NodeCollector {
            store: store.clone(),
            cache: Arc::clone(&cache),
            usage_recorder: Arc::clone(&usage_recorder),
            limits: Arc::clone(&limits),
            feed: Arc::clone(&feed),
            clock: Arc::clone(&clock),
            logs: Arc::clone(logs.queue()),
            inbound: inbound.clone(),
            tokens: Arc::clone(tokens),
            deliveries: webhooks
                .as_ref()
                .map(|webhooks| Arc::clone(&webhooks.counts)),
        });
        let publisher = Publisher::start(&store, &clock, draining);
        let webhooks = webhooks.map(|webhooks| {
            let delivering = webhooks.start(&store, publisher.head(), draining);
            (webhooks, delivering)
        });
        Self {
            clock,
            clock_watch,
            clock_offset_max: config.clock_offset_max,
            cache,
            feed,
            metrics,
            registry: Arc::new(registry),
            usage_recorder,
            writing: (end, tokio::spawn(writing)),
            limits,
            refilling: (end_refills, tokio::spawn(refilling)),
            publisher,
            webhooks,
            store,
        }
    }

    /// Writes the remaining uses and denials, gives back the leased units of limits, and closes the
    /// store.
    pub(crate) async fn close(self) {
        let (end, writing) = self.writing;
        self.clock_watch.abort();
        drop(end);
        if let Err(error) = writing.await {
            let error: &dyn std::error::Error = &error;
            tracing::error!(error, "last_use.lost");
        }
        let (end, refilling) = self.refilling;
        drop(end);
        if let Err(error) = refilling.await {
            let error: &dyn std::error::Error = &error;
            tracing::error!(error, "limits.not_returned");
        }
        self.publisher.end().await;
        if let Some((_webhooks, delivering)) = self.webhooks
            && let Err(error) = delivering.await
        {
            let error: &dyn std::error::Error = &error;
            tracing::error!(error, "webhooks.deliverer_lost");
        }
        self.store.close().await;
    }
}

/// The rights of users, by the configured source of their roles.
pub(crate) fn users(
    node: &Node,
    memberships: MembershipsConfig,
    admin_rights: AdminRights,
) -> Result<AuthorizeUser, ConfigError> {
    let directory = Arc::new(node.store.clone());
    let memberships: Arc<dyn Memberships> = match memberships {
        MembershipsConfig::Store => directory,
        MembershipsConfig::Claim => Arc::new(ClaimedMemberships { directory }),
        MembershipsConfig::Platform(platform) => {
            let runtime = Handle::current();
            Arc::new(PlatformMemberships::new(*platform, directory, runtime)?)
        }
    };
    Ok(AuthorizeUser {
        memberships,
        admin_rights,
    })
}

/// The keys that GitHub signs its reports with.
pub(crate) fn github_keys(node: &Node, url: TrustedUrl) -> Result<GitHubKeys, ConfigError> {
    let clock = Arc::<StoreClock>::clone(&node.clock);
    Ok(GitHubKeys::new(url, clock)?)
}

/// The dependencies of the public listener.
pub(crate) fn public_state(
    node: &Node,
    tokens: Arc<TokenVerifier>,
    trusted_proxies: &[IpNetwork],
    allowed_origins: AllowedOrigins,
    (key_prefix, limits): (KeyPrefix, WorkspaceLimits),
    users: AuthorizeUser,
    github_keys: Option<GitHubKeys>,
) -> PublicState {
    let keys = manage_api_keys(&node.store, key_prefix, limits);
    PublicState {
        secret_reports: SecretReports::new(report_secrets(node, keys.clone()), Handle::current()),
        github_keys,
        keys,
        users,
        webhooks: node
            .webhooks
            .as_ref()
            .map(|(webhooks, _delivering)| webhooks.manage.clone()),
        events: event_feed(node),
        metrics: node.metrics.clone(),
        propagation: Arc::<ChangeFeed>::clone(&node.feed),
        sessions: Sessions::new(tokens, Arc::new(node.store.clone())),
        clock: Arc::<StoreClock>::clone(&node.clock),
        trusted_proxies: trusted_proxies.into(),
        allowed_origins,
        body_deadline: BODY_DEADLINE,
    }
}

/// What the page needs.
pub(crate) fn page_state(node: &Node, api: PublicState, settings: Arc<PageSettings>) -> PageState {
    PageState {
        workspace_settings: ReadWorkspaceSettings {
            keys: api.keys.clone(),
            directory: Arc::new(node.store.clone()),
            plans: Arc::new(node.store.clone()),
        },
        api,
        verify: verify_api_key(node),
        settings,
        one_time_link: None,
    }
}

fn report_secrets(node: &Node, keys: ManageApiKeys) -> ReportSecrets {
    ReportSecrets {
        key_lookup: Arc::<KeyCache>::clone(&node.cache),
        keys,
        directory: Arc::new(node.store.clone()),
        event_log: Arc::new(node.store.clone()),
    }
}

fn event_feed(node: &Node) -> EventFeed {
    EventFeed::new(Arc::new(node.store.clone()), node.publisher.head())
}

fn verify_api_key(node: &Node) -> VerifyApiKey {
    VerifyApiKey {
        key_lookup: Arc::<KeyCache>::clone(&node.cache),
        clock: Arc::<StoreClock>::clone(&node.clock),
        usage_recorder: Arc::<BatchedUsageRecorder>::clone(&node.usage_recorder),
        limiter: Arc::<LeasedLimits>::clone(&node.limits),
    }
}

/// The dependencies of the internal listener.
pub(crate) fn internal_state(
    node: &Node,
    callers: Option<InternalCallers>,
    trusted_proxies: &[IpNetwork],
    draining: &Draining,
    (key_prefix, limits): (KeyPrefix, WorkspaceLimits),
) -> InternalState {
    let readiness = StoreReadiness {
        store: node.store.clone(),
        feed: Arc::clone(&node.feed),
        clock: Arc::clone(&node.clock),
        clock_offset_max: node.clock_offset_max,
        draining: draining.clone(),
        is_ahead: AtomicBool::new(false),
    };
    let (feed, ends) = (Arc::clone(&node.feed), draining.clone());
    tokio::spawn(async move {
        ends.begun().await;
        feed.end_streams();
    });
    if let Some(callers) = &callers {
        let names: Vec<&str> = callers.names().map(CallerName::as_str).collect();
        tracing::info!(callers = names.join(","), "internal_token.configured");
    }
    let service_tokens: Arc<dyn ServiceTokens> = Arc::new(node.store.service_token_cache());
    let clock = Arc::<StoreClock>::clone(&node.clock);
    let admission = Admission::new(callers, service_tokens, &node.metrics, clock);
    let keys = manage_api_keys(&node.store, key_prefix, limits);
    InternalState {
        verify: verify_api_key(node),
        metrics: node.metrics.clone(),
        registry: Arc::clone(&node.registry),
        trusted_proxies: trusted_proxies.into(),
        key_changes: Arc::<ChangeFeed>::clone(&node.feed),
        limit_leases: Arc::new(node.store.clone()),
        admission: Arc::new(admission),
        admin: AdminState {
            secret_reports: report_secrets(node, keys.clone()),
            keys,
            plans: Arc::new(node.store.clone()),
            directory: Arc::new(node.store.clone()),
            memberships: Arc::new(node.store.clone()),
            selected_keys: Arc::new(node.store.clone()),
            events: event_feed(node),
            propagation: Arc::<ChangeFeed>::clone(&node.feed),
        },
        body_deadline: BODY_DEADLINE,
        readiness: Arc::new(readiness),
        clock: Arc::<StoreClock>::clone(&node.clock),
        denials: DenialLog::default(),
    }
}
