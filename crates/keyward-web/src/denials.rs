//! Logs the use of keys that may not be used: the first trace of a leaked key.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use keyward_domain::usecases::Verified;
use keyward_domain::{ApiKeyId, CallerName, ClientAddress, Decision};

use crate::silence::Silence;

/// The maximum number of pairs of key and decision that have their own lines per minute.
const KEPT_MAX: usize = 4_096;

/// How often to remove the pairs without a denial in the last minute.
const SWEPT_EVERY: Duration = Duration::from_secs(1);

/// Logs that a key was denied: one line per minute for each key and decision, and one for all
/// others when there are too many. Clones share one log.
#[derive(Clone, Debug, Default)]
pub struct DenialLog(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    silences: HashMap<(ApiKeyId, &'static str), Silence>,
    swept_at: Option<Instant>,
    others: Silence,
}

/// The line to write about a denial.
#[derive(Debug, PartialEq, Eq)]
enum Line {
    /// A line about this key, with the number of denials that were not logged since its last line.
    Own(u64),
    /// There are too many keys; the number of denials that were not logged.
    Others(u64),
}

impl DenialLog {
    /// Writes a line when a known key was denied, or counts it for the next line. An unknown secret
    /// is not logged.
    pub(crate) fn note(
        &self,
        verified: &Verified,
        address: Option<ClientAddress>,
        caller: Option<&CallerName>,
        now: Instant,
    ) {
        let Some(key) = &verified.key else { return };
        if verified.decision == Decision::Valid {
            return;
        }
        let (id, decision) = (key.id, verified.decision.as_str());
        let left_out = match self.begin(id, decision, now) {
            Some(Line::Own(left_out)) => left_out,
            Some(Line::Others(left_out)) => {
                tracing::warn!(left_out, "key.denied_too_many: some denials are not logged");
                return;
            }
            None => return,
        };
        tracing::info!(
            api_key_id = %id,
            workspace_id = key.workspace_id.as_str(),
            decision,
            address = address.map(|address| address.ip().to_string()),
            caller = caller.map(CallerName::as_str),
            left_out,
            "key.denied"
        );
    }

    /// The line to write now, if any.
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
    use keyward_domain::testing::api_key_id;

    use super::*;

    #[test]
    fn there_is_a_line_a_minute_for_each_key_and_decision() {
        let log = DenialLog::default();
        let begun = Instant::now();
        let later = |seconds| begun + Duration::from_secs(seconds);
        assert_eq!(
            log.begin(api_key_id(1), "DISABLED", later(0)),
            Some(Line::Own(0))
        );
        assert_eq!(log.begin(api_key_id(1), "DISABLED", later(59)), None);
        assert_eq!(
            log.begin(api_key_id(1), "IP_NOT_ALLOWED", later(59)),
            Some(Line::Own(0))
        );
        assert_eq!(
            log.begin(api_key_id(2), "DISABLED", later(59)),
            Some(Line::Own(0))
        );
        assert_eq!(
            log.begin(api_key_id(1), "DISABLED", later(60)),
            Some(Line::Own(1))
        );
    }

    #[test]
    fn many_keys_take_little_memory() {
        let log = DenialLog::default();
        let begun = Instant::now();
        let lines: Vec<Line> = (0..10_000)
            .filter_map(|number| log.begin(api_key_id(number), "DISABLED", begun))
            .collect();
        assert_eq!(lines.len(), KEPT_MAX + 1);
        assert_eq!(lines.last(), Some(&Line::Others(0)));
        assert_eq!(log.0.lock().unwrap().silences.len(), KEPT_MAX);
        let later = begun + Duration::from_mins(1);
        let line = log.begin(api_key_id(9_999), "DISABLED", later);
        assert_eq!(line, Some(Line::Own(0)));
        assert_eq!(log.0.lock().unwrap().silences.len(), 1);
    }
}
