use std::time::Duration;

use keyward_domain::{
    Decision, Limit, LimitName, LimitState, LimitUnits, LimitVerdict, LimitWindow, OnUnavailable,
};
use serde::Deserialize;

/// A limit in an answer (contract §11).
#[derive(Deserialize)]
pub(super) struct LimitData {
    name: String,
    limit: i64,
    window: String,
    #[serde(default)]
    remaining: u64,
    #[serde(default)]
    reset: u64,
}

impl LimitData {
    fn state(&self) -> Option<LimitState> {
        Some(LimitState {
            limit: Limit {
                name: LimitName::parse(&self.name).ok()?,
                max: LimitUnits::of(self.limit).ok()?,
                window: LimitWindow::parse(&self.window).ok()?,
                // An answer does not say it.
                on_unavailable: OnUnavailable::default(),
            },
            remaining: self.remaining,
            resets_in: Duration::from_secs(self.reset),
        })
    }

    /// The decision with this name about a call that this limit has denied.
    pub(super) fn denial(&self, decision: &str) -> Option<Decision> {
        let state = self.state()?;
        let reached = Decision::from(LimitVerdict::Reached(state.clone()));
        let above = Decision::from(LimitVerdict::CostAboveLimit(state.limit));
        [reached, above]
            .into_iter()
            .find(|one| one.as_str() == decision)
    }
}
