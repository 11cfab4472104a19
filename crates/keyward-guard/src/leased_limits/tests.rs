use std::collections::HashMap;
use std::sync::Mutex;

use keyward_domain::testing::{altered, at, key, limit};
use keyward_domain::{Ledger, Limits, OnUnavailable, Refill, Timestamp};
use tokio::sync::oneshot;

use super::*;

/// A store that can be made unavailable, and one that never answers.
#[derive(Default)]
struct Ledgers {
    by_id: Mutex<HashMap<LimitId, Ledger>>,
    is_down: Mutex<bool>,
    /// The limits with this name can't be read.
    unreadable: Option<&'static str>,
    hangs: bool,
}

fn time() -> Timestamp {
    at(0)
}

#[async_trait]
impl LimitLeases for Ledgers {
    async fn refill(
        &self,
        requests: Vec<(LimitId, RefillRequest)>,
    ) -> Result<Vec<Refill>, RepositoryError> {
        if self.hangs {
            std::future::pending::<()>().await;
        }
        if *self.is_down.lock().unwrap() {
            return Err(RepositoryError::Unavailable("down".into()));
        }
        if requests
            .iter()
            .any(|(id, _)| Some(id.name.as_str()) == self.unreadable)
        {
            return Err(RepositoryError::Corrupt("unreadable".into()));
        }
        let mut ledgers = self.by_id.lock().unwrap();
        let refill = |(id, request): (LimitId, RefillRequest)| {
            ledgers.entry(id).or_default().refill(&request, time())
        };
        Ok(requests.into_iter().map(refill).collect())
    }
}

fn limited(max: i64, on_unavailable: OnUnavailable) -> VerificationKey {
    let mut limit = limit("requests", max, "1h");
    limit.on_unavailable = on_unavailable;
    let key = altered(key(), |fields| {
        fields.limits = Limits::of(vec![limit]).unwrap();
    });
    VerificationKey::from(&key)
}

/// The limits, and what ends their refills.
fn start(ledgers: &Arc<Ledgers>) -> (Arc<LeasedLimits>, oneshot::Sender<()>) {
    let leases = Arc::<Ledgers>::clone(ledgers);
    let limits = Arc::new(LeasedLimits::new(leases));
    let (end, ended) = oneshot::channel();
    let refilling = Arc::clone(&limits);
    tokio::spawn(async move {
        let ended = async {
            let _ended_or_dropped = ended.await;
        };
        refilling.refill_until(ended).await;
    });
    (limits, end)
}

#[tokio::test]
async fn calls_at_once_on_two_nodes_get_no_more_than_the_limit() {
    let ledgers = Arc::new(Ledgers::default());
    let nodes = [start(&ledgers), start(&ledgers)];
    let key = Arc::new(limited(100, OnUnavailable::Deny));
    let calls = (0..300).map(|call| {
        let limits = Arc::clone(&nodes[call % 2].0);
        let key = Arc::clone(&key);
        tokio::spawn(async move {
            let verdict = limits.judge(&key, &Costs::default()).await;
            verdict.unwrap().is_allowed()
        })
    });
    let calls: Vec<_> = calls.collect();
    let mut allowed = 0;
    for call in calls {
        allowed += usize::from(call.await.unwrap());
    }
    assert!((90..=100).contains(&allowed), "{allowed}");
    assert!(nodes[0].0.counts().refilled > 0);
}

#[tokio::test]
async fn after_a_refill_a_call_needs_no_store() {
    let ledgers = Arc::new(Ledgers::default());
    let (limits, _end) = start(&ledgers);
    let key = limited(1_000, OnUnavailable::Deny);
    assert_eq!(limits.judge_now(&key, &Costs::default()), None);
    assert!(
        limits
            .judge(&key, &Costs::default())
            .await
            .unwrap()
            .is_allowed()
    );
    *ledgers.is_down.lock().unwrap() = true;
    let verdict = limits.judge_now(&key, &Costs::default());
    assert!(verdict.unwrap().is_allowed());
}

#[tokio::test]
async fn a_store_that_is_down_or_hangs_denies_or_is_not_counted() {
    for hangs in [false, true] {
        let ledgers = Arc::new(Ledgers {
            is_down: Mutex::new(true),
            hangs,
            ..Ledgers::default()
        });
        let (limits, _end) = start(&ledgers);
        let key = limited(100, OnUnavailable::Deny);
        let judged = limits.judge(&key, &Costs::default()).await;
        assert!(
            matches!(judged, Err(RepositoryError::Unavailable(_))),
            "{hangs}"
        );
        let key = limited(100, OnUnavailable::Allow);
        let (limits, _end) = start(&ledgers);
        let judged = limits.judge(&key, &Costs::default()).await;
        assert_eq!(judged.unwrap(), LimitVerdict::Allowed(vec![]), "{hangs}");
    }
}

#[tokio::test]
async fn a_process_that_ends_gives_back_its_units() {
    let ledgers = Arc::new(Ledgers::default());
    let limits = LeasedLimits::new(Arc::<Ledgers>::clone(&ledgers));
    let key = limited(100, OnUnavailable::Deny);
    let refilling = limits.refill_until(async {
        assert!(
            limits
                .judge(&key, &Costs::default())
                .await
                .unwrap()
                .is_allowed()
        );
    });
    refilling.await;
    let ledgers = ledgers.by_id.lock().unwrap();
    let ledger = ledgers.values().next().unwrap();
    assert!(ledger.leases.is_empty(), "{ledger:?}");
    assert_eq!(ledger.spent_at(time()), 1);
}

#[tokio::test]
async fn an_unreadable_ledger_affects_no_other_limit() {
    let ledgers = Arc::new(Ledgers {
        unreadable: Some("broken"),
        ..Ledgers::default()
    });
    let (limits, _end) = start(&ledgers);
    let with = |names: &[&str]| {
        let all = names.iter().map(|name| limit(name, 10, "1h"));
        let key = altered(key(), |fields| {
            fields.limits = Limits::of(all.collect()).unwrap();
        });
        VerificationKey::from(&key)
    };
    let (whole, broken) = (with(&["requests"]), with(&["broken", "requests"]));
    let costs = Costs::default();
    let (broken, whole) = tokio::join!(limits.judge(&broken, &costs), limits.judge(&whole, &costs));
    assert!(broken.is_err());
    assert!(whole.unwrap().is_allowed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn calls_on_many_threads_never_block_each_other() {
    let ledgers = Arc::new(Ledgers::default());
    let (limits, _end) = start(&ledgers);
    let key = Arc::new(limited(1_000_000, OnUnavailable::Deny));
    let calls = (0..8).map(|_caller| {
        let (limits, key) = (Arc::clone(&limits), Arc::clone(&key));
        tokio::spawn(async move {
            for _call in 0..5_000 {
                let verdict = limits.judge(&key, &Costs::NONE).await.unwrap();
                assert!(verdict.is_allowed());
            }
        })
    });
    let calls: Vec<_> = calls.collect();
    for call in calls {
        call.await.unwrap();
    }
}

#[test]
fn a_batch_has_a_limited_size() {
    let request = |spent: usize| {
        let id = LimitId {
            workspace_id: Arc::new(keyward_domain::testing::workspace_id("ws_1")),
            subject: keyward_domain::LimitSubject::Workspace,
            name: limit("requests", 1, "1s").name,
        };
        let part = keyward_domain::SpentForNow {
            units: 1,
            rests: Duration::ZERO,
        };
        let request = RefillRequest {
            node: Uuid::nil(),
            number: 1,
            max: limit("requests", 1, "1s").max,
            window: limit("requests", 1, "1s").window,
            kept: 0,
            spent: vec![part; spent],
            wanted: 0,
            period_end: None,
        };
        (id, request)
    };
    assert_eq!(batch_length(&[]), 0);
    assert_eq!(batch_length(&[request(20_000), request(1)]), 1);
    assert_eq!(batch_length(&vec![request(256); 100]), 31);
    assert_eq!(batch_length(&vec![request(0); 2_000]), 1_024);
}
