use std::collections::BTreeMap;
use std::str::FromStr;

use zeroize::Zeroizing;

/// How alike an unknown variable and a known one must be for it to be a misspelling, 0 to 1.
const MISSPELLING_SIMILARITY: f64 = 0.94;

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
    /// A variable that does not exist, and one that does and is spelt much like it.
    #[error("{unknown} is not a variable of Keyward; did you mean {known}?")]
    Misspelt {
        unknown: String,
        known: &'static str,
    },
    /// The token keys can't be used.
    #[error(transparent)]
    Tokens(#[from] keyward_web::TokenConfigError),
}

/// The environment's variables, taken once.
pub(crate) struct Environment(BTreeMap<String, String>);

impl Environment {
    /// The process's own environment. A variable that is not Unicode is none of ours.
    pub(crate) fn of_process() -> Result<Self, ConfigError> {
        let unicode = std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        });
        Self::checked(unicode.collect())
    }

    /// An environment of a test's own.
    #[cfg(test)]
    pub(crate) fn from_pairs(pairs: &[(&str, &str)]) -> Result<Self, ConfigError> {
        Self::checked(
            pairs
                .iter()
                .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
                .collect(),
        )
    }

    fn checked(variables: BTreeMap<String, String>) -> Result<Self, ConfigError> {
        let unknown = variables.keys().filter(|name| {
            name.starts_with("KEYWARD") && !super::VARIABLES.contains(&name.as_str())
        });
        for unknown in unknown {
            let alike = super::VARIABLES
                .into_iter()
                .find(|known| strsim::jaro_winkler(known, unknown) >= MISSPELLING_SIMILARITY);
            if let Some(known) = alike {
                return Err(ConfigError::Misspelt {
                    unknown: unknown.clone(),
                    known,
                });
            }
        }
        Ok(Self(variables))
    }

    /// The variable's value; an empty one is as good as none.
    pub(crate) fn value(&self, variable: &str) -> Option<&str> {
        self.0
            .get(variable)
            .map(String::as_str)
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

    /// The variable's value, or the contents of the file that `<variable>_FILE` names without the
    /// line end at its end.
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
                Ok(Some(Zeroizing::new(
                    contents.trim_end_matches(['\r', '\n']).to_owned(),
                )))
            }
            (None, None) => Ok(None),
        }
    }
}
