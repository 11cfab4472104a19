use super::limit::Cost;
use super::name::LimitName;

/// The costs of a call by the names of the limits. A limit that is not named costs one unit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Costs(Vec<(LimitName, Cost)>);

impl Costs {
    /// These costs. Of two with one name, the first counts.
    #[must_use]
    pub fn of(costs: Vec<(LimitName, Cost)>) -> Self {
        Self(costs)
    }

    /// The cost for a limit.
    #[must_use]
    pub fn get(&self, name: &LimitName) -> Cost {
        let stated = self.0.iter().find(|(stated, _cost)| stated == name);
        stated.map_or(Cost::ONE, |(_name, cost)| *cost)
    }
}
