use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use keyward_domain::CallerName;
use prometheus_client::metrics::counter::Counter;

use crate::metrics::Metrics;

/// The maximum number of names that are counted. Each is a label value of a metric, and an authority
/// may issue a certificate to every process.
const COUNTED_MAX: usize = 64;

/// The requests of all other names. No caller has it.
const OTHERS: &str = "(others)";

/// What is known about a client where the internal listener requires client certificates. It is an
/// extension of each request that has come over TLS to such a listener.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientCertificate {
    /// A valid one of this caller.
    Of(CallerName),
    /// The client has shown none.
    Missing,
}

/// Counts the requests of callers with a certificate.
pub(crate) struct CertificateCallers {
    counters: RwLock<HashMap<CallerName, Counter>>,
    metrics: Metrics,
}

impl CertificateCallers {
    pub(super) fn counted_in(metrics: &Metrics) -> Self {
        Self {
            counters: RwLock::default(),
            metrics: metrics.clone(),
        }
    }

    /// Counts a request of this caller.
    pub(super) fn count(&self, name: &CallerName) {
        let counters = self.counters.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(counter) = counters.get(name) {
            counter.inc();
            return;
        }
        drop(counters);
        let mut counters = self
            .counters
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        if counters.len() < COUNTED_MAX || counters.contains_key(name) {
            let new = || self.metrics.internal_requests_of(name.as_str());
            counters.entry(name.clone()).or_insert_with(new).inc();
        } else {
            drop(counters);
            self.metrics.internal_requests_of(OTHERS).inc();
        }
    }
}

#[cfg(test)]
mod tests {
    use prometheus_client::registry::Registry;

    use super::*;
    use crate::metrics::{MetricsFormat, exposition};

    #[test]
    fn an_authority_with_many_names_makes_few_metrics() {
        let mut registry = Registry::default();
        let callers = CertificateCallers::counted_in(&Metrics::register(&mut registry));
        for number in 0..200 {
            let name = CallerName::parse(&format!("pod-{number}")).unwrap();
            callers.count(&name);
            callers.count(&name);
        }
        let text = exposition(&registry, MetricsFormat::Text).unwrap();
        let lines = text.lines();
        let counted = lines.filter(|line| line.starts_with("keyward_internal_requests_total{"));
        assert_eq!(counted.count(), COUNTED_MAX + 1);
        for line in [
            "keyward_internal_requests_total{caller=\"pod-63\"} 2\n",
            "keyward_internal_requests_total{caller=\"(others)\"} 272\n",
        ] {
            assert!(text.contains(line), "{line}{text}");
        }
    }
}
