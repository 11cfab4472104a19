use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use keyward_domain::usecases::VerifyApiKey;
use keyward_domain::{FollowedClock, Question};
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::clock::NodeClock;
use super::config::LocalVerifierConfig;
use super::feed;
use super::freshness::Freshness;
use super::keys::LocalKeys;
use super::limit_leases::NodeLeases;
use super::lookups::Lookups;
use super::uses::ReportedUses;
use crate::http_client::{HttpVerifierError, Node};
use crate::in_process::InProcessVerifier;
use crate::leased_limits::LeasedLimits;
use crate::verifier::{Undecided, Verdict, Verifier};

/// Decides in this process, with keys that a node keeps up to date (contract §10).
///
/// A key is looked up once, and then used until the node says that it has changed. A change that the
/// node has answered with `complete` decides here too. Without contact to the node, a cached key is
/// used for at most one second; then every question is a look-up, and without an answer the call is
/// undecided. Uses and denials are reported in batches.
/// Limits are paid with units that are leased through the node.
///
/// The tasks run on the tokio runtime on which it was started, and end when it is dropped. Then
/// the remaining uses are reported, if the runtime still runs; [`close`](Self::close) waits for it.
pub struct LocalVerifier {
    decides: InProcessVerifier,
    keys: Arc<LocalKeys>,
    clock: Arc<FollowedClock>,
    is_over: watch::Sender<bool>,
    reporting: JoinHandle<()>,
    refilling: JoinHandle<()>,
}

impl LocalVerifier {
    /// Checks the configuration, and begins to connect in the background.
    ///
    /// # Errors
    /// [`HttpVerifierError`].
    pub fn start(config: LocalVerifierConfig) -> Result<Self, HttpVerifierError> {
        let runtime = Handle::try_current().map_err(HttpVerifierError::NoRuntime)?;
        let node = Arc::new(Node::new(&config.url, config.tls, config.token)?);
        let freshness = Arc::new(Freshness::begin(Instant::now()));
        let is_over = watch::Sender::new(false);
        runtime.spawn(feed::run(
            Arc::clone(&node),
            Arc::clone(&freshness),
            is_over.subscribe(),
        ));
        let uses = Arc::new(ReportedUses::new(Arc::clone(&node)));
        let reported = Arc::clone(&uses);
        let ends = is_over.subscribe();
        let reporting = runtime.spawn(async move {
            reported.report_until_over(config.report_every, ends).await;
        });
        let leases = Arc::new(NodeLeases(Arc::clone(&node)));
        let limits = Arc::new(LeasedLimits::new(leases));
        let (refilled, mut ends) = (Arc::clone(&limits), is_over.subscribe());
        let refilling = runtime.spawn(async move {
            let ended = async {
                let _over_or_dropped = ends.wait_for(|is_over| *is_over).await;
            };
            refilled.refill_until(ended).await;
        });
        let clock = Arc::clone(&freshness.clock);
        let lookups = Lookups::start(&runtime, node, Arc::clone(&freshness), config.timeout);
        let keys = Arc::new(LocalKeys::new(config.keys_max, freshness, lookups));
        Ok(Self {
            decides: InProcessVerifier(VerifyApiKey {
                key_lookup: Arc::<LocalKeys>::clone(&keys),
                clock: Arc::new(NodeClock(Arc::clone(&clock))),
                usage_recorder: uses,
                limiter: limits,
            }),
            keys,
            clock,
            is_over,
            reporting,
            refilling,
        })
    }

    /// Ends the tasks, reports the remaining uses and denials, and gives back the leased units of limits.
    pub async fn close(mut self) {
        self.is_over.send_replace(true);
        // It only fails when the runtime ends.
        let _ended = (&mut self.reporting).await;
        let _ended = (&mut self.refilling).await;
    }
}

#[async_trait]
impl Verifier for LocalVerifier {
    fn at_once(&self, secret: &str, question: &Question) -> Option<Verdict> {
        self.decides.at_once(secret, question)
    }

    async fn verify(&self, secret: &str, question: &Question) -> Result<Verdict, Undecided> {
        if self.clock.at(Instant::now()).is_none() {
            let measured = self.keys.measure_clock().await;
            measured.map_err(|error| Undecided(error.into()))?;
        }
        self.decides.verify(secret, question).await
    }
}

impl Drop for LocalVerifier {
    fn drop(&mut self) {
        self.is_over.send_replace(true);
    }
}
