use keyward_domain::{Language, Limit, Limits, OnUnavailable, RawField, RawLimit};
use keyward_web::message;

use crate::language::MessageId as M;
use crate::views::field_problems::FieldProblems;
use crate::views::limit_view::rule;
use crate::views::number::grouped;

/// The limits that the form of a key has fields for: those of the plan, and those that the key alone has.
pub(crate) struct LimitFields(Vec<LimitField>);

struct LimitField {
    /// The limit that counts without an own one.
    limit: Limit,
    /// What happens to a call when the own limit can't be judged.
    on_unavailable: OnUnavailable,
    is_of_plan: bool,
}

/// A field as the form shows it.
pub(crate) struct LimitFieldView {
    pub(crate) name: String,
    /// The own maximum; empty without one.
    pub(crate) text: String,
    /// The maximum of the plan.
    pub(crate) plan_max: Option<u64>,
    /// "At most 100 per minute".
    pub(crate) rule: String,
    pub(crate) problems: Vec<String>,
}

impl LimitFields {
    /// The fields for a new key in a workspace whose plan gives these limits to each key.
    pub(crate) fn of_plan(plan: &Limits) -> Self {
        Self::of_key(plan, &Limits::default())
    }

    /// The fields for a key with limits of its own.
    pub(crate) fn of_key(plan: &Limits, own: &Limits) -> Self {
        let of_plan = plan.as_slice().iter().map(|limit| {
            let own = own.get(&limit.name);
            let own = own.filter(|own| plan.admit(own).is_ok());
            LimitField {
                on_unavailable: own.unwrap_or(limit).on_unavailable,
                limit: limit.clone(),
                is_of_plan: true,
            }
        });
        let alone = own.as_slice().iter();
        let alone = alone.filter(|own| plan.get(&own.name).is_none());
        let alone = alone.map(|own| LimitField {
            on_unavailable: own.on_unavailable,
            limit: own.clone(),
            is_of_plan: false,
        });
        Self(of_plan.chain(alone).collect())
    }

    /// The names and texts of the fields that are filled in for a key with these own limits. One with another
    /// window than the plan's does not count, and is not shown.
    pub(super) fn texts(&self, own: &Limits) -> Vec<(String, String)> {
        let texts = self.0.iter().filter_map(|field| {
            let own = own.get(&field.limit.name)?;
            let is_shown = own.window == field.limit.window;
            is_shown.then(|| (own.name.to_string(), own.max.get().to_string()))
        });
        texts.collect()
    }

    /// The limits as they are written. One without a field has no window, which is told.
    pub(super) fn raw(&self, texts: &[(String, String)]) -> Vec<RawField<RawLimit>> {
        let raw = texts.iter().map(|(name, text)| {
            let field = self
                .0
                .iter()
                .find(|field| field.limit.name.as_str() == name);
            let value = |text: &str| RawField::Value(text.to_owned());
            RawField::Value(RawLimit {
                name: value(name),
                max: text.parse().map_or(RawField::WrongType, RawField::Value),
                window: field.map_or(RawField::Absent, |field| {
                    RawField::Value(field.limit.window.to_string())
                }),
                on_unavailable: field.map_or(RawField::Absent, |field| {
                    value(field.on_unavailable.as_str())
                }),
                unexpected: vec![],
            })
        });
        raw.collect()
    }

    pub(super) fn view(
        &self,
        texts: &[(String, String)],
        problems: &FieldProblems,
        language: Language,
    ) -> Vec<LimitFieldView> {
        let view = |field: &LimitField| {
            let name = field.limit.name.to_string();
            let at = texts.iter().position(|(written, _text)| *written == name);
            let text = at.and_then(|at| texts.get(at));
            let rule = rule(&field.limit, language);
            LimitFieldView {
                text: text.map_or_else(String::new, |(_name, text)| text.clone()),
                plan_max: field.is_of_plan.then(|| field.limit.max.get()),
                rule: if field.is_of_plan {
                    rule
                } else {
                    let rule = [("rule", rule.into())];
                    message(language, M::LimitOfKeyAlone, &rule)
                },
                problems: at.map_or_else(Vec::new, |at| field.problems(at, problems, language)),
                name,
            }
        };
        self.0.iter().map(view).collect()
    }

    /// The problems that belong to no field.
    pub(super) fn other_problems(
        &self,
        texts: &[(String, String)],
        problems: &FieldProblems,
    ) -> Vec<String> {
        let has_field = |name: &str| {
            let mut fields = self.0.iter();
            fields.any(|field| field.limit.name.as_str() == name)
        };
        let texts = texts.iter().enumerate();
        let without_field = texts.filter(|(_at, (name, _text))| !has_field(name));
        let of_entries = without_field.flat_map(|(at, _)| problems.of_entry("limits", at));
        let of_list = problems.of_whole("limits").into_iter();
        of_list.chain(of_entries).map(str::to_owned).collect()
    }
}

impl LimitField {
    /// The problems of the limit that was written at this place. As a whole, it can only be above the plan.
    fn problems(&self, at: usize, problems: &FieldProblems, language: Language) -> Vec<String> {
        let whole = problems.of_whole(&format!("limits[{at}]"));
        if self.is_of_plan && !whole.is_empty() {
            let max = grouped(self.limit.max.get(), language);
            return vec![message(language, M::LimitAbovePlan, &[("max", max.into())])];
        }
        let problems = problems.of_entry("limits", at);
        problems.into_iter().map(str::to_owned).collect()
    }
}

#[cfg(test)]
mod tests {
    use keyward_domain::testing::limit;

    use super::*;

    fn limits(limits: &[(&str, i64, &str)]) -> Limits {
        let limits = limits.iter();
        let limits = limits.map(|(name, max, window)| limit(name, *max, window));
        Limits::of(limits.collect()).unwrap()
    }

    fn texts(texts: &[(&str, &str)]) -> Vec<(String, String)> {
        let texts = texts.iter();
        texts
            .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
            .collect()
    }

    #[test]
    fn there_is_a_field_for_each_limit_of_the_plan_and_of_the_key() {
        let plan = limits(&[("jobs", 10, "1h"), ("requests", 100, "1m")]);
        let own = limits(&[("requests", 50, "1m"), ("tokens", 9, "day")]);
        let fields = LimitFields::of_key(&plan, &own);
        assert_eq!(
            fields.texts(&own),
            texts(&[("requests", "50"), ("tokens", "9")])
        );
        let problems = FieldProblems::of(&[], Language::English);
        let shown = fields.view(&fields.texts(&own), &problems, Language::English);
        let shown = shown.iter();
        let shown = shown.map(|field| (field.name.as_str(), field.text.as_str(), field.plan_max));
        assert_eq!(
            shown.collect::<Vec<_>>(),
            [
                ("jobs", "", Some(10)),
                ("requests", "50", Some(100)),
                ("tokens", "9", None)
            ]
        );
    }

    #[test]
    fn an_own_limit_with_another_window_than_the_plans_is_not_shown() {
        let plan = limits(&[("requests", 100, "1h")]);
        let own = limits(&[("requests", 50, "1m")]);
        assert_eq!(LimitFields::of_key(&plan, &own).texts(&own), []);
    }

    #[test]
    fn a_text_is_a_limit_with_the_window_of_its_field() {
        let mut lenient = limit("requests", 100, "1m");
        lenient.on_unavailable = OnUnavailable::Allow;
        let fields = LimitFields::of_plan(&Limits::of(vec![lenient]).unwrap());
        let raw = fields.raw(&texts(&[("requests", "7"), ("gone", "x")]));
        let value = |text: &str| RawField::Value(text.to_owned());
        let want = [
            RawLimit {
                name: value("requests"),
                max: RawField::Value(7),
                window: value("1m"),
                on_unavailable: value("allow"),
                unexpected: vec![],
            },
            RawLimit {
                name: value("gone"),
                max: RawField::WrongType,
                ..RawLimit::default()
            },
        ];
        assert_eq!(raw, want.map(RawField::Value));
    }
}
