use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::ShownIn;
use crate::error::Failure;

/// How long the log is silent about one kind of refusal after a line about it.
const SILENCE: Duration = Duration::from_mins(1);

/// How a caller asked, and what is wrong with its token: what a line of the log and a metric show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    CallerMissing,
    CallerWrong,
    GatewayMissing,
    GatewayWrong,
}

impl Refusal {
    pub(super) fn of(shown_in: ShownIn, failure: &Failure) -> Self {
        let is_missing = matches!(failure, Failure::TokenMissing);
        match shown_in {
            ShownIn::Authorization if is_missing => Self::CallerMissing,
            ShownIn::Authorization => Self::CallerWrong,
            ShownIn::InternalTokenHeader if is_missing => Self::GatewayMissing,
            ShownIn::InternalTokenHeader => Self::GatewayWrong,
        }
    }

    pub(super) fn asked_as(self) -> &'static str {
        match self {
            Self::CallerMissing | Self::CallerWrong => "caller",
            Self::GatewayMissing | Self::GatewayWrong => "gateway",
        }
    }

    pub(super) fn reason(self) -> &'static str {
        match self {
            Self::CallerMissing | Self::GatewayMissing => "missing",
            Self::CallerWrong | Self::GatewayWrong => "wrong",
        }
    }
}

/// Warns of refused callers, at most once a minute for each kind of refusal.
#[derive(Debug, Default)]
pub(super) struct RefusalLog {
    caller_missing: Silence,
    caller_wrong: Silence,
    gateway_missing: Silence,
    gateway_wrong: Silence,
}

impl RefusalLog {
    /// Writes a line, or counts the refusal for the next one.
    pub(super) fn note(&self, refusal: Refusal, now: Instant) {
        let silence = match refusal {
            Refusal::CallerMissing => &self.caller_missing,
            Refusal::CallerWrong => &self.caller_wrong,
            Refusal::GatewayMissing => &self.gateway_missing,
            Refusal::GatewayWrong => &self.gateway_wrong,
        };
        if let Some(left_out) = silence.ends(now) {
            tracing::warn!(
                asked_as = refusal.asked_as(),
                reason = refusal.reason(),
                left_out,
                "internal_token.refused"
            );
        }
    }
}

/// One kind of line: when it was last written, and how many were left out since.
#[derive(Debug, Default)]
struct Silence(Mutex<Option<(Instant, u64)>>);

impl Silence {
    /// How many lines were left out before this one, when it is time for it.
    fn ends(&self, now: Instant) -> Option<u64> {
        // A panic between lock and unlock leaves nothing half-written here.
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *last {
            Some((written, left_out)) if now.saturating_duration_since(*written) < SILENCE => {
                *left_out = left_out.saturating_add(1);
                None
            }
            other => {
                let left_out = other.map_or(0, |(_written, left_out)| left_out);
                *other = Some((now, 0));
                Some(left_out)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_a_minute_says_how_many_were_left_out() {
        let silence = Silence::default();
        let begun = Instant::now();
        let at = |seconds| begun + Duration::from_secs(seconds);
        assert_eq!(silence.ends(at(0)), Some(0));
        for second in [0, 1, 59] {
            assert_eq!(silence.ends(at(second)), None);
        }
        assert_eq!(silence.ends(at(60)), Some(3));
        assert_eq!(silence.ends(at(61)), None);
        assert_eq!(silence.ends(at(500)), Some(1));
        assert_eq!(silence.ends(at(600)), Some(0));
    }
}
