use crate::key::scope::{Scope, ScopeSet};
use crate::ports::ScopeUse;
use crate::timestamp::Timestamp;

/// A scope of a key, and when it was last used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopeLastUse {
    /// The scope.
    pub scope: Scope,
    /// The start of the last day (UTC) on which an allowed call required it; `None` when none ever did.
    pub last_used_on: Option<Timestamp>,
}

impl ScopeLastUse {
    /// The last use of each of these scopes, in their order.
    #[must_use]
    pub fn of(scopes: &ScopeSet, uses: &[ScopeUse]) -> Vec<Self> {
        let last = |scope: &Scope| {
            let of_scope = uses.iter().filter(|used| used.scope == *scope);
            of_scope.map(|used| used.last_used_on).max()
        };
        let scopes = scopes.as_slice().iter();
        scopes
            .map(|scope| Self {
                scope: scope.clone(),
                last_used_on: last(scope),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{api_key_id, at, scope, scopes};

    #[test]
    fn the_scopes_of_the_key_are_told_in_their_order_and_no_others() {
        let day = at(0).truncated_to_days();
        let used = |code: &str| ScopeUse {
            api_key_id: api_key_id(1),
            scope: scope(code),
            last_used_on: day,
        };
        let told = ScopeLastUse::of(&scopes(&["b:x", "a:x"]), &[used("a:x"), used("c:x")]);
        let told: Vec<_> = told
            .iter()
            .map(|told| (told.scope.as_str(), told.last_used_on))
            .collect();
        assert_eq!(told, [("b:x", None), ("a:x", Some(day))]);
    }
}
