use std::collections::BTreeMap;

use keyward_domain::{Language, Scope, ScopeSet};
use keyward_web::message;

use super::catalogue::{Catalogue, ResourceLabel};
use crate::language::MessageId as M;

/// As many chips as a list shows of a key.
const SHOWN: usize = 4;

/// The permissions of a key in short: a chip for each resource.
pub(crate) struct PermissionChips {
    pub(crate) shown: Vec<Chip>,
    /// Those that are not shown, in words; `None` when all are shown.
    pub(crate) more: Option<MoreChips>,
}

/// The permissions on one resource: `Payments RW`.
pub(crate) struct Chip {
    pub(crate) resource: ResourceLabel,
    /// `R`, `W`, `RW`, or the names of other actions.
    pub(crate) short: String,
    /// The same in words.
    pub(crate) words: String,
}

/// The chips that are not shown.
pub(crate) struct MoreChips {
    pub(crate) count: usize,
    /// "and 3 more".
    pub(crate) words: String,
    /// All of them, as a tooltip.
    pub(crate) list: String,
}

impl PermissionChips {
    pub(crate) fn of(scopes: &ScopeSet, catalogue: &Catalogue, language: Language) -> Self {
        let mut by_resource: BTreeMap<&str, Vec<&Scope>> = BTreeMap::new();
        for scope in scopes.as_slice() {
            by_resource.entry(scope.resource()).or_default().push(scope);
        }
        let chips = by_resource.into_iter().map(|(resource, scopes)| {
            let words: Vec<String> = scopes.iter().map(|scope| catalogue.words(scope)).collect();
            Chip {
                resource: catalogue.label(resource),
                short: short(&scopes),
                words: words.join("; "),
            }
        });
        let mut shown: Vec<Chip> = chips.collect();
        let rest = shown.split_off(shown.len().min(SHOWN));
        let more = (!rest.is_empty()).then(|| {
            let count = rest.len();
            let arguments = [("count", count.to_string().into())];
            let list = rest
                .iter()
                .map(|chip| format!("{} {}", chip.resource.short(), chip.short));
            MoreChips {
                count,
                words: message(language, M::AndMore, &arguments),
                list: list.collect::<Vec<_>>().join(" · "),
            }
        });
        Self { shown, more }
    }
}

/// Reading and writing as letters, other actions as they are.
fn short(scopes: &[&Scope]) -> String {
    let actions = || scopes.iter().map(|scope| scope.action());
    let has = |wanted: &str| actions().any(|action| action == wanted);
    let mut short = String::new();
    for (action, letter) in [("read", 'R'), ("write", 'W')] {
        if has(action) {
            short.push(letter);
        }
    }
    for other in actions().filter(|action| !matches!(*action, "read" | "write")) {
        if !short.is_empty() {
            short.push_str(", ");
        }
        short.push_str(other);
    }
    short
}

#[cfg(test)]
mod tests {
    use keyward_domain::testing::scopes;

    use super::*;

    #[test]
    fn a_resource_is_one_chip() {
        let codes = [
            "a:write", "a:read", "b:read", "c:write", "d:cancel", "d:read", "e:x",
        ];
        let chips = PermissionChips::of(&scopes(&codes), &Catalogue::default(), Language::English);
        let shown = chips.shown.iter();
        let shown = shown.map(|chip| format!("{} {}", chip.resource.short(), chip.short));
        assert_eq!(
            shown.collect::<Vec<_>>(),
            ["a RW", "b R", "c W", "d R, cancel"]
        );
        let more = chips.more.unwrap();
        assert_eq!((more.count, more.words.as_str()), (1, "and 1 more"));
        assert_eq!(more.list, "e x");
        let none = PermissionChips::of(&scopes(&[]), &Catalogue::default(), Language::English);
        assert!(none.shown.is_empty() && none.more.is_none());
    }
}
