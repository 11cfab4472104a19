use std::net::IpAddr;

use keyward_domain::{IpAllowlist, IpRule, Language};
use keyward_web::{Problem, message, of_ip_rule};

use super::KeyForm;
use super::expiry::{ExpiryChoices, ExpiryView};
use crate::language::MessageId as M;
use crate::views::catalogue::Catalogue;
use crate::views::field_problems::FieldProblems;

/// The levels of access to a resource that a form offers.
const LEVELS: [(&str, M); 4] = [
    ("none", M::LevelNone),
    ("read", M::LevelRead),
    ("write", M::LevelWrite),
    ("only-write", M::LevelOnlyWrite),
];

/// The form as it is shown on a page.
pub(crate) struct KeyFormView {
    pub(crate) form: KeyForm,
    pub(crate) resources: Vec<ResourceView>,
    pub(crate) summary: Summary,
    pub(crate) ip_check: IpCheck,
    pub(crate) expiry: ExpiryView,
    problems: FieldProblems,
}

/// The choices for one resource.
pub(crate) struct ResourceView {
    pub(crate) name: String,
    pub(crate) levels: Vec<LevelView>,
    pub(crate) others: Vec<OtherView>,
}

/// One level of access to a resource.
pub(crate) struct LevelView {
    pub(crate) value: &'static str,
    pub(crate) label: String,
    pub(crate) is_chosen: bool,
}

/// A scope other than reading and writing.
pub(crate) struct OtherView {
    pub(crate) code: String,
    pub(crate) description: String,
    pub(crate) is_chosen: bool,
}

/// What the key can and can't do, in words.
pub(crate) struct Summary {
    pub(crate) can: Vec<String>,
    pub(crate) cannot: Vec<String>,
}

/// The effect of the IP rules.
pub(crate) struct IpCheck {
    /// Each invalid rule, with the reason.
    pub(crate) problems: Vec<(String, String)>,
    /// A sentence about who is denied; `None` while there is an invalid rule.
    pub(crate) sentence: Option<String>,
    /// A sentence about whether the user's own address is denied.
    pub(crate) own: Option<String>,
}

impl KeyFormView {
    /// The form in the page's language, with its problems.
    pub(crate) fn new(
        form: KeyForm,
        catalogue: &Catalogue,
        expiry: &ExpiryChoices,
        (language, address): (Language, Option<IpAddr>),
        problems: &[Problem],
    ) -> Self {
        Self {
            resources: resources(&form, catalogue, language),
            summary: Summary::of(&form, catalogue),
            ip_check: IpCheck::of(&form, language, address),
            expiry: expiry.view(language),
            problems: FieldProblems::of(problems, language),
            form,
        }
    }

    /// The problems of a field, or of an entry of it.
    pub(crate) fn problems_of(&self, field: &str) -> Vec<&str> {
        self.problems.of_field(field)
    }

    /// Whether there is any problem.
    pub(crate) fn has_problems(&self) -> bool {
        !self.problems.is_empty()
    }

    pub(crate) fn expires(&self, choice: &str) -> bool {
        self.form.expiry == choice
    }
}

impl Summary {
    pub(crate) fn of(form: &KeyForm, catalogue: &Catalogue) -> Self {
        let scopes = form.scope_set();
        Self {
            can: catalogue.can(&scopes),
            cannot: catalogue.cannot(&scopes),
        }
    }
}

impl IpCheck {
    pub(crate) fn of(form: &KeyForm, language: Language, address: Option<IpAddr>) -> Self {
        let mut problems = Vec::new();
        let mut rules = Vec::new();
        for line in form.rules() {
            match IpRule::parse(line) {
                Ok(rule) => rules.push(rule),
                Err(error) => {
                    let (id, args) = of_ip_rule(&error);
                    problems.push((line.to_owned(), message(language, id, &args)));
                }
            }
        }
        let count = rules.len().to_string();
        let allowlist: IpAllowlist = rules.into_iter().collect();
        let is_open = allowlist.as_slice().is_empty();
        let sentence = if is_open {
            message(language, M::IpOpen, &[])
        } else {
            message(language, M::IpClosed, &[("count", count.into())])
        };
        let sentence = problems.is_empty().then_some(sentence);
        let own = address.filter(|_address| !is_open).map(|address| {
            let id = if allowlist.allows(Some(address)) {
                M::IpOwnInside
            } else {
                M::IpOwnOutside
            };
            message(language, id, &[("address", address.to_string().into())])
        });
        Self {
            problems,
            sentence,
            own,
        }
    }
}

fn resources(form: &KeyForm, catalogue: &Catalogue, language: Language) -> Vec<ResourceView> {
    let chosen = |code: &str| form.scopes.iter().any(|scope| scope == code);
    let of_resource = |resource: &str| {
        let code = |action: &str| format!("{resource}:{action}");
        let (read, write) = (code("read"), code("write"));
        let (has_read, has_write) = (catalogue.has(&read), catalogue.has(&write));
        let now = match (chosen(&read), chosen(&write)) {
            (false, false) => "none",
            (true, false) => "read",
            (false, true) if has_read => "only-write",
            (_, true) => "write",
        };
        let is_offered = |level: &str| match level {
            "read" => has_read,
            "write" => has_write,
            // Rarely useful, so it is only shown when a program has selected it.
            "only-write" => now == "only-write",
            _ => has_read || has_write,
        };
        let levels = LEVELS.into_iter().filter(|(value, _)| is_offered(value));
        let levels = levels.map(|(value, label)| LevelView {
            value,
            label: message(language, label, &[]),
            is_chosen: value == now,
        });
        let others = catalogue.scopes().iter().filter(|described| {
            let code = described.scope.as_str();
            described.scope.resource() == resource && code != read && code != write
        });
        let others = others.map(|described| OtherView {
            code: described.scope.as_str().to_owned(),
            description: described.description.clone(),
            is_chosen: chosen(described.scope.as_str()),
        });
        ResourceView {
            name: resource.to_owned(),
            levels: levels.collect(),
            others: others.collect(),
        }
    };
    catalogue.resources().into_iter().map(of_resource).collect()
}
