//! Runs nodes against one ledger with faults, and counts what all of them allow.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use uuid::Uuid;

use super::costs::Costs;
use super::key_limits::KeyLimits;
use super::ledger::Ledger;
use super::limit::{Cost, Limit};
use super::limit_id::LimitId;
use super::refill::RefillRequest;
use super::shares::Shares;
use super::verdict::{LimitVerdict, ShareAnswer};
use super::window::LimitWindow;
use crate::testing::{at, key, limit};
use crate::timestamp::Timestamp;
use crate::verification::verification_key::VerificationKey;

/// The length of a step.
const STEP: Duration = Duration::from_millis(50);

/// Pseudo-random numbers (`SplitMix64`), so that each run can be repeated by its seed.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn one_in(&mut self, number: u64) -> bool {
        self.below(number) == 0
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[usize::try_from(self.below(u64::try_from(all.len()).unwrap())).unwrap()]
    }
}

/// What can go wrong. Each number is one in so many chances; `None` is never.
#[derive(Clone, Copy)]
struct Faults {
    /// A request is lost, its answer is lost, it is carried out twice, or late.
    network: Option<u64>,
    crash: Option<u64>,
    /// A node reaches the store no more for up to half a minute.
    cut: Option<u64>,
    /// The clock of the store steps, within ten seconds and a part of the window.
    clock: Option<u64>,
}

const NONE: Faults = Faults {
    network: None,
    crash: None,
    cut: None,
    clock: None,
};

struct Node {
    shares: Shares,
    /// How far its monotonic clock is from the others'.
    offset: Duration,
    cut_until: Duration,
    /// Answers that have not arrived, and requests whose outcome the node does not learn.
    pending: Vec<Pending>,
}

struct Pending {
    arrives: Duration,
    id: LimitId,
    number: u64,
    refill: Option<super::refill::Refill>,
}

struct Run {
    random: Random,
    faults: Faults,
    begun: Instant,
    now: Duration,
    ledger: Ledger,
    /// The store's clock is so much behind the real time.
    behind: Duration,
    /// Requests that reach the store late.
    late: VecDeque<(Duration, RefillRequest)>,
    nodes: Vec<Node>,
    next_node: u128,
    limit: Limit,
    key: VerificationKey,
    /// The time and cost of each allowed call.
    allowed: Vec<(Duration, u64)>,
    denied: u64,
    undecided: u64,
    refills: u64,
}

impl Run {
    fn new(seed: u64, nodes: usize, limit: Limit, faults: Faults) -> Self {
        let limits = KeyLimits::of(Arc::new([limit.clone()]), Arc::new([]));
        let key = VerificationKey {
            limits,
            ..VerificationKey::from(&key())
        };
        let mut run = Self {
            random: Random(seed),
            faults,
            begun: Instant::now(),
            now: Duration::from_secs(100),
            ledger: Ledger::default(),
            behind: Duration::ZERO,
            late: VecDeque::new(),
            nodes: vec![],
            next_node: 1,
            limit,
            key,
            allowed: vec![],
            denied: 0,
            undecided: 0,
            refills: 0,
        };
        for _node in 0..nodes {
            let node = run.new_node();
            run.nodes.push(node);
        }
        run
    }

    fn new_node(&mut self) -> Node {
        self.next_node += 1;
        Node {
            shares: Shares::new(Uuid::from_u128(self.next_node)),
            offset: Duration::from_millis(self.random.below(20_000)),
            cut_until: Duration::ZERO,
            pending: vec![],
        }
    }

    fn is_faulty(&mut self, chance: Option<u64>) -> bool {
        chance.is_some_and(|number| self.random.one_in(number))
    }

    fn store_time(&self) -> Timestamp {
        let micros = i64::try_from(self.now.saturating_sub(self.behind).as_micros()).unwrap();
        Timestamp::from_unix_micros(at(0).unix_micros() + micros).unwrap()
    }

    fn at_store(&mut self, request: &RefillRequest) -> super::refill::Refill {
        let now = self.store_time();
        let refill = self.ledger.refill(request, now);
        let spent = self.ledger.spent.iter().map(|spent| spent.units);
        let leased = self.ledger.leases.iter().map(|lease| lease.units);
        assert!(leased.sum::<u64>() <= self.limit.max.get(), "leased");
        assert!(spent.count() <= 200);
        refill
    }

    /// One step without any call.
    fn step(&mut self) {
        self.now += STEP;
        if self.is_faulty(self.faults.clock) {
            let most = u64::from(self.limit.window.seconds_max()) * 1_000 / 32;
            self.behind = Duration::from_millis(self.random.below(most.min(10_000)));
        }
        while let Some((_, request)) = self.late.pop_front_if(|(when, _)| *when <= self.now) {
            self.at_store(&request);
        }
        for at in 0..self.nodes.len() {
            if self.is_faulty(self.faults.crash) {
                self.nodes[at] = self.new_node();
            }
            if self.is_faulty(self.faults.cut) {
                let long = Duration::from_millis(self.random.below(30_000));
                self.nodes[at].cut_until = self.now + long;
            }
            self.exchange(at);
        }
    }

    fn exchange(&mut self, at: usize) {
        let now = self.now;
        let node = &mut self.nodes[at];
        let instant = self.begun + now + node.offset;
        for pending in node
            .pending
            .extract_if(.., |pending| pending.arrives <= now)
        {
            match &pending.refill {
                Some(refill) => node
                    .shares
                    .refilled(&pending.id, pending.number, refill, instant),
                None => node.shares.failed(&pending.id, pending.number, instant),
            }
        }
        let requests = node.shares.begin_refills(instant);
        for (id, request) in requests {
            self.refills += 1;
            let refill = self.send(at, &request);
            let steps = u32::try_from(self.random.below(3)).unwrap();
            self.nodes[at].pending.push(Pending {
                arrives: self.now + STEP * steps,
                id,
                number: request.number,
                refill,
            });
        }
    }

    /// The answer as the node gets it, if it does.
    fn send(&mut self, at: usize, request: &RefillRequest) -> Option<super::refill::Refill> {
        if self.nodes[at].cut_until > self.now {
            return None;
        }
        if !self.is_faulty(self.faults.network) {
            return Some(self.at_store(request));
        }
        let later = self.now + Duration::from_millis(self.random.below(20_000));
        match self.random.below(4) {
            0 => None,
            1 => {
                self.at_store(request);
                None
            }
            2 => {
                self.at_store(request);
                Some(self.at_store(request))
            }
            _ => {
                let at = self.late.partition_point(|(when, _)| *when <= later);
                self.late.insert(at, (later, request.clone()));
                None
            }
        }
    }

    /// Asks until there is a verdict; refills come with the next steps.
    fn ask(&mut self, at: usize, cost: i64) {
        let node = &self.nodes[at];
        let instant = self.begun + self.now + node.offset;
        let costs = Costs::of(vec![(self.limit.name.clone(), Cost::of(cost).unwrap())]);
        let judged = node.shares.judge(&self.key, &costs, instant, true);
        match judged {
            ShareAnswer::Verdict(LimitVerdict::Allowed(_)) => {
                self.allowed.push((self.now, u64::try_from(cost).unwrap()));
            }
            ShareAnswer::Verdict(LimitVerdict::Reached(_)) => self.denied += 1,
            ShareAnswer::Verdict(LimitVerdict::CostAboveLimit(_)) => panic!("{cost}"),
            ShareAnswer::NeedsRefill | ShareAnswer::Unavailable => self.undecided += 1,
        }
    }

    /// The most units that were allowed in any window.
    fn most_in_a_window(&self) -> u64 {
        let LimitWindow::Sliding(window) = self.limit.window else {
            return self.most_in_a_period();
        };
        let (mut sum, mut most, mut first) = (0, 0, 0);
        for (when, units) in &self.allowed {
            sum += units;
            while self.allowed[first].0 + window.duration() <= *when {
                sum -= self.allowed[first].1;
                first += 1;
            }
            most = most.max(sum);
        }
        most
    }

    fn most_in_a_period(&self) -> u64 {
        let mut periods = std::collections::BTreeMap::<_, u64>::new();
        for (when, units) in &self.allowed {
            let micros = i64::try_from(when.as_micros()).unwrap();
            let when = Timestamp::from_unix_micros(at(0).unix_micros() + micros).unwrap();
            *periods
                .entry(self.limit.window.period_end(when))
                .or_default() += units;
        }
        periods.into_values().max().unwrap_or(0)
    }

    fn assert_never_exceeded(&self, run: &str) {
        let most = self.most_in_a_window();
        assert!(
            most <= self.limit.max.get(),
            "{run}: {most} of {:?}",
            self.limit
        );
    }

    fn sum(&self) -> u64 {
        self.allowed.iter().map(|(_, units)| units).sum()
    }
}

/// A run with all faults at random times.
fn run_with_faults(seed: u64) -> Run {
    let mut random = Random(seed ^ 0xFA17);
    let window = random.one_of(&["1s", "2s", "5s", "20s", "1m", "16m", "day"]);
    let max = random.one_of(&[1, 2, 7, 40, 500]);
    let chance = |random: &mut Random, often: u64| {
        let number = often * (1 + random.below(4));
        (!random.one_in(3)).then_some(number)
    };
    let faults = Faults {
        network: chance(&mut random, 3),
        crash: chance(&mut random, 100),
        cut: chance(&mut random, 150),
        clock: chance(&mut random, 60).filter(|_| window != "day"),
    };
    let nodes = 1 + usize::try_from(random.below(4)).unwrap();
    let mut run = Run::new(seed, nodes, limit("l", max, window), faults);
    // A window of 16 minutes is longer than the node keeps used units; time is made to pass.
    let rests = if window == "16m" { 40 } else { 1 };
    if window == "day" {
        // Some seconds before midnight.
        let midnight = at(0).truncated_to_days().plus_seconds(24 * 3_600);
        let until = midnight.unix_seconds() - at(0).unix_seconds();
        run.now = Duration::from_secs(until.unsigned_abs() - random.below(20));
    }
    let mut busy = random.below(10);
    for _step in 0..(200 + random.below(200)) {
        run.step();
        if random.one_in(40) {
            busy = random.below(10);
        }
        if busy == 0 && random.one_in(4) {
            run.now += Duration::from_secs(rests * random.below(20));
        }
        for at in 0..run.nodes.len() {
            for _call in 0..random.below(1 + busy) {
                let cost = 1 + random.below(3.min(u64::try_from(max).unwrap()));
                run.ask(at, i64::try_from(cost).unwrap());
            }
        }
    }
    run
}

/// A quarter of the seeds, so that the tests run side by side.
fn in_no_window_is_more_allowed_than_the_limit(quarter: u64) {
    let mut allowed = 0;
    for seed in (quarter..10_000).step_by(4) {
        let run = run_with_faults(seed);
        run.assert_never_exceeded(&format!("seed {seed}"));
        allowed += run.sum();
    }
    assert!(allowed > 25_000, "{allowed}");
}

#[test]
fn whatever_fails_the_limit_holds_1() {
    in_no_window_is_more_allowed_than_the_limit(0);
}

#[test]
fn whatever_fails_the_limit_holds_2() {
    in_no_window_is_more_allowed_than_the_limit(1);
}

#[test]
fn whatever_fails_the_limit_holds_3() {
    in_no_window_is_more_allowed_than_the_limit(2);
}

#[test]
fn whatever_fails_the_limit_holds_4() {
    in_no_window_is_more_allowed_than_the_limit(3);
}

/// The part of the budget that four nodes use at a steady load, after a first window.
fn used_at_steady_load(max: u32, window: &str, windows: u32, weights: [u64; 4]) -> (f64, Run) {
    let mut run = Run::new(1, 4, limit("l", max.into(), window), NONE);
    let LimitWindow::Sliding(length) = run.limit.window else {
        panic!("{window}")
    };
    let length = length.duration();
    let begun = run.now;
    let sum: u64 = weights.iter().sum();
    // One and a half times as many calls as are allowed.
    let calls = f64::from(max) * 1.5 * STEP.as_secs_f64() / length.as_secs_f64();
    let mut owed = [0.0; 4];
    while run.now < begun + length * (windows + 1) {
        run.step();
        for (at, owed) in owed.iter_mut().enumerate() {
            let weight = u32::try_from(weights[at]).unwrap();
            *owed += calls * f64::from(weight) / f64::from(u32::try_from(sum).unwrap());
            while *owed >= 1.0 {
                *owed -= 1.0;
                run.ask(at, 1);
            }
        }
    }
    let after_first = run
        .allowed
        .iter()
        .filter(|(when, _)| *when > begun + length);
    let used: u64 = after_first.map(|(_, units)| units).sum();
    let budget = u64::from(windows) * run.limit.max.get();
    let used = f64::from(u32::try_from(used).unwrap()) / f64::from(u32::try_from(budget).unwrap());
    run.assert_never_exceeded(window);
    (used, run)
}

#[test]
fn nearly_the_whole_budget_is_used_at_a_steady_load() {
    for (max, window, windows) in [
        (40, "1s", 60),
        (400, "1s", 60),
        (100, "5s", 40),
        (1_000, "1m", 10),
        (5_000, "15m", 2),
        (5_000, "20m", 2),
        (20_000, "2h", 1),
    ] {
        for weights in [[1, 1, 1, 1], [7, 1, 1, 1]] {
            let (used, run) = used_at_steady_load(max, window, windows, weights);
            let seconds = (run.now.as_secs() - 100) * 4;
            println!(
                "{max} in {window} {weights:?}: {used:.4}, refills a node and second {:.2}",
                f64::from(u32::try_from(run.refills).unwrap())
                    / f64::from(u32::try_from(seconds).unwrap())
            );
            // A node with fewer calls than its even share keeps a unit for the next one.
            let spare = if weights == [1; 4] {
                0.0
            } else {
                3.0 / f64::from(max)
            };
            assert!(used >= 0.97 - spare, "{max} in {window}: {used}");
            assert!(
                run.refills <= seconds + 40,
                "{max} in {window}: {}",
                run.refills
            );
        }
    }
}
