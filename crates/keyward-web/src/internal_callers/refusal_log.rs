use std::time::Instant;

use super::ShownIn;
use crate::error::RequestError;
use crate::silence::Silence;

/// How a caller asked and what is wrong with its token, for the log and a metric. Never the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    CallerMissing,
    CallerWrong,
    CallerForbidden,
    GatewayMissing,
    GatewayWrong,
    GatewayForbidden,
}

impl Refusal {
    pub(super) fn of(shown_in: ShownIn, failure: &RequestError) -> Self {
        let is_missing = matches!(failure, RequestError::TokenMissing);
        let is_forbidden = matches!(failure, RequestError::PermissionMissing(_));
        match shown_in {
            ShownIn::Authorization if is_missing => Self::CallerMissing,
            ShownIn::Authorization if is_forbidden => Self::CallerForbidden,
            ShownIn::Authorization => Self::CallerWrong,
            ShownIn::InternalTokenHeader if is_missing => Self::GatewayMissing,
            ShownIn::InternalTokenHeader if is_forbidden => Self::GatewayForbidden,
            ShownIn::InternalTokenHeader => Self::GatewayWrong,
        }
    }

    pub(super) fn asked_as(self) -> &'static str {
        match self {
            Self::CallerMissing | Self::CallerWrong | Self::CallerForbidden => "caller",
            Self::GatewayMissing | Self::GatewayWrong | Self::GatewayForbidden => "gateway",
        }
    }

    pub(super) fn reason(self) -> &'static str {
        match self {
            Self::CallerMissing | Self::GatewayMissing => "missing",
            Self::CallerWrong | Self::GatewayWrong => "wrong",
            Self::CallerForbidden | Self::GatewayForbidden => "forbidden",
        }
    }
}

/// Logs refused callers, at most once a minute for each kind of refusal.
#[derive(Debug, Default)]
pub(super) struct RefusalLog {
    caller_missing: Silence,
    caller_wrong: Silence,
    caller_forbidden: Silence,
    gateway_missing: Silence,
    gateway_wrong: Silence,
    gateway_forbidden: Silence,
}

impl RefusalLog {
    /// Writes a line, or counts the refusal for the next line.
    pub(super) fn note(&self, refusal: Refusal, now: Instant) {
        let silence = match refusal {
            Refusal::CallerMissing => &self.caller_missing,
            Refusal::CallerWrong => &self.caller_wrong,
            Refusal::CallerForbidden => &self.caller_forbidden,
            Refusal::GatewayMissing => &self.gateway_missing,
            Refusal::GatewayWrong => &self.gateway_wrong,
            Refusal::GatewayForbidden => &self.gateway_forbidden,
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
