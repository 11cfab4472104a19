use std::collections::BTreeMap;

use super::address_sketch::AddressSketch;
use super::limit_use::LimitUse;
use super::period::UsagePeriod;
use super::raised_alarm::RaisedAlarm;
use super::scope_last_use::ScopeLastUse;
use crate::ports::{KeyDenials, KeyUses};
use crate::timestamp::Timestamp;
use crate::verification::denial::Denial;

/// How a key was used in a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsageReport {
    /// The period.
    pub period: UsagePeriod,
    /// The hours or days with any call, oldest first.
    pub parts: Vec<UsagePart>,
}

/// How a key was used in a period, and what its owner should know now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Usage {
    /// The calls of the period.
    pub report: UsageReport,
    /// The alarms of the last 7 days, whatever the period.
    pub alarms: Vec<RaisedAlarm>,
    /// The limits that count for the key, and how much of them is used now.
    pub limits: Vec<LimitUse>,
    /// The scopes of the key in their order, and when each was last used.
    pub scopes: Vec<ScopeLastUse>,
}

/// The calls with a key in one hour or day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UsageCounts {
    /// Allowed calls.
    pub allowed: u64,
    /// Denied calls by reason; only reasons that occurred.
    pub denied: BTreeMap<Denial, u64>,
    /// The addresses of allowed calls.
    pub addresses: AddressSketch,
}

/// One hour or day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsagePart {
    /// Its start (UTC).
    pub start: Timestamp,
    /// The calls.
    pub counts: UsageCounts,
}

impl UsageReport {
    /// Sums what was counted by hour. What lies outside the period is ignored.
    #[must_use]
    pub fn of(
        period: UsagePeriod,
        uses: impl IntoIterator<Item = KeyUses>,
        denials: impl IntoIterator<Item = KeyDenials>,
    ) -> Self {
        let mut parts: BTreeMap<Timestamp, UsageCounts> = BTreeMap::new();
        let start = |hour: Timestamp| period.contains(hour).then(|| period.unit().start_of(hour));
        // A counter may be 0, when it is unknown whether its uses were counted before.
        for uses in uses.into_iter().filter(|uses| uses.count > 0) {
            if let Some(start) = start(uses.hour) {
                let counts = parts.entry(start).or_default();
                counts.allowed = counts.allowed.saturating_add(uses.count);
                counts.addresses = counts.addresses.or(uses.addresses);
            }
        }
        for denials in denials.into_iter().filter(|denials| denials.count > 0) {
            if let Some(start) = start(denials.hour()) {
                let count = parts.entry(start).or_default().denied.entry(denials.denial);
                let count = count.or_default();
                *count = count.saturating_add(denials.count);
            }
        }
        let parts = parts.into_iter();
        Self {
            period,
            parts: parts
                .map(|(start, counts)| UsagePart { start, counts })
                .collect(),
        }
    }

    /// The sum of all parts.
    #[must_use]
    pub fn total(&self) -> UsageCounts {
        let mut total = UsageCounts::default();
        for part in &self.parts {
            total.add(&part.counts);
        }
        total
    }
}

impl UsageCounts {
    /// Denied calls, whatever the reason.
    #[must_use]
    pub fn denied_in_all(&self) -> u64 {
        self.denied
            .values()
            .fold(0, |sum, count| sum.saturating_add(*count))
    }

    fn add(&mut self, other: &Self) {
        self.allowed = self.allowed.saturating_add(other.allowed);
        self.addresses = self.addresses.or(other.addresses);
        for (denial, more) in &other.denied {
            let count = self.denied.entry(*denial).or_default();
            *count = count.saturating_add(*more);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{address, api_key_id};
    use crate::usage::period::UsageUnit;

    const HOUR: i64 = 3_600;

    fn midnight() -> Timestamp {
        Timestamp::parse_rfc3339("2026-11-29T00:00:00Z").unwrap()
    }

    fn used(hour: i64, from: &str, count: u64) -> KeyUses {
        KeyUses {
            api_key_id: api_key_id(1),
            hour: midnight().plus_seconds(hour * HOUR),
            addresses: AddressSketch::of(Some(address(from))),
            count,
        }
    }

    fn denied(hour: i64, denial: Denial, count: u64) -> KeyDenials {
        KeyDenials {
            api_key_id: api_key_id(1),
            denial,
            last_denied_at: midnight().plus_seconds(hour * HOUR + 59),
            address: None,
            count,
        }
    }

    fn report(unit: UsageUnit) -> UsageReport {
        let (from, to) = (midnight(), midnight().plus_seconds(48 * HOUR));
        let period = UsagePeriod::new(Some(from), Some(to), unit, to).unwrap();
        let uses = [
            used(-1, "10.0.0.9", 99),
            used(0, "10.0.0.1", 1),
            used(23, "10.0.0.2", 2),
            used(24, "10.0.0.1", 4),
            used(48, "10.0.0.9", 99),
            used(5, "10.0.0.9", 0),
        ];
        let denials = [
            denied(47, Denial::Expired, 8),
            denied(23, Denial::Disabled, 16),
            denied(23, Denial::Expired, 32),
            denied(-1, Denial::Disabled, 99),
            denied(48, Denial::Disabled, 99),
            denied(5, Denial::Disabled, 0),
        ];
        UsageReport::of(period, uses, denials)
    }

    fn shown(report: &UsageReport) -> Vec<(i64, u64, u64, u32)> {
        let part = |part: &UsagePart| {
            let hour = (part.start.unix_seconds() - midnight().unix_seconds()) / HOUR;
            let counts = &part.counts;
            (
                hour,
                counts.allowed,
                counts.denied_in_all(),
                counts.addresses.estimate(),
            )
        };
        report.parts.iter().map(part).collect()
    }

    #[test]
    fn hours_with_calls_are_parts_of_the_period() {
        let report = report(UsageUnit::Hour);
        let want = [(0, 1, 0, 1), (23, 2, 48, 1), (24, 4, 0, 1), (47, 0, 8, 0)];
        assert_eq!(shown(&report), want);
    }

    #[test]
    fn a_day_is_the_sum_of_its_hours() {
        let report = report(UsageUnit::Day);
        assert_eq!(shown(&report), [(0, 3, 48, 2), (24, 4, 8, 1)]);
        let total = report.total();
        assert_eq!((total.allowed, total.addresses.estimate()), (7, 2));
        let denied = [(Denial::Disabled, 16), (Denial::Expired, 40)];
        assert_eq!(total.denied, BTreeMap::from(denied));
    }
}
