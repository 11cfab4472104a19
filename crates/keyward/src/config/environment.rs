mod unknown;

use std::collections::BTreeMap;
use std::str::FromStr;

use zeroize::Zeroizing;

/// What is wrong with the configuration. No message holds the value of a secret.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    /// A required variable is not set.
    #[error("{variable} is not set; {wanted}")]
    Missing {
        variable: &'static str,
        wanted: &'static str,
    },
    /// A variable has a value that it can't have.
    #[error("{variable}: {problem}")]
    Invalid {
        variable: &'static str,
        problem: String,
    },
    /// Variables that exclude each other are set.
    #[error("set only one of {variables}")]
    Conflict { variables: &'static str },
    /// A development token is asked for where production keys are configured.
    #[error(
        "production token keys are set (KEYWARD_JWT_*): the platform's identity service issues \
         the tokens, not this command"
    )]
    ProductionKeys,
    /// A variable and its `_FILE` are both set.
    #[error("set only one of {variable} and {variable}_FILE")]
    ValueAndFile { variable: &'static str },
    /// The file that a `_FILE` variable names can't be read.
    #[error("{variable}_FILE: can't read {path}")]
    UnreadableFile {
        variable: &'static str,
        path: String,
        #[source]
        source: std::io::Error,
    },
    /// The token keys can't be used.
    #[error(transparent)]
    Tokens(#[from] keyward_web::TokenConfigError),
}

/// The environment's variables, taken once.
pub(crate) struct Environment(BTreeMap<String, String>);

impl Environment {
    /// The process's own environment. A variable that is not Unicode is none of ours.
    pub(crate) fn of_process() -> Self {
        let unicode = std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        });
        Self(unicode.collect())
    }

    /// An environment of a test's own.
    #[cfg(test)]
    pub(crate) fn from_pairs(pairs: &[(&str, &str)]) -> Self {
        let owned = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Self(owned.collect())
    }

    /// The `KEYWARD_*` variables that are set and mean nothing to this binary. Those that
    /// Kubernetes makes are nobody's mistake, so they are not among them.
    pub(crate) fn unknown(&self) -> Vec<unknown::UnknownVariable> {
        unknown::among(&self.0)
    }

    /// The variable's value without white space at its ends (a file of a Kubernetes secret often
    /// ends in a line break); an empty one is as good as none.
    pub(crate) fn value(&self, variable: &str) -> Option<&str> {
        self.0
            .get(variable)
            .map(|value| value.trim())
            .filter(|value| !value.is_empty())
    }

    /// The variable's value as what it stands for.
    pub(crate) fn parsed<T: FromStr>(
        &self,
        variable: &'static str,
        wanted: &str,
    ) -> Result<Option<T>, ConfigError> {
        self.value(variable)
            .map(|value| {
                value
                    .parse()
                    .map_err(|_its_words_are_not_ours| ConfigError::Invalid {
                        variable,
                        problem: format!("{value:?} is not {wanted}"),
                    })
            })
            .transpose()
    }

    /// The variable's value, or the contents of the file that `<variable>_FILE` names; either
    /// without white space at its ends.
    pub(crate) fn secret(
        &self,
        variable: &'static str,
    ) -> Result<Option<Zeroizing<String>>, ConfigError> {
        let file = self.value(&format!("{variable}_FILE"));
        match (self.value(variable), file) {
            (Some(_), Some(_)) => Err(ConfigError::ValueAndFile { variable }),
            (Some(value), None) => Ok(Some(Zeroizing::new(value.to_owned()))),
            (None, Some(path)) => {
                let contents =
                    std::fs::read_to_string(path)
                        .map(Zeroizing::new)
                        .map_err(|source| ConfigError::UnreadableFile {
                            variable,
                            path: path.to_owned(),
                            source,
                        })?;
                Ok(Some(Zeroizing::new(contents.trim().to_owned())))
            }
            (None, None) => Ok(None),
        }
    }
}
