use keyward_domain::Language;
use keyward_web::{Problem, message};

/// The problems of a form's fields, in words.
pub(crate) struct FieldProblems(Vec<(String, String)>);

impl FieldProblems {
    pub(crate) fn of(problems: &[Problem], language: Language) -> Self {
        let problems = problems.iter().map(|problem| {
            let words = message(language, problem.message, &problem.args);
            (problem.field.to_string(), words)
        });
        Self(problems.collect())
    }

    /// The problems of a field, or of an entry of it.
    pub(crate) fn of_field(&self, field: &str) -> Vec<&str> {
        let of_field = |(name, _words): &&(String, String)| {
            name.split_once('[')
                .map_or(name.as_str(), |(name, _index)| name)
                == field
        };
        let problems = self.0.iter().filter(of_field);
        problems.map(|(_field, words)| words.as_str()).collect()
    }

    /// The problems of one entry of a field, or of a part of it.
    pub(crate) fn of_entry(&self, field: &str, at: usize) -> Vec<&str> {
        let entry = format!("{field}[{at}]");
        let is_of_entry = |(name, _words): &&(String, String)| {
            let rest = name.strip_prefix(&entry);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        let problems = self.0.iter().filter(is_of_entry);
        problems.map(|(_field, words)| words.as_str()).collect()
    }

    /// The problems of a field as a whole.
    pub(crate) fn of_whole(&self, field: &str) -> Vec<&str> {
        let problems = self.0.iter().filter(|(name, _words)| name == field);
        problems.map(|(_field, words)| words.as_str()).collect()
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
