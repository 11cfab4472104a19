use std::collections::BTreeMap;

use super::alarm::Alarm;
use crate::caller::origin::ClientAddress;
use crate::ports::KeyDenials;
use crate::timestamp::Timestamp;
use crate::verification::denial::Denial;

/// Denials are looked at for this long: 7 days, in seconds.
pub const ALARM_SECONDS: i64 = 7 * 24 * 60 * 60;

/// From this number of denials in one hour on, there are many.
const MANY_IN_AN_HOUR: u64 = 100;

/// An alarm, and the denials that are the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RaisedAlarm {
    /// The alarm.
    pub alarm: Alarm,
    /// The number of denials.
    pub count: u64,
    /// The time of the last denial.
    pub last_denied_at: Timestamp,
    /// The address of the last call; `None` when the verifier did not know it.
    pub address: Option<ClientAddress>,
}

impl Alarm {
    /// The alarms that these denials of one key raise, the most serious first.
    #[must_use]
    pub fn raised_by(denials: &[KeyDenials]) -> Vec<RaisedAlarm> {
        let mut by_hour: BTreeMap<Timestamp, u64> = BTreeMap::new();
        for denied in denials {
            let count = by_hour.entry(denied.hour()).or_default();
            *count = count.saturating_add(denied.count);
        }
        let is_busy = |hour| {
            by_hour
                .get(&hour)
                .is_some_and(|count| *count >= MANY_IN_AN_HOUR)
        };
        let raised = |alarm: Self| {
            raise(
                alarm,
                denials.iter().filter(|denied| match alarm {
                    Self::WrongAddress => denied.denial == Denial::IpNotAllowed,
                    Self::StillCalled => {
                        matches!(denied.denial, Denial::Disabled | Denial::Expired)
                    }
                    Self::ManyDenials => is_busy(denied.hour()),
                }),
            )
        };
        Self::ALL.into_iter().filter_map(raised).collect()
    }
}

/// The alarm, if any of these denials has happened.
fn raise<'a>(alarm: Alarm, reasons: impl Iterator<Item = &'a KeyDenials>) -> Option<RaisedAlarm> {
    let mut raised: Option<RaisedAlarm> = None;
    for denied in reasons.filter(|denied| denied.count > 0) {
        let so_far = raised.get_or_insert(RaisedAlarm {
            alarm,
            count: 0,
            last_denied_at: denied.last_denied_at,
            address: denied.address,
        });
        so_far.count = so_far.count.saturating_add(denied.count);
        if denied.last_denied_at > so_far.last_denied_at {
            so_far.last_denied_at = denied.last_denied_at;
            so_far.address = denied.address;
        }
    }
    raised
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{address, api_key_id, at};

    fn denied(denial: Denial, second: i64, from: &str, count: u64) -> KeyDenials {
        KeyDenials {
            api_key_id: api_key_id(1),
            denial,
            last_denied_at: at(0).truncated_to_hours().plus_seconds(second),
            address: Some(address(from)),
            count,
        }
    }

    fn raised(denials: &[KeyDenials]) -> Vec<(&'static str, u64, i64, String)> {
        let hour = at(0).truncated_to_hours().unix_seconds();
        let shown = |raised: RaisedAlarm| {
            let second = raised.last_denied_at.unix_seconds() - hour;
            let from = raised.address.unwrap().ip().to_string();
            (raised.alarm.as_str(), raised.count, second, from)
        };
        Alarm::raised_by(denials).into_iter().map(shown).collect()
    }

    #[test]
    fn usual_denials_raise_no_alarm() {
        let denials = [
            Denial::WrongMode,
            Denial::NoScopes,
            Denial::InsufficientScope,
        ];
        let denials = denials.map(|denial| denied(denial, 1, "10.0.0.1", 33));
        assert_eq!(raised(&denials), []);
        assert_eq!(raised(&[]), []);
        assert_eq!(raised(&[denied(Denial::Disabled, 1, "10.0.0.1", 0)]), []);
    }

    #[test]
    fn each_alarm_has_its_count_and_its_last_call() {
        let denials = [
            denied(Denial::IpNotAllowed, 3_600, "10.0.0.2", 2),
            denied(Denial::IpNotAllowed, 5, "10.0.0.1", 3),
            denied(Denial::Disabled, 7, "10.0.0.3", 1),
            denied(Denial::Expired, 9, "10.0.0.4", 1),
        ];
        let wrong = ("WRONG_ADDRESS", 5, 3_600, "10.0.0.2".to_owned());
        let still = ("STILL_CALLED", 2, 9, "10.0.0.4".to_owned());
        assert_eq!(raised(&denials), [wrong, still]);
    }

    #[test]
    fn a_hundred_denials_in_an_hour_are_many_whatever_the_reasons() {
        let of = |first, second| {
            raised(&[
                denied(Denial::WrongMode, 1, "10.0.0.1", first),
                denied(Denial::NoScopes, 3_599, "10.0.0.2", second),
                denied(Denial::NoScopes, 3_600, "10.0.0.3", 99),
            ])
        };
        assert_eq!(of(50, 49), []);
        assert_eq!(
            of(50, 50),
            [("MANY_DENIALS", 100, 3_599, "10.0.0.2".to_owned())]
        );
        assert_eq!(of(u64::MAX, 1)[0].1, u64::MAX);
    }
}
