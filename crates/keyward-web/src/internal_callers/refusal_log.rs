use std::time::Instant;

use super::ShownIn;
use crate::error::RequestError;
use crate::silence::Silence;

/// How a caller asked and what is wrong with its token or certificate, for the log and a metric. Never the
/// token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    shown_in: ShownIn,
    reason: Reason,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reason {
    Missing,
    Wrong,
    Forbidden,
    NoCertificate,
}

impl Refusal {
    pub(super) fn of(shown_in: ShownIn, failure: &RequestError) -> Self {
        let reason = if matches!(failure, RequestError::TokenMissing) {
            Reason::Missing
        } else if matches!(failure, RequestError::CertificateMissing) {
            Reason::NoCertificate
        } else if matches!(failure, RequestError::PermissionMissing(_)) {
            Reason::Forbidden
        } else {
            Reason::Wrong
        };
        Self { shown_in, reason }
    }

    pub(super) fn asked_as(self) -> &'static str {
        match self.shown_in {
            ShownIn::Authorization => "caller",
            ShownIn::InternalTokenHeader => "gateway",
        }
    }

    pub(super) fn reason(self) -> &'static str {
        match self.reason {
            Reason::Missing => "missing",
            Reason::Wrong => "wrong",
            Reason::Forbidden => "forbidden",
            Reason::NoCertificate => "no_certificate",
        }
    }
}

/// Logs refused callers, at most once a minute for each kind of refusal.
#[derive(Debug, Default)]
pub(super) struct RefusalLog {
    callers: Silences,
    gateways: Silences,
}

#[derive(Debug, Default)]
struct Silences {
    missing: Silence,
    wrong: Silence,
    forbidden: Silence,
    no_certificate: Silence,
}

impl RefusalLog {
    /// Writes a line, or counts the refusal for the next line.
    pub(super) fn note(&self, refusal: Refusal, now: Instant) {
        let silences = match refusal.shown_in {
            ShownIn::Authorization => &self.callers,
            ShownIn::InternalTokenHeader => &self.gateways,
        };
        let silence = match refusal.reason {
            Reason::Missing => &silences.missing,
            Reason::Wrong => &silences.wrong,
            Reason::Forbidden => &silences.forbidden,
            Reason::NoCertificate => &silences.no_certificate,
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
