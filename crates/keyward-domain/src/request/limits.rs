use crate::limits::costs::Costs;
use crate::limits::limit::{Cost, LIMITS_MAX, Limit, LimitUnits, OnUnavailable};
use crate::limits::name::LimitName;
use crate::limits::set::{InvalidLimits, Limits};
use crate::limits::window::LimitWindow;
use crate::request::checks::Violations;
use crate::request::raw_field::{RawField, Unexpected};
use crate::request::violation::{Fault, Field, LimitList};

/// The limits of a draft or an update, as they were written.
pub type RawLimits = RawField<Vec<RawField<RawLimit>>>;

/// The costs of a question, as they were written: names and units in their order, repeats included.
pub type RawCosts = RawField<Vec<(String, RawField<i64>)>>;

/// One limit, as it was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RawLimit {
    /// Its name.
    pub name: RawField<String>,
    /// How many units may be used in a window.
    pub max: RawField<i64>,
    /// The window, such as `1m`.
    pub window: RawField<String>,
    /// `deny` or `allow`; `deny` by default.
    pub on_unavailable: RawField<String>,
    /// Unknown and repeated members.
    pub unexpected: Vec<Unexpected>,
}

impl Violations {
    /// The limits of a key in a workspace whose plan gives these limits to each key.
    pub(crate) fn limits(&mut self, given: RawLimits, plan: &Limits) -> Limits {
        self.limit_list(LimitList::OfKey, given, plan)
    }

    /// The limits of a list. None may be above the plan's.
    pub(crate) fn limit_list(
        &mut self,
        list: LimitList,
        given: RawLimits,
        plan: &Limits,
    ) -> Limits {
        let raw = match given {
            RawField::Absent | RawField::Null => return Limits::default(),
            RawField::WrongType => {
                self.add(Field::Limits(list), Fault::NotObjects);
                return Limits::default();
            }
            RawField::Value(raw) if raw.len() > LIMITS_MAX => {
                self.add(Field::Limits(list), Fault::TooMany { max: LIMITS_MAX });
                return Limits::default();
            }
            RawField::Value(raw) => raw,
        };
        let mut limits: Vec<Limit> = Vec::with_capacity(raw.len());
        for (index, raw) in raw.into_iter().enumerate() {
            let RawField::Value(raw) = raw else {
                self.add(Field::LimitsItem(list, index), Fault::NotObject);
                continue;
            };
            let Some(limit) = self.limit(list, index, raw) else {
                continue;
            };
            if limits.iter().any(|one| one.name == limit.name) {
                self.add(
                    Field::LimitsMember(list, index, "name".into()),
                    Fault::Repeated,
                );
            } else if let Err(above) = plan.admit(&limit) {
                self.add(Field::LimitsItem(list, index), above);
            } else {
                limits.push(limit);
            }
        }
        Limits::of(limits).unwrap_or_else(|invalid| {
            let fault = match invalid {
                InvalidLimits::TooMany => Fault::TooMany { max: LIMITS_MAX },
                InvalidLimits::Repeated(_) => Fault::Repeated,
            };
            self.add(Field::Limits(list), fault);
            Limits::default()
        })
    }

    fn limit(&mut self, list: LimitList, index: usize, raw: RawLimit) -> Option<Limit> {
        let field = |member: &str| Field::LimitsMember(list, index, member.to_owned());
        let name = self.required(raw.name, field("name"), Fault::NotText, |name| {
            LimitName::parse(&name).map_err(Fault::from)
        });
        let max = self.required(raw.max, field("max"), Fault::NotInteger, |max| {
            LimitUnits::of(max).map_err(Fault::from)
        });
        let window = self.required(raw.window, field("window"), Fault::NotText, |window| {
            LimitWindow::parse(&window).map_err(Fault::from)
        });
        let on_unavailable = self.word(raw.on_unavailable, field("onUnavailable"), |word| {
            OnUnavailable::parse(word).ok_or(Fault::OnUnavailableWord)
        });
        for unexpected in raw.unexpected {
            let (member, fault) = unexpected.into_fault();
            self.add(Field::LimitsMember(list, index, member), fault);
        }
        Some(Limit {
            name: name?,
            max: max?,
            window: window?,
            on_unavailable: on_unavailable.unwrap_or_default(),
        })
    }

    /// The costs of a call. A name that no limit has is allowed: keys have different limits.
    pub(crate) fn costs(&mut self, given: RawCosts) -> Costs {
        let raw = match given {
            RawField::Absent | RawField::Null => return Costs::default(),
            RawField::WrongType => {
                self.add(Field::Costs, Fault::NotIntegers);
                return Costs::default();
            }
            // Of a key and its plan, and of its workspace.
            RawField::Value(raw) if raw.len() > 3 * LIMITS_MAX => {
                self.add(
                    Field::Costs,
                    Fault::TooMany {
                        max: 3 * LIMITS_MAX,
                    },
                );
                return Costs::default();
            }
            RawField::Value(raw) => raw,
        };
        let mut costs: Vec<(LimitName, Cost)> = Vec::with_capacity(raw.len());
        for (text, cost) in raw {
            let parsed = match LimitName::parse(&text) {
                Ok(name) if costs.iter().any(|(one, _cost)| *one == name) => Err(Fault::Repeated),
                Ok(name) => match cost {
                    RawField::Value(units) => Cost::of(units)
                        .map(|cost| (name, cost))
                        .map_err(Fault::from),
                    RawField::Absent | RawField::Null | RawField::WrongType => {
                        Err(Fault::NotInteger)
                    }
                },
                Err(invalid) => Err(invalid.into()),
            };
            match parsed {
                Ok(cost) => costs.push(cost),
                Err(fault) => self.add(Field::CostsMember(text), fault),
            }
        }
        Costs::of(costs)
    }

    fn required<T, P>(
        &mut self,
        given: RawField<T>,
        field: Field,
        wrong_type: Fault,
        parse: impl FnOnce(T) -> Result<P, Fault>,
    ) -> Option<P> {
        let parsed = match given {
            RawField::Absent | RawField::Null => Err(Fault::Required),
            RawField::WrongType => Err(wrong_type),
            RawField::Value(value) => parse(value),
        };
        parsed.map_err(|fault| self.add(field, fault)).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::limit;

    fn text(text: &str) -> RawField<String> {
        RawField::Value(text.to_owned())
    }

    fn raw(name: &str, max: i64, window: &str) -> RawLimit {
        RawLimit {
            name: text(name),
            max: RawField::Value(max),
            window: text(window),
            ..RawLimit::default()
        }
    }

    fn parse(given: RawLimits, plan: &[Limit]) -> (Limits, Vec<String>) {
        let mut violations = Violations::default();
        let plan = Limits::of(plan.to_vec()).unwrap();
        let limits = violations.limits(given, &plan);
        let found = violations.found();
        (limits, found.iter().map(ToString::to_string).collect())
    }

    fn faults(given: Vec<RawLimit>, plan: &[Limit]) -> Vec<String> {
        let given = given.into_iter().map(RawField::Value).collect();
        parse(RawField::Value(given), plan).1
    }

    #[test]
    fn limits_are_read_and_deny_by_default() {
        let given = vec![
            RawField::Value(raw("tokens", 1_000_000, "month")),
            RawField::Value(RawLimit {
                on_unavailable: text("allow"),
                ..raw("requests", 100, "1m")
            }),
        ];
        let (limits, found) = parse(RawField::Value(given), &[]);
        let mut requests = limit("requests", 100, "1m");
        requests.on_unavailable = OnUnavailable::Allow;
        assert_eq!(
            limits.as_slice(),
            [requests, limit("tokens", 1_000_000, "month")]
        );
        assert_eq!(found, [""; 0]);
        for nothing in [RawField::Absent, RawField::Null, RawField::Value(vec![])] {
            assert_eq!(parse(nothing, &[]), (Limits::default(), vec![]));
        }
    }

    #[test]
    fn every_fault_names_its_member() {
        let wrong = RawLimit {
            max: RawField::WrongType,
            on_unavailable: text("Allow"),
            unexpected: vec![Unexpected::Unknown("burst".into())],
            ..RawLimit::default()
        };
        assert_eq!(
            faults(
                vec![
                    raw("Requests", 0, "1y"),
                    wrong,
                    raw("a", 1, "1s"),
                    raw("a", 1, "1s")
                ],
                &[]
            ),
            [
                "limits[0].name: not a limit's name: 1 to 32 characters of a-z, 0-9, '_' and '-', beginning with a letter",
                "limits[0].max: must be a whole number from 1 to 1000000000",
                "limits[0].window: not a window: a number with s, m, h or d from 1s to 31d, or day or month",
                "limits[1].name: is required",
                "limits[1].max: must be a whole number",
                "limits[1].window: is required",
                "limits[1].onUnavailable: must be deny or allow",
                "limits[1].burst: is not a known field",
                "limits[3].name: is given more than once",
            ]
        );
        let nine = (0..9).map(|number| raw(&format!("l{number}"), 1, "1s"));
        assert_eq!(
            faults(nine.collect(), &[]),
            ["limits: must have at most 8 entries"]
        );
        let not_objects = parse(RawField::WrongType, &[]).1;
        assert_eq!(not_objects, ["limits: must be a list of objects"]);
        let null = parse(RawField::Value(vec![RawField::Null]), &[]).1;
        assert_eq!(null, ["limits[0]: must be an object"]);
    }

    #[test]
    fn no_limit_is_above_the_plan() {
        let plan = [limit("requests", 100, "1m")];
        assert_eq!(faults(vec![raw("requests", 100, "1m")], &plan), [""; 0]);
        assert_eq!(
            faults(vec![raw("requests", 101, "1m")], &plan),
            ["limits[0]: must not be above the plan: at most 100 in 1m"]
        );
    }

    #[test]
    fn costs_are_whole_numbers_by_name() {
        let costs = |given: Vec<(&str, RawField<i64>)>| {
            let mut violations = Violations::default();
            let given = given.into_iter();
            let given = given.map(|(name, cost)| (name.to_owned(), cost)).collect();
            let costs = violations.costs(RawField::Value(given));
            let found = violations.found();
            (
                costs,
                found.iter().map(ToString::to_string).collect::<Vec<_>>(),
            )
        };
        let (read, found) = costs(vec![
            ("tokens", RawField::Value(250)),
            ("x", RawField::Value(0)),
        ]);
        let cost = |name: &str| read.get(&LimitName::parse(name).unwrap()).get();
        assert_eq!((cost("tokens"), cost("x"), cost("other")), (250, 0, 1));
        assert_eq!(found, [""; 0]);
        let (_, found) = costs(vec![
            ("a", RawField::Value(-1)),
            ("b", RawField::Value(1_000_000_001)),
            ("c", RawField::WrongType),
            ("d", RawField::Value(1)),
            ("d", RawField::Value(1)),
            ("E", RawField::Value(1)),
        ]);
        assert_eq!(
            found,
            [
                "cost.a: must be a whole number from 0 to 1000000000",
                "cost.b: must be a whole number from 0 to 1000000000",
                "cost.c: must be a whole number",
                "cost.d: is given more than once",
                "cost.E: not a limit's name: 1 to 32 characters of a-z, 0-9, '_' and '-', beginning with a letter",
            ]
        );
    }
}
