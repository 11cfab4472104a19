use std::sync::Arc;

use zeroize::Zeroizing;

use super::{at, workspace_id};
use crate::caller::origin::Origin;
use crate::caller::workspace::OwnedWorkspace;
use crate::key::annotations::Annotations;
use crate::key::api_key::{ApiKey, ApiKeyFields};
use crate::key::expiry::Expiry;
use crate::key::id::ApiKeyId;
use crate::key::ip_rule::IpAllowlist;
use crate::key::lifetime_policy::LifetimePolicy;
use crate::key::mode::Mode;
use crate::key::name::KeyName;
use crate::key::prefix::KeyPrefix;
use crate::key::resource::Resource;
use crate::key::resource_name::ResourceName;
use crate::key::resource_names::ResourceNames;
use crate::key::scope::{Scope, ScopeSet};
use crate::key::secret::Secret;
use crate::key::secret_hash::SecretHash;
use crate::key::stored_secret::StoredSecret;
use crate::language::Language;
use crate::limits::limit::{Limit, LimitUnits, OnUnavailable};
use crate::limits::name::LimitName;
use crate::limits::set::Limits;
use crate::limits::window::LimitWindow;
use crate::ports::{NewApiKey, SecretUse};
use crate::request::draft::RawDraft;
use crate::timestamp::Timestamp;
use crate::usage::address_sketch::AddressSketch;
use crate::verification::verification_key::VerificationKey;

/// The LIVE secret of this number.
pub fn secret(number: u64) -> Secret {
    secret_of(Mode::Live, number)
}

/// The secret of this mode and number, with the default prefix.
pub fn secret_of(mode: Mode, number: u64) -> Secret {
    secret_with(KeyPrefix::default(), mode, number)
}

/// The secret of this prefix, mode and number.
pub fn secret_with(prefix: KeyPrefix, mode: Mode, number: u64) -> Secret {
    let mut entropy = Zeroizing::new([7; 32]);
    entropy[..8].copy_from_slice(&number.to_be_bytes());
    Secret::from_entropy(prefix, mode, &entropy)
}

/// The LIVE id of this number, created at second 0.
pub fn api_key_id(number: u64) -> ApiKeyId {
    api_key_id_of(Mode::Live, at(0), number)
}

/// The id of this mode, instant and number, with the default prefix.
pub fn api_key_id_of(mode: Mode, created_at: Timestamp, number: u64) -> ApiKeyId {
    api_key_id_with(KeyPrefix::default(), mode, created_at, number)
}

/// The id of this prefix, mode, instant and number.
pub fn api_key_id_with(
    prefix: KeyPrefix,
    mode: Mode,
    created_at: Timestamp,
    number: u64,
) -> ApiKeyId {
    let mut entropy = [0; 10];
    entropy[2..].copy_from_slice(&number.to_be_bytes());
    ApiKeyId::from_entropy(prefix, mode, created_at, entropy)
}

/// A prefix of keys.
pub fn key_prefix(text: &str) -> KeyPrefix {
    KeyPrefix::parse(text).unwrap()
}

/// A key's name.
pub fn key_name(text: &str) -> KeyName {
    KeyName::parse(text).unwrap()
}

/// The scope with this code.
pub fn scope(code: &str) -> Scope {
    Scope::parse(code).unwrap()
}

/// The scopes with these codes.
pub fn scopes(codes: &[&str]) -> ScopeSet {
    codes.iter().map(|code| scope(code)).collect()
}

/// The resource with this code.
pub fn resource(code: &str) -> Resource {
    Resource::parse(code).unwrap()
}

/// These names of a resource.
pub fn resource_names(names: &[(Language, &str)]) -> ResourceNames {
    let names = names.iter();
    let names = names.map(|(language, text)| (*language, ResourceName::parse(text).unwrap()));
    ResourceNames::new(names.collect()).unwrap()
}

/// The end of a key at this second.
pub fn expiry(seconds: i64) -> Expiry {
    Expiry::from_timestamp(at(seconds))
}

/// An active LIVE key of `ws_1`, created at second 0: id 1, secret 1 and the scope `payment:read`.
pub fn key() -> ApiKey {
    ApiKey::from_fields(ApiKeyFields {
        id: api_key_id(1),
        workspace_id: workspace_id("ws_1"),
        name: key_name("Key"),
        scopes: scopes(&["payment:read"]),
        ip_allowlist: IpAllowlist::default(),
        expires_at: None,
        annotations: Annotations::default(),
        limits: Limits::default(),
        is_disabled: false,
        secret: StoredSecret::of(&secret(1), at(0)),
        previous_secret: None,
        last_used_at: None,
        created_at: at(0),
        created_by: None,
        version: 1,
        deleted_at: None,
        lifetime_max: None,
    })
}

/// What verification knows of the key.
pub fn verification_key(key: &ApiKey) -> Arc<VerificationKey> {
    Arc::new(VerificationKey::from(key))
}

/// The key with other fields.
pub fn altered(key: ApiKey, alter: impl FnOnce(&mut ApiKeyFields)) -> ApiKey {
    let mut fields = key.into_fields();
    alter(&mut fields);
    ApiKey::from_fields(fields)
}

/// A key with the id and the secret of this number, ready to be inserted. All the scopes that the
/// draft names exist, and no limit is near.
pub fn new_api_key(
    workspace: &OwnedWorkspace,
    draft: RawDraft,
    number: u64,
    now: Timestamp,
    origin: Origin,
) -> NewApiKey {
    let existing = draft.named_scopes();
    let draft = draft
        .parse(
            now,
            &existing,
            &LifetimePolicy::default(),
            &Limits::default(),
        )
        .unwrap();
    let id = api_key_id_of(draft.mode, now, number);
    let secret = secret_of(draft.mode, number);
    let (key, event) =
        ApiKey::issue(workspace, draft, id, StoredSecret::of(&secret, now), origin).unwrap();
    NewApiKey {
        key,
        event,
        idempotency: None,
        key_count_max: u32::MAX,
        events_per_minute_max: None,
    }
}

/// One use of key 1 with this secret, by a verifier that did not know the address.
#[must_use]
pub fn used_once(secret_hash: SecretHash, at: Timestamp) -> SecretUse {
    SecretUse {
        secret_hash,
        api_key_id: api_key_id(1),
        last_used_at: at,
        address: None,
        addresses: AddressSketch::default(),
        count: 1,
    }
}

/// A limit of `max` units in a window such as `1m`, which denies when it can't be judged.
pub fn limit(name: &str, max: i64, window: &str) -> Limit {
    Limit {
        name: LimitName::parse(name).unwrap(),
        max: LimitUnits::of(max).unwrap(),
        window: LimitWindow::parse(window).unwrap(),
        on_unavailable: OnUnavailable::Deny,
    }
}
