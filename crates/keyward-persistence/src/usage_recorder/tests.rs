use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use keyward_domain::ports::DailyUses;
use keyward_domain::testing::{api_key_id, at, scope};
use keyward_domain::{GATHERED_BATCH as BATCH, GATHERED_SHARDS as SHARDS, WorkspaceId};
use uuid::Uuid;

use super::*;

/// A store that keeps what is written, or fails.
#[derive(Default)]
struct Written {
    uses: Mutex<Vec<SecretUse>>,
    hourly: Mutex<Vec<KeyUses>>,
    denials: Mutex<Vec<KeyDenials>>,
    scopes: Mutex<Vec<ScopeUse>>,
    refuses_scopes: AtomicBool,
    is_down: AtomicBool,
    loses_answers: AtomicBool,
}

#[async_trait]
impl UsageStore for Written {
    async fn record(&self, uses: Vec<SecretUse>) -> Result<(), RepositoryError> {
        self.keep(&self.uses, uses)
    }
}

#[async_trait]
impl HourlyUses for Written {
    async fn record_hourly_uses(&self, uses: Vec<KeyUses>) -> Result<(), RepositoryError> {
        self.keep(&self.hourly, uses)
    }

    async fn hourly_uses_of_key(
        &self,
        _workspace_id: &WorkspaceId,
        _api_key_id: ApiKeyId,
        _from: Timestamp,
        _before: Timestamp,
    ) -> Result<Vec<KeyUses>, RepositoryError> {
        unreachable!("a log only writes")
    }

    async fn daily_uses_of_keys(
        &self,
        _workspace_id: &WorkspaceId,
        _api_key_ids: &[ApiKeyId],
        _from: Timestamp,
    ) -> Result<Vec<DailyUses>, RepositoryError> {
        unreachable!("a log only writes")
    }
}

#[async_trait]
impl Denials for Written {
    async fn record_denials(&self, denials: Vec<KeyDenials>) -> Result<(), RepositoryError> {
        self.keep(&self.denials, denials)
    }

    async fn denials_since(
        &self,
        _since: Timestamp,
        _after: Option<Uuid>,
        _limit: u32,
    ) -> Result<Vec<(WorkspaceId, KeyDenials)>, RepositoryError> {
        unreachable!("a log only writes")
    }

    async fn denials_of_key(
        &self,
        _workspace_id: &WorkspaceId,
        _api_key_id: ApiKeyId,
        _since: Timestamp,
        _before: Timestamp,
    ) -> Result<Vec<KeyDenials>, RepositoryError> {
        unreachable!("a log only writes")
    }
}

#[async_trait]
impl ScopeUses for Written {
    async fn record_scope_uses(&self, uses: Vec<ScopeUse>) -> Result<(), RepositoryError> {
        if self.refuses_scopes.load(Ordering::SeqCst) {
            return Err(RepositoryError::Unavailable("no such table".into()));
        }
        self.keep(&self.scopes, uses)
    }

    async fn scope_uses_of_key(
        &self,
        _workspace_id: &WorkspaceId,
        _api_key_id: ApiKeyId,
    ) -> Result<Vec<ScopeUse>, RepositoryError> {
        unreachable!("a log only writes")
    }
}

impl Written {
    fn keep<T>(&self, kept: &Mutex<Vec<T>>, batch: Vec<T>) -> Result<(), RepositoryError> {
        assert!(batch.len() <= BATCH);
        if self.is_down.load(Ordering::SeqCst) {
            return Err(RepositoryError::Unavailable("down".into()));
        }
        kept.lock().unwrap().extend(batch);
        if self.loses_answers.load(Ordering::SeqCst) {
            return Err(RepositoryError::OutcomeUnknown("lost".into()));
        }
        Ok(())
    }

    /// The denials written since the last call, the most frequent first.
    fn take_denials(&self) -> Vec<KeyDenials> {
        let mut denials = std::mem::take(&mut *self.denials.lock().unwrap());
        denials.sort_by_key(|denials| std::cmp::Reverse(denials.count));
        denials
    }

    /// The hours written since the last call, by key and hour: the count and the estimate of addresses.
    fn take_hourly(&self) -> Vec<(ApiKeyId, Timestamp, u64, u32)> {
        let hourly = std::mem::take(&mut *self.hourly.lock().unwrap()).into_iter();
        let mut hourly: Vec<_> = hourly
            .map(|uses| {
                (
                    uses.api_key_id,
                    uses.hour,
                    uses.count,
                    uses.addresses.estimate(),
                )
            })
            .collect();
        hourly.sort();
        hourly
    }

    /// The uses written since the last call.
    fn take(&self) -> Vec<SecretUse> {
        std::mem::take(&mut *self.uses.lock().unwrap())
    }
}

fn log() -> (Arc<Written>, BatchedUsageRecorder) {
    let written = Arc::new(Written::default());
    let log = BatchedUsageRecorder::new(
        written.clone(),
        written.clone(),
        written.clone(),
        written.clone(),
    );
    (written, log)
}

/// Hashes of successive numbers fill all shards evenly.
/// Real hashes differ at both ends: the first bytes are hashed, and the last one chooses the shard.
fn hash(number: u64) -> SecretHash {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    bytes[24..].copy_from_slice(&number.to_be_bytes());
    SecretHash::from_bytes(bytes)
}

fn from(last: u8) -> ClientAddress {
    ClientAddress::vouched_for([10, 0, 0, last].into())
}

#[tokio::test]
async fn uses_of_a_secret_are_one_row_with_the_latest_time_and_address() {
    let (written, log) = log();
    log.used(&hash(1), api_key_id(1), &[], at(5), Some(from(5)));
    log.used(&hash(1), api_key_id(1), &[], at(9), Some(from(9)));
    log.used(&hash(1), api_key_id(1), &[], at(7), Some(from(7)));
    log.used(&hash(2), api_key_id(1), &[], at(1), None);
    log.write().await.unwrap();
    let mut uses = written.take();
    uses.sort_by_key(|secret_use| secret_use.count);
    let [second, first] = uses.try_into().unwrap();
    assert_eq!(second.secret_hash, hash(2));
    assert_eq!(
        (first.last_used_at, first.address, first.count),
        (at(9), Some(from(9)), 3)
    );
    log.write().await.unwrap();
    assert_eq!(written.take(), []);
}

#[tokio::test]
async fn what_could_not_be_written_is_written_later_with_what_came_since() {
    let (written, log) = log();
    written.is_down.store(true, Ordering::SeqCst);
    for number in 0..1_000 {
        log.used(&hash(number), api_key_id(1), &[], at(5), None);
    }
    assert!(log.write().await.is_err());
    log.used(&hash(0), api_key_id(1), &[], at(6), Some(from(6)));
    written.is_down.store(false, Ordering::SeqCst);
    log.write().await.unwrap();
    let uses = written.take();
    assert_eq!(uses.len(), 1_000);
    let first = uses
        .iter()
        .find(|secret_use| secret_use.secret_hash == hash(0))
        .unwrap();
    assert_eq!((first.last_used_at, first.count), (at(6), 2));
}

#[tokio::test]
async fn a_lost_answer_counts_no_use_twice() {
    let (written, log) = log();
    written.loses_answers.store(true, Ordering::SeqCst);
    log.used(&hash(1), api_key_id(1), &[], at(5), None);
    assert!(log.write().await.is_err());
    written.loses_answers.store(false, Ordering::SeqCst);
    log.write().await.unwrap();
    let counts: Vec<u64> = written
        .take()
        .iter()
        .map(|secret_use| secret_use.count)
        .collect();
    assert_eq!(counts, [1, 0]);
}

#[tokio::test]
async fn memory_is_bounded_and_a_full_log_is_written_at_once() {
    let (written, log) = log();
    let most = u64::from(SHARDS) * u64::try_from(SECRETS_PER_SHARD_MAX).unwrap();
    for number in 0..most + 1_000 {
        log.used(&hash(number), api_key_id(1), &[], at(5), None);
    }
    let day = Duration::from_hours(24);
    let all_are_written = async {
        while written.uses.lock().unwrap().len() < usize::try_from(most).unwrap() {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        () = log.write_until(std::future::pending(), day) => {}
        () = all_are_written => {}
    }
    let dropped = DroppedNotes {
        uses: 1_000,
        ..DroppedNotes::default()
    };
    assert_eq!(log.dropped(), dropped);
}

#[tokio::test]
async fn what_is_left_at_the_end_is_written() {
    let (written, log) = log();
    log.used(&hash(1), api_key_id(1), &[], at(5), None);
    log.denied(api_key_id(1), Denial::Expired, at(5), None);
    let day = Duration::from_hours(24);
    log.write_until(std::future::ready(()), day).await;
    assert_eq!(written.take().len(), 1);
    assert_eq!(written.take_denials().len(), 1);
}

#[tokio::test]
async fn uses_of_a_key_are_counted_by_hour_over_all_its_secrets() {
    let (written, log) = log();
    let hour = at(0).truncated_to_hours();
    let next = hour.plus_seconds(3_600);
    for (secret, second, last) in [(1, 0, 1), (1, 3_599, 2), (2, 5, 1), (1, 3_600, 1)] {
        log.used(
            &hash(secret),
            api_key_id(1),
            &[],
            hour.plus_seconds(second),
            Some(from(last)),
        );
    }
    log.used(&hash(3), api_key_id(2), &[], next, None);
    log.write().await.unwrap();
    let want = [
        (api_key_id(1), hour, 3, 2),
        (api_key_id(1), next, 1, 1),
        (api_key_id(2), next, 1, 0),
    ];
    assert_eq!(written.take_hourly(), want);
    assert_eq!(written.take().iter().map(|used| used.count).sum::<u64>(), 5);
    log.write().await.unwrap();
    assert_eq!(written.take_hourly(), []);
}

#[tokio::test]
async fn a_use_is_counted_once_by_hour_whatever_fails() {
    let (written, log) = log();
    let hour = at(5).truncated_to_hours();
    let counted = |written: &Written| {
        let hourly = written.take_hourly();
        hourly
            .iter()
            .map(|(_id, at, count, _)| (*at, *count))
            .collect::<Vec<_>>()
    };
    written.is_down.store(true, Ordering::SeqCst);
    log.used(&hash(1), api_key_id(1), &[], at(5), None);
    assert!(log.write().await.is_err());
    assert_eq!(counted(&written), []);
    written.is_down.store(false, Ordering::SeqCst);
    log.write().await.unwrap();
    assert_eq!(counted(&written), [(hour, 1)]);
    written.loses_answers.store(true, Ordering::SeqCst);
    log.used(&hash(1), api_key_id(1), &[], at(5), None);
    assert!(log.write().await.is_err());
    written.loses_answers.store(false, Ordering::SeqCst);
    log.write().await.unwrap();
    let counts = counted(&written).into_iter().map(|(_at, count)| count);
    assert_eq!(counts.sum::<u64>(), 1);
}

#[tokio::test]
async fn denials_of_a_key_are_one_row_an_hour_and_reason() {
    let (written, log) = log();
    let hour = at(0).truncated_to_hours();
    for (second, last) in [(5, 5), (3_599, 9), (7, 7)] {
        let at = hour.plus_seconds(second);
        log.denied(api_key_id(1), Denial::IpNotAllowed, at, Some(from(last)));
    }
    let next_hour = hour.plus_seconds(3_600);
    for _ in 0..2 {
        log.denied(api_key_id(1), Denial::IpNotAllowed, next_hour, None);
    }
    log.denied(api_key_id(1), Denial::Disabled, hour, None);
    log.write().await.unwrap();
    let [most, next, other] = written.take_denials().try_into().unwrap();
    assert_eq!(
        most,
        KeyDenials {
            api_key_id: api_key_id(1),
            denial: Denial::IpNotAllowed,
            last_denied_at: hour.plus_seconds(3_599),
            address: Some(from(9)),
            count: 3,
        }
    );
    assert_eq!(
        (next.denial, next.hour(), next.count),
        (Denial::IpNotAllowed, next_hour, 2)
    );
    assert_eq!(
        (other.denial, other.hour(), other.count),
        (Denial::Disabled, hour, 1)
    );
    log.write().await.unwrap();
    assert_eq!(written.take_denials(), []);
}

#[tokio::test]
async fn denials_that_could_not_be_written_are_written_later() {
    let (written, log) = log();
    written.is_down.store(true, Ordering::SeqCst);
    log.denied(api_key_id(1), Denial::Expired, at(5), Some(from(5)));
    assert!(log.write().await.is_err());
    log.denied(api_key_id(1), Denial::Expired, at(6), Some(from(6)));
    written.is_down.store(false, Ordering::SeqCst);
    written.loses_answers.store(true, Ordering::SeqCst);
    assert!(log.write().await.is_err());
    written.loses_answers.store(false, Ordering::SeqCst);
    log.write().await.unwrap();
    let counts = written.take_denials().into_iter();
    let counts: Vec<_> = counts
        .map(|denials| (denials.last_denied_at, denials.address, denials.count))
        .collect();
    let last = |count| (at(6), Some(from(6)), count);
    assert_eq!(
        counts,
        [last(2), last(0)],
        "a lost answer counts nothing twice"
    );
}

#[tokio::test]
async fn a_key_that_is_denied_without_end_takes_one_place() {
    let (written, log) = log();
    for number in 0..100_000_u64 {
        let [.., last] = number.to_be_bytes();
        log.denied(api_key_id(1), Denial::Expired, at(5), Some(from(last)));
    }
    log.write().await.unwrap();
    let [denials] = written.take_denials().try_into().unwrap();
    assert_eq!(denials.count, 100_000);
    assert_eq!(log.dropped(), DroppedNotes::default());
}

#[tokio::test]
async fn denials_of_too_many_keys_are_dropped_and_said_to_be() {
    let (written, log) = log();
    let most = u64::from(SHARDS) * u64::try_from(DENIED_PER_SHARD_MAX).unwrap();
    for number in 0..most + 1_000 {
        log.denied(api_key_id(number), Denial::Expired, at(5), None);
    }
    let dropped = DroppedNotes {
        denials: 1_000,
        ..DroppedNotes::default()
    };
    assert_eq!(log.dropped(), dropped);
    // A key that is already collected is still counted.
    log.denied(api_key_id(0), Denial::Expired, at(6), None);
    assert_eq!(log.dropped(), dropped);
    log.write().await.unwrap();
    let denials = written.take_denials();
    assert_eq!(denials.len(), usize::try_from(most).unwrap());
    assert_eq!(
        (denials[0].api_key_id, denials[0].count),
        (api_key_id(0), 2)
    );
}

#[tokio::test]
async fn a_used_scope_is_written_once_a_day_and_its_failure_blocks_nothing_else() {
    let (written, log) = log();
    let today = at(0).truncated_to_days();
    let used = |code: &str, last_used_on| ScopeUse {
        api_key_id: api_key_id(1),
        scope: scope(code),
        last_used_on,
    };
    let (read, write) = (scope("payment:read"), scope("payment:write"));
    written.refuses_scopes.store(true, Ordering::SeqCst);
    for second in 0..9 {
        let at = today.plus_seconds(second);
        log.used(
            &hash(1),
            api_key_id(1),
            std::slice::from_ref(&read),
            at,
            None,
        );
    }
    log.denied(api_key_id(1), Denial::Expired, today, None);
    assert!(log.write().await.is_err());
    assert_eq!((written.take().len(), written.take_denials().len()), (1, 1));
    written.refuses_scopes.store(false, Ordering::SeqCst);
    log.write().await.unwrap();
    let rows = || std::mem::take(&mut *written.scopes.lock().unwrap());
    assert_eq!(rows(), [used("payment:read", today)]);
    // A guard reports the same scope, and another one.
    log.add_scope_use(used("payment:read", today));
    log.add_scope_use(used("payment:write", today));
    log.write().await.unwrap();
    assert_eq!(rows(), [used("payment:write", today)]);
    let tomorrow = today.plus_seconds(24 * 60 * 60);
    log.used(&hash(1), api_key_id(1), &[write], tomorrow, None);
    log.write().await.unwrap();
    assert_eq!(rows(), [used("payment:write", tomorrow)]);
    assert_eq!(log.dropped(), DroppedNotes::default());
}

#[tokio::test]
async fn scopes_of_too_many_keys_are_dropped_and_said_to_be() {
    let (written, log) = log();
    let most = u64::from(SHARDS) * u64::try_from(SCOPES_PER_SHARD_MAX).unwrap();
    for number in 0..most + 1_000 {
        let used = ScopeUse {
            api_key_id: api_key_id(number),
            scope: scope("payment:read"),
            last_used_on: at(0),
        };
        log.add_scope_use(used);
    }
    let dropped = DroppedNotes {
        scope_uses: 1_000,
        ..DroppedNotes::default()
    };
    assert_eq!(log.dropped(), dropped);
    log.write().await.unwrap();
    let rows = written.scopes.lock().unwrap().len();
    assert_eq!(rows, usize::try_from(most).unwrap());
}
