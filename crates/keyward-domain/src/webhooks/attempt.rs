use std::time::Duration;

use crate::timestamp::Timestamp;

/// So many characters of an answer are kept.
pub const ANSWER_LENGTH_MAX: usize = 512;

/// An attempt to deliver an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// When it began.
    pub at: Timestamp,
    /// How long it took.
    pub duration: Duration,
    /// How it ended.
    pub outcome: Outcome,
}

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The receiver has answered.
    Answered {
        /// The HTTP status.
        status: u16,
        /// The beginning of the body, at most [`ANSWER_LENGTH_MAX`] characters. It is written by a
        /// stranger.
        answer: String,
    },
    /// There was no answer.
    Failed(DeliveryFailure),
}

/// Why there was no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeliveryFailure {
    /// The URL, or every address of its host, is one that nothing may be sent to.
    AddressRefused,
    /// The host has no address.
    HostUnknown,
    /// There was no connection, or it broke.
    NotConnected,
    /// No secure connection: the certificate of the receiver is not valid for its host, for example.
    NotSecure,
    /// The answer did not come in time.
    TimedOut,
    /// The event can't be read or sent.
    Unreadable,
}

impl Outcome {
    /// Whether the receiver has taken the event: any 2xx status.
    #[must_use]
    pub fn is_success(&self) -> bool {
        matches!(
            self,
            Self::Answered {
                status: 200..=299,
                ..
            }
        )
    }

    /// Whether the receiver wants no more events: status 410.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        matches!(self, Self::Answered { status: 410, .. })
    }
}

impl DeliveryFailure {
    const ALL: [Self; 6] = [
        Self::AddressRefused,
        Self::HostUnknown,
        Self::NotConnected,
        Self::NotSecure,
        Self::TimedOut,
        Self::Unreadable,
    ];

    /// `ADDRESS_REFUSED` and the like.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AddressRefused => "ADDRESS_REFUSED",
            Self::HostUnknown => "HOST_UNKNOWN",
            Self::NotConnected => "NOT_CONNECTED",
            Self::NotSecure => "NOT_SECURE",
            Self::TimedOut => "TIMED_OUT",
            Self::Unreadable => "UNREADABLE",
        }
    }

    /// Parses the text of [`as_str`](Self::as_str).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == text)
    }
}
