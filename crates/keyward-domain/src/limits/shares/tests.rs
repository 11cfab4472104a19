use std::time::Duration;

use super::*;
use crate::limits::key_limits::KeyLimits;
use crate::limits::ledger::Ledger;
use crate::testing::{api_key_id, at, key, limit};

/// One node and the ledgers of a store.
struct Limited {
    shares: Shares,
    ledgers: HashMap<LimitId, Ledger>,
    limits: KeyLimits,
    begun: Instant,
    seconds: u64,
}

impl Limited {
    fn by(of_key: Vec<Limit>, of_workspace: Vec<Limit>) -> Self {
        Self {
            shares: Shares::new(Uuid::from_u128(1)),
            ledgers: HashMap::new(),
            limits: KeyLimits {
                of_key: of_key.into(),
                of_workspace: of_workspace.into(),
            },
            begun: Instant::now(),
            seconds: 0,
        }
    }

    fn key(&self, number: u64) -> VerificationKey {
        VerificationKey {
            id: api_key_id(number),
            limits: Some(Arc::new(self.limits.clone())),
            ..VerificationKey::from(&key())
        }
    }

    fn now(&self) -> Instant {
        self.begun + Duration::from_secs(self.seconds)
    }

    fn judge_once(&self, key: u64, costs: &[(&str, i64)]) -> ShareAnswer {
        let costs = costs.iter().map(|(name, cost)| {
            let name = LimitName::parse(name).unwrap();
            (name, Cost::of(*cost).unwrap())
        });
        let costs = Costs::of(costs.collect());
        let key = self.key(key);
        self.shares.judge(&key, &costs, self.now(), true)
    }

    fn refill(&mut self) -> usize {
        let requests = self.shares.begin_refills(self.now());
        let now = at(i64::try_from(self.seconds).unwrap());
        for (id, request) in &requests {
            let ledger = self.ledgers.entry(id.clone()).or_default();
            let refill = ledger.refill(request, now);
            self.shares
                .refilled(id, request.number, &refill, self.now());
        }
        requests.len()
    }

    fn fail(&mut self) {
        for (id, request) in self.shares.begin_refills(self.now()) {
            self.shares.failed(&id, request.number, self.now());
        }
    }

    /// Refills as often as the verdict needs it.
    fn judge(&mut self, key: u64, costs: &[(&str, i64)]) -> LimitVerdict {
        for _refill in 0..20 {
            match self.judge_once(key, costs) {
                ShareAnswer::Verdict(verdict) => return verdict,
                ShareAnswer::NeedsRefill => assert!(self.refill() > 0),
                ShareAnswer::Unavailable => panic!("unavailable"),
            }
        }
        panic!("refills change nothing");
    }

    fn allows(&mut self, key: u64, costs: &[(&str, i64)]) -> bool {
        matches!(self.judge(key, costs), LimitVerdict::Allowed(_))
    }

    /// What remains of each limit.
    fn remaining(&mut self, key: u64) -> Vec<(String, u64)> {
        let all = self.limits.of_key.iter().chain(&*self.limits.of_workspace);
        let names: Vec<String> = all.map(|limit| limit.name.to_string()).collect();
        let peek: Vec<(&str, i64)> = names.iter().map(|name| (name.as_str(), 0)).collect();
        match self.judge(key, &peek) {
            LimitVerdict::Allowed(states) => states
                .into_iter()
                .map(|state| (state.limit.name.to_string(), state.remaining))
                .collect(),
            LimitVerdict::Reached(_) | LimitVerdict::CostAboveLimit(_) => panic!(),
        }
    }
}

#[test]
fn a_limit_allows_max_units_in_a_window_on_one_node_and_not_one_more() {
    let mut limited = Limited::by(vec![limit("requests", 100, "10s")], vec![]);
    let first: Vec<bool> = (0..110).map(|_call| limited.allows(1, &[])).collect();
    assert_eq!(first.iter().filter(|allowed| **allowed).count(), 100);
    assert!(first[..100].iter().all(|allowed| *allowed));
    let LimitVerdict::Reached(reached) = limited.judge(1, &[]) else {
        panic!()
    };
    assert_eq!(reached.remaining, 0);
    assert_eq!(reached.resets_in, Duration::from_secs(10));
    assert!(!reached.is_quota());
    for (seconds, allowed) in [(9, 0), (10, 100)] {
        limited.seconds = seconds;
        let calls = (0..110).filter(|_call| limited.allows(1, &[])).count();
        assert_eq!(calls, allowed, "{seconds}");
    }
}

#[test]
fn all_limits_are_paid_or_none() {
    let mut limited = Limited::by(
        vec![limit("requests", 10, "1m"), limit("tokens", 100, "day")],
        vec![limit("all", 15, "1m")],
    );
    assert!(limited.allows(1, &[("tokens", 95)]));
    let LimitVerdict::Reached(reached) = limited.judge(1, &[("tokens", 6)]) else {
        panic!()
    };
    assert_eq!(
        (reached.limit.name.as_str(), reached.remaining),
        ("tokens", 5)
    );
    assert!(reached.is_quota());
    let left = [("all", 14), ("requests", 9), ("tokens", 5)];
    assert_eq!(
        limited.remaining(1),
        left.map(|(name, units)| (name.to_owned(), units))
    );
    // Another key has its own limits, and the same workspace.
    let calls = (0..20).filter(|_call| limited.allows(2, &[])).count();
    assert_eq!(calls, 10);
    let calls = (0..20).filter(|_call| limited.allows(3, &[])).count();
    assert_eq!(calls, 4);
    let LimitVerdict::Reached(reached) = limited.judge(3, &[]) else {
        panic!()
    };
    assert_eq!(reached.limit.name.as_str(), "all");
}

#[test]
fn a_cost_of_zero_asks_and_a_cost_above_the_limit_is_never_allowed() {
    let mut limited = Limited::by(vec![limit("requests", 2, "1m")], vec![]);
    for _call in 0..5 {
        assert_eq!(limited.remaining(1), [("requests".to_owned(), 2)]);
    }
    assert!(limited.allows(1, &[("requests", 2)]));
    assert_eq!(limited.remaining(1), [("requests".to_owned(), 0)]);
    let above = limited.judge(1, &[("requests", 3)]);
    assert_eq!(
        above,
        LimitVerdict::CostAboveLimit(limit("requests", 2, "1m"))
    );
    // A name that the key does not have costs nothing.
    assert!(!limited.allows(1, &[("other", 1_000)]));
}

#[test]
fn a_limit_that_cannot_be_judged_denies_or_does_not_count() {
    let mut lenient = limit("lenient", 10, "1m");
    lenient.on_unavailable = OnUnavailable::Allow;
    let mut limited = Limited::by(vec![lenient.clone()], vec![]);
    assert_eq!(limited.judge_once(1, &[]), ShareAnswer::NeedsRefill);
    limited.fail();
    assert_eq!(
        limited.judge_once(1, &[]),
        ShareAnswer::Verdict(LimitVerdict::Allowed(vec![]))
    );
    let mut limited = Limited::by(vec![lenient, limit("strict", 10, "1m")], vec![]);
    assert_eq!(limited.judge_once(1, &[]), ShareAnswer::NeedsRefill);
    limited.fail();
    assert_eq!(limited.judge_once(1, &[]), ShareAnswer::Unavailable);
    limited.seconds = 1;
    assert_eq!(limited.judge_once(1, &[]), ShareAnswer::NeedsRefill);
    let (key, costs) = (limited.key(1), Costs::default());
    let impatient = limited.shares.judge(&key, &costs, limited.now(), false);
    assert_eq!(impatient, ShareAnswer::Unavailable);
    assert!(limited.allows(1, &[]));
}

#[test]
fn an_unused_lease_is_given_back_and_forgotten() {
    let mut limited = Limited::by(vec![limit("requests", 100, "1m")], vec![]);
    assert!(limited.allows(1, &[("requests", 30)]));
    for seconds in [2, 5, 9] {
        limited.seconds = seconds;
        limited.refill();
    }
    let ledger = limited.ledgers.values().next().unwrap();
    assert!(ledger.leases.is_empty(), "{ledger:?}");
    assert_eq!(ledger.spent_at(at(9)), 30);
    limited.seconds = 20;
    assert_eq!(limited.refill(), 0);
    assert!(
        limited
            .shares
            .parts
            .iter()
            .all(|part| lock(part).is_empty())
    );
    assert_eq!(limited.remaining(1), [("requests".to_owned(), 70)]);
    for seconds in [22, 26, 63] {
        limited.seconds = seconds;
        limited.refill();
    }
    assert!(limited.allows(1, &[("requests", 100)]));
}

#[test]
fn a_lowered_limit_counts_at_once() {
    let mut limited = Limited::by(vec![limit("requests", 100, "1m")], vec![]);
    assert!(limited.allows(1, &[("requests", 5)]));
    limited.limits.of_key = Arc::new([limit("requests", 8, "1m")]);
    let calls = (0..20).filter(|_call| limited.allows(1, &[])).count();
    assert_eq!(calls, 3);
    limited.limits.of_key = Arc::new([limit("requests", 20, "1m")]);
    let calls = (0..20).filter(|_call| limited.allows(1, &[])).count();
    assert_eq!(calls, 12);
}

#[test]
fn a_node_that_ends_gives_back_everything() {
    let mut limited = Limited::by(
        vec![limit("requests", 100, "1m")],
        vec![limit("all", 9, "day")],
    );
    assert!(limited.allows(1, &[("requests", 30)]));
    for (id, request) in limited.shares.begin_return(limited.now()) {
        let ledger = limited.ledgers.get_mut(&id).unwrap();
        let refill = ledger.refill(&request, at(0));
        assert_eq!(refill.units, 0);
    }
    let mut spent: Vec<u64> = limited
        .ledgers
        .values()
        .map(|one| one.spent_at(at(1)))
        .collect();
    spent.sort_unstable();
    assert_eq!(spent, [1, 30]);
    assert!(
        limited
            .ledgers
            .values()
            .all(|ledger| ledger.leases.is_empty())
    );
}

#[test]
fn calls_that_wait_are_refilled_without_a_look_at_other_limits() {
    let limits = vec![limit("requests", 100, "1m")];
    let mut limited = Limited::by(limits, vec![limit("all", 1_000, "1m")]);
    assert!(limited.allows(1, &[]) && limited.allows(2, &[]));
    limited.seconds = 30;
    assert_eq!(limited.judge_once(3, &[]), ShareAnswer::NeedsRefill);
    let urgent = limited.shares.begin_urgent(limited.now());
    let key = |number| LimitSubject::Key(api_key_id(number).uuid());
    let subjects: Vec<LimitSubject> = urgent.iter().map(|(id, _)| id.subject.clone()).collect();
    assert_eq!(subjects, [LimitSubject::Workspace, key(3)]);
    assert_eq!(limited.shares.begin_urgent(limited.now()), []);
    let others = limited.shares.begin_refills(limited.now());
    let mut subjects: Vec<LimitSubject> = others.iter().map(|(id, _)| id.subject.clone()).collect();
    subjects.sort_by_key(|subject| *subject == key(2));
    assert_eq!(subjects, [key(1), key(2)]);
}

#[test]
fn an_answer_to_a_request_under_the_old_limit_gives_no_units() {
    let mut limited = Limited::by(vec![limit("requests", 100_000, "1m")], vec![]);
    let costly = limited.judge_once(1, &[("requests", 50_000)]);
    assert_eq!(costly, ShareAnswer::NeedsRefill);
    let requests = limited.shares.begin_refills(limited.now());
    limited.limits.of_key = [limit("requests", 100, "1m")].into();
    assert_eq!(limited.judge_once(1, &[]), ShareAnswer::NeedsRefill);
    for (id, request) in &requests {
        let ledger = limited.ledgers.entry(id.clone()).or_default();
        let refill = ledger.refill(request, at(0));
        assert_eq!(refill.units, 50_000);
        limited
            .shares
            .refilled(id, request.number, &refill, limited.now());
    }
    let allowed = (0..200).filter(|_call| limited.allows(1, &[])).count();
    assert_eq!(allowed, 100);
}

#[test]
fn a_failed_renewal_is_repeated_before_the_lease_ends() {
    let mut limited = Limited::by(vec![limit("requests", 100, "1m")], vec![]);
    assert!(limited.allows(1, &[]));
    limited.seconds = 4;
    assert!(limited.allows(1, &[]));
    limited.seconds = 5;
    limited.fail();
    limited.seconds = 7;
    assert!(matches!(
        limited.judge_once(1, &[]),
        ShareAnswer::Verdict(_)
    ));
    assert_eq!(limited.refill(), 1);
    limited.seconds = 11;
    assert!(matches!(
        limited.judge_once(1, &[]),
        ShareAnswer::Verdict(_)
    ));
}
