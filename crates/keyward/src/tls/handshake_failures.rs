use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use keyward_web::Silence;
use rustls::{AlertDescription, CertificateError, Error, InvalidMessage};

/// Why there is no connection, for the log and a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HandshakeFailure {
    /// The client has not ended its handshake in time.
    Timeout,
    /// The listener needed the place for others.
    Evicted,
    /// The client went away.
    Closed,
    /// It did not speak TLS; most often plain HTTP.
    NoTls,
    /// It has no protocol version or algorithm in common with us.
    Incompatible,
    /// It does not trust our certificate, or has refused it for another reason.
    RefusedByClient,
    /// Its certificate is of no authority that counts here.
    ClientUnknownIssuer,
    /// Its certificate has expired, or is not valid yet.
    ClientExpired,
    /// Its certificate is wrong in another way.
    ClientInvalid,
    /// Its certificate has no name that a caller may have. The connection counts as one without a
    /// certificate.
    ClientUnnamed,
    /// Anything else.
    Other,
}

impl HandshakeFailure {
    const ALL: [Self; 11] = [
        Self::Timeout,
        Self::Evicted,
        Self::Closed,
        Self::NoTls,
        Self::Incompatible,
        Self::RefusedByClient,
        Self::ClientUnknownIssuer,
        Self::ClientExpired,
        Self::ClientInvalid,
        Self::ClientUnnamed,
        Self::Other,
    ];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Timeout => "timeout",
            Self::Evicted => "evicted",
            Self::Closed => "closed",
            Self::NoTls => "no_tls",
            Self::Incompatible => "incompatible",
            Self::RefusedByClient => "refused_by_client",
            Self::ClientUnknownIssuer => "client_certificate_unknown_issuer",
            Self::ClientExpired => "client_certificate_expired",
            Self::ClientInvalid => "client_certificate_invalid",
            Self::ClientUnnamed => "client_certificate_unnamed",
            Self::Other => "other",
        }
    }

    /// Why a handshake ended.
    pub(super) fn of(error: &io::Error) -> Self {
        let held = error.get_ref().and_then(|held| held.downcast_ref());
        match held {
            None
            | Some(Error::AlertReceived(
                AlertDescription::UserCanceled | AlertDescription::CloseNotify,
            )) => Self::Closed,
            // An authority of the same name with another key makes a bad signature.
            Some(Error::InvalidCertificate(
                CertificateError::UnknownIssuer | CertificateError::BadSignature,
            )) => Self::ClientUnknownIssuer,
            Some(Error::InvalidCertificate(
                CertificateError::Expired
                | CertificateError::ExpiredContext { .. }
                | CertificateError::NotValidYet
                | CertificateError::NotValidYetContext { .. },
            )) => Self::ClientExpired,
            Some(Error::InvalidCertificate(_)) => Self::ClientInvalid,
            Some(Error::AlertReceived(_)) => Self::RefusedByClient,
            Some(Error::PeerIncompatible(_) | Error::NoApplicationProtocol) => Self::Incompatible,
            Some(Error::InvalidMessage(
                InvalidMessage::InvalidContentType | InvalidMessage::UnknownProtocolVersion,
            )) => Self::NoTls,
            Some(_) => Self::Other,
        }
    }
}

/// Counts the failed handshakes of a listener, and logs them at most once a minute for each reason.
pub(crate) struct HandshakeFailures {
    listener: &'static str,
    by_reason: [(HandshakeFailure, AtomicU64, Silence); HandshakeFailure::ALL.len()],
}

impl HandshakeFailures {
    pub(super) fn of(listener: &'static str) -> Self {
        let counted = |reason| (reason, AtomicU64::new(0), Silence::default());
        Self {
            listener,
            by_reason: HandshakeFailure::ALL.map(counted),
        }
    }

    /// Counts a failure.
    pub(super) fn note(&self, failure: HandshakeFailure) {
        let mut all = self.by_reason.iter();
        let Some((_, count, silence)) = all.find(|(reason, ..)| *reason == failure) else {
            return;
        };
        count.fetch_add(1, Ordering::Relaxed);
        // Load balancers that only look whether the port is open would fill the log.
        if failure == HandshakeFailure::Closed {
            return;
        }
        if let Some(left_out) = silence.ends(Instant::now()) {
            tracing::warn!(
                listener = self.listener,
                reason = failure.as_str(),
                left_out,
                "tls.handshake_failed"
            );
        }
    }

    /// How many have failed since the start, by reason.
    pub(crate) fn counts(&self) -> impl Iterator<Item = (&'static str, u64)> {
        self.by_reason
            .iter()
            .map(|(reason, count, _)| (reason.as_str(), count.load(Ordering::Relaxed)))
    }
}
