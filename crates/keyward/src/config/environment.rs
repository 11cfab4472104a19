mod unknown;

use std::collections::BTreeMap;
use std::str::FromStr;

use zeroize::Zeroizing;

/// A configuration error. No message contains the value of a secret.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    /// A required variable is not set.
    #[error("{variable} is not set; {wanted}")]
    Missing {
        variable: &'static str,
        wanted: &'static str,
    },
    /// A variable has an invalid value.
    #[error("{variable}: {problem}")]
    Invalid {
        variable: &'static str,
        problem: String,
    },
    /// Several variables are set that exclude each other.
    #[error("set only one of {variables}")]
    Conflict { variables: &'static str },
    /// A development token was requested although production keys are configured.
    #[error(
        "production token keys are set (KEYWARD_JWT_*, KEYWARD_ISSUERS_FILE): the platform's identity service issues \
         the tokens, not this command"
    )]
    ProductionKeys,
    /// A variable and its `_FILE` variable are both set.
    #[error("set only one of {variable} and {variable}_FILE")]
    ValueAndFile { variable: &'static str },
    /// The file of a `_FILE` variable can't be read.
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
    /// The HTTP client for webhooks can't be created.
    #[error(transparent)]
    Webhooks(#[from] keyward_webhooks::SenderUnavailable),
    /// The HTTP client for the platform can't be created.
    #[error(transparent)]
    Platform(#[from] keyward_web::PlatformClientError),
    /// The HTTP client for the keys of GitHub can't be created.
    #[error(transparent)]
    GitHub(#[from] keyward_web::GitHubClientError),
}

/// The environment variables, read once.
pub(crate) struct Environment(BTreeMap<String, String>);

impl Environment {
    /// The process's environment. Ignores variables that are not Unicode, because Keyward has none.
    pub(crate) fn of_process() -> Self {
        let unicode = std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        });
        Self(unicode.collect())
    }

    /// An environment for a test.
    #[cfg(test)]
    pub(crate) fn from_pairs(pairs: &[(&str, &str)]) -> Self {
        let owned = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Self(owned.collect())
    }

    /// The unknown `KEYWARD_*` variables, except those that Kubernetes creates.
    pub(crate) fn unknown(&self) -> Vec<unknown::UnknownVariable> {
        unknown::among(&self.0)
    }

    /// The value of a variable, trimmed, because a file of a Kubernetes secret often ends with a
    /// line break. An empty value counts as unset.
    pub(crate) fn value(&self, variable: &str) -> Option<&str> {
        self.text(variable).filter(|value| !value.is_empty())
    }

    /// The value of a variable, trimmed, also when it is empty.
    pub(crate) fn text(&self, variable: &str) -> Option<&str> {
        self.0.get(variable).map(|value| value.trim())
    }

    /// The parsed value of a variable.
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

    /// The value of a variable, or the contents of the file that `<variable>_FILE` names; both
    /// trimmed.
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
