use std::collections::HashSet;

use keyward_domain::Unexpected;

use super::strict_json::{Json, JsonObject};
use crate::member::Member;

/// The maximum number of unexpected members in one response, to limit its size.
pub(super) const UNEXPECTED_MAX: usize = 100;

/// Passes each expected member to `take`, and returns all others: none is ignored. The first of
/// repeated members is used, and the repeat is reported. Members named in `immutable` are
/// distinguished from unknown ones.
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
