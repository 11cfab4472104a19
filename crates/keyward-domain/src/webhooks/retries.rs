//! When a failed delivery is tried again.

use super::attempt::Outcome;
use super::delivery::DeliveryStatus;
use super::webhook::{DisabledReason, FAILING_SECONDS_MAX};
use crate::events::event_id::EventId;
use crate::timestamp::Timestamp;

/// An event is tried so often.
pub const ATTEMPTS_MAX: u32 = 10;

/// Failures only disable a webhook when this event was tried so often: for hours, and not once after weeks
/// without an event.
const DISABLING_ATTEMPTS: u32 = 5;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;

/// The seconds after each failure. With an even distribution of the jitter, the last attempt is three
/// days after the first.
const RETRY_AFTER: [i64; 9] = [
    5,
    5 * MINUTE,
    30 * MINUTE,
    2 * HOUR,
    5 * HOUR,
    10 * HOUR,
    14 * HOUR,
    17 * HOUR,
    23 * HOUR + 25 * MINUTE - 5,
];

/// What follows from an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AfterAttempt {
    /// Where the delivery stands.
    pub status: DeliveryStatus,
    /// When it is tried again, if it is pending.
    pub due_at: Option<Timestamp>,
    /// Since when the webhook has only failures.
    pub failing_since: Option<Timestamp>,
    /// Why the webhook is to be disabled, if it is.
    pub disabled: Option<DisabledReason>,
}

impl AfterAttempt {
    /// What follows when this attempt, the `attempts`th of this event, has ended at `now`, and the webhook
    /// had only failures since `failing_since` before.
    #[must_use]
    pub fn of(
        outcome: &Outcome,
        event_id: EventId,
        attempts: u32,
        failing_since: Option<Timestamp>,
        now: Timestamp,
    ) -> Self {
        if outcome.is_success() {
            return Self {
                status: DeliveryStatus::Delivered,
                due_at: None,
                failing_since: None,
                disabled: None,
            };
        }
        let since = failing_since.unwrap_or(now);
        let is_failing =
            attempts >= DISABLING_ATTEMPTS && since.plus_seconds(FAILING_SECONDS_MAX) <= now;
        let disabled = if outcome.is_gone() {
            Some(DisabledReason::Gone)
        } else {
            is_failing.then_some(DisabledReason::Failing)
        };
        let due_at = retry_after(event_id, attempts).map(|seconds| now.plus_seconds(seconds));
        let status = due_at.map_or(DeliveryStatus::Failed, |_| DeliveryStatus::Pending);
        Self {
            status,
            due_at,
            failing_since: Some(since),
            disabled,
        }
    }
}

/// The seconds until the next attempt, 10 % more or less. `None` after the last one. The jitter is computed
/// from the event's id, which is a hash.
fn retry_after(event_id: EventId, attempts: u32) -> Option<i64> {
    let at = usize::try_from(attempts.checked_sub(1)?).ok()?;
    let seconds = RETRY_AFTER.get(at)?;
    let byte = (event_id.uuid().as_u128() >> (attempts * 5)) & 0xFF;
    let jitter = i64::try_from(byte).unwrap_or(0) - 128;
    Some(seconds + seconds * jitter / 1_280)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::trail::EventHash;
    use crate::testing::at;
    use crate::webhooks::attempt::DeliveryFailure;

    fn event(byte: u8) -> EventId {
        EventId::of_deployment_event(EventHash::from_bytes([byte; 32]))
    }

    fn answered(status: u16) -> Outcome {
        let answer = String::new();
        Outcome::Answered { status, answer }
    }

    fn after(outcome: &Outcome, attempts: u32, since: Option<i64>, now: i64) -> AfterAttempt {
        AfterAttempt::of(outcome, event(1), attempts, since.map(at), at(now))
    }

    #[test]
    fn a_success_ends_the_delivery_and_the_failing() {
        for status in [200, 202, 204, 299] {
            let want = AfterAttempt {
                status: DeliveryStatus::Delivered,
                due_at: None,
                failing_since: None,
                disabled: None,
            };
            assert_eq!(after(&answered(status), 10, Some(0), 9), want);
        }
    }

    #[test]
    fn ten_attempts_take_three_days() {
        for number in 0..=255 {
            let mut seconds = 0;
            for attempts in 1..ATTEMPTS_MAX {
                let pause = retry_after(event(number), attempts).unwrap();
                let nominal = RETRY_AFTER[usize::try_from(attempts).unwrap() - 1];
                assert!((pause - nominal).abs() * 10 <= nominal, "{pause} {nominal}");
                seconds += pause;
            }
            assert!((233_280..=285_120).contains(&seconds), "{seconds}");
            assert_eq!(retry_after(event(number), ATTEMPTS_MAX), None);
        }
        assert_eq!(RETRY_AFTER.iter().sum::<i64>(), 3 * 24 * HOUR);
        assert_ne!(retry_after(event(1), 5), retry_after(event(2), 5));
    }

    #[test]
    fn a_failure_is_tried_again_and_the_last_one_is_final() {
        for outcome in [
            answered(500),
            answered(302),
            answered(199),
            Outcome::Failed(DeliveryFailure::TimedOut),
        ] {
            let first = after(&outcome, 1, None, 100);
            assert_eq!(first.status, DeliveryStatus::Pending);
            assert!(first.due_at > Some(at(103)));
            assert_eq!((first.failing_since, first.disabled), (Some(at(100)), None));
            let last = after(&outcome, 10, Some(50), 100);
            assert_eq!(last.status, DeliveryStatus::Failed);
            assert_eq!((last.due_at, last.failing_since), (None, Some(at(50))));
        }
    }

    #[test]
    fn five_days_of_failures_and_410_disable() {
        let days = FAILING_SECONDS_MAX;
        assert_eq!(after(&answered(500), 5, Some(0), days - 1).disabled, None);
        assert_eq!(after(&answered(500), 4, Some(0), 9 * days).disabled, None);
        let failing = after(&answered(500), 5, Some(0), days);
        assert_eq!(failing.disabled, Some(DisabledReason::Failing));
        let gone = after(&answered(410), 1, None, 0);
        assert_eq!(gone.disabled, Some(DisabledReason::Gone));
        assert_eq!(gone.status, DeliveryStatus::Pending);
    }
}
