use std::net::IpAddr;

use keyward_domain::{ClientAddress, Costs, Mode, Question, SCOPES_MAX, Scope};
use serde::{Deserialize, Deserializer};

use crate::extract::Asked;

/// The members of a usual question, which states no cost. Repeated and unknown ones are refused, and
/// so are texts with escapes, which can't be borrowed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UsualQuestion<'a> {
    secret: &'a str,
    #[serde(borrow, default, deserialize_with = "present")]
    ip: Option<&'a str>,
    #[serde(borrow, default, deserialize_with = "present")]
    scopes: Option<Vec<&'a str>>,
    #[serde(borrow, default, deserialize_with = "present")]
    mode: Option<&'a str>,
}

/// A member that is not null.
fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    value: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(value).map(Some)
}

/// The secret and the question in a body. `None` when only the strict reader can tell what the body
/// is, or what is wrong with it.
pub(super) fn usual_question(body: &[u8]) -> Option<(&str, Question)> {
    // Without this check, a list of values would be read as the members in their order.
    if body.first() != Some(&b'{') {
        return None;
    }
    let UsualQuestion {
        secret,
        ip,
        scopes,
        mode,
    } = serde_json::from_slice(body).ok()?;
    let address: Option<IpAddr> = ip.map(str::parse).transpose().ok()?;
    let codes = scopes.unwrap_or_default();
    if codes.len() > SCOPES_MAX {
        return None;
    }
    let scopes: Result<Vec<Scope>, _> = codes.into_iter().map(Scope::parse).collect();
    let mode = match mode {
        Some(word) => Some(Mode::parse(word)?),
        None => None,
    };
    let question = Question {
        address: address.map(ClientAddress::vouched_for),
        scopes: scopes.ok()?,
        mode,
        costs: Costs::default(),
    };
    Some((secret, question))
}

/// The requirements in a query. `None` when only the strict reader can tell what they are, or what is
/// wrong with them.
pub(super) fn usual_query(query: &str) -> Option<Asked> {
    let mut asked = Asked::default();
    if query.contains(['%', '+']) {
        return None;
    }
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        match pair.split_once('=')? {
            ("scope", code) => asked.scopes.push(Scope::parse(code).ok()?),
            ("mode", word) if asked.mode.is_none() => asked.mode = Some(Mode::parse(word)?),
            _ => return None,
        }
    }
    Some(asked)
}
