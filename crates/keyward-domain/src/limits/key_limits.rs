use std::sync::Arc;

use super::limit::Limit;

/// The limits that count for a key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct KeyLimits {
    /// The key's own, with those of the plan.
    pub of_key: Arc<[Limit]>,
    /// Those of the workspace.
    pub of_workspace: Arc<[Limit]>,
}

impl KeyLimits {
    /// These limits; `None` when there are none.
    #[must_use]
    pub fn of(of_key: Arc<[Limit]>, of_workspace: Arc<[Limit]>) -> Option<Arc<Self>> {
        let limits = Self {
            of_key,
            of_workspace,
        };
        (!limits.is_empty()).then(|| Arc::new(limits))
    }

    /// Whether no limit counts.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.of_key.is_empty() && self.of_workspace.is_empty()
    }
}
