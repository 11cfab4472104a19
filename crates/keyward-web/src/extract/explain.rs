use super::query::Query;
use crate::error::RequestError;

const EXPLAIN: &str = "explain";

/// Whether a verifier asks for an explanation: `?explain=true`.
///
/// # Errors
/// [`RequestError::Invalid`] with every invalid parameter.
pub(crate) fn explain(query: &str) -> Result<bool, RequestError> {
    let mut query = Query::read(query, &[EXPLAIN]);
    let is_asked = query.take_flag(EXPLAIN);
    let problems = query.into_problems();
    if problems.is_empty() {
        Ok(is_asked.unwrap_or(false))
    } else {
        Err(RequestError::Invalid(problems))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn explain_is_true_or_false() {
        for (query, want) in [
            ("", false),
            ("explain=", false),
            ("explain=false", false),
            ("explain=true", true),
        ] {
            assert_eq!(explain(query).unwrap(), want, "{query}");
        }
        for query in [
            "explain=1",
            "explain=TRUE",
            "explain=true&explain=true",
            "why=true",
        ] {
            assert!(
                matches!(explain(query), Err(RequestError::Invalid(_))),
                "{query}"
            );
        }
    }
}
