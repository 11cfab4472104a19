use super::verification::in_range;
use super::{ConfigError, Environment};

/// The limits of a workspace.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WorkspaceLimits {
    pub(crate) key_count_max: u32,
    /// `None` means no limit.
    pub(crate) changes_per_minute_max: Option<u32>,
}

impl Default for WorkspaceLimits {
    fn default() -> Self {
        Self {
            key_count_max: 1_000,
            changes_per_minute_max: Some(120),
        }
    }
}

impl WorkspaceLimits {
    pub(crate) fn resolve(environment: &Environment) -> Result<Self, ConfigError> {
        let default = Self::default();
        let changes = in_range(
            environment,
            "KEYWARD_CHANGES_PER_MINUTE_MAX",
            120,
            0..=100_000,
        )?;
        Ok(Self {
            key_count_max: environment
                .parsed("KEYWARD_KEYS_PER_WORKSPACE_MAX", "a number such as 1000")?
                .unwrap_or(default.key_count_max),
            changes_per_minute_max: u32::try_from(changes).ok().filter(|max| *max > 0),
        })
    }
}
