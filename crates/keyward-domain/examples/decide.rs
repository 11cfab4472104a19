//! Issues a key and decides about calls from two addresses, without a server, store or runtime.
//!
//! `cargo run -p keyward-domain --example decide`

#![expect(clippy::print_stdout, reason = "an example prints its results")]
#![expect(
    clippy::disallowed_methods,
    reason = "an example has neither a Clock nor a Secrets port"
)]

use std::collections::BTreeSet;
use std::error::Error;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use keyward_domain::ports::{Memberships, RepositoryError};
use keyward_domain::usecases::authorize::AuthorizeUser;
use keyward_domain::{
    AdminRights, ApiKey, ApiKeyId, KeyPrefix, KnownRoles, LifetimePolicy, Limits, Mode, Origin,
    Portal, Principal, RawDraft, RawField, RequestId, Role, Scope, Secret, StoredSecret, Timestamp,
    UserId, WorkspaceId,
};

/// Your own table of workspace owners.
struct Owners;

#[async_trait]
impl Memberships for Owners {
    async fn role(
        &self,
        _workspace_id: &WorkspaceId,
        user_id: &UserId,
        _known: &KnownRoles,
    ) -> Result<Option<Role>, RepositoryError> {
        Ok((user_id.as_str() == "alice").then_some(Role::Owner))
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH)?;
    let now = Timestamp::from_unix_micros(i64::try_from(since_epoch.as_micros())?)
        .ok_or("the clock is set beyond the year 9999")?;
    let read = Scope::parse("payment:read")?;

    let alice = Principal {
        user_id: UserId::parse("alice")?,
        portal: Some(Portal::Tenant),
    };
    let users = AuthorizeUser {
        memberships: Arc::new(Owners),
        admin_rights: AdminRights::None,
    };
    let known = KnownRoles::default();
    let workspace = pollster::block_on(users.owner(&alice, &known, "ws_1"))?;

    let raw = RawDraft {
        name: RawField::Value("Production Key".to_owned()),
        scopes: RawField::Value(vec![RawField::Value(read.to_string())]),
        ip_allowlist: RawField::Value(vec![RawField::Value("192.168.1.0/24".to_owned())]),
        ..RawDraft::default()
    };
    let draft = raw
        .parse(
            now,
            &BTreeSet::from([read.clone()]),
            &LifetimePolicy::default(),
            &Limits::default(),
        )
        .map_err(|violations| format!("{violations:?}"))?;

    let mut id_entropy = [0; 10];
    getrandom::fill(&mut id_entropy)?;
    let mut secret_entropy = zeroize::Zeroizing::new([0; 32]);
    getrandom::fill(secret_entropy.as_mut())?;
    let prefix = KeyPrefix::parse("acme")?;
    let id = ApiKeyId::from_entropy(prefix, Mode::Live, now, id_entropy);
    let secret = Secret::from_entropy(prefix, Mode::Live, &secret_entropy);
    let origin = Origin {
        address: None,
        request_id: RequestId::parse("example")?,
    };
    let (key, event) = ApiKey::issue(
        &workspace,
        draft,
        id,
        StoredSecret::of(&secret, now),
        origin,
    )?;

    println!("issued   {} ({})", key.id(), key.status(now).as_str());
    println!("recorded {} by {}", event.action.as_str(), alice.user_id);
    println!("scope    {read}: {}", key.fields().scopes.contains(&read));
    for address in ["192.168.1.7", "203.0.113.7"] {
        let allowed = key.fields().ip_allowlist.allows(Some(address.parse()?));
        println!(
            "address  {address}: {}",
            if allowed { "allowed" } else { "refused" }
        );
    }
    let presented = Secret::parse(secret.expose())?;
    println!(
        "secret   {}",
        if presented.hash() == key.fields().secret.hash {
            "matches"
        } else {
            "does not match"
        }
    );
    Ok(())
}
