use super::limit::{LIMITS_MAX, Limit};
use super::name::LimitName;

/// At most 8 limits with different names, ordered by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limits(Vec<Limit>);

/// The limits do not fit together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidLimits {
    /// More than [`LIMITS_MAX`].
    #[error("must have at most 8 limits")]
    TooMany,
    /// Two limits have this name.
    #[error("{0} is given more than once")]
    Repeated(LimitName),
}

/// A limit of a key must not be above the plan's limit with the same name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must not be above the plan: at most {} in {}", .plan.max.get(), .plan.window)]
pub struct AbovePlan {
    /// The plan's limit.
    pub plan: Box<Limit>,
}

impl Limits {
    /// Puts limits together, in any order.
    ///
    /// # Errors
    /// [`InvalidLimits`] for too many, or two with one name.
    pub fn of(mut limits: Vec<Limit>) -> Result<Self, InvalidLimits> {
        if limits.len() > LIMITS_MAX {
            return Err(InvalidLimits::TooMany);
        }
        limits.sort_by(|one, other| one.name.cmp(&other.name));
        let mut pairs = limits.iter().zip(limits.iter().skip(1));
        if let Some((repeated, _again)) = pairs.find(|(one, next)| one.name == next.name) {
            return Err(InvalidLimits::Repeated(repeated.name.clone()));
        }
        Ok(Self(limits))
    }

    /// The limits, ordered by name.
    #[must_use]
    pub fn as_slice(&self) -> &[Limit] {
        &self.0
    }

    /// Whether there are no limits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The limit with this name.
    #[must_use]
    pub fn get(&self, name: &LimitName) -> Option<&Limit> {
        self.0.iter().find(|limit| limit.name == *name)
    }

    /// Checks a key's own limit against the plan with these limits: with the same name, it must have
    /// the same window and no higher `max`, and must not be more lenient when it can't be judged.
    ///
    /// # Errors
    /// [`AbovePlan`].
    pub fn admit(&self, own: &Limit) -> Result<(), AbovePlan> {
        match self.get(&own.name) {
            Some(plan) if !is_within(own, plan) => Err(AbovePlan {
                plan: Box::new(plan.clone()),
            }),
            Some(_) | None => Ok(()),
        }
    }

    /// The limits that count for a key with its own limits and a plan with these limits. Of two with
    /// the same name, the key's own counts while it is within the plan: the plan may have been
    /// lowered since. There may be 16.
    #[must_use]
    pub fn effective(&self, own: &Self) -> Vec<Limit> {
        let of_plan = self.0.iter().map(|plan| match own.get(&plan.name) {
            Some(own) if is_within(own, plan) => own.clone(),
            Some(_) | None => plan.clone(),
        });
        let others = own.0.iter().filter(|own| self.get(&own.name).is_none());
        let mut effective: Vec<Limit> = of_plan.chain(others.cloned()).collect();
        effective.sort_by(|one, other| one.name.cmp(&other.name));
        effective
    }
}

fn is_within(own: &Limit, plan: &Limit) -> bool {
    use super::limit::OnUnavailable::{Allow, Deny};
    let is_more_lenient = (own.on_unavailable, plan.on_unavailable) == (Allow, Deny);
    own.window == plan.window && own.max <= plan.max && !is_more_lenient
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::limit::OnUnavailable;
    use crate::testing::limit;

    fn limits(limits: &[(&str, i64, &str)]) -> Limits {
        let limits = limits.iter();
        let limits = limits.map(|(name, max, window)| limit(name, *max, window));
        Limits::of(limits.collect()).unwrap()
    }

    #[test]
    fn limits_have_different_names_and_an_order() {
        let ordered = limits(&[("b", 1, "1s"), ("a", 2, "day")]);
        let names = ordered.as_slice().iter().map(|limit| limit.name.as_str());
        assert_eq!(names.collect::<Vec<_>>(), ["a", "b"]);
        let twice = Limits::of(vec![limit("a", 1, "1s"), limit("a", 2, "1m")]);
        let name = LimitName::parse("a").unwrap();
        assert_eq!(twice, Err(InvalidLimits::Repeated(name)));
        let nine = (0..9).map(|number| limit(&format!("l{number}"), 1, "1s"));
        assert_eq!(Limits::of(nine.collect()), Err(InvalidLimits::TooMany));
    }

    #[test]
    fn an_own_limit_is_within_the_plan_or_refused() {
        let plan = limits(&[("requests", 100, "1m")]);
        for (own, is_admitted) in [
            (limit("requests", 100, "1m"), true),
            (limit("requests", 1, "60s"), true),
            (limit("requests", 101, "1m"), false),
            (limit("requests", 10, "1s"), false),
            (limit("requests", 10, "day"), false),
            (limit("other", 1_000, "1s"), true),
        ] {
            assert_eq!(plan.admit(&own).is_ok(), is_admitted, "{own:?}");
        }
        let mut lenient = limit("requests", 1, "1m");
        lenient.on_unavailable = OnUnavailable::Allow;
        assert!(plan.admit(&lenient).is_err());
    }

    #[test]
    fn the_own_limit_counts_while_it_is_within_the_plan() {
        let own = limits(&[("requests", 50, "1m"), ("tokens", 9, "day")]);
        let effective = |plan: &Limits| Limits::of(plan.effective(&own)).unwrap();
        assert_eq!(effective(&Limits::default()), own);
        let plan = limits(&[("jobs", 1, "1h"), ("requests", 100, "1m")]);
        let want = limits(&[
            ("jobs", 1, "1h"),
            ("requests", 50, "1m"),
            ("tokens", 9, "day"),
        ]);
        assert_eq!(effective(&plan), want);
        let lowered = limits(&[("requests", 10, "1m")]);
        let want = limits(&[("requests", 10, "1m"), ("tokens", 9, "day")]);
        assert_eq!(effective(&lowered), want);
        let moved = limits(&[("requests", 1_000, "1h")]);
        let want = limits(&[("requests", 1_000, "1h"), ("tokens", 9, "day")]);
        assert_eq!(effective(&moved), want);
    }
}
