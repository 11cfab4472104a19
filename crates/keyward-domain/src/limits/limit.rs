use super::name::LimitName;
use super::window::LimitWindow;

/// The largest `max` of a limit, and the largest cost of a call.
pub const LIMIT_UNITS_MAX: u32 = 1_000_000_000;

/// The maximum number of limits of a key, and of a workspace.
pub const LIMITS_MAX: usize = 8;

/// A named limit: at most `max` units in any window (contract §11).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Limit {
    /// Its name.
    pub name: LimitName,
    /// How many units may be used in a window.
    pub max: LimitUnits,
    /// The window.
    pub window: LimitWindow,
    /// What happens to a call when the limit can't be judged.
    pub on_unavailable: OnUnavailable,
}

/// A number of units that a limit may have: 1 to [`LIMIT_UNITS_MAX`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LimitUnits(u32);

/// The number is not the `max` of a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a whole number from 1 to 1000000000")]
pub struct InvalidLimitUnits;

/// The units that a call uses of a limit: 0 to [`LIMIT_UNITS_MAX`]. With 0, a call only asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cost(u32);

/// The number is not a cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a whole number from 0 to 1000000000")]
pub struct InvalidCost;

/// What happens to a call when a limit can't be judged, because the store does not answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum OnUnavailable {
    /// The call is not decided, and so not allowed.
    #[default]
    Deny,
    /// The limit does not count.
    Allow,
}

impl LimitUnits {
    /// This many units.
    ///
    /// # Errors
    /// [`InvalidLimitUnits`] outside 1 to [`LIMIT_UNITS_MAX`].
    pub fn of(units: i64) -> Result<Self, InvalidLimitUnits> {
        u32::try_from(units)
            .ok()
            .filter(|units| (1..=LIMIT_UNITS_MAX).contains(units))
            .map(Self)
            .ok_or(InvalidLimitUnits)
    }

    /// The number.
    #[must_use]
    pub fn get(self) -> u64 {
        self.0.into()
    }
}

impl Cost {
    /// The cost of a call that only asks.
    pub const ZERO: Self = Self(0);

    /// The cost of a call that states none.
    pub const ONE: Self = Self(1);

    /// A cost of this many units.
    ///
    /// # Errors
    /// [`InvalidCost`] outside 0 to [`LIMIT_UNITS_MAX`].
    pub fn of(units: i64) -> Result<Self, InvalidCost> {
        u32::try_from(units)
            .ok()
            .filter(|units| *units <= LIMIT_UNITS_MAX)
            .map(Self)
            .ok_or(InvalidCost)
    }

    /// The number.
    #[must_use]
    pub fn get(self) -> u64 {
        self.0.into()
    }
}

impl OnUnavailable {
    /// `deny` or `allow`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Deny => "deny",
            Self::Allow => "allow",
        }
    }

    /// Parses the text of [`as_str`](Self::as_str).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Deny, Self::Allow]
            .into_iter()
            .find(|behaviour| behaviour.as_str() == text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_and_costs_have_a_range() {
        for (units, is_max, is_cost) in [
            (-1, false, false),
            (0, false, true),
            (1, true, true),
            (1_000_000_000, true, true),
            (1_000_000_001, false, false),
            (i64::MAX, false, false),
            (i64::MIN, false, false),
        ] {
            assert_eq!(LimitUnits::of(units).is_ok(), is_max, "{units}");
            assert_eq!(Cost::of(units).is_ok(), is_cost, "{units}");
        }
    }

    #[test]
    fn the_words_for_unavailable_are_read_as_they_are_written() {
        for behaviour in [OnUnavailable::Deny, OnUnavailable::Allow] {
            assert_eq!(OnUnavailable::parse(behaviour.as_str()), Some(behaviour));
        }
        assert_eq!(OnUnavailable::parse("Deny"), None);
    }
}
