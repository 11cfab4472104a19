//! Who tries a key that may not be used so: the first trace of one that has leaked.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use actix_web::{HttpMessage as _, HttpRequest};
use keyward_domain::usecases::Verified;
use keyward_domain::{ApiKeyId, ClientAddress, Decision};

use crate::internal_callers::CallerName;
use crate::silence::Silence;

/// For how many keys and decisions lines are written in a minute.
const KEPT_MAX: usize = 4_096;

/// How often it is looked which of them were silent for a minute.
const SWEPT_EVERY: Duration = Duration::from_secs(1);

/// Logs that a key was denied: a line a minute for each key and decision, and one for all that there are
/// too many of. Clones log together.
#[derive(Clone, Debug, Default)]
pub struct DenialLog(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    silences: HashMap<(ApiKeyId, &'static str), Silence>,
    swept_at: Option<Instant>,
    others: Silence,
}

/// What is to be written about a denial.
#[derive(Debug, PartialEq, Eq)]
enum Line {
    /// About this key; so many were left out since the last line about it.
    Own(u64),
    /// That there are too many keys, and how many lines about them were left out.
    Others(u64),
}

impl DenialLog {
    /// Writes a line when a key that exists was denied, or counts it for the next one. Whoever shows
    /// a secret that nobody has leaves none.
    pub(crate) fn note(
        &self,
        verified: &Verified,
        address: Option<ClientAddress>,
        request: &HttpRequest,
        now: Instant,
    ) {
        let Some(key) = &verified.key else { return };
        if verified.decision == Decision::Valid {
            return;
        }
        let (id, decision) = (key.fields().id, verified.decision.as_str());
        let left_out = match self.begin(id, decision, now) {
            Some(Line::Own(left_out)) => left_out,
            Some(Line::Others(left_out)) => {
                tracing::warn!(
                    left_out,
                    "key.denied_too_many: lines about keys are left out"
                );
                return;
            }
            None => return,
        };
        let extensions = request.extensions();
        tracing::info!(
            api_key_id = %id,
            workspace_id = key.fields().workspace_id.as_str(),
            decision,
            address = address.map(|address| address.ip().to_string()),
            caller = extensions.get::<CallerName>().map(CallerName::as_str),
            left_out,
            "key.denied"
        );
    }

    /// The line that is due, if one is.
    fn begin(&self, id: ApiKeyId, decision: &'static str, now: Instant) -> Option<Line> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let about = (id, decision);
        if kept.silences.len() >= KEPT_MAX && !kept.silences.contains_key(&about) {
            let is_swept = kept
                .swept_at
                .is_some_and(|at| now.saturating_duration_since(at) < SWEPT_EVERY);
            if !is_swept {
                kept.swept_at = Some(now);
                kept.silences.retain(|_about, silence| silence.is_on(now));
            }
            if kept.silences.len() >= KEPT_MAX {
                return kept.others.ends(now).map(Line::Others);
            }
        }
        let silence = kept.silences.entry(about).or_default();
        silence.ends(now).map(Line::Own)
    }
}

#[cfg(test)]
mod tests {
    use keyward_domain::{Mode, Timestamp};

    use super::*;

    fn id(number: u16) -> ApiKeyId {
        let mut entropy = [0; 10];
        entropy[8..].copy_from_slice(&number.to_be_bytes());
        ApiKeyId::from_entropy(Mode::Live, Timestamp::MAX, entropy)
    }

    #[test]
    fn there_is_a_line_a_minute_for_each_key_and_decision() {
        let log = DenialLog::default();
        let begun = Instant::now();
        let later = |seconds| begun + Duration::from_secs(seconds);
        assert_eq!(log.begin(id(1), "DISABLED", later(0)), Some(Line::Own(0)));
        assert_eq!(log.begin(id(1), "DISABLED", later(59)), None);
        assert_eq!(
            log.begin(id(1), "IP_NOT_ALLOWED", later(59)),
            Some(Line::Own(0))
        );
        assert_eq!(log.begin(id(2), "DISABLED", later(59)), Some(Line::Own(0)));
        assert_eq!(log.begin(id(1), "DISABLED", later(60)), Some(Line::Own(1)));
    }

    #[test]
    fn many_keys_take_little_memory() {
        let log = DenialLog::default();
        let begun = Instant::now();
        let lines: Vec<Line> = (0..10_000)
            .filter_map(|number| log.begin(id(number), "DISABLED", begun))
            .collect();
        assert_eq!(lines.len(), KEPT_MAX + 1);
        assert_eq!(lines.last(), Some(&Line::Others(0)));
        assert_eq!(log.0.lock().unwrap().silences.len(), KEPT_MAX);
        let later = begun + Duration::from_mins(1);
        let line = log.begin(id(9_999), "DISABLED", later);
        assert_eq!(line, Some(Line::Own(0)));
        assert_eq!(log.0.lock().unwrap().silences.len(), 1);
    }
}
