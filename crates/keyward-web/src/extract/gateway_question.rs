//! A gateway's requirements for a call.

use std::collections::HashSet;

use actix_web::http::header::{HeaderMap, HeaderName};
use keyward_domain::{
    ClientAddress, Cost, Costs, LIMIT_UNITS_MAX, LIMITS_MAX, LimitName, Mode, Question, Scope,
};
use keyward_guard::headers::SingleHeader;

use super::query::Query;
use crate::error::RequestError;
use crate::language::MessageId;
use crate::problem::Problem;

const SCOPE: &str = "scope";
const MODE: &str = "mode";
const COST: &str = "cost";
const SCOPES_HEADER: &str = "X-Keyward-Scopes";
const MODE_HEADER: &str = "X-Keyward-Mode";
const COST_HEADER: &str = "X-Keyward-Cost";
const X_KEYWARD_SCOPES: HeaderName = HeaderName::from_static("x-keyward-scopes");
const X_KEYWARD_MODE: HeaderName = HeaderName::from_static("x-keyward-mode");
const X_KEYWARD_COST: HeaderName = HeaderName::from_static("x-keyward-cost");

/// The maximum number of costs: of a key and its plan, and of its workspace.
const COSTS_MAX: usize = 3 * LIMITS_MAX;

/// The requirements for a call.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Asked {
    /// The scopes that the key must have.
    pub(crate) scopes: Vec<Scope>,
    /// The mode that the key must have.
    pub(crate) mode: Option<Mode>,
    /// What the call costs of each limit.
    pub(crate) costs: Costs,
}

impl Asked {
    /// The question about a caller with this address.
    pub(crate) fn by(self, address: Option<ClientAddress>) -> Question {
        let Self {
            scopes,
            mode,
            costs,
        } = self;
        Question {
            address,
            scopes,
            mode,
            costs,
        }
    }
}

/// The cost for one limit.
type NamedCost = (LimitName, Cost);

/// Reads `?scope=payment:read&scope=…&mode=LIVE&cost=tokens:250` from the gateway's own URL. An error
/// in it means that the gateway is misconfigured, and no call is allowed.
///
/// # Errors
/// [`RequestError::Invalid`] with every invalid parameter.
pub(crate) fn asked_by_query(query: &str) -> Result<Asked, RequestError> {
    let mut query = Query::read_repeatable(query, &[], &[SCOPE, MODE, COST]);
    let scopes = query.take_all(SCOPE, |text| scope(SCOPE, text));
    let modes = query.take_all(MODE, |text| mode(MODE, text));
    let costs = query.take_all(COST, |text| cost(COST, text));
    let mut problems = query.into_problems();
    if modes.len() > 1 {
        problems.push(Problem::new(MODE, MessageId::ParameterRepeated));
    }
    let costs = together(COST, costs, &mut problems);
    let mode = modes.first().copied();
    asked(
        Asked {
            scopes,
            mode,
            costs,
        },
        problems,
    )
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
    let cost_text = text(headers, &X_KEYWARD_COST, COST_HEADER, &mut problems);
    let scopes = words(
        scopes_text,
        |text| scope(SCOPES_HEADER, text),
        &mut problems,
    );
    let mode = mode_text.and_then(|text| {
        let parsed = mode(MODE_HEADER, text);
        parsed.map_err(|problem| problems.push(problem)).ok()
    });
    let costs = words(cost_text, |text| cost(COST_HEADER, text), &mut problems);
    let costs = together(COST_HEADER, costs, &mut problems);
    asked(
        Asked {
            scopes,
            mode,
            costs,
        },
        problems,
    )
}

/// The words of a header, separated by single spaces.
fn words<T>(
    text: Option<&str>,
    parse: impl Fn(&str) -> Result<T, Problem>,
    problems: &mut Vec<Problem>,
) -> Vec<T> {
    let mut parsed = Vec::new();
    for word in text.into_iter().flat_map(|text| text.split(' ')) {
        match parse(word) {
            Ok(value) => parsed.push(value),
            Err(problem) => problems.push(problem),
        }
    }
    parsed
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
        // A text that is not ASCII is neither a scope nor a mode nor a cost.
        SingleHeader::Value(value) => Some(value.to_str().unwrap_or_default()),
    }
}

fn asked(asked: Asked, problems: Vec<Problem>) -> Result<Asked, RequestError> {
    if problems.is_empty() {
        Ok(asked)
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

/// Reads `tokens:250`: the name of a limit, and its units without a sign and leading zeros.
fn cost(field: &'static str, text: &str) -> Result<NamedCost, Problem> {
    let parse = |text: &str| {
        let (name, digits) = text.split_once(':')?;
        let units: i64 = digits.parse().ok()?;
        let cost = Cost::of(units).ok()?;
        let is_plain = units.to_string() == digits;
        Some((LimitName::parse(name).ok()?, cost)).filter(|_cost| is_plain)
    };
    parse(text).ok_or_else(|| {
        let max = ("max", LIMIT_UNITS_MAX.to_string().into());
        Problem::with(field, MessageId::NamedCostInvalid, vec![max])
    })
}

/// All costs, each of another limit.
fn together(field: &'static str, costs: Vec<NamedCost>, problems: &mut Vec<Problem>) -> Costs {
    if costs.is_empty() {
        return Costs::default();
    }
    let mut names = HashSet::new();
    if costs.len() > COSTS_MAX {
        let max = ("max", COSTS_MAX.to_string().into());
        problems.push(Problem::with(field, MessageId::TooMany, vec![max]));
    } else if !costs.iter().all(|(name, _cost)| names.insert(name)) {
        problems.push(Problem::new(field, MessageId::CostRepeated));
    }
    Costs::of(costs)
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
            costs: Costs::default(),
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
            ("cost=", "cost"),
            ("cost", "cost"),
            ("cost=tokens", "cost"),
            ("cost=250", "cost"),
            ("cost=tokens:", "cost"),
            ("cost=:250", "cost"),
            ("cost=Tokens:250", "cost"),
            ("cost=tokens:-1", "cost"),
            ("cost=tokens:%2B1", "cost"),
            ("cost=tokens:01", "cost"),
            ("cost=tokens:1.5", "cost"),
            ("cost=tokens:1e3", "cost"),
            ("cost=tokens:1000000001", "cost"),
            ("cost=tokens:18446744073709551617", "cost"),
            ("cost=tokens:1+requests:2", "cost"),
            ("cost=tokens:1&cost=tokens:1", "cost"),
            ("costs=tokens:1", "costs"),
            ("Cost=tokens:1", "Cost"),
        ] {
            assert_eq!(fields(asked_by_query(query)), [want], "{query}");
        }
    }

    #[test]
    fn a_cost_is_the_name_of_a_limit_and_its_units() {
        let cost = |asked: &Asked, name: &str| {
            let name = LimitName::parse(name).unwrap();
            asked.costs.get(&name).get()
        };
        let asked = asked_by_query("cost=tokens%3A250&scope=a:b&cost=jobs:0").unwrap();
        assert_eq!((cost(&asked, "tokens"), cost(&asked, "jobs")), (250, 0));
        assert_eq!((cost(&asked, "requests"), asked.scopes.len()), (1, 1));
        let largest = asked_by_query("cost=tokens:1000000000").unwrap();
        assert_eq!(cost(&largest, "tokens"), 1_000_000_000);
        let many = |count: u32| {
            let costs = (0..count).map(|number| format!("cost=l{number}:1"));
            asked_by_query(&costs.collect::<Vec<_>>().join("&"))
        };
        assert!(many(24).is_ok());
        assert_eq!(fields(many(25)), ["cost"]);
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
        let (scopes, mode, cost) = (X_KEYWARD_SCOPES, X_KEYWARD_MODE, X_KEYWARD_COST);
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
        let costs = ask(&[(cost.clone(), "tokens:250 jobs:2")]).unwrap().costs;
        let by_query = asked_by_query("cost=tokens:250&cost=jobs:2").unwrap();
        assert_eq!(costs, by_query.costs);
        for wrong in [
            "",
            "tokens",
            "tokens:1,jobs:2",
            "tokens:1  jobs:2",
            "tokens:1 tokens:1",
        ] {
            let asked = ask(&[(cost.clone(), wrong)]);
            assert_eq!(fields(asked), [COST_HEADER], "{wrong}");
        }
        let twice = ask(&[(cost.clone(), "tokens:1"), (cost, "jobs:1")]);
        assert_eq!(fields(twice), [COST_HEADER]);
        let twice = ask(&[(scopes.clone(), "a:b"), (scopes, "a:b")]);
        assert_eq!(fields(twice), [SCOPES_HEADER]);
        let twice = ask(&[(mode.clone(), "LIVE"), (mode, "LIVE")]);
        assert_eq!(fields(twice), [MODE_HEADER]);
    }
}
