use std::collections::BTreeSet;
use std::net::IpAddr;

use keyward_domain::{IpAllowlist, IpRule, Language, Mode, RawField, Scope, Timestamp};
use keyward_web::{Problem, message, of_ip_rule};

use super::KeyForm;
use super::expiry::{ExpiryChoices, ExpiryView};
use super::limits::{LimitFieldView, LimitFields};
use crate::language::MessageId as M;
use crate::views::catalogue::{Catalogue, ResourceLabel};
use crate::views::field_problems::FieldProblems;
use crate::views::moment::Moment;
use crate::views::preset::PresetView;

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
    /// Choices of permissions for a purpose.
    pub(crate) presets: Vec<PresetView>,
    pub(crate) summary: Summary,
    pub(crate) ip_check: IpCheck,
    pub(crate) expiry: ExpiryView,
    pub(crate) limits: Vec<LimitFieldView>,
    /// The problems of limits that have no field.
    pub(crate) limit_problems: Vec<String>,
    problems: FieldProblems,
}

/// The choices for one resource.
pub(crate) struct ResourceView {
    pub(crate) label: ResourceLabel,
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

/// What the key can do and how long, in words.
pub(crate) struct Summary {
    pub(crate) can: Vec<String>,
    /// On how many resources it has permissions.
    pub(crate) scopes: String,
    pub(crate) expires_at: Option<Moment>,
    pub(crate) never_expires: bool,
}

/// The effect of the IP rules.
pub(crate) struct IpCheck {
    /// Each invalid rule, with the reason.
    pub(crate) problems: Vec<(String, String)>,
    /// A sentence about who is denied; `None` while there is an invalid rule.
    pub(crate) sentence: Option<String>,
    /// A sentence about whether the user's own address is denied.
    pub(crate) own: Option<String>,
    /// Sentences about rules that no call from the internet matches.
    pub(crate) private: Vec<String>,
}

impl KeyFormView {
    /// The form in the page's language, with its problems.
    pub(crate) fn new(
        form: KeyForm,
        catalogue: &Catalogue,
        (expiry, limits): (&ExpiryChoices, &LimitFields),
        (language, address, now): (Language, Option<IpAddr>, Timestamp),
        problems: &[Problem],
    ) -> Self {
        let problems = FieldProblems::of(problems, language);
        Self {
            resources: resources(&form, catalogue, language),
            presets: vec![],
            summary: Summary::of(&form, catalogue, (language, now)),
            ip_check: IpCheck::of(&form, language, address),
            expiry: expiry.view(language),
            limits: limits.view(&form.limits, &problems, language),
            limit_problems: limits.other_problems(&form.limits, &problems),
            problems,
            form,
        }
    }

    /// The problems of a field, or of an entry of it.
    pub(crate) fn problems_of(&self, field: &str) -> Vec<&str> {
        self.problems.of_field(field)
    }

    /// Whether a limit is filled in, or has a problem.
    pub(crate) fn has_limits(&self) -> bool {
        let is_filled = self.limits.iter().any(|field| !field.text.is_empty());
        is_filled || !self.problems.of_field("limits").is_empty()
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
    pub(crate) fn of(
        form: &KeyForm,
        catalogue: &Catalogue,
        (language, now): (Language, Timestamp),
    ) -> Self {
        let scopes = form.scope_set();
        let some: BTreeSet<&str> = scopes.as_slice().iter().map(Scope::resource).collect();
        let counts = [
            ("some", some.len().to_string().into()),
            ("all", catalogue.resources().len().to_string().into()),
        ];
        let expires_at = match form.expires_at(now) {
            RawField::Value(text) => Timestamp::parse_rfc3339(&text).ok(),
            RawField::Absent | RawField::Null | RawField::WrongType => None,
        };
        Self {
            can: catalogue.can(&scopes),
            scopes: message(language, M::SummaryScopes, &counts),
            expires_at: expires_at.map(Moment::of),
            never_expires: form.expiry == "never",
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
        let count = address_count(&rules);
        let is_live = form.mode == Mode::Live.code().to_string();
        let private = rules.iter().filter(|rule| is_live && is_private(**rule));
        let private = private.map(|rule| {
            let rule = [("rule", rule.to_string().into())];
            message(language, M::IpPrivate, &rule)
        });
        let private = private.collect();
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
            private,
        }
    }
}

/// How many addresses the rules allow, if none overlap; a power of two for the many of IPv6.
fn address_count(rules: &[IpRule]) -> String {
    let count = rules.iter().fold(0_u128, |sum, rule| {
        let network = rule.network();
        let bits = if network.is_ipv4() { 32 } else { 128 };
        let free = u32::from(bits - network.prefix());
        sum.saturating_add(1_u128.checked_shl(free).unwrap_or(u128::MAX))
    });
    if count < 1 << 40 {
        count.to_string()
    } else {
        format!("2^{}", count.ilog2())
    }
}

/// Whether no call from the internet comes from there.
fn is_private(rule: IpRule) -> bool {
    match rule.network().ip() {
        IpAddr::V4(ip) => ip.is_private() || ip.is_loopback() || ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_unique_local() || ip.is_loopback() || ip.is_unicast_link_local(),
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
            label: catalogue.label(resource),
            levels: levels.collect(),
            others: others.collect(),
        }
    };
    catalogue.resources().into_iter().map(of_resource).collect()
}
