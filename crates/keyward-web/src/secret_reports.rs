use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use futures_util::stream::StreamExt as _;
use governor::clock::{Clock as _, DefaultClock};
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use keyward_domain::ports::RepositoryError;
use keyward_domain::usecases::{
    ChangeError, FoundSecrets, ReportSecrets, SecretEnding, SecretReport,
};
use keyward_domain::{ClientAddress, Reaction};
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::error::RequestError;
use crate::extract::BatchLeak;

/// So many reports may an address send in a minute.
const REPORTS_PER_MINUTE: std::num::NonZeroU32 = std::num::NonZeroU32::new(10).unwrap();

/// The maximum number of addresses whose reports are counted. When there are more, reports from further
/// ones are refused.
const ADDRESSES_MAX: usize = 16 * 1024;

/// Each report is answered after this time, so that the time tells nothing about the secrets.
const ANSWERED_AFTER: Duration = Duration::from_secs(1);

/// How long the end of a secret is tried, while the store does not answer.
const PATIENCE: Duration = Duration::from_mins(1);
const PAUSE: Duration = Duration::from_millis(500);

/// The maximum number of reports that are worked on at a time.
const REPORTS_MAX: u32 = 16;

/// How long a signed report waits for its turn.
const TURN_WITHIN: Duration = Duration::from_secs(5);

/// A signed report is answered after this time, even if secrets have not ended by then.
const SIGNED_ANSWERED_WITHIN: Duration = Duration::from_secs(15);

/// How many texts of a report are looked up at a time.
const LOOKUPS_MAX: usize = 32;

/// How many secrets of a report are ended at a time.
const ENDING_MAX: usize = 8;

/// How long a node that ends waits for reports.
const FINISHED_WITHIN: Duration = Duration::from_secs(10);

/// Receives reports of secrets from anybody, and signed ones.
#[derive(Clone)]
pub struct SecretReports {
    reports: ReportSecrets,
    rates: Arc<RateLimiter<IpAddr, HashMapStateStore<IpAddr>, DefaultClock>>,
    places: Arc<Semaphore>,
    /// Outlives the worker that has received a report.
    runtime: Handle,
}

impl SecretReports {
    /// Ends secrets with this use case, on this runtime.
    #[must_use]
    pub fn new(reports: ReportSecrets, runtime: Handle) -> Self {
        let quota = Quota::per_minute(REPORTS_PER_MINUTE);
        Self {
            reports,
            rates: Arc::new(RateLimiter::new(
                quota,
                HashMapStateStore::default(),
                DefaultClock::default(),
            )),
            places: Arc::new(Semaphore::new(REPORTS_MAX.try_into().unwrap_or(1))),
            runtime,
        }
    }

    /// Waits until the received reports are done, or some seconds. Receives no further ones.
    pub async fn finish(&self) {
        let all = self.places.acquire_many(REPORTS_MAX);
        if tokio::time::timeout(FINISHED_WITHIN, all).await.is_err() {
            tracing::error!("secret.reports_unfinished");
        }
        self.places.close();
    }

    /// Counts a report against the limit of its address. Reports without a known address share one.
    ///
    /// # Errors
    /// [`RequestError::TooManyChanges`].
    pub(crate) fn admit(&self, address: Option<ClientAddress>) -> Result<(), RequestError> {
        if self.rates.len() >= ADDRESSES_MAX {
            self.rates.retain_recent();
            if self.rates.len() >= ADDRESSES_MAX {
                return Err(RequestError::TooManyChanges(60));
            }
        }
        let address = address.map_or(Ipv6Addr::UNSPECIFIED.into(), network);
        self.rates.check_key(&address).map_err(|refused| {
            let wait = refused.wait_time_from(DefaultClock::default().now());
            let seconds = wait.as_secs().saturating_add(1);
            RequestError::TooManyChanges(u32::try_from(seconds).unwrap_or(u32::MAX))
        })
    }

    /// Ends the secrets that keys have. Returns after the same time whatever they are; what is not
    /// done then goes on.
    ///
    /// # Errors
    /// [`RequestError::Repository`] when the secrets could not be looked up, and
    /// [`RequestError::TooManyChanges`] when too many reports are worked on.
    pub(crate) async fn end(
        &self,
        secrets: Vec<String>,
        report: SecretReport,
    ) -> Result<(), RequestError> {
        let answered_at = Instant::now() + ANSWERED_AFTER;
        let leaks = secrets.into_iter();
        let leaks = leaks.map(|secret| BatchLeak::new(secret, None));
        let result = match Arc::clone(&self.places).try_acquire_owned() {
            Ok(place) => self.begin(place, leaks.collect(), report).await.map(drop),
            Err(_full) => Err(RequestError::TooManyChanges(1)),
        };
        tokio::time::sleep_until(answered_at).await;
        result
    }

    /// Ends the secrets that keys have, each with its own place where it was found. Returns whether
    /// each text is a secret of a key, in their order.
    ///
    /// # Errors
    /// As [`end`](Self::end), and [`RequestError::ReportUnfinished`] when not all have ended after some
    /// seconds. The rest then goes on.
    pub(crate) async fn end_signed(
        &self,
        leaks: Vec<BatchLeak>,
        report: SecretReport,
    ) -> Result<Vec<bool>, RequestError> {
        let place = Arc::clone(&self.places).acquire_owned();
        let place = tokio::time::timeout(TURN_WITHIN, place).await;
        let Ok(Ok(place)) = place else {
            return Err(RequestError::TooManyChanges(1));
        };
        let (are_known, ending) = self.begin(place, leaks, report).await?;
        match tokio::time::timeout(SIGNED_ANSWERED_WITHIN, ending).await {
            Ok(Ok(true)) => return Ok(are_known),
            Ok(Ok(false)) => {}
            Ok(Err(error)) => log(&error),
            Err(_goes_on) => tracing::warn!("secret.report_slow"),
        }
        Err(RequestError::ReportUnfinished)
    }

    /// Begins to end the secrets that keys have: which of the texts they are, and the task, which returns
    /// whether all have ended.
    async fn begin(
        &self,
        place: OwnedSemaphorePermit,
        leaks: Vec<BatchLeak>,
        report: SecretReport,
    ) -> Result<(Vec<bool>, JoinHandle<bool>), RequestError> {
        let mut found = find(&self.reports, leaks).await?;
        // Its key is denied at verification.
        found.unreadable.iter().for_each(|error| log(error));
        let are_known = std::mem::take(&mut found.are_known);
        let reports = self.reports.clone();
        let ends_at = Instant::now() + PATIENCE;
        let ending = self.runtime.spawn(async move {
            let mut has_ended_all = true;
            for some in found.endings.chunks_mut(ENDING_MAX) {
                let some = some
                    .iter_mut()
                    .map(|ending| end(&reports, ending, &report, ends_at));
                has_ended_all &= join_all(some).await.into_iter().all(|has_ended| has_ended);
            }
            drop(place);
            has_ended_all
        });
        Ok((are_known, ending))
    }
}

/// The secrets of a report. Only some texts are looked up at a time, so that reports leave room for the look-ups
/// of verification.
pub(crate) async fn find(
    reports: &ReportSecrets,
    leaks: Vec<BatchLeak>,
) -> Result<FoundSecrets, RepositoryError> {
    let looking_up = leaks.iter().map(|leak| reports.find(&leak.secret));
    let looking_up = futures_util::stream::iter(looking_up).buffered(LOOKUPS_MAX);
    let looked_up: Vec<_> = looking_up.collect().await;
    let places = leaks.into_iter().map(|leak| leak.url);
    FoundSecrets::collect(looked_up.into_iter().zip(places))
}

/// Whether it has ended.
async fn end(
    reports: &ReportSecrets,
    ending: &mut SecretEnding,
    report: &SecretReport,
    ends_at: Instant,
) -> bool {
    loop {
        match reports.end(ending, report).await {
            Ok(reaction) => {
                let reaction = reaction.map_or("GONE", Reaction::as_str);
                let source = report.source.as_str();
                let api_key_id = ending.secret().api_key_id();
                tracing::info!(%api_key_id, source, reaction, "secret.reported");
                return true;
            }
            Err(ChangeError::Repository(
                RepositoryError::Unavailable(_) | RepositoryError::OutcomeUnknown(_),
            )) if Instant::now() < ends_at => tokio::time::sleep(PAUSE).await,
            Err(error) => {
                log(&error);
                return false;
            }
        }
    }
}

fn log(error: &(dyn std::error::Error + 'static)) {
    tracing::error!(error, "secret.report_failed");
}

/// An IPv6 network of 64 bits is one caller.
fn network(address: ClientAddress) -> IpAddr {
    match address.ip() {
        ip @ IpAddr::V4(_) => ip,
        IpAddr::V6(ip) => Ipv6Addr::from_bits(ip.to_bits() >> 64 << 64).into(),
    }
}
