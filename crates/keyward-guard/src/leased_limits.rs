//! Judges limits in this process, with units that are leased from the store.

use std::hash::{BuildHasher as _, RandomState};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use keyward_domain::ports::{LimitLeases, Limiter, RepositoryError};
use keyward_domain::{
    Costs, LimitId, LimitVerdict, Refill, RefillRequest, ShareAnswer, Shares, VerificationKey,
};
use tokio::sync::{Notify, watch};
use uuid::Uuid;

/// How often all leases are looked at. Those that calls wait for are refilled at once.
const TICK: Duration = Duration::from_millis(250);

/// How long a call waits for a refill.
const PATIENCE: Duration = Duration::from_secs(1);

/// The maximum number of limits in one request to the store.
const BATCH: usize = 1_024;

/// The maximum size of a request: a limit counts as 6, and each part of its used units as 1. So the
/// request of a guard to its node stays well below 512 KiB.
const BATCH_SIZE: usize = 8_192;

/// Judges calls by the limits of their keys. Most calls need no store: they are paid with units that
/// this process has leased (contract §11).
pub struct LeasedLimits {
    shares: Shares,
    leases: Arc<dyn LimitLeases>,
    /// A call waits for a refill.
    wanted: Notify,
    /// How many batches of refills were answered.
    rounds: watch::Sender<u64>,
    refills: AtomicU64,
    failed_refills: AtomicU64,
}

/// How many refills there were since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RefillCounts {
    /// Refills of a limit that the store has answered.
    pub refilled: u64,
    /// Refills of a limit without an answer.
    pub failed: u64,
}

impl LeasedLimits {
    /// Leases from this store, as a new node. Nothing is refilled before
    /// [`refill_until`](Self::refill_until) runs.
    #[must_use]
    pub fn new(leases: Arc<dyn LimitLeases>) -> Self {
        Self {
            shares: Shares::new(new_node()),
            leases,
            wanted: Notify::new(),
            rounds: watch::Sender::new(0),
            refills: AtomicU64::new(0),
            failed_refills: AtomicU64::new(0),
        }
    }

    /// Refills leases until `ended`, then gives back everything. Calls are only judged while it runs.
    pub async fn refill_until(&self, ended: impl Future<Output = ()>) {
        let mut ended = pin!(ended);
        let mut was_answered = true;
        let mut next_look = Instant::now();
        loop {
            let is_over = tokio::select! {
                biased;
                () = &mut ended => true,
                _wanted = tokio::time::timeout(TICK, self.wanted.notified()) => false,
            };
            let now = Instant::now();
            let requests = if is_over {
                self.shares.begin_return(now)
            } else if now < next_look {
                self.shares.begin_urgent(now)
            } else {
                next_look = now + TICK;
                self.shares.begin_refills(now)
            };
            let answered = self.refill(requests).await;
            if let Err(error) = &answered
                && (was_answered || is_over)
            {
                let error: &dyn std::error::Error = error;
                tracing::warn!(error, "limits.not_refilled");
            }
            if is_over {
                return;
            }
            was_answered = answered.is_ok();
        }
    }

    /// How many refills there were.
    #[must_use]
    pub fn counts(&self) -> RefillCounts {
        RefillCounts {
            refilled: self.refills.load(Ordering::Relaxed),
            failed: self.failed_refills.load(Ordering::Relaxed),
        }
    }

    /// Sends all requests, even after one has failed, so that each share learns its outcome.
    async fn refill(&self, requests: Vec<(LimitId, RefillRequest)>) -> Result<(), RepositoryError> {
        let mut result = Ok(());
        let mut rest = &*requests;
        // A round without requests also answers those who wait.
        loop {
            let (batch, later) = rest.split_at(batch_length(rest));
            rest = later;
            if !batch.is_empty()
                && let Err(error) = self.refill_batch(batch).await
            {
                result = Err(error);
            }
            self.rounds.send_modify(|rounds| *rounds += 1);
            if rest.is_empty() {
                return result;
            }
        }
    }

    /// An unreadable ledger fails its whole batch, so the requests are then sent one by one.
    async fn refill_batch(
        &self,
        batch: &[(LimitId, RefillRequest)],
    ) -> Result<(), RepositoryError> {
        let refilled = self.leases.refill(batch.to_vec()).await;
        if batch.len() == 1 || !matches!(refilled, Err(RepositoryError::Corrupt(_))) {
            return self.learn(batch, refilled);
        }
        let mut result = Ok(());
        for request in batch {
            let one = std::slice::from_ref(request);
            let refilled = self.leases.refill(one.to_vec()).await;
            if let Err(error) = self.learn(one, refilled) {
                result = Err(error);
            }
        }
        result
    }

    /// Tells the shares the outcome of their requests.
    fn learn(
        &self,
        batch: &[(LimitId, RefillRequest)],
        refilled: Result<Vec<Refill>, RepositoryError>,
    ) -> Result<(), RepositoryError> {
        let now = Instant::now();
        let count = u64::try_from(batch.len()).unwrap_or(u64::MAX);
        let refills = match refilled {
            Ok(refills) => refills,
            Err(error) => {
                self.failed_refills.fetch_add(count, Ordering::Relaxed);
                for (id, request) in batch {
                    self.shares.failed(id, request.number, now);
                }
                return Err(error);
            }
        };
        self.refills.fetch_add(count, Ordering::Relaxed);
        let mut refills = refills.iter();
        for (id, request) in batch {
            match refills.next() {
                Some(refill) => self.shares.refilled(id, request.number, refill, now),
                None => self.shares.failed(id, request.number, now),
            }
        }
        Ok(())
    }

    fn answer(&self, key: &VerificationKey, costs: &Costs, can_wait: bool) -> ShareAnswer {
        self.shares.judge(key, costs, Instant::now(), can_wait)
    }
}

/// How many of these requests the next batch has: at least one, if there is any.
fn batch_length(requests: &[(LimitId, RefillRequest)]) -> usize {
    let mut size = 0;
    let fits = |(_id, request): &&(LimitId, RefillRequest)| {
        size += 6 + request.spent.len();
        size <= BATCH_SIZE
    };
    let length = requests.iter().take(BATCH).take_while(fits).count();
    length.max(1).min(requests.len())
}

/// Each start of a process is another node. The standard library seeds each hasher with random bytes of the
/// system.
fn new_node() -> Uuid {
    let random = |half: u8| RandomState::new().hash_one(half);
    Uuid::from_u64_pair(random(0), random(1))
}

#[async_trait]
impl Limiter for LeasedLimits {
    fn judge_now(&self, key: &VerificationKey, costs: &Costs) -> Option<LimitVerdict> {
        match self.answer(key, costs, true) {
            ShareAnswer::Verdict(verdict) => Some(verdict),
            ShareAnswer::NeedsRefill | ShareAnswer::Unavailable => None,
        }
    }

    async fn judge(
        &self,
        key: &VerificationKey,
        costs: &Costs,
    ) -> Result<LimitVerdict, RepositoryError> {
        let patience = tokio::time::sleep(PATIENCE);
        let mut patience = pin!(patience);
        let mut rounds = self.rounds.subscribe();
        let mut can_wait = true;
        loop {
            match self.answer(key, costs, can_wait) {
                ShareAnswer::Verdict(verdict) => return Ok(verdict),
                ShareAnswer::NeedsRefill if can_wait => {}
                ShareAnswer::NeedsRefill | ShareAnswer::Unavailable => {
                    let why = "the limits of the key can't be judged";
                    return Err(RepositoryError::Unavailable(why.into()));
                }
            }
            self.wanted.notify_one();
            tokio::select! {
                _round = rounds.changed() => {}
                () = &mut patience => can_wait = false,
            }
        }
    }
}

#[cfg(test)]
mod tests;
