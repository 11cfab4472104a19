use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use actix_web::http::{Method, StatusCode};
use prometheus_client::encoding::{EncodeLabelSet, EncodeMetric, MetricEncoder, NoLabelSet};
use prometheus_client::metrics::MetricType;

use super::durations::Durations;
use super::slots::{SLOTS, slot_of_thread};

/// From 50 µs, for a cached answer, to 10 s, the longest wait for a body. Long polls take longer.
const SECONDS: [f64; 9] = [50e-6, 250e-6, 1e-3, 5e-3, 25e-3, 100e-3, 500e-3, 2.5, 10.0];

/// The statuses of responses. Others are counted together.
const STATUSES: [(u16, &str); 25] = [
    (200, "200"),
    (201, "201"),
    (202, "202"),
    (204, "204"),
    (303, "303"),
    (304, "304"),
    (307, "307"),
    (400, "400"),
    (401, "401"),
    (403, "403"),
    (404, "404"),
    (405, "405"),
    (406, "406"),
    (408, "408"),
    (409, "409"),
    (410, "410"),
    (412, "412"),
    (413, "413"),
    (415, "415"),
    (422, "422"),
    (428, "428"),
    (429, "429"),
    (500, "500"),
    (501, "501"),
    (503, "503"),
];
const OTHER: &str = "other";

/// The listeners' requests, by route and status, and how long they took.
#[derive(Clone, Debug, Default)]
pub(crate) struct Requests(Arc<RwLock<BTreeMap<RouteLabel, RouteRequests>>>);

#[derive(Clone, Debug, Hash, PartialEq, Eq, PartialOrd, Ord, EncodeLabelSet)]
struct RouteLabel {
    listener: &'static str,
    method: &'static str,
    route: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Answer {
    listener: &'static str,
    method: &'static str,
    route: String,
    status: &'static str,
}

/// The requests of one route. Each thread counts in a slot of its own.
#[derive(Clone, Debug, Default)]
pub(crate) struct RouteRequests(Arc<[Slot; SLOTS]>);

/// Aligned so that no two slots share a cache line.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Slot {
    statuses: [AtomicU64; STATUSES.len()],
    other_statuses: AtomicU64,
    durations: Durations<{ SECONDS.len() + 1 }>,
}

impl Requests {
    /// The requests of a route. A gateway asks with the method of its client, so the method is not one of the route.
    pub(crate) fn of(
        &self,
        listener: &'static str,
        method: &'static str,
        route: String,
    ) -> RouteRequests {
        let is_of_gateways = route.starts_with("/internal/v1/authorize/");
        let route = RouteLabel {
            listener,
            method: if is_of_gateways { "any" } else { method },
            route,
        };
        let routes = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = routes.get(&route) {
            return known.clone();
        }
        drop(routes);
        let mut routes = self.0.write().unwrap_or_else(PoisonError::into_inner);
        routes.entry(route).or_default().clone()
    }

    fn all(&self) -> Vec<(RouteLabel, RouteRequests)> {
        let routes = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let all = routes
            .iter()
            .map(|(route, requests)| (route.clone(), requests.clone()));
        all.collect()
    }
}

impl RouteRequests {
    /// Counts a response.
    pub(crate) fn count(&self, status: StatusCode, duration: Duration) {
        let Some(slot) = self.0.get(slot_of_thread()) else {
            return;
        };
        let at = STATUSES
            .iter()
            .position(|(known, _label)| *known == status.as_u16());
        let counted = at.and_then(|at| slot.statuses.get(at));
        let counted = counted.unwrap_or(&slot.other_statuses);
        counted.fetch_add(1, Ordering::Relaxed);
        slot.durations.count(&SECONDS, duration);
    }

    fn sum(&self, count: impl Fn(&Slot) -> Option<&AtomicU64>) -> u64 {
        let counts = self.0.iter().filter_map(count);
        counts.map(|count| count.load(Ordering::Relaxed)).sum()
    }

    /// The statuses that occurred, with their counts.
    fn by_status(&self) -> Vec<(&'static str, u64)> {
        let known = STATUSES.iter().enumerate().map(|(at, (_status, label))| {
            let count = self.sum(|slot| slot.statuses.get(at));
            (*label, count)
        });
        let other = self.sum(|slot| Some(&slot.other_statuses));
        known
            .chain([(OTHER, other)])
            .filter(|(_label, count)| *count > 0)
            .collect()
    }
}

/// A counter for each route and status.
impl EncodeMetric for Requests {
    fn encode(&self, mut encoder: MetricEncoder<'_>) -> fmt::Result {
        for (route, requests) in self.all() {
            for (status, count) in requests.by_status() {
                let label = Answer {
                    listener: route.listener,
                    method: route.method,
                    route: route.route.clone(),
                    status,
                };
                let mut encoder = encoder.encode_family(&label)?;
                encoder.encode_counter::<NoLabelSet, u64, u64>(&count, None)?;
            }
        }
        Ok(())
    }

    fn metric_type(&self) -> MetricType {
        MetricType::Counter
    }
}

/// A histogram of durations for each route.
#[derive(Clone, Debug)]
pub(super) struct RequestSeconds(pub(super) Requests);

impl EncodeMetric for RequestSeconds {
    fn encode(&self, mut encoder: MetricEncoder<'_>) -> fmt::Result {
        for (route, RouteRequests(slots)) in self.0.all() {
            let durations = slots.iter().map(|slot| &slot.durations);
            if Durations::total(durations.clone()) > 0 {
                let mut encoder = encoder.encode_family(&route)?;
                Durations::encode(&mut encoder, &SECONDS, &durations)?;
            }
        }
        Ok(())
    }

    fn metric_type(&self) -> MetricType {
        MetricType::Histogram
    }
}

/// A client can send any word as the method; only standard methods are shown.
pub(crate) fn known_method(method: &Method) -> &'static str {
    const KNOWN: [&str; 9] = [
        "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH",
    ];
    KNOWN
        .into_iter()
        .find(|known| *known == method.as_str())
        .unwrap_or("other")
}

#[cfg(test)]
mod tests {
    use prometheus_client::encoding::text;
    use prometheus_client::registry::Registry;

    use super::*;

    #[test]
    fn what_all_threads_counted_is_one_sum() {
        let requests = Requests::default();
        let of = |method, route: &str| requests.of("internal", method, route.to_owned());
        std::thread::scope(|scope| {
            for _ in 0..2 * SLOTS {
                scope.spawn(|| {
                    of("GET", "/readyz").count(StatusCode::OK, Duration::ZERO);
                    of("GET", "/readyz").count(StatusCode::IM_A_TEAPOT, Duration::from_secs(20));
                });
            }
        });
        for method in ["GET", "POST"] {
            of(method, "/internal/v1/authorize/nginx")
                .count(StatusCode::UNAUTHORIZED, Duration::from_millis(3));
        }
        let mut registry = Registry::default();
        registry.register("requests", "", requests.clone());
        registry.register("seconds", "", RequestSeconds(requests));
        let mut written = String::new();
        text::encode(&mut written, &registry).unwrap();
        let readyz = "listener=\"internal\",method=\"GET\",route=\"/readyz\"";
        let nginx = "listener=\"internal\",method=\"any\",route=\"/internal/v1/authorize/nginx\"";
        for line in [
            format!("requests_total{{{readyz},status=\"200\"}} 32"),
            format!("requests_total{{{readyz},status=\"other\"}} 32"),
            format!("requests_total{{{nginx},status=\"401\"}} 2"),
            format!("seconds_bucket{{le=\"0.00005\",{readyz}}} 32"),
            format!("seconds_bucket{{le=\"10.0\",{readyz}}} 32"),
            format!("seconds_bucket{{le=\"+Inf\",{readyz}}} 64"),
            format!("seconds_count{{{nginx}}} 2"),
        ] {
            assert!(
                written.lines().any(|shown| shown == line),
                "{line}\n{written}"
            );
        }
    }
}
