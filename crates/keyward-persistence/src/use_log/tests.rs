use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;

use super::*;

/// A store that keeps what is written, or refuses.
#[derive(Default)]
struct Written {
    uses: Mutex<Vec<SecretUse>>,
    is_down: AtomicBool,
    loses_answers: AtomicBool,
}

#[async_trait]
impl Usage for Written {
    async fn record(&self, uses: Vec<SecretUse>) -> Result<(), RepositoryError> {
        assert!(uses.len() <= BATCH);
        if self.is_down.load(Ordering::SeqCst) {
            return Err(RepositoryError::Unavailable("down".into()));
        }
        self.uses.lock().unwrap().extend(uses);
        if self.loses_answers.load(Ordering::SeqCst) {
            return Err(RepositoryError::OutcomeUnknown("lost".into()));
        }
        Ok(())
    }
}

impl Written {
    /// What has come since the last time.
    fn take(&self) -> Vec<SecretUse> {
        std::mem::take(&mut *self.uses.lock().unwrap())
    }
}

fn log() -> (Arc<Written>, BatchedUseLog) {
    let written = Arc::new(Written::default());
    let usage: Arc<dyn Usage> = written.clone();
    (written, BatchedUseLog::new(usage))
}

fn hash(number: u32) -> SecretHash {
    let mut bytes = [0; 32];
    bytes[28..].copy_from_slice(&number.to_be_bytes());
    SecretHash::from_bytes(bytes)
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix_seconds(1_800_000_000 + seconds).unwrap()
}

fn from(last: u8) -> ClientAddress {
    ClientAddress::vouched_for([10, 0, 0, last].into())
}

#[tokio::test]
async fn uses_of_a_secret_are_one_row_with_the_latest_time_and_address() {
    let (written, log) = log();
    log.used(&hash(1), at(5), Some(from(5)));
    log.used(&hash(1), at(9), Some(from(9)));
    log.used(&hash(1), at(7), Some(from(7)));
    log.used(&hash(2), at(1), None);
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
        log.used(&hash(number), at(5), None);
    }
    assert!(log.write().await.is_err());
    log.used(&hash(0), at(6), Some(from(6)));
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
    log.used(&hash(1), at(5), None);
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
    let most = u32::from(SHARDS) * u32::try_from(SECRETS_PER_SHARD_MAX).unwrap();
    for number in 0..most + 1_000 {
        log.used(&hash(number), at(5), None);
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
}

#[tokio::test]
async fn what_is_left_at_the_end_is_written() {
    let (written, log) = log();
    log.used(&hash(1), at(5), None);
    let day = Duration::from_hours(24);
    log.write_until(std::future::ready(()), day).await;
    assert_eq!(written.take().len(), 1);
}
