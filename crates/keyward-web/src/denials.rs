//! Who tries a key that may not be used so: the first trace of one that has leaked.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use actix_web::{HttpMessage as _, HttpRequest};
use keyward_domain::usecases::Verified;
use keyward_domain::{ApiKeyId, ClientAddress, Decision};

use crate::internal_callers::CallerName;
use crate::silence::Silence;

/// For how many keys and decisions lines are written in a minute. Beyond, the metrics tell how many there are.
const KEPT_MAX: usize = 4_096;

/// Logs that a key was denied: a line a minute for each key and decision. Clones log together.
#[derive(Clone, Debug, Default)]
pub struct DenialLog(Arc<Mutex<HashMap<(ApiKeyId, &'static str), Silence>>>);

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
        let Some(left_out) = self.begin(id, decision, now) else {
            return;
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

    /// How many lines were left out before this one, when it is time for it.
    fn begin(&self, id: ApiKeyId, decision: &'static str, now: Instant) -> Option<u64> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let about = (id, decision);
        if kept.len() >= KEPT_MAX && !kept.contains_key(&about) {
            kept.retain(|_about, silence| silence.is_on(now));
            if kept.len() >= KEPT_MAX {
                return None;
            }
        }
        kept.entry(about).or_default().ends(now)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

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
        assert_eq!(log.begin(id(1), "DISABLED", later(0)), Some(0));
        assert_eq!(log.begin(id(1), "DISABLED", later(59)), None);
        assert_eq!(log.begin(id(1), "IP_NOT_ALLOWED", later(59)), Some(0));
        assert_eq!(log.begin(id(2), "DISABLED", later(59)), Some(0));
        assert_eq!(log.begin(id(1), "DISABLED", later(60)), Some(1));
    }

    #[test]
    fn many_keys_take_little_memory() {
        let log = DenialLog::default();
        let begun = Instant::now();
        for number in 0..10_000 {
            log.begin(id(number), "DISABLED", begun);
        }
        assert_eq!(log.0.lock().unwrap().len(), KEPT_MAX);
        let later = begun + Duration::from_mins(1);
        assert_eq!(log.begin(id(9_999), "DISABLED", later), Some(0));
        assert_eq!(log.0.lock().unwrap().len(), 1);
    }
}
