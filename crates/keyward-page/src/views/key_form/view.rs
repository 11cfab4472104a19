use std::net::IpAddr;

use keyward_domain::{IpAllowlist, IpRule, Language};
use keyward_web::message;
use keyward_web::{Problem, of_ip_rule};

use super::KeyForm;
use crate::language::MessageId as M;
use crate::views::catalogue::Catalogue;

/// How much a key may do with one resource, by the choices that a form gives.
const LEVELS: [(&str, M); 4] = [
    ("none", M::LevelNone),
    ("read", M::LevelRead),
    ("write", M::LevelWrite),
    ("only-write", M::LevelOnlyWrite),
];

/// The form as a page shows it.
pub(crate) struct KeyFormView {
    pub(crate) form: KeyForm,
    pub(crate) resources: Vec<ResourceView>,
    pub(crate) summary: Summary,
    pub(crate) ip_check: IpCheck,
    problems: Vec<(String, String)>,
}

/// What a form asks about one resource.
pub(crate) struct ResourceView {
    pub(crate) name: String,
    pub(crate) levels: Vec<LevelView>,
    pub(crate) others: Vec<OtherView>,
}

/// One level of one resource.
pub(crate) struct LevelView {
    pub(crate) value: &'static str,
    pub(crate) label: String,
    pub(crate) is_chosen: bool,
}

/// A scope that is neither reading nor writing.
pub(crate) struct OtherView {
    pub(crate) code: String,
    pub(crate) description: String,
    pub(crate) is_chosen: bool,
}

/// What the key will be able to do, in plain words.
pub(crate) struct Summary {
    pub(crate) can: Vec<String>,
    pub(crate) cannot: Vec<String>,
}

/// What the rules come to.
pub(crate) struct IpCheck {
    /// The rules that are wrong, each with why.
    pub(crate) problems: Vec<(String, String)>,
    /// Who stays out, in a sentence; `None` while a rule is wrong.
    pub(crate) sentence: Option<String>,
    /// Whether the reader would stay out, in a sentence.
    pub(crate) own: Option<String>,
}

impl KeyFormView {
    /// The form in the page's language, with what is wrong with it.
    pub(crate) fn new(
        form: KeyForm,
        catalogue: &Catalogue,
        (language, address): (Language, Option<IpAddr>),
        problems: &[Problem],
    ) -> Self {
        let problems = problems.iter().map(|problem| {
            let words = message(language, problem.message, &problem.args);
            (problem.field.to_string(), words)
        });
        Self {
            resources: resources(&form, catalogue, language),
            summary: Summary::of(&form, catalogue),
            ip_check: IpCheck::of(&form, language, address),
            problems: problems.collect(),
            form,
        }
    }

    /// What is wrong with a field, or with a part of it.
    pub(crate) fn problems_of(&self, field: &str) -> Vec<&str> {
        let of_field = |(name, _words): &&(String, String)| {
            name.split_once('[')
                .map_or(name.as_str(), |(name, _index)| name)
                == field
        };
        let problems = self.problems.iter().filter(of_field);
        problems.map(|(_field, words)| words.as_str()).collect()
    }

    /// Whether anything is wrong.
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
            // Nobody needs it; it is shown where a program has chosen it.
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
