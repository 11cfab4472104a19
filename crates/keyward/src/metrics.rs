//! The metrics of a node's parts, collected at each scrape.

mod process;

use std::fmt;
use std::sync::Arc;

use keyward_domain::ports::{Clock as _, Durability, Propagation as _};
use keyward_persistence::{BatchedUsageRecorder, ChangeFeed, KeyCache, Store, StoreClock};
use keyward_web::{KeysAge, LeasedLimits, Metrics, TokenVerifier};
use keyward_webhooks::DeliveryCounts;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::registry::Registry;

use crate::serving::{Capacity, Inbound, OpenConnections};
use crate::telemetry::LineQueue;
use crate::tls::ListenerTls;

/// The parts of a node that have metrics.
pub(crate) struct NodeCollector {
    pub(crate) store: Store,
    pub(crate) cache: Arc<KeyCache>,
    pub(crate) usage_recorder: Arc<BatchedUsageRecorder>,
    pub(crate) limits: Arc<LeasedLimits>,
    pub(crate) feed: Arc<ChangeFeed>,
    pub(crate) clock: Arc<StoreClock>,
    pub(crate) logs: Arc<LineQueue>,
    pub(crate) inbound: Inbound,
    pub(crate) tokens: Arc<TokenVerifier>,
    /// `None` when the deployment has no webhooks.
    pub(crate) deliveries: Option<Arc<DeliveryCounts>>,
}

/// All metrics of a node: those of its listeners and those of its parts.
pub(crate) fn register(node: NodeCollector) -> (Metrics, Registry) {
    let mut registry = Registry::default();
    let build: Family<[(&str, &str); 1], Gauge> = Family::default();
    build
        .get_or_create(&[("version", env!("CARGO_PKG_VERSION"))])
        .set(1);
    registry.register(
        "keyward_build_info",
        "The version of the binary, as a label",
        build,
    );
    let metrics = Metrics::register(&mut registry);
    registry.register_collector(Box::new(node));
    (metrics, registry)
}

impl NodeCollector {
    fn purged(&self, to: &mut Encoder<'_>) -> fmt::Result {
        let purged = self.store.stats().purged;
        to.counter(
            "keyward_purged_api_keys",
            "Deleted keys that were purged",
            purged.api_keys,
        )?;
        to.counter(
            "keyward_purged_idempotency_records",
            "Idempotency records that were purged after a day",
            purged.idempotency_records,
        )?;
        to.counter(
            "keyward_purged_denial_counts",
            "Counts of denials by key, decision and hour that were purged",
            purged.denial_counts,
        )?;
        to.counter(
            "keyward_purged_use_counts",
            "Counts of uses by key and hour that were purged",
            purged.use_counts,
        )?;
        to.counter(
            "keyward_purged_ended_sessions",
            "Ended sessions that were purged after the expiry of their tokens",
            purged.ended_sessions,
        )
    }

    fn dropped(&self, to: &mut Encoder<'_>) -> fmt::Result {
        let dropped = self.usage_recorder.dropped();
        to.counter(
            "keyward_uses_dropped",
            "Uses of secrets that were dropped because too many were waiting to be written",
            dropped.uses,
        )?;
        to.counter(
            "keyward_denials_dropped",
            "Denials of keys that were dropped because too many were waiting to be written",
            dropped.denials,
        )?;
        to.counter(
            "keyward_scope_uses_dropped",
            "Uses of scopes that were dropped because too many were waiting to be written",
            dropped.scope_uses,
        )?;
        to.counter(
            "keyward_log_lines_dropped",
            "Log lines that were dropped because stderr did not accept them in time",
            self.logs.lines_dropped(),
        )
    }

    fn refills(&self, to: &mut Encoder<'_>) -> fmt::Result {
        let counts = self.limits.counts();
        to.counter(
            "keyward_limit_refills",
            "Leases of limits that this node has taken, renewed or given back",
            counts.refilled,
        )?;
        to.counter(
            "keyward_limit_refills_failed",
            "Leases of limits that could not be changed because the store did not answer",
            counts.failed,
        )
    }

    fn deliveries(&self, to: &mut Encoder<'_>) -> fmt::Result {
        let Some(counts) = &self.deliveries else {
            return Ok(());
        };
        to.counter(
            "keyward_webhook_attempts_delivered",
            "Attempts to deliver an event that the receiver has answered with a 2xx status",
            counts.delivered(),
        )?;
        to.counter(
            "keyward_webhook_attempts_failed",
            "Attempts to deliver an event that had another answer, or none",
            counts.failed(),
        )?;
        let backlog = counts.backlog();
        to.gauge(
            "keyward_webhook_deliveries_pending",
            "Deliveries of all nodes that are pending",
            i64::try_from(backlog.pending).unwrap_or(i64::MAX),
        )?;
        let age = backlog.oldest_published_at.map_or(0, |published_at| {
            let now = self.clock.now().unix_seconds();
            now.saturating_sub(published_at.unix_seconds()).max(0)
        });
        to.gauge(
            "keyward_webhook_oldest_pending_seconds",
            "Time since the oldest pending event was published; 0 when none is pending",
            age,
        )
    }

    /// One value without a label, or one of each issuer when there are several.
    fn token_keys(&self, to: &mut Encoder<'_>) -> fmt::Result {
        let seconds = |keys: &KeysAge<'_>| {
            let age = keys.age.map_or(f64::NAN, |age| age.as_secs_f64());
            ConstGauge::new(age)
        };
        let ages: Vec<_> = self.tokens.keys_ages().collect();
        let nowhere = KeysAge {
            issuer: None,
            age: None,
        };
        let (first, has_several) = match ages.as_slice() {
            [] => (&nowhere, false),
            [first, rest @ ..] => (first, !rest.is_empty()),
        };
        let mut encoder = to.0.encode_descriptor(
            "keyward_token_keys_age_seconds",
            "Time since the last successful fetch of the identity service's key set; NaN before the first, and when none is fetched",
            None,
            seconds(first).metric_type(),
        )?;
        if !has_several {
            return seconds(first).encode(encoder);
        }
        for keys in &ages {
            let label = [("issuer", keys.issuer.unwrap_or_default())];
            seconds(keys).encode(encoder.encode_family(&label)?)?;
        }
        Ok(())
    }

    fn connections(&self, to: &mut Encoder<'_>) -> fmt::Result {
        to.by_listener(
            "keyward_connections_open",
            "Open client connections",
            &self.inbound.capacity,
            |connections| ConstGauge::new(whole(connections.open())),
        )?;
        to.by_listener(
            "keyward_connections_evicted",
            "Idle connections that were closed because the listener was full",
            &self.inbound.capacity,
            |connections| ConstCounter::new(connections.evicted()),
        )?;
        to.by_listener(
            "keyward_connections_refused",
            "Connections that were refused because the listener was full and none was idle",
            &self.inbound.capacity,
            |connections| ConstCounter::new(connections.refused()),
        )
    }

    /// Nothing of a listener without TLS.
    fn tls(&self, to: &mut Encoder<'_>) -> fmt::Result {
        if self.inbound.tls.each().next().is_none() {
            return Ok(());
        }
        self.of_each_tls(
            to,
            "keyward_tls_certificate_expiry_timestamp_seconds",
            "When the listener's certificate expires, since the Unix epoch",
            |tls| tls.expires_at().unix_seconds(),
        )?;
        self.of_each_tls(
            to,
            "keyward_tls_certificate_outdated",
            "1 while the listener's files hold something new that can't be used, so that the certificate before stays; else 0",
            |tls| i64::from(tls.is_outdated()),
        )?;
        let mut encoder = to.0.encode_descriptor(
            "keyward_tls_handshake_failures",
            "TLS handshakes that have failed, by reason",
            None,
            MetricType::Counter,
        )?;
        for (listener, tls) in self.inbound.tls.each() {
            for (reason, count) in tls.failures.counts() {
                let labels = [("listener", listener), ("reason", reason)];
                ConstCounter::new(count).encode(encoder.encode_family(&labels)?)?;
            }
        }
        Ok(())
    }

    fn of_each_tls(
        &self,
        to: &mut Encoder<'_>,
        name: &str,
        help: &str,
        value: impl Fn(&ListenerTls) -> i64,
    ) -> fmt::Result {
        let mut encoder =
            to.0.encode_descriptor(name, help, None, MetricType::Gauge)?;
        for (listener, tls) in self.inbound.tls.each() {
            let gauge = ConstGauge::new(value(tls));
            gauge.encode(encoder.encode_family(&[("listener", listener)])?)?;
        }
        Ok(())
    }
}

impl Collector for NodeCollector {
    fn encode(&self, encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let mut to = Encoder(encoder);
        let cache = self.cache.stats();
        to.counter(
            "keyward_cache_hits",
            "Questions that were answered from the cache",
            cache.hits,
        )?;
        to.counter(
            "keyward_cache_misses",
            "Questions that needed the store",
            cache.misses,
        )?;
        to.counter(
            "keyward_cache_evictions",
            "Keys that were evicted to make room",
            cache.evictions,
        )?;
        to.gauge("keyward_cache_keys", "Cached keys", whole(cache.keys))?;
        to.gauge(
            "keyward_cache_bytes",
            "Memory of the cached keys",
            i64::try_from(cache.bytes).unwrap_or(i64::MAX),
        )?;
        to.gauge(
            "keyward_store_lookups_in_flight",
            "Statements in progress that look keys up, each for one or more questions",
            whole(cache.lookups_in_flight),
        )?;
        let store = self.store.stats();
        to.gauge(
            "keyward_store_calls_in_flight",
            "Store calls in progress",
            whole(store.calls_in_flight),
        )?;
        to.gauge(
            "keyward_store_connections",
            "Open connections to PostgreSQL",
            whole(store.connections),
        )?;
        to.gauge(
            "keyward_store_connections_idle",
            "Idle connections to PostgreSQL",
            whole(store.connections_idle),
        )?;
        to.counter(
            "keyward_store_failovers",
            "Times that another PostgreSQL server took over",
            store.failovers,
        )?;
        to.counter(
            "keyward_store_changes_lost",
            "Changes of keys that this node had acknowledged and a failover has lost",
            store.changes_lost,
        )?;
        to.gauge(
            "keyward_store_commits_survive_failover",
            "1 while commits wait for a standby, or there is no server that could take over, else 0",
            i64::from(self.feed.durability() == Durability::SurvivesFailover),
        )?;
        self.purged(&mut to)?;
        to.gauge(
            "keyward_change_feed_up",
            "1 while the change feed is up and cached keys are used, else 0",
            i64::from(self.feed.is_up()),
        )?;
        to.seconds(
            "keyward_change_feed_lag_seconds",
            "How long changes by other nodes may have been missed; NaN before the feed is up for the first time",
            self.feed.lag().map_or(f64::NAN, |lag| lag.as_secs_f64()),
        )?;
        to.gauge(
            "keyward_guards",
            "Guards that receive changes from this node",
            whole(self.feed.guards()),
        )?;
        to.seconds(
            "keyward_clock_offset_seconds",
            "How far this machine's clock is ahead of the database's; NaN on SQLite",
            self.clock.offset_seconds().unwrap_or(f64::NAN),
        )?;
        process(&mut to)?;
        self.token_keys(&mut to)?;
        self.dropped(&mut to)?;
        self.refills(&mut to)?;
        self.deliveries(&mut to)?;
        self.connections(&mut to)?;
        self.tls(&mut to)
    }
}

/// Nothing on systems that do not tell it.
fn process(to: &mut Encoder<'_>) -> fmt::Result {
    let Some(stats) = process::stats() else {
        return Ok(());
    };
    to.encode(
        "process_cpu_seconds",
        "CPU time of the process",
        &ConstCounter::new(stats.cpu_seconds),
    )?;
    to.gauge(
        "process_resident_memory_bytes",
        "Memory of the process that is in RAM",
        i64::try_from(stats.resident_bytes).unwrap_or(i64::MAX),
    )?;
    to.gauge(
        "process_virtual_memory_bytes",
        "Address space of the process",
        i64::try_from(stats.virtual_bytes).unwrap_or(i64::MAX),
    )?;
    to.gauge(
        "process_threads",
        "Threads of the process",
        i64::try_from(stats.threads).unwrap_or(i64::MAX),
    )?;
    to.seconds(
        "process_start_time_seconds",
        "When the process started, since the Unix epoch",
        stats.started_at_seconds,
    )?;
    to.gauge(
        "process_open_fds",
        "Open files of the process, with sockets",
        i64::try_from(stats.open_files).unwrap_or(i64::MAX),
    )?;
    to.gauge(
        "process_max_fds",
        "The maximum number of open files",
        stats
            .open_files_max
            .map_or(i64::MAX, |max| i64::try_from(max).unwrap_or(i64::MAX)),
    )
}

impl fmt::Debug for NodeCollector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NodeCollector").finish_non_exhaustive()
    }
}

struct Encoder<'a>(DescriptorEncoder<'a>);

impl Encoder<'_> {
    fn counter(&mut self, name: &str, help: &str, value: u64) -> fmt::Result {
        self.encode(name, help, &ConstCounter::new(value))
    }

    fn gauge(&mut self, name: &str, help: &str, value: i64) -> fmt::Result {
        self.encode(name, help, &ConstGauge::new(value))
    }

    fn seconds(&mut self, name: &str, help: &str, value: f64) -> fmt::Result {
        self.encode(name, help, &ConstGauge::new(value))
    }

    fn by_listener<M: EncodeMetric>(
        &mut self,
        name: &str,
        help: &str,
        capacity: &Capacity,
        value: impl Fn(&OpenConnections) -> M,
    ) -> fmt::Result {
        let values = [
            ("public", value(&capacity.public)),
            ("internal", value(&capacity.internal)),
        ];
        let [(_, first), _] = &values;
        let mut encoder = self
            .0
            .encode_descriptor(name, help, None, first.metric_type())?;
        for (listener, value) in &values {
            value.encode(encoder.encode_family(&[("listener", *listener)])?)?;
        }
        Ok(())
    }

    fn encode(&mut self, name: &str, help: &str, metric: &impl EncodeMetric) -> fmt::Result {
        let encoder = self
            .0
            .encode_descriptor(name, help, None, metric.metric_type())?;
        metric.encode(encoder)
    }
}

fn whole(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
