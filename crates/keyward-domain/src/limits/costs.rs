use super::limit::Cost;
use super::name::LimitName;

/// The costs of a call by the names of the limits. A limit that is not named costs one unit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Costs {
    stated: Vec<(LimitName, Cost)>,
    is_none: bool,
}

impl Costs {
    /// No cost of any limit: a call that only asks.
    pub const NONE: Self = Self {
        stated: Vec::new(),
        is_none: true,
    };

    /// These costs. Of two with one name, the first counts.
    #[must_use]
    pub fn of(costs: Vec<(LimitName, Cost)>) -> Self {
        Self {
            stated: costs,
            is_none: false,
        }
    }

    /// The stated costs, by the names of the limits.
    #[must_use]
    pub fn stated(&self) -> &[(LimitName, Cost)] {
        &self.stated
    }

    /// The cost for a limit.
    #[must_use]
    pub fn get(&self, name: &LimitName) -> Cost {
        let stated = self.stated.iter().find(|(stated, _cost)| stated == name);
        let otherwise = if self.is_none { Cost::ZERO } else { Cost::ONE };
        stated.map_or(otherwise, |(_name, cost)| *cost)
    }
}
