use std::collections::HashSet;

use keyward_domain::Unexpected;

use super::strict_json::{Json, JsonObject};
use crate::member::Member;

/// How many unexpected members are told of at once; the rest would only make the answer long.
pub(super) const UNEXPECTED_MAX: usize = 100;

/// Hands each of the expected members to `take`, and notes all others: none is ignored. Of a
/// repeated member the first counts, and the repeat is noted. Members called like one of
/// `immutable` are told apart from those that don't exist.
pub(super) fn take_expected(
    members: JsonObject,
    expected: &[Member],
    immutable: &[&str],
    mut take: impl FnMut(Member, Json),
) -> Vec<Unexpected> {
    let mut unexpected = Vec::new();
    let mut seen = HashSet::new();
    for (name, value) in members {
        let fault = if !seen.insert(name.clone()) {
            Unexpected::Repeated(name)
        } else if let Some(member) = Member::parse(&name, expected) {
            take(member, value);
            continue;
        } else if immutable.contains(&name.as_str()) {
            Unexpected::Immutable(name)
        } else {
            Unexpected::Unknown(name)
        };
        if unexpected.len() < UNEXPECTED_MAX {
            unexpected.push(fault);
        }
    }
    unexpected
}
