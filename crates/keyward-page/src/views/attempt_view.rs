use keyward_domain::{Attempt, DeliveryFailure, Language, Outcome};
use keyward_web::message;

use super::moment::Moment;
use crate::language::MessageId as M;

/// An attempt to deliver, in words.
pub(crate) struct AttemptView {
    pub(crate) at: Moment,
    pub(crate) is_success: bool,
    /// The status of the answer, or why there was none.
    pub(crate) words: String,
    pub(crate) milliseconds: u128,
    /// The beginning of the answer; `None` when it is empty. A stranger has written it.
    pub(crate) answer: Option<String>,
}

impl AttemptView {
    pub(crate) fn of(attempt: &Attempt, language: Language) -> Self {
        let (words, answer) = match &attempt.outcome {
            Outcome::Answered { status, answer } => {
                let status = [("status", status.to_string().into())];
                let words = message(language, M::Answered, &status);
                (words, Some(answer.clone()))
            }
            Outcome::Failed(failure) => (message(language, of_failure(*failure), &[]), None),
        };
        Self {
            at: Moment::of(attempt.at),
            is_success: attempt.outcome.is_success(),
            words,
            milliseconds: attempt.duration.as_millis(),
            answer: answer.filter(|answer| !answer.is_empty()),
        }
    }
}

fn of_failure(failure: DeliveryFailure) -> M {
    match failure {
        DeliveryFailure::AddressRefused => M::FailureAddressRefused,
        DeliveryFailure::HostUnknown => M::FailureHostUnknown,
        DeliveryFailure::NotConnected => M::FailureNotConnected,
        DeliveryFailure::NotSecure => M::FailureNotSecure,
        DeliveryFailure::TimedOut => M::FailureTimedOut,
        DeliveryFailure::Unreadable => M::FailureUnreadable,
    }
}
