use std::fmt;

use super::name::LimitName;
use super::set::Limits;

/// The name of a plan: the same form as the name of a limit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlanName(LimitName);

/// The text is not the name of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a plan's name: 1 to 32 characters of a-z, 0-9, '_' and '-', beginning with a letter")]
pub struct InvalidPlanName;

/// The limits of workspaces that an operator manages in one place (contract §11).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Its name.
    pub name: PlanName,
    /// Its limits.
    pub limits: PlanLimits,
}

/// The limits of a plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlanLimits {
    /// Those of each key of a workspace. A key may have lower ones of its own.
    pub of_key: Limits,
    /// Those of a whole workspace, which all its keys share.
    pub of_workspace: Limits,
}

impl PlanName {
    /// Parses a name.
    ///
    /// # Errors
    /// [`InvalidPlanName`] when it has another form.
    pub fn parse(text: &str) -> Result<Self, InvalidPlanName> {
        LimitName::parse(text)
            .map(Self)
            .map_err(|_any| InvalidPlanName)
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Display for PlanName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
