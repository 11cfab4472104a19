use std::borrow::Cow;
use std::collections::HashSet;

use percent_encoding::percent_decode_str;

use crate::language::MessageId;
use crate::problem::Problem;

/// The maximum number of problems in one response, to limit its size.
const PROBLEMS_MAX: usize = 100;

/// The parameters of a query, each at most once, and all problems found so far.
///
/// A parameter with an empty value counts as absent. [`take`](Self::take) validates the values. No
/// `Debug`: it may contain a secret.
#[derive(Default)]
pub(super) struct Query {
    values: Vec<(&'static str, String)>,
    problems: Vec<Problem>,
}

impl Query {
    /// Parses a query (`application/x-www-form-urlencoded`, where `+` is a space). Unknown and
    /// repeated parameters and malformed escapes are problems, never ignored or corrected.
    pub(super) fn read(query: &str, known: &[&'static str]) -> Self {
        Self::read_repeatable(query, known, &[])
    }

    /// The same, but some parameters may be repeated, and their empty values count.
    pub(super) fn read_repeatable(
        query: &str,
        known: &[&'static str],
        repeatable: &[&'static str],
    ) -> Self {
        let mut read = Self::default();
        let mut seen = HashSet::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (written_name, written_value) = pair.split_once('=').unwrap_or((pair, ""));
            let Some(name) = decode(written_name) else {
                read.problem(written_name.to_owned(), MessageId::ParameterMalformed);
                continue;
            };
            let mut all = known.iter().chain(repeatable).copied();
            let Some(parameter) = all.find(|known| *known == name) else {
                read.problem(name, MessageId::ParameterUnknown);
                continue;
            };
            let is_repeatable = repeatable.contains(&parameter);
            if !is_repeatable && !seen.insert(parameter) {
                read.problem(parameter, MessageId::ParameterRepeated);
                continue;
            }
            match decode(written_value) {
                Some(value) if value.is_empty() && !is_repeatable => {}
                Some(value) => read.values.push((parameter, value)),
                None => read.problem(parameter, MessageId::ParameterMalformed),
            }
        }
        read
    }

    /// The value of a parameter; `None` when it is absent or invalid. The latter is added to the
    /// problems.
    pub(super) fn take<T>(
        &mut self,
        parameter: &'static str,
        parse: impl FnOnce(&str) -> Result<T, Problem>,
    ) -> Option<T> {
        let (_name, value) = self.values.iter().find(|(name, _)| *name == parameter)?;
        match parse(value) {
            Ok(parsed) => Some(parsed),
            Err(problem) => {
                self.add(problem);
                None
            }
        }
    }

    /// The value of a parameter that is `true` or `false`.
    pub(super) fn take_flag(&mut self, parameter: &'static str) -> Option<bool> {
        self.take(parameter, |text| {
            text.parse()
                .map_err(|_neither| Problem::new(parameter, MessageId::FlagInvalid))
        })
    }

    /// The values of a repeatable parameter. Invalid ones are added to the problems.
    pub(super) fn take_all<T>(
        &mut self,
        parameter: &'static str,
        parse: impl Fn(&str) -> Result<T, Problem>,
    ) -> Vec<T> {
        let values = std::mem::take(&mut self.values);
        let (taken, rest) = values.into_iter().partition(|(name, _)| *name == parameter);
        self.values = rest;
        let taken: Vec<(&str, String)> = taken;
        let mut parsed = Vec::with_capacity(taken.len());
        for (_name, value) in taken {
            match parse(&value) {
                Ok(value) => parsed.push(value),
                Err(problem) => self.add(problem),
            }
        }
        parsed
    }

    /// All problems.
    pub(super) fn into_problems(self) -> Vec<Problem> {
        self.problems
    }

    fn problem(&mut self, parameter: impl Into<Cow<'static, str>>, message: MessageId) {
        self.add(Problem::new(parameter, message));
    }

    fn add(&mut self, problem: Problem) {
        if self.problems.len() < PROBLEMS_MAX {
            self.problems.push(problem);
        }
    }
}

/// The decoded text; `None` when an escape is malformed or not UTF-8, or when the text has control
/// characters. No valid value has those, and not every store can compare them.
fn decode(written: &str) -> Option<String> {
    let mut parts = written.split('%');
    let _before_the_first_escape = parts.next();
    let is_escape = |part: &str| {
        let mut digits = part.bytes();
        let mut is_digit = || digits.next().is_some_and(|digit| digit.is_ascii_hexdigit());
        is_digit() && is_digit()
    };
    if !parts.all(is_escape) {
        return None;
    }
    let spaced = written.replace('+', " ");
    let text = percent_decode_str(&spaced).decode_utf8().ok()?;
    (!text.contains(char::is_control)).then(|| text.into_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KNOWN: &[&str] = &["q", "size"];

    fn read(query: &str) -> Query {
        Query::read(query, KNOWN)
    }

    #[test]
    fn names_and_values_are_decoded() {
        let check = |query: &str, want: &[(&'static str, &str)]| {
            let Query { values, problems } = read(query);
            let values: Vec<_> = values
                .iter()
                .map(|(name, value)| (*name, value.as_str()))
                .collect();
            assert_eq!(values, want, "{query}");
            assert_eq!(problems, [], "{query}");
        };
        check("", &[]);
        check("&&", &[]);
        check("q", &[]);
        check("q=&size=", &[]);
        check("q=a+b%20c%2B", &[("q", "a b c+")]);
        check("size=2&q=a=b", &[("size", "2"), ("q", "a=b")]);
        check("%71=%E6%94%AF", &[("q", "支")]);
        check("q=支", &[("q", "支")]);
        check("q=%26%3D%25", &[("q", "&=%")]);
    }

    #[test]
    fn what_is_wrong_is_told_by_its_parameter() {
        let check = |query: &str, want: &[(&str, MessageId)]| {
            let problems = read(query).problems;
            let problems: Vec<_> = problems
                .iter()
                .map(|problem| (problem.field.as_ref(), problem.message))
                .collect();
            assert_eq!(problems, want, "{query}");
        };
        check("Q=1", &[("Q", MessageId::ParameterUnknown)]);
        check("=1", &[("", MessageId::ParameterUnknown)]);
        check("limit=", &[("limit", MessageId::ParameterUnknown)]);
        check("q=&q=a", &[("q", MessageId::ParameterRepeated)]);
        check("q=a&%71=a", &[("q", MessageId::ParameterRepeated)]);
        for value in [
            "%",
            "%2",
            "%zz",
            "%+1",
            "a%",
            "%FF",
            "%C0%80",
            "%ED%A0%80",
            "%00",
            "%0A",
        ] {
            let query = format!("q={value}");
            check(&query, &[("q", MessageId::ParameterMalformed)]);
        }
        check("%=1", &[("%", MessageId::ParameterMalformed)]);
        check(
            "x=1&q=%&size=1&size=2",
            &[
                ("x", MessageId::ParameterUnknown),
                ("q", MessageId::ParameterMalformed),
                ("size", MessageId::ParameterRepeated),
            ],
        );
    }

    #[test]
    fn what_is_told_is_bounded() {
        let query = "x=1&".repeat(500);
        assert_eq!(read(&query).problems.len(), PROBLEMS_MAX);
    }

    proptest! {
        #[test]
        fn any_query_is_read_without_panic(query in ".{0,60}") {
            let _ = read(&query);
        }

        #[test]
        fn any_likely_query_is_read_without_panic(query in "(q|size|=|&|%|\\+|[0-9a-fA-F]|é){0,24}") {
            let _ = read(&query);
        }
    }
}
