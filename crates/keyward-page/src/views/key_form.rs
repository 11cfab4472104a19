//! The form of a key: the submitted values, their meaning, and their problems.

mod expiry;
mod limits;
mod view;

use std::collections::BTreeSet;

use keyward_domain::{
    ApiKey, ApiKeyFields, Description, IpAllowlist, IpRule, Mode, RawAnnotations, RawDraft,
    RawField, RawUpdate, Scope, ScopeSet, Timestamp,
};

pub(crate) use self::expiry::ExpiryChoices;
pub(crate) use self::limits::LimitFields;
pub(crate) use self::view::{IpCheck, KeyFormView, Summary};
use super::catalogue::Catalogue;
use crate::request::form::Form;

const DAY_SECONDS: i64 = 24 * 60 * 60;

/// The submitted values.
pub(crate) struct KeyForm {
    pub(crate) name: String,
    /// Empty for none; `None` when the form does not have the field.
    description: Option<String>,
    /// `1` or `2`.
    pub(crate) mode: String,
    /// The selected scope codes.
    scopes: Vec<String>,
    /// One rule per line.
    pub(crate) ip: String,
    /// `never`, a number of days, `on`, or `keep`.
    pub(crate) expiry: String,
    /// `2026-12-31`, for `on`.
    pub(crate) expires_on: String,
    /// The names and maximums of the key's own limits.
    limits: Vec<(String, String)>,
}

impl KeyForm {
    /// A new form: LIVE, no scopes, no rules, and the expiry that the policy suggests.
    pub(crate) fn blank(expiry: &ExpiryChoices) -> Self {
        Self {
            name: String::new(),
            description: None,
            mode: Mode::Live.code().to_string(),
            scopes: Vec::new(),
            ip: String::new(),
            expiry: expiry.preselected(),
            expires_on: String::new(),
            limits: Vec::new(),
        }
    }

    /// A form with a key's values.
    pub(crate) fn of_key(key: &ApiKey, catalogue: &Catalogue, limits: &LimitFields) -> Self {
        let fields = key.fields();
        let scopes = fields.scopes.as_slice().iter();
        let scopes = scopes.filter(|scope| catalogue.has(scope.as_str()));
        let expiry = if fields.expires_at.is_some() {
            "keep"
        } else {
            "never"
        };
        Self {
            name: fields.name.as_str().to_owned(),
            description: Some(described(fields).to_owned()),
            mode: key.mode().code().to_string(),
            scopes: scopes.map(|scope| scope.as_str().to_owned()).collect(),
            ip: lines(&fields.ip_allowlist),
            expiry: expiry.to_owned(),
            expires_on: String::new(),
            limits: limits.texts(&fields.limits),
        }
    }

    /// The submitted form. A level of access to a resource stands for one scope or two.
    pub(crate) fn of_form(form: &Form, catalogue: &Catalogue) -> Self {
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
                if catalogue.has(&code) {
                    scopes.push(code);
                }
            }
        }
        scopes.extend(form.all("scope").map(str::to_owned));
        Self {
            name: form.text("name").to_owned(),
            description: form.all("description").next().map(str::to_owned),
            mode: form.text("mode").to_owned(),
            scopes,
            ip: form.text("ip").to_owned(),
            expiry: form.text("expiry").to_owned(),
            expires_on: form.text("expiresOn").to_owned(),
            limits: form.with_prefix("limit."),
        }
    }

    /// Selects exactly these scopes.
    pub(crate) fn choose(&mut self, scopes: Vec<String>) {
        self.scopes = scopes;
    }

    /// Adds a rule that the form does not have yet.
    pub(crate) fn add_rule(&mut self, rule: &IpRule) {
        let rule = rule.to_string();
        if !self.rules().any(|line| line == rule) {
            if !self.ip.is_empty() {
                self.ip.push('\n');
            }
            self.ip.push_str(&rule);
        }
    }

    /// The rules without empty lines.
    pub(crate) fn rules(&self) -> impl Iterator<Item = &str> {
        self.ip
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
    }

    /// The draft of a new key.
    pub(crate) fn draft(&self, limits: &LimitFields, now: Timestamp) -> RawDraft {
        RawDraft {
            name: RawField::Value(self.name.clone()),
            scopes: texts(self.scopes.iter().map(String::as_str)),
            mode: self
                .mode
                .parse()
                .map_or(RawField::WrongType, RawField::Value),
            ip_allowlist: texts(self.rules()),
            expires_at: self.expires_at(now),
            annotations: RawAnnotations {
                description: self.written_description(),
                ..RawAnnotations::default()
            },
            limits: if self.limits.is_empty() {
                RawField::Absent
            } else {
                RawField::Value(limits.raw(&self.limits))
            },
            unexpected: Vec::new(),
        }
    }

    /// The update of an existing key, with the changed fields only. A form can't show a scope that
    /// is no longer in the catalogue; the key keeps it until its scopes are changed.
    pub(crate) fn update(
        &self,
        key: &ApiKeyFields,
        (catalogue, limits): (&Catalogue, &LimitFields),
        now: Timestamp,
    ) -> RawUpdate {
        let mut update = RawUpdate::default();
        if self.name.trim() != key.name.as_str() {
            update.name = RawField::Value(self.name.clone());
        }
        if self.shown_description().trim() != described(key) {
            update.annotations.description = self.written_description();
        }
        let shown = key.scopes.as_slice().iter().map(Scope::as_str);
        let shown: BTreeSet<&str> = shown.filter(|code| catalogue.has(code)).collect();
        let chosen: BTreeSet<&str> = self.scopes.iter().map(String::as_str).collect();
        if chosen != shown {
            update.scopes = texts(self.scopes.iter().map(String::as_str));
        }
        let rules: Vec<&str> = self.rules().collect();
        if rules.join("\n") != lines(&key.ip_allowlist) {
            update.ip_allowlist = texts(self.rules());
        }
        update.expires_at = match self.expires_at(now) {
            RawField::Null if key.expires_at.is_none() => RawField::Absent,
            given @ (RawField::Absent
            | RawField::Null
            | RawField::WrongType
            | RawField::Value(_)) => given,
        };
        if self.limits != limits.texts(&key.limits) {
            update.limits = RawField::Value(limits.raw(&self.limits));
        }
        update
    }

    /// The text of the field.
    pub(crate) fn shown_description(&self) -> &str {
        self.description.as_deref().unwrap_or_default()
    }

    /// An empty field is no description.
    fn written_description(&self) -> RawField<String> {
        match self.description.as_deref() {
            None => RawField::Absent,
            Some(text) if text.trim().is_empty() => RawField::Null,
            Some(text) => RawField::Value(text.to_owned()),
        }
    }

    /// A key expires at the end of the selected day in UTC.
    pub(crate) fn expires_at(&self, now: Timestamp) -> RawField<String> {
        match self.expiry.as_str() {
            "keep" => RawField::Absent,
            "never" => RawField::Null,
            "on" => RawField::Value(format!("{}T23:59:59Z", self.expires_on)),
            days => match days.parse::<u16>() {
                Ok(days) => {
                    let ends_at = now.plus_seconds(i64::from(days) * DAY_SECONDS);
                    RawField::Value(ends_at.truncated_to_seconds().to_string())
                }
                Err(_no_number) => RawField::WrongType,
            },
        }
    }

    /// The selected scopes that are valid.
    fn scope_set(&self) -> ScopeSet {
        let scopes = self.scopes.iter();
        scopes.filter_map(|code| Scope::parse(code).ok()).collect()
    }
}

/// The description of a key; empty without one.
fn described(key: &ApiKeyFields) -> &str {
    let description = key.annotations.description.as_ref();
    description.map_or("", Description::as_str)
}

fn texts<'a>(entries: impl Iterator<Item = &'a str>) -> RawField<Vec<RawField<String>>> {
    RawField::Value(
        entries
            .map(|text| RawField::Value(text.to_owned()))
            .collect(),
    )
}

/// One rule per line.
fn lines(rules: &IpAllowlist) -> String {
    let rules: Vec<String> = rules.as_slice().iter().map(ToString::to_string).collect();
    rules.join("\n")
}

#[cfg(test)]
mod tests;
