use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use crate::audit::deployment_event::{DeploymentChange, DeploymentEvent};
use crate::audit::event::{AuditEvent, AuditedFields};
use crate::caller::origin::Origin;
use crate::caller::workspace::Actor;
use crate::key::leak_policy::{GracePeriod, LeakPolicy};
use crate::key::lifetime::Lifetime;
use crate::key::lifetime_policy::LifetimePolicy;
use crate::key::scope::Scope;
use crate::language::Language;
use crate::limits::plan::PlanLimits;
use crate::limits::set::Limits;
use crate::timestamp::Timestamp;
use crate::webhooks::webhook::{DisabledReason, WebhookSettings};

/// SHA-256 over all fields of an event.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct EventDigest([u8; 32]);

impl EventDigest {
    /// The bytes that go into the hash chain.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// An event that can be part of a trail.
pub trait ChainedEvent {
    /// SHA-256 over every field in order. Each field is preceded by its length, so that two
    /// different events never produce the same input.
    fn digest(&self) -> EventDigest;
}

impl ChainedEvent for AuditEvent {
    fn digest(&self) -> EventDigest {
        let mut fields = Fields(Sha256::new());
        fields.put(self.workspace_id.as_str());
        fields.put(&self.api_key_id.to_string());
        fields.put(self.action.as_str());
        fields.put_authorship(&self.actor, &self.origin, self.occurred_at);
        fields.put_key(self.before.as_ref());
        fields.put_key(self.after.as_ref());
        // Events without places keep the digest of releases that did not know them.
        let places = self.found_at.as_slice().iter();
        let places: Vec<String> = places.map(|place| place.as_str().to_owned()).collect();
        if !places.is_empty() {
            fields.0.update("f");
            fields.put_all(&places);
        }
        EventDigest(fields.0.finalize().into())
    }
}

impl ChainedEvent for DeploymentEvent {
    fn digest(&self) -> EventDigest {
        let Self { change, by } = self;
        let mut fields = Fields(Sha256::new());
        fields.put("DEPLOYMENT");
        fields.put(change.action());
        match change {
            DeploymentChange::WorkspaceAdded(workspace_id)
            | DeploymentChange::WorkspaceRemoved(workspace_id) => {
                fields.put(workspace_id.as_str());
            }
            DeploymentChange::KeyLifetime {
                workspace_id,
                before,
                after,
            } => {
                fields.put(workspace_id.as_str());
                for policy in [before, after] {
                    fields.put_lifetime(policy.as_ref());
                }
            }
            DeploymentChange::LeakPolicy {
                workspace_id,
                before,
                after,
            } => {
                fields.put("leak policy");
                fields.put(workspace_id.as_str());
                for policy in [before, after] {
                    fields.put_leak_policy(policy.as_ref());
                }
            }
            DeploymentChange::WorkspacePlan {
                workspace_id,
                before,
                after,
            } => {
                fields.put("plan");
                fields.put(workspace_id.as_str());
                for plan in [before, after] {
                    fields.put_some(plan.as_ref().map(ToString::to_string));
                }
            }
            DeploymentChange::Plan {
                name,
                before,
                after,
            } => {
                fields.put(name.as_str());
                for limits in [before, after] {
                    fields.put_plan(limits.as_ref());
                }
            }
            DeploymentChange::Member {
                workspace_id,
                user_id,
                before,
                after,
            } => {
                fields.put(workspace_id.as_str());
                fields.put(user_id.as_str());
                for role in [before, after] {
                    fields.put_some(role.map(|role| role.as_str().to_owned()));
                }
            }
            DeploymentChange::Scope {
                scope,
                before,
                after,
            } => {
                fields.put(scope.as_str());
                for descriptions in [before, after] {
                    fields.put_descriptions(descriptions.as_ref());
                }
            }
            DeploymentChange::Resource {
                resource,
                before,
                after,
            } => {
                fields.put(resource.as_str());
                for names in [before, after] {
                    fields.put_words(names.iter());
                }
            }
            DeploymentChange::Webhook {
                webhook_id,
                workspace_id,
                before,
                after,
            } => {
                fields.put(&webhook_id.to_string());
                fields.put_some(workspace_id.as_ref().map(ToString::to_string));
                for settings in [before, after] {
                    fields.put_webhook(settings.as_ref());
                }
            }
        }
        fields.put_authorship(&by.actor, &by.origin, by.occurred_at);
        EventDigest(fields.0.finalize().into())
    }
}

struct Fields(Sha256);

impl Fields {
    fn put(&mut self, field: &str) {
        self.0.update(field.len().to_string());
        self.0.update(":");
        self.0.update(field);
    }

    fn put_some(&mut self, field: Option<String>) {
        match field {
            Some(field) => self.put(&field),
            None => self.0.update("-"),
        }
    }

    fn put_all(&mut self, fields: &[String]) {
        self.0.update("[");
        for field in fields {
            self.put(field);
        }
        self.0.update("]");
    }

    fn put_authorship(&mut self, actor: &Actor, origin: &Origin, occurred_at: Timestamp) {
        match actor {
            Actor::User(principal) => {
                self.put("USER");
                self.put(principal.user_id.as_str());
                self.put_some(principal.portal.map(|portal| portal.as_str().to_owned()));
            }
            Actor::Operator => self.put("OPERATOR"),
            Actor::Service { name } => {
                self.put("SERVICE");
                self.put(name.as_str());
            }
        }
        self.put_some(origin.address.map(|address| address.ip().to_string()));
        self.put(origin.request_id.as_str());
        self.put(&occurred_at.unix_micros().to_string());
    }

    fn put_lifetime(&mut self, policy: Option<&LifetimePolicy>) {
        let Some(policy) = policy else {
            self.0.update("-");
            return;
        };
        let days = |lifetime: Option<Lifetime>| {
            lifetime.map_or_else(String::new, |lifetime| lifetime.days().to_string())
        };
        let end = if policy.may_never_expire() {
            "never"
        } else {
            ""
        };
        self.put_all(&[
            days(policy.default_lifetime()),
            days(policy.max()),
            end.to_owned(),
            policy.existing().as_str().to_owned(),
        ]);
    }

    fn put_leak_policy(&mut self, policy: Option<&LeakPolicy>) {
        let Some(policy) = policy else {
            self.0.update("-");
            return;
        };
        let grace = policy.grace().map(GracePeriod::hours);
        let grace = grace.map_or_else(String::new, |hours| hours.to_string());
        self.put_all(&[policy.reaction().to_owned(), grace]);
    }

    fn put_plan(&mut self, limits: Option<&PlanLimits>) {
        let Some(limits) = limits else {
            self.0.update("-");
            return;
        };
        self.put_limits(&limits.of_key);
        self.put_limits(&limits.of_workspace);
    }

    fn put_limits(&mut self, limits: &Limits) {
        let limits = limits.as_slice().iter().flat_map(|limit| {
            [
                limit.name.to_string(),
                limit.max.get().to_string(),
                limit.window.to_string(),
                limit.on_unavailable.as_str().to_owned(),
            ]
        });
        self.put_all(&limits.collect::<Vec<_>>());
    }

    fn put_webhook(&mut self, settings: Option<&WebhookSettings>) {
        let Some(settings) = settings else {
            self.0.update("-");
            return;
        };
        let disabled = settings.disabled.map_or("", DisabledReason::as_str);
        let types = settings.event_types.iter();
        let types = types.map(|one| one.as_str().to_owned());
        let fields = [
            settings.url.as_str().to_owned(),
            settings.encoding.as_str().to_owned(),
            disabled.to_owned(),
            settings.secret_generation.to_string(),
        ];
        self.put_all(&fields.into_iter().chain(types).collect::<Vec<_>>());
    }

    fn put_descriptions(&mut self, descriptions: Option<&BTreeMap<Language, String>>) {
        let Some(descriptions) = descriptions else {
            self.0.update("-");
            return;
        };
        let words = descriptions.iter();
        self.put_words(words.map(|(language, text)| (*language, text.as_str())));
    }

    fn put_words<'a>(&mut self, words: impl Iterator<Item = (Language, &'a str)>) {
        let words = words.flat_map(|(language, text)| [language.tag().to_owned(), text.to_owned()]);
        self.put_all(&words.collect::<Vec<_>>());
    }

    /// A complete key has its fields one after the other. When some fields are missing, the key
    /// starts with a tilde, and each field with a letter that identifies it. Annotations and limits
    /// count for neither, and each always has its letter, so that events without them keep their
    /// digests.
    fn put_key(&mut self, key: Option<&AuditedFields>) {
        let Some(key) = key else {
            self.0.update("-");
            return;
        };
        let AuditedFields {
            name,
            scopes,
            ip_allowlist,
            state,
            secret_hint,
            overlap,
            description,
            external_id,
            metadata,
            limits,
        } = key;
        let is_whole = name.is_some()
            && scopes.is_some()
            && ip_allowlist.is_some()
            && state.is_some()
            && secret_hint.is_some()
            && overlap.is_some();
        if !is_whole {
            self.0.update("~");
        }
        let begin = |fields: &mut Self, letter: &str| {
            if !is_whole {
                fields.0.update(letter);
            }
        };
        if let Some(name) = name {
            begin(self, "n");
            self.put(name.as_str());
        }
        if let Some(scopes) = scopes {
            begin(self, "s");
            let scopes = scopes.as_slice().iter().map(Scope::to_string);
            self.put_all(&scopes.collect::<Vec<_>>());
        }
        if let Some(ip_allowlist) = ip_allowlist {
            begin(self, "i");
            let rules = ip_allowlist.as_slice().iter().map(ToString::to_string);
            self.put_all(&rules.collect::<Vec<_>>());
        }
        if let Some(state) = state {
            begin(self, "t");
            self.put_some(state.expires_at.map(|expiry| expiry.to_string()));
            self.put(if state.is_disabled { "disabled" } else { "" });
            self.put(if state.is_deleted { "deleted" } else { "" });
        }
        if let Some(secret_hint) = secret_hint {
            begin(self, "h");
            self.put(&secret_hint.recorded());
        }
        if let Some(overlap) = overlap {
            begin(self, "o");
            let hint = overlap.map(|overlap| overlap.secret_hint.recorded());
            self.put_some(hint);
            self.put_some(overlap.map(|overlap| overlap.ends_at.unix_micros().to_string()));
        }
        if let Some(description) = description {
            self.0.update("d");
            self.put_some(description.as_ref().map(ToString::to_string));
        }
        if let Some(external_id) = external_id {
            self.0.update("e");
            self.put_some(external_id.as_ref().map(ToString::to_string));
        }
        if let Some(metadata) = metadata {
            self.0.update("m");
            let members = metadata.iter();
            let texts = members.flat_map(|(name, value)| [name.to_owned(), value.to_owned()]);
            self.put_all(&texts.collect::<Vec<_>>());
        }
        if let Some(limits) = limits {
            self.0.update("l");
            self.put_limits(limits);
        }
    }
}
