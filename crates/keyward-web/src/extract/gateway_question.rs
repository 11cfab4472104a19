//! A gateway's requirements for a call.

use actix_web::http::header::{HeaderMap, HeaderName};
use keyward_domain::{Mode, Scope};
use keyward_guard::headers::SingleHeader;

use super::query::Query;
use crate::error::RequestError;
use crate::language::MessageId;
use crate::problem::Problem;

const SCOPE: &str = "scope";
const MODE: &str = "mode";
const SCOPES_HEADER: &str = "X-Keyward-Scopes";
const MODE_HEADER: &str = "X-Keyward-Mode";
const X_KEYWARD_SCOPES: HeaderName = HeaderName::from_static("x-keyward-scopes");
const X_KEYWARD_MODE: HeaderName = HeaderName::from_static("x-keyward-mode");

/// The requirements for a call.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Asked {
    /// The scopes that the key must have.
    pub(crate) scopes: Vec<Scope>,
    /// The mode that the key must have.
    pub(crate) mode: Option<Mode>,
}

/// Reads `?scope=payment:read&scope=…&mode=LIVE` from the gateway's own URL. An error in it means
/// that the gateway is misconfigured, and no call is allowed.
///
/// # Errors
/// [`RequestError::Invalid`] with every invalid parameter.
pub(crate) fn asked_by_query(query: &str) -> Result<Asked, RequestError> {
    let mut query = Query::read_repeatable(query, &[], &[SCOPE, MODE]);
    let scopes = query.take_all(SCOPE, |text| scope(SCOPE, text));
    let modes = query.take_all(MODE, |text| mode(MODE, text));
    let mut problems = query.into_problems();
    if modes.len() > 1 {
        problems.push(Problem::new(MODE, MessageId::ParameterRepeated));
    }
    asked(scopes, modes.first().copied(), problems)
}

/// Reads the same from headers that the gateway sets, for gateways whose query comes from the
/// client.
///
/// # Errors
/// [`RequestError::Invalid`] with every invalid header.
pub(crate) fn asked_by_headers(headers: &HeaderMap) -> Result<Asked, RequestError> {
    let mut problems = Vec::new();
    let scopes_text = text(headers, &X_KEYWARD_SCOPES, SCOPES_HEADER, &mut problems);
    let mode_text = text(headers, &X_KEYWARD_MODE, MODE_HEADER, &mut problems);
    let mut scopes = Vec::new();
    for text in scopes_text.into_iter().flat_map(|text| text.split(' ')) {
        match scope(SCOPES_HEADER, text) {
            Ok(scope) => scopes.push(scope),
            Err(problem) => problems.push(problem),
        }
    }
    let mode = mode_text.and_then(|text| {
        let parsed = mode(MODE_HEADER, text);
        parsed.map_err(|problem| problems.push(problem)).ok()
    });
    asked(scopes, mode, problems)
}

fn text<'a>(
    headers: &'a HeaderMap,
    name: &HeaderName,
    field: &'static str,
    problems: &mut Vec<Problem>,
) -> Option<&'a str> {
    match SingleHeader::of(headers.get_all(name)) {
        SingleHeader::Absent => None,
        SingleHeader::Repeated => {
            problems.push(Problem::new(field, MessageId::HeaderRepeated));
            None
        }
        // A text that is not ASCII is neither a scope nor a mode.
        SingleHeader::Value(value) => Some(value.to_str().unwrap_or_default()),
    }
}

fn asked(
    scopes: Vec<Scope>,
    mode: Option<Mode>,
    problems: Vec<Problem>,
) -> Result<Asked, RequestError> {
    if problems.is_empty() {
        Ok(Asked { scopes, mode })
    } else {
        Err(RequestError::Invalid(problems))
    }
}

fn scope(field: &'static str, text: &str) -> Result<Scope, Problem> {
    Scope::parse(text).map_err(|_invalid| Problem::new(field, MessageId::ScopeInvalid))
}

fn mode(field: &'static str, text: &str) -> Result<Mode, Problem> {
    Mode::parse(text).ok_or_else(|| Problem::new(field, MessageId::ModeNameInvalid))
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn wanted(scopes: &[&str], mode: Option<Mode>) -> Asked {
        let scopes = scopes.iter().map(|code| Scope::parse(code).unwrap());
        Asked {
            scopes: scopes.collect(),
            mode,
        }
    }

    fn fields(asked: Result<Asked, RequestError>) -> Vec<String> {
        let Err(RequestError::Invalid(problems)) = asked else {
            unreachable!("{asked:?} is not refused");
        };
        let fields = problems.iter();
        fields.map(|problem| problem.field.to_string()).collect()
    }

    #[test]
    fn a_query_asks_for_scopes_and_a_mode() {
        let check = |query: &str, scopes: &[&str], mode| {
            assert_eq!(
                asked_by_query(query).unwrap(),
                wanted(scopes, mode),
                "{query}"
            );
        };
        check("", &[], None);
        check("scope=a:b", &["a:b"], None);
        check(
            "scope=a%3Ab&mode=LIVE&scope=c:d",
            &["a:b", "c:d"],
            Some(Mode::Live),
        );
        check("mode=TEST", &[], Some(Mode::Test));
    }

    #[test]
    fn a_wrong_query_lets_nobody_pass() {
        for (query, want) in [
            ("scope=", "scope"),
            ("scope", "scope"),
            ("scope=*", "scope"),
            ("scope=a:b+c:d", "scope"),
            ("scopes=a:b", "scopes"),
            ("scope=%zz", "scope"),
            ("mode=", "mode"),
            ("mode=live", "mode"),
            ("mode=LIVE&mode=TEST", "mode"),
        ] {
            assert_eq!(fields(asked_by_query(query)), [want], "{query}");
        }
    }

    #[test]
    fn headers_ask_for_the_same() {
        let ask = |pairs: &[(HeaderName, &'static str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.append(name.clone(), HeaderValue::from_static(value));
            }
            asked_by_headers(&headers)
        };
        let (scopes, mode) = (X_KEYWARD_SCOPES, X_KEYWARD_MODE);
        assert_eq!(ask(&[]).unwrap(), Asked::default());
        let both = ask(&[(scopes.clone(), "a:b c:d"), (mode.clone(), "LIVE")]);
        assert_eq!(both.unwrap(), wanted(&["a:b", "c:d"], Some(Mode::Live)));
        for wrong in ["", "a:b,c:d", "a:b  c:d", "*"] {
            assert!(
                !fields(ask(&[(scopes.clone(), wrong)])).is_empty(),
                "{wrong}"
            );
        }
        assert_eq!(fields(ask(&[(mode.clone(), "")])), [MODE_HEADER]);
        let twice = ask(&[(scopes.clone(), "a:b"), (scopes, "a:b")]);
        assert_eq!(fields(twice), [SCOPES_HEADER]);
        let twice = ask(&[(mode.clone(), "LIVE"), (mode, "LIVE")]);
        assert_eq!(fields(twice), [MODE_HEADER]);
    }
}
