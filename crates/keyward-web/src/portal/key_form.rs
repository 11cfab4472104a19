//! The form of a key: what was filled in, what it means, and what is wrong with it.

use keyward_domain::{
    ApiKey, ApiKeyFields, Given, IpAllowlist, IpRule, Language, Mode, RawDraft, RawUpdate, Scope,
    ScopeSet, Timestamp,
};

use super::catalogue::Catalogue;
use super::form::Form;
use crate::language::{MessageId as M, message};
use crate::problem::Problem;

const DAY_SECONDS: i64 = 24 * 60 * 60;

/// What was filled in, as it was.
pub(super) struct KeyForm {
    pub(super) name: String,
    /// `1` or `2`.
    pub(super) mode: String,
    /// The codes that were chosen.
    scopes: Vec<String>,
    /// One rule a line.
    pub(super) ip: String,
    /// `never`, a number of days, `on`, or `keep`.
    pub(super) expiry: String,
    /// `2026-12-31`, for `on`.
    pub(super) expires_on: String,
}

/// How much a key may do with one resource, by the choices that a form gives.
const LEVELS: [(&str, M); 4] = [
    ("none", M::LevelNone),
    ("read", M::LevelRead),
    ("write", M::LevelWrite),
    ("only-write", M::LevelOnlyWrite),
];

impl KeyForm {
    /// A form that nobody has filled in yet: LIVE, no scope, no rule, no end.
    pub(super) fn blank() -> Self {
        Self {
            name: String::new(),
            mode: Mode::Live.code().to_string(),
            scopes: Vec::new(),
            ip: String::new(),
            expiry: "never".to_owned(),
            expires_on: String::new(),
        }
    }

    /// A key as its form.
    pub(super) fn of_key(key: &ApiKey) -> Self {
        let fields = key.fields();
        let scopes = fields.scopes.as_slice().iter();
        let expiry = if fields.expires_at.is_some() {
            "keep"
        } else {
            "never"
        };
        Self {
            name: fields.name.as_str().to_owned(),
            mode: key.mode().code().to_string(),
            scopes: scopes.map(|scope| scope.as_str().to_owned()).collect(),
            ip: lines(&fields.ip_allowlist),
            expiry: expiry.to_owned(),
            expires_on: String::new(),
        }
    }

    /// What was sent. A level of a resource stands for one scope or two.
    pub(super) fn of_form(form: &Form, catalogue: &Catalogue) -> Self {
        let mut scopes = Vec::new();
        for resource in catalogue.resources() {
            let actions: &[&str] = match form.text(&format!("access.{resource}")) {
                "read" => &["read"],
                "write" => &["read", "write"],
                "only-write" => &["write"],
                _ => &[],
            };
            for action in actions {
                let code = format!("{resource}:{action}");
                if has(catalogue, &code) {
                    scopes.push(code);
                }
            }
        }
        scopes.extend(form.all("scope").map(str::to_owned));
        Self {
            name: form.text("name").to_owned(),
            mode: form.text("mode").to_owned(),
            scopes,
            ip: form.text("ip").to_owned(),
            expiry: form.text("expiry").to_owned(),
            expires_on: form.text("expiresOn").to_owned(),
        }
    }

    /// The rules, one a line, empty lines aside.
    pub(super) fn rules(&self) -> impl Iterator<Item = &str> {
        self.ip
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
    }

    /// The request for a key that it stands for.
    pub(super) fn draft(&self, now: Timestamp) -> RawDraft {
        RawDraft {
            name: Given::Value(self.name.clone()),
            scopes: texts(self.scopes.iter().map(String::as_str)),
            mode: self.mode.parse().map_or(Given::WrongType, Given::Value),
            ip_allowlist: texts(self.rules()),
            expires_at: self.expires_at(now),
            unexpected: Vec::new(),
        }
    }

    /// The request for a change that it stands for: what it leaves as it is is not named.
    pub(super) fn update(&self, key: &ApiKeyFields, now: Timestamp) -> RawUpdate {
        let mut update = RawUpdate::default();
        if self.name.trim() != key.name.as_str() {
            update.name = Given::Value(self.name.clone());
        }
        let has = |code: &String| {
            let mut scopes = key.scopes.as_slice().iter();
            scopes.any(|scope| scope.as_str() == code)
        };
        let is_same = self.scopes.len() == key.scopes.as_slice().len();
        if !is_same || !self.scopes.iter().all(has) {
            update.scopes = texts(self.scopes.iter().map(String::as_str));
        }
        let rules: Vec<&str> = self.rules().collect();
        if rules.join("\n") != lines(&key.ip_allowlist) {
            update.ip_allowlist = texts(self.rules());
        }
        update.expires_at = match self.expires_at(now) {
            Given::Null if key.expires_at.is_none() => Given::Absent,
            given @ (Given::Absent | Given::Null | Given::WrongType | Given::Value(_)) => given,
        };
        update
    }

    /// A day ends the key when that day ends everywhere in UTC.
    fn expires_at(&self, now: Timestamp) -> Given<String> {
        match self.expiry.as_str() {
            "keep" => Given::Absent,
            "never" => Given::Null,
            "on" => Given::Value(format!("{}T23:59:59Z", self.expires_on)),
            days => match days.parse::<u16>() {
                Ok(days) => {
                    let ends_at = now.plus_seconds(i64::from(days) * DAY_SECONDS);
                    Given::Value(ends_at.truncated_to_seconds().to_string())
                }
                Err(_no_number) => Given::WrongType,
            },
        }
    }

    /// The scopes that were chosen, as far as they are any.
    fn scope_set(&self) -> ScopeSet {
        let scopes = self.scopes.iter();
        scopes.filter_map(|code| Scope::parse(code).ok()).collect()
    }
}

fn has(catalogue: &Catalogue, code: &str) -> bool {
    let mut scopes = catalogue.scopes().iter();
    scopes.any(|described| described.scope.as_str() == code)
}

fn texts<'a>(entries: impl Iterator<Item = &'a str>) -> Given<Vec<Given<String>>> {
    Given::Value(entries.map(|text| Given::Value(text.to_owned())).collect())
}

/// One rule a line.
fn lines(rules: &IpAllowlist) -> String {
    let rules: Vec<String> = rules.as_slice().iter().map(ToString::to_string).collect();
    rules.join("\n")
}

/// The form as a page shows it.
pub(super) struct KeyFormView {
    pub(super) form: KeyForm,
    pub(super) resources: Vec<ResourceView>,
    pub(super) summary: Summary,
    pub(super) ip_check: IpCheck,
    problems: Vec<(String, String)>,
}

/// What a form asks about one resource.
pub(super) struct ResourceView {
    pub(super) name: String,
    pub(super) levels: Vec<LevelView>,
    pub(super) others: Vec<OtherView>,
}

/// One level of one resource.
pub(super) struct LevelView {
    pub(super) value: &'static str,
    pub(super) label: String,
    pub(super) is_chosen: bool,
}

/// A scope that is neither reading nor writing.
pub(super) struct OtherView {
    pub(super) code: String,
    pub(super) description: String,
    pub(super) is_chosen: bool,
}

/// What the key will be able to do, in plain words.
pub(super) struct Summary {
    pub(super) can: Vec<String>,
    pub(super) cannot: Vec<String>,
}

/// What the rules come to.
pub(super) struct IpCheck {
    /// The rules that are wrong, each with why.
    pub(super) problems: Vec<(String, String)>,
    /// Who stays out, in a sentence; `None` while a rule is wrong.
    pub(super) sentence: Option<String>,
    /// Whether the reader would stay out, in a sentence.
    pub(super) own: Option<String>,
}

impl KeyFormView {
    /// The form in the page's language, with what is wrong with it.
    pub(super) fn new(
        form: KeyForm,
        catalogue: &Catalogue,
        (language, address): (Language, Option<std::net::IpAddr>),
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
    pub(super) fn problems_of(&self, field: &str) -> Vec<&str> {
        let of_field = |(name, _words): &&(String, String)| {
            name.split_once('[')
                .map_or(name.as_str(), |(name, _index)| name)
                == field
        };
        let problems = self.problems.iter().filter(of_field);
        problems.map(|(_field, words)| words.as_str()).collect()
    }

    /// Whether anything is wrong.
    pub(super) fn has_problems(&self) -> bool {
        !self.problems.is_empty()
    }

    pub(super) fn expires(&self, choice: &str) -> bool {
        self.form.expiry == choice
    }
}

impl Summary {
    pub(super) fn of(form: &KeyForm, catalogue: &Catalogue) -> Self {
        let scopes = form.scope_set();
        Self {
            can: catalogue.can(&scopes),
            cannot: catalogue.cannot(&scopes),
        }
    }
}

impl IpCheck {
    pub(super) fn of(
        form: &KeyForm,
        language: Language,
        address: Option<std::net::IpAddr>,
    ) -> Self {
        let mut problems = Vec::new();
        let mut rules = Vec::new();
        for line in form.rules() {
            match IpRule::parse(line) {
                Ok(rule) => rules.push(rule),
                Err(error) => {
                    let (id, args) = crate::problem::of_ip_rule(&error);
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
        let (has_read, has_write) = (has(catalogue, &read), has(catalogue, &write));
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

#[cfg(test)]
mod tests;
