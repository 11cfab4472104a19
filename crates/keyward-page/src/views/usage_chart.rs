use std::fmt::Write as _;

use keyward_domain::{Language, Timestamp, UsageReport, UsageUnit};
use keyward_web::message;

use super::moment::Moment;
use crate::language::MessageId as M;

/// The height of the drawing in units. Each hour or day is 10 units wide.
const HEIGHT: u64 = 100;
const STEP: usize = 10;

/// The calls of a period as bars, and as a table.
pub(crate) struct UsageChart {
    /// The width of the drawing in units.
    pub(crate) width: usize,
    pub(crate) allowed_path: String,
    /// On top of the allowed calls.
    pub(crate) denied_path: String,
    /// The drawing in words.
    pub(crate) words: String,
    pub(crate) allowed: u64,
    pub(crate) denied: u64,
    pub(crate) addresses: u32,
    pub(crate) from: Moment,
    pub(crate) to: Moment,
    /// The hours or days with any call.
    pub(crate) rows: Vec<ChartRow>,
}

/// The calls of one hour or day.
pub(crate) struct ChartRow {
    pub(crate) at: Moment,
    pub(crate) allowed: u64,
    pub(crate) denied: u64,
}

impl UsageChart {
    pub(crate) fn of(report: &UsageReport, language: Language) -> Self {
        let period = report.period;
        let seconds = match period.unit() {
            UsageUnit::Hour => 3_600,
            UsageUnit::Day => 86_400,
        };
        let place = |at: Timestamp| {
            let place = (at.unix_seconds() - period.from().unix_seconds()) / seconds;
            usize::try_from(place).unwrap_or(0)
        };
        let totals = report.parts.iter().map(|part| {
            let counts = &part.counts;
            counts.allowed.saturating_add(counts.denied_in_all())
        });
        let highest = totals.max().unwrap_or(0).max(1);
        let share = |count: u64| {
            let share = u128::from(count) * u128::from(HEIGHT) / u128::from(highest);
            let share = u64::try_from(share).unwrap_or(HEIGHT);
            // Any call is seen.
            if count > 0 { share.max(1) } else { 0 }
        };
        let (mut allowed_path, mut denied_path) = (String::new(), String::new());
        for part in &report.parts {
            let x = place(part.start) * STEP + 1;
            let allowed = share(part.counts.allowed).min(HEIGHT);
            let denied = share(part.counts.denied_in_all()).min(HEIGHT - allowed);
            bar(&mut allowed_path, x, HEIGHT - allowed, allowed);
            bar(&mut denied_path, x, HEIGHT - allowed - denied, denied);
        }
        let rows = report.parts.iter().map(|part| ChartRow {
            at: Moment::of(part.start),
            allowed: part.counts.allowed,
            denied: part.counts.denied_in_all(),
        });
        let total = report.total();
        let denied = total.denied_in_all();
        let arguments = [
            ("allowed", total.allowed.to_string().into()),
            ("denied", denied.to_string().into()),
        ];
        Self {
            width: place(period.before()) * STEP,
            allowed_path,
            denied_path,
            words: message(language, M::ChartOfCalls, &arguments),
            allowed: total.allowed,
            denied,
            addresses: total.addresses.estimate(),
            from: Moment::of(period.from()),
            to: Moment::of(period.before()),
            rows: rows.collect(),
        }
    }
}

fn bar(path: &mut String, x: usize, y: u64, height: u64) {
    if height > 0 {
        // Writing into a String can't fail.
        let _infallible = write!(path, "M{x} {y}h8v{height}h-8z");
    }
}

#[cfg(test)]
mod tests {
    use keyward_domain::ports::{KeyDenials, KeyUses};
    use keyward_domain::{AddressSketch, Denial, Mode, UsagePeriod};
    use keyward_web::testing::{key_id, now};

    use super::*;

    #[test]
    fn denied_calls_stand_on_top_of_allowed_ones() {
        let period = UsagePeriod::new(None, None, UsageUnit::Hour, now()).unwrap();
        let hour = |ago: i64| now().plus_seconds(-ago * 3_600);
        let used = |ago, count| KeyUses {
            api_key_id: key_id(Mode::Live),
            hour: hour(ago),
            addresses: AddressSketch::default(),
            count,
        };
        let denied = KeyDenials {
            api_key_id: key_id(Mode::Live),
            denial: Denial::Expired,
            last_denied_at: hour(1),
            address: None,
            count: 50,
        };
        let report = UsageReport::of(period, [used(1, 150), used(24, 1)], [denied]);
        let chart = UsageChart::of(&report, Language::English);
        assert_eq!(chart.width, 240);
        assert_eq!(chart.allowed_path, "M1 99h8v1h-8zM231 25h8v75h-8z");
        assert_eq!(chart.denied_path, "M231 0h8v25h-8z");
        assert_eq!(chart.words, "Allowed calls: 151. Denied calls: 50.");
        assert_eq!(chart.rows.len(), 2);
    }
}
