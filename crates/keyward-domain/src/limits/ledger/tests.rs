use super::*;
use crate::limits::limit::LimitUnits;
use crate::limits::refill::SpentForNow;
use crate::testing::at;

fn node(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

/// A request of a limit of 100 units in this window.
fn request(window: &str, by: u128, number: u64, kept: u64, wanted: u64) -> RefillRequest {
    RefillRequest {
        node: node(by),
        number,
        max: LimitUnits::of(100).unwrap(),
        window: LimitWindow::parse(window).unwrap(),
        kept,
        spent: vec![],
        wanted,
        period_end: None,
    }
}

fn spent(units: u64, seconds: u64) -> Vec<SpentForNow> {
    let rests = Duration::from_secs(seconds);
    vec![SpentForNow { units, rests }]
}

#[test]
fn no_more_than_the_free_units_are_leased() {
    let mut ledger = Ledger::default();
    let one = ledger.refill(&request("1m", 1, 1, 0, 70), at(0));
    assert_eq!((one.units, one.free, one.is_continued), (70, 30, false));
    let other = ledger.refill(&request("1m", 2, 1, 0, 70), at(0));
    assert_eq!((other.units, other.free), (30, 0));
    // The other node misses 20 of an even share, so the first one should give them back.
    let one = ledger.refill(&request("1m", 1, 2, 70, 0), at(1));
    assert_eq!((one.units, one.target), (70, 50));
    ledger.refill(&request("1m", 1, 3, 50, 0), at(1));
    let other = ledger.refill(&request("1m", 2, 2, 30, 40), at(1));
    assert_eq!((other.units, other.free), (50, 0));
}

#[test]
fn spent_units_are_free_after_the_window() {
    let mut ledger = Ledger::default();
    ledger.refill(&request("10m", 1, 1, 0, 100), at(0));
    let handing_over = RefillRequest {
        spent: spent(60, 600),
        ..request("10m", 1, 2, 0, 0)
    };
    let refill = ledger.refill(&handing_over, at(10));
    assert_eq!((refill.units, refill.free), (0, 40));
    assert_eq!(
        (ledger.spent_at(at(619)), ledger.spent_at(at(626))),
        (60, 0)
    );
    let before = ledger.refill(&request("10m", 2, 1, 0, 100), at(619));
    assert_eq!(before.units, 40);
    let after = ledger.refill(&request("10m", 2, 2, 40, 60), at(626));
    assert_eq!(after.units, 100);
}

#[test]
fn the_units_of_a_lost_node_are_spent_from_the_end_of_its_lease_on() {
    let mut ledger = Ledger::default();
    ledger.refill(&request("1m", 1, 1, 0, 100), at(0));
    for (seconds, units) in [(19, 0), (20, 0), (79, 0), (81, 100)] {
        let refill = ledger.refill(
            &request("1m", 2, seconds, 0, 100),
            at(i64::try_from(seconds).unwrap()),
        );
        assert_eq!(refill.units, units, "{seconds}");
    }
}

#[test]
fn a_request_counts_once_and_never_after_a_later_one() {
    let mut ledger = Ledger::default();
    ledger.refill(&request("1h", 1, 7, 0, 100), at(0));
    let handing_over = RefillRequest {
        spent: spent(10, 3_600),
        ..request("1h", 1, 8, 50, 0)
    };
    let once = ledger.refill(&handing_over, at(1));
    let kept = ledger.clone();
    let twice = ledger.refill(&handing_over, at(1));
    let before = ledger.refill(&request("1h", 1, 7, 0, 100), at(1));
    assert_eq!((twice.units, before.units), (once.units, once.units));
    assert_eq!(ledger, kept);
    assert_eq!((once.units, once.free), (50, 40));
}

#[test]
fn no_node_can_claim_units_that_it_has_not_leased() {
    let mut ledger = Ledger::default();
    ledger.refill(&request("1m", 1, 1, 0, 90), at(0));
    let stranger = ledger.refill(&request("1m", 2, 1, 80, 0), at(0));
    assert_eq!((stranger.is_continued, stranger.units), (false, 0));
    let too_many = ledger.refill(&request("1m", 1, 2, 95, 0), at(0));
    assert_eq!(too_many.units, 90);
}

#[test]
fn a_calendar_period_begins_with_all_units_whatever_was_leased() {
    let midnight = Timestamp::parse_rfc3339("2027-01-16T00:00:00Z").unwrap();
    let before = midnight.plus_seconds(-3);
    let mut ledger = Ledger::default();
    let first = ledger.refill(&request("day", 1, 1, 0, 100), before);
    assert_eq!(first.period_end, Some(midnight));
    assert_eq!(first.valid_for, Duration::from_secs(3));
    let spending = RefillRequest {
        spent: spent(40, 0),
        period_end: first.period_end,
        ..request("day", 1, 2, 60, 0)
    };
    let second = ledger.refill(&spending, before);
    assert_eq!(
        (second.is_continued, second.units, second.free),
        (true, 60, 0)
    );
    let third = ledger.refill(
        &RefillRequest {
            number: 3,
            ..spending.clone()
        },
        midnight,
    );
    assert_eq!(
        (third.is_continued, third.units, third.free),
        (false, 0, 100)
    );
    // A node that still believes in the old period gets units of the new one.
    let late = RefillRequest {
        wanted: 100,
        number: 4,
        ..spending
    };
    assert_eq!(ledger.refill(&late, midnight).units, 100);
}

#[test]
fn time_never_goes_back() {
    let mut ledger = Ledger::default();
    ledger.refill(&request("1m", 1, 1, 0, 100), at(100));
    ledger.refill(&request("1m", 2, 1, 0, 1), at(90));
    assert_eq!(ledger.updated_at, Some(at(100)));
}

#[test]
fn the_record_stays_small() {
    let mut ledger = Ledger::default();
    let window = LimitWindow::parse("1s").unwrap();
    let mut sum = 0;
    for micros in 0..1_000 {
        let until = Timestamp::from_unix_micros(at(0).unix_micros() + micros * 100_000).unwrap();
        ledger.add_spent(window, until, 1);
        sum += 1;
        assert!(ledger.spent.len() <= SPENT_MAX);
        assert_eq!(ledger.spent_units(), sum);
    }
    assert!(ledger.spent.is_sorted_by_key(|spent| spent.until));
}

#[test]
fn a_change_of_the_window_frees_nothing() {
    let mut ledger = Ledger::default();
    ledger.refill(&request("1m", 1, 1, 0, 60), at(0));
    let quota = ledger.refill(&request("day", 1, 2, 60, 100), at(1));
    assert_eq!((quota.is_continued, quota.units), (true, 100));
    let sliding = ledger.refill(&request("1m", 1, 3, 40, 100), at(2));
    assert_eq!((sliding.is_continued, sliding.units), (false, 0));
}

#[test]
fn a_lease_is_long_when_its_units_are_few() {
    let mut ledger = Ledger::default();
    let request = |node, number, kept, wanted| RefillRequest {
        max: LimitUnits::of(6_500).unwrap(),
        ..request("1m", node, number, kept, wanted)
    };
    let few = ledger.refill(&request(1, 1, 0, 100), at(0));
    assert_eq!((few.units, few.valid_for), (100, LONG_LEASE));
    let more = ledger.refill(&request(2, 1, 0, 100), at(0));
    assert_eq!((more.units, more.valid_for), (100, LEASE));
    // The same answer to the same request, with what is left of the lease.
    let again = ledger.refill(&request(1, 1, 0, 100), at(12));
    assert_eq!(again.valid_for, Duration::from_secs(18));
    // A lost lease is spent when it has ended.
    let last = at(0).plus_seconds(40 + 60);
    assert_eq!(ledger.refill(&request(3, 1, 0, 1), at(40)).free, 6_299);
    assert_eq!(
        ledger
            .refill(&request(3, 2, 1, 1), last.plus_seconds(1))
            .free,
        6_498
    );
}
