use keyward_domain::{Language, Limit, LimitUse, LimitWindow};
use keyward_web::message;

use super::number::grouped;
use crate::language::MessageId as M;

const MINUTE: u32 = 60;
const HOUR: u32 = 60 * MINUTE;
const DAY: u32 = 24 * HOUR;

/// A limit of a key, and how much of it is used.
pub(crate) struct LimitView {
    pub(crate) name: String,
    /// "At most 100 per minute".
    pub(crate) rule: String,
    pub(crate) used: u64,
    pub(crate) max: u64,
    /// "3 of 100 used".
    pub(crate) words: String,
    pub(crate) is_of_workspace: bool,
}

impl LimitView {
    pub(crate) fn of(used: &LimitUse, language: Language) -> Self {
        let max = used.limit.max.get();
        let arguments = [
            ("used", grouped(used.used, language).into()),
            ("max", grouped(max, language).into()),
        ];
        Self {
            name: used.limit.name.to_string(),
            rule: rule(&used.limit, language),
            used: used.used,
            max,
            words: message(language, M::LimitUse, &arguments),
            is_of_workspace: used.is_of_workspace,
        }
    }
}

/// "At most 100 per minute".
pub(crate) fn rule(limit: &Limit, language: Language) -> String {
    let arguments = [
        ("max", grouped(limit.max.get(), language).into()),
        ("window", window(limit.window, language).into()),
    ];
    message(language, M::LimitRule, &arguments)
}

/// A window in the largest unit that it has a whole number of.
fn window(window: LimitWindow, language: Language) -> String {
    let seconds = match window {
        LimitWindow::Day => return message(language, M::WindowCalendarDay, &[]),
        LimitWindow::Month => return message(language, M::WindowCalendarMonth, &[]),
        LimitWindow::Sliding(window) => window.seconds(),
    };
    let units = [
        (DAY, M::WindowDays),
        (HOUR, M::WindowHours),
        (MINUTE, M::WindowMinutes),
    ];
    let unit = units
        .into_iter()
        .find(|(length, _)| seconds.is_multiple_of(*length));
    let (length, id) = unit.unwrap_or((1, M::WindowSeconds));
    let count = (seconds / length).to_string();
    message(language, id, &[("count", count.into())])
}

#[cfg(test)]
mod tests {
    use keyward_domain::testing::limit;

    use super::*;

    #[test]
    fn a_limit_is_told_in_words() {
        let told = |window| rule(&limit("requests", 1_000, window), Language::English);
        for (window, want) in [
            ("1s", "At most 1,000 per second"),
            ("90s", "At most 1,000 per 90 seconds"),
            ("60s", "At most 1,000 per minute"),
            ("5m", "At most 1,000 per 5 minutes"),
            ("1h", "At most 1,000 per hour"),
            ("1d", "At most 1,000 per 24 hours"),
            ("31d", "At most 1,000 per 31 days"),
            ("day", "At most 1,000 per calendar day (UTC)"),
            ("month", "At most 1,000 per calendar month (UTC)"),
        ] {
            assert_eq!(told(window), want);
        }
    }
}
