//! The data in responses of the administration, with the contract's members in its order.

use std::collections::BTreeMap;

use keyward_domain::ports::CatalogueEntry;
use keyward_domain::usecases::DisabledKeys;
use keyward_domain::{
    ApiKey, ApiKeyId, Member, Resource, ResourceNames, Secret, Timestamp, Workspace, WorkspaceId,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::super::key_data::KeyData;
use crate::routes::key_lifetime_data::KeyLifetimeData;
use crate::routes::leak_policy_data::LeakPolicyData;
use crate::schemas::roles;

/// A list without pages.
#[derive(Serialize, ToSchema)]
#[schema(as = List)]
pub(super) struct ListData<T> {
    pub(super) items: Vec<T>,
}

/// A workspace.
#[derive(Serialize, ToSchema)]
#[schema(as = Workspace)]
#[serde(rename_all = "camelCase")]
pub(super) struct WorkspaceData {
    #[schema(example = "ws_1")]
    id: String,
    /// How many keys it has, without deleted ones.
    key_count: u32,
    /// When it was added to Keyward.
    #[schema(format = DateTime, example = "2026-03-21T00:00:00Z")]
    created_at: String,
    /// Its own policy for the lifetime of its keys; null when the deployment's counts.
    key_lifetime: Option<KeyLifetimeData>,
    /// What happens to its keys when their secrets leak; null when they are disabled.
    leak_policy: Option<LeakPolicyData>,
    /// The name of its plan, which gives limits to it and its keys; null if it has none.
    #[schema(example = "pro")]
    plan: Option<String>,
}

/// A member of a workspace.
#[derive(Serialize, ToSchema)]
#[schema(as = Member)]
#[serde(rename_all = "camelCase")]
pub(super) struct MemberData {
    #[schema(example = "user_1")]
    user_id: String,
    #[schema(schema_with = roles)]
    role: &'static str,
}

/// A scope with the descriptions of all languages.
#[derive(Serialize, ToSchema)]
#[schema(as = DescribedScope)]
#[serde(rename_all = "camelCase")]
pub(super) struct ScopeData {
    #[schema(example = "payment:read")]
    code: String,
    #[schema(example = "payment")]
    resource: String,
    /// By language: en, zh, zh-Hant, ja or vi.
    #[schema(value_type = BTreeMap<String, String>, example = json!({"en": "View payments"}))]
    descriptions: BTreeMap<&'static str, String>,
    /// The names of the resource, by language; empty when it has none.
    #[schema(value_type = BTreeMap<String, String>, example = json!({"en": "Payments"}))]
    resource_names: BTreeMap<&'static str, String>,
}

/// A resource with its names of all languages.
#[derive(Serialize, ToSchema)]
#[schema(as = Resource)]
pub(super) struct ResourceData {
    #[schema(example = "payment")]
    code: String,
    /// By language: en, zh, zh-Hant, ja or vi.
    #[schema(value_type = BTreeMap<String, String>, example = json!({"en": "Payments"}))]
    names: BTreeMap<&'static str, String>,
}

/// A key that was found in any workspace.
#[derive(Serialize, ToSchema)]
#[schema(as = FoundKey)]
#[serde(rename_all = "camelCase")]
pub(super) struct FoundKeyData<'a> {
    #[schema(example = "ws_1")]
    workspace_id: &'a str,
    #[serde(flatten)]
    key: KeyData<'a>,
}

/// A key that a service has created.
#[derive(Serialize, ToSchema)]
#[schema(as = NewKey)]
pub(super) struct NewKeyData<'a> {
    #[serde(flatten)]
    key: KeyData<'a>,
    /// Only in this response; absent when the service has made the secret.
    #[schema(
        nullable = false,
        pattern = "^[a-z][a-z0-9]{1,11}_(live|test)_[0-9A-Za-z]{49}$"
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<&'a str>,
}

/// The keys that were disabled, or would be.
#[derive(Serialize, ToSchema)]
#[schema(as = DisabledKeys)]
#[serde(rename_all = "camelCase")]
pub(super) struct DisabledKeysData {
    /// Whether nothing was changed.
    dry_run: bool,
    items: Vec<DisabledKeyData>,
    /// The keys that could not be read; they are denied at verification.
    unreadable: Vec<DisabledKeyData>,
    /// Whether more keys may be selected: repeat the request.
    has_more: bool,
}

/// One of the keys.
#[derive(Serialize, ToSchema)]
#[schema(as = DisabledKey)]
#[serde(rename_all = "camelCase")]
struct DisabledKeyData {
    #[schema(example = "ws_1")]
    workspace_id: String,
    #[schema(
        pattern = "^[a-z][a-z0-9]{1,11}_(live|test)_[0-9A-Za-z]{22}$",
        example = "sk_live_0352LgEZNa95dBFUcIVbVc"
    )]
    api_key_id: String,
}

impl WorkspaceData {
    pub(super) fn of(workspace: &Workspace) -> Self {
        Self {
            id: workspace.id.to_string(),
            key_count: workspace.key_count,
            created_at: workspace.created_at.to_string(),
            key_lifetime: workspace.key_lifetime.as_ref().map(KeyLifetimeData::of),
            leak_policy: workspace.leak_policy.as_ref().map(LeakPolicyData::of),
            plan: workspace.plan.as_ref().map(ToString::to_string),
        }
    }
}

impl MemberData {
    pub(super) fn of(member: &Member) -> Self {
        Self {
            user_id: member.user_id.to_string(),
            role: member.role.as_str(),
        }
    }
}

impl ScopeData {
    pub(super) fn of(
        entry: &CatalogueEntry,
        all_names: &BTreeMap<Resource, ResourceNames>,
    ) -> Self {
        let descriptions = entry.descriptions.iter();
        let names = all_names.get(entry.scope.resource());
        Self {
            code: entry.scope.to_string(),
            resource: entry.scope.resource().to_owned(),
            descriptions: descriptions
                .map(|(language, text)| (language.tag(), text.clone()))
                .collect(),
            resource_names: names.map(texts).unwrap_or_default(),
        }
    }
}

impl ResourceData {
    pub(super) fn of(resource: &Resource, names: &ResourceNames) -> Self {
        Self {
            code: resource.to_string(),
            names: texts(names),
        }
    }
}

fn texts(names: &ResourceNames) -> BTreeMap<&'static str, String> {
    let names = names.iter();
    names
        .map(|(language, name)| (language.tag(), name.to_owned()))
        .collect()
}

impl<'a> NewKeyData<'a> {
    pub(super) fn of(key: &'a ApiKey, secret: Option<&'a Secret>, now: Timestamp) -> Self {
        Self {
            key: KeyData::of(key, now),
            secret: secret.map(Secret::expose),
        }
    }
}

impl<'a> FoundKeyData<'a> {
    pub(super) fn of(key: &'a ApiKey, now: Timestamp) -> Self {
        Self {
            workspace_id: key.fields().workspace_id.as_str(),
            key: KeyData::of(key, now),
        }
    }
}

impl DisabledKeysData {
    pub(super) fn of(disabled: &DisabledKeys, dry_run: bool) -> Self {
        let listed = |keys: &[(WorkspaceId, ApiKeyId)]| {
            let keys = keys.iter();
            let keys = keys.map(|(workspace_id, api_key_id)| DisabledKeyData {
                workspace_id: workspace_id.to_string(),
                api_key_id: api_key_id.to_string(),
            });
            keys.collect()
        };
        Self {
            dry_run,
            items: listed(&disabled.keys),
            unreadable: listed(&disabled.unreadable),
            has_more: disabled.has_more,
        }
    }
}
