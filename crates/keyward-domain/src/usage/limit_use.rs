use crate::limits::limit::Limit;
use crate::limits::window::LimitWindow;

/// How much of a limit is used now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitUse {
    /// The limit.
    pub limit: Limit,
    /// Whether all keys of the workspace share it.
    pub is_of_workspace: bool,
    /// The units that can't be used at the moment: used in this window, or leased to a node.
    pub used: u64,
}

/// What the owner of a key should know about a quota, which is a limit of a calendar period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuotaAlarm {
    /// At least 80 % of it are used.
    NearlyReached,
    /// All of it is used.
    Reached,
}

impl LimitUse {
    /// The alarm about this limit, if it is a quota.
    #[must_use]
    pub fn alarm(&self) -> Option<QuotaAlarm> {
        let max = self.limit.max.get();
        match self.limit.window {
            LimitWindow::Sliding(_) => None,
            LimitWindow::Day | LimitWindow::Month if self.used >= max => Some(QuotaAlarm::Reached),
            LimitWindow::Day | LimitWindow::Month => {
                let is_near = self.used.saturating_mul(100) >= max.saturating_mul(80);
                is_near.then_some(QuotaAlarm::NearlyReached)
            }
        }
    }
}

impl QuotaAlarm {
    /// `QUOTA_NEARLY_REACHED` or `QUOTA_REACHED`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NearlyReached => "QUOTA_NEARLY_REACHED",
            Self::Reached => "QUOTA_REACHED",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::limit;

    #[test]
    fn a_quota_raises_an_alarm_at_80_and_at_100_percent() {
        use QuotaAlarm::{NearlyReached, Reached};
        for (window, used, want) in [
            ("month", 79, None),
            ("month", 80, Some(NearlyReached)),
            ("day", 99, Some(NearlyReached)),
            ("day", 100, Some(Reached)),
            ("day", u64::MAX, Some(Reached)),
            ("31d", 100, None),
        ] {
            let limit_use = LimitUse {
                limit: limit("quota", 100, window),
                is_of_workspace: false,
                used,
            };
            assert_eq!(limit_use.alarm(), want, "{window} {used}");
        }
    }
}
