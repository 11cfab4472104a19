//! Prometheus metrics of the listeners. No label has a value that a caller can choose: no id, no
//! workspace, no secret.

mod durations;
mod requests;
mod slots;
mod verifications;

use std::collections::HashSet;
use std::fmt::Write as _;
use std::time::Instant;

use keyward_domain::ports::Reach;
use keyward_domain::usecases::Verified;
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Metric, Registry};

use self::requests::RequestSeconds;
pub(crate) use self::requests::{Requests, RouteRequests, known_method};
pub(crate) use self::verifications::UNDECIDED;
use self::verifications::{VerificationSeconds, Verifications};

/// Up to slightly more than the longest wait for other nodes.
const PROPAGATION_SECONDS: [f64; 8] = [0.5e-3, 1e-3, 2e-3, 5e-3, 10e-3, 50e-3, 100e-3, 300e-3];

/// The metrics of both listeners. Clones share their values.
#[derive(Clone)]
pub struct Metrics {
    verifications: Verifications,
    stale: Counter,
    explanations: Counter,
    changes: Family<ReachLabel, Counter>,
    propagation_seconds: Histogram,
    keys_created: Counter,
    requests: Requests,
    token_refusals: Family<ReasonLabel, Counter>,
    internal_requests: Family<CallerLabel, Counter>,
    internal_refusals: Family<RefusalLabel, Counter>,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct ReachLabel {
    propagation: &'static str,
}

/// The name comes from the configuration or from an operator who created a service token.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct CallerLabel {
    caller: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct RefusalLabel {
    asked_as: &'static str,
    reason: &'static str,
}

/// One of a fixed set, without anything of the token.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct ReasonLabel {
    reason: &'static str,
}

impl Metrics {
    /// Creates the metrics and registers them in `registry`.
    pub fn register(registry: &mut Registry) -> Self {
        let verifications = register(
            registry,
            "keyward_verifications",
            "Questions by decision; UNDECIDED means that there was no decision",
            Verifications::default(),
        );
        register(
            registry,
            "keyward_verification_seconds",
            "Duration of decisions, without reading the request and writing the response",
            VerificationSeconds(verifications.clone()),
        );
        let requests = register(
            registry,
            "keyward_http_requests",
            "Responses by listener, method, route and status",
            Requests::default(),
        );
        register(
            registry,
            "keyward_http_request_seconds",
            "Duration of requests by listener, method and route; includes how long a client waits for events",
            RequestSeconds(requests.clone()),
        );
        Self {
            requests,
            token_refusals: register(
                registry,
                "keyward_token_refusals",
                "Portal sessions that were refused, by reason",
                Family::default(),
            ),
            verifications,
            stale: register(
                registry,
                "keyward_verifications_stale",
                "Decisions with a cached key although changes may have been missed for a second or longer",
                Counter::default(),
            ),
            explanations: register(
                registry,
                "keyward_explanations",
                "Questions with explain=true; they are not counted as verifications or uses",
                Counter::default(),
            ),
            changes: register(
                registry,
                "keyward_changes",
                "Changes to keys, by whether all nodes knew the change at the time of the response",
                Family::default(),
            ),
            propagation_seconds: register(
                registry,
                "keyward_propagation_seconds",
                "Time until all nodes know a change, or until the wait for them ends",
                Histogram::new(PROPAGATION_SECONDS),
            ),
            keys_created: register(
                registry,
                "keyward_keys_created",
                "Created API keys",
                Counter::default(),
            ),
            internal_requests: register(
                registry,
                "keyward_internal_requests",
                "Requests to the internal listener by the name of their internal or service token",
                Family::default(),
            ),
            internal_refusals: register(
                registry,
                "keyward_internal_refusals",
                "Requests to the internal listener with a missing or wrong token, or one without the permission",
                Family::default(),
            ),
        }
    }

    /// The requests of all routes.
    pub(crate) fn requests(&self) -> &Requests {
        &self.requests
    }

    /// Counts a refused portal session.
    pub(crate) fn token_refused(&self, reason: &'static str) {
        let label = ReasonLabel { reason };
        self.token_refusals.get_or_create(&label).inc();
    }

    /// Counts a question that was answered or could not be decided.
    pub(crate) fn verified(&self, decision: &'static str, begun: Instant) {
        self.verifications.count(decision, begun.elapsed());
    }

    /// Counts a decision about a stale key.
    pub(crate) fn note_stale(&self, verified: &Verified) {
        if verified.is_stale {
            self.stale.inc();
        }
    }

    /// Counts a question that asked for an explanation.
    pub(crate) fn explained(&self) {
        self.explanations.inc();
    }

    /// Counts a change and how far it has propagated.
    pub(crate) fn changed(&self, reach: Reach, begun: Instant) {
        let propagation = match reach {
            Reach::Everywhere => "complete",
            Reach::Within(_) => "pending",
        };
        self.changes
            .get_or_create(&ReachLabel { propagation })
            .inc();
        self.propagation_seconds
            .observe(begun.elapsed().as_secs_f64());
    }

    /// The counter of a caller's requests, by the caller's name.
    pub(crate) fn internal_requests_of(&self, caller: &str) -> Counter {
        let label = CallerLabel {
            caller: caller.to_owned(),
        };
        self.internal_requests.get_or_create(&label).clone()
    }

    /// Counts a refused caller or gateway whose token is missing or wrong, or has no permission.
    pub(crate) fn internal_refusal(&self, asked_as: &'static str, reason: &'static str) {
        let label = RefusalLabel { asked_as, reason };
        self.internal_refusals.get_or_create(&label).inc();
    }

    /// Counts a created key.
    pub fn created(&self) {
        self.keys_created.inc();
    }
}

fn register<M: Metric + Clone>(registry: &mut Registry, name: &str, help: &str, metric: M) -> M {
    registry.register(name, help, metric.clone());
    metric
}

/// A text format of metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MetricsFormat {
    /// OpenMetrics 1.0.
    OpenMetrics,
    /// Prometheus' text format 0.0.4, for everyone who does not ask for OpenMetrics.
    Text,
}

/// All registered metrics as text.
///
/// # Errors
/// [`std::fmt::Error`] when a metric can't be written.
pub(crate) fn exposition(
    registry: &Registry,
    format: MetricsFormat,
) -> Result<String, std::fmt::Error> {
    let mut open_metrics = String::new();
    text::encode(&mut open_metrics, registry)?;
    match format {
        MetricsFormat::OpenMetrics => Ok(open_metrics),
        MetricsFormat::Text => without_open_metrics(&open_metrics),
    }
}

/// The same metrics in the text format: there, a counter's `# HELP` and `# TYPE` name its samples, with
/// `_total`, and nothing ends the text.
fn without_open_metrics(open_metrics: &str) -> Result<String, std::fmt::Error> {
    let types = open_metrics
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE "));
    let counters: HashSet<&str> = types
        .filter_map(|line| line.strip_suffix(" counter"))
        .collect();
    let mut text = String::new();
    for line in open_metrics.lines().filter(|line| *line != "# EOF") {
        let mut words = line.splitn(4, ' ');
        let described = (words.next(), words.next(), words.next(), words.next());
        match described {
            (Some("#"), Some(word), Some(name), Some(rest)) if counters.contains(name) => {
                writeln!(text, "# {word} {name}_total {rest}")?;
            }
            _ => writeln!(text, "{line}")?,
        }
    }
    Ok(text)
}
